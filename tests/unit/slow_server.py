"""A server that never quite stops answering: a byte now and then, within every read time-out."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BYTE_EVERY = 0.1
"""Seconds."""
DRIPS_FOR = 6.0
"""Seconds; whoever waits for the end of an answer waits as long."""
ANSWER = b"HTTP/1.1 200 OK\r\nX-Slow: "


@contextmanager
def dripping(answer: bytes = ANSWER) -> Iterator[str]:
    """Its URL. It begins each answer with `answer`, and goes on byte by byte."""
    over = threading.Event()
    threads: list[threading.Thread] = []

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(answer)
            for _ in range(round(DRIPS_FOR / BYTE_EVERY)):
                if over.wait(BYTE_EVERY):
                    return
                connection.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:

        def serve() -> None:
            with suppress(OSError):  # The listener is closed.
                while True:
                    connection, _ = listener.accept()
                    threads.append(threading.Thread(target=drip, args=(connection,)))
                    threads[-1].start()

        server = threading.Thread(target=serve)
        server.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            server.join()
            for thread in threads:
                thread.join()

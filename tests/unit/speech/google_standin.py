"""A loopback stand-in for the endpoint that gTTS asks, and for Polly: answers as told."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

MP3 = Callable[[], bytes]


@dataclass
class Standin:
    """What to answer, one entry a request (the last one stays), and what was asked."""

    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hangs: threading.Event | None = None

    def next_answer(self) -> tuple[int, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def texts(self) -> list[str]:
        """What Google was asked to say, request by request."""
        said = []
        for body in self.bodies:
            [request] = parse_qs(body.decode())["f.req"]
            said.append(json.loads(json.loads(request)[0][0][1])[0])
        return said


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100  # Google, too, takes more than five connections at once.


@contextmanager
def serving() -> Iterator[Standin]:
    standin = Standin()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            standin.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            if standin.hangs:
                standin.hangs.wait(20)
            status, body = standin.next_answer()
            self.send_response(status)
            self.send_header("Content-Type", "audio/mpeg")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests read their own output."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    standin.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield standin
    finally:
        if standin.hangs:
            standin.hangs.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def black_hole() -> Iterator[str]:
    """A URL that neither accepts nor refuses connections, as behind a silent firewall."""
    with ExitStack() as held:
        listener = held.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        host, port = listener.getsockname()
        for _ in range(4):  # The backlog is full: the kernel lets further ones wait.
            filler = held.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex((host, port))
        yield f"http://{host}:{port}"


def spoken(mp3: bytes) -> bytes:
    """Google's answer with audio in it."""
    audio = json.dumps([base64.b64encode(mp3).decode()])
    line = json.dumps([["wrb.fr", "jQ1olc", audio, None]], separators=(",", ":"))
    return (")]}'\n\n" + line).encode()

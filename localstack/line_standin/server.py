"""Runs the stand-in on a loopback port: in the foreground, or in a thread for tests."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn

from localstack.line_standin.app import Config, build_app

HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    """A uvicorn server that its app knows, to cut connections and to notice the end."""

    def __init__(self, config: Config, listener: socket.socket) -> None:
        ports = (listener.getsockname()[1], *config.page_ports)
        config = replace(config, page_ports=ports)
        app = build_app(config, is_closing=lambda: self.should_exit)
        self.standin = app.state.standin
        app.state.server = self
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                log_level="warning",
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=2,
            )
        )


def bind(port: int) -> socket.socket:
    """A listening socket on loopback; raises `OSError` if the port is taken. 0 takes any."""
    # With the protocol named asyncio sets TCP_NODELAY, without it every answer takes 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def serve(config: Config, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    server = _Server(config, listener)
    try:
        server.run(sockets=[listener])
    finally:
        server.standin.store.close()


@contextmanager
def serving(config: Config, *, port: int = 0) -> Iterator[str]:
    """A stand-in in a thread, for tests: yields its URL, stops it at the end."""
    listener = bind(port)
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    server = _Server(config, listener)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.005)
        yield url
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        server.standin.store.close()

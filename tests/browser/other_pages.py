"""Servers of this machine that are not the stack's: another site's page, and a tunnel's end."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

import trustme
import urllib3

HOP_BY_HOP = {"connection", "content-length", "date", "server", "transfer-encoding"}


class _Handler(BaseHTTPRequestHandler):
    def answer(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The browser says what went wrong."""


class _EmptyPage(_Handler):
    def do_GET(self) -> None:
        self.answer(200, b"<!doctype html><title>A page</title>", [("Content-Type", "text/html")])


class _Tunnel(_Handler):
    protocol_version = "HTTP/1.1"
    server: "_Server"
    pool: ClassVar = urllib3.PoolManager(retries=False, timeout=30)

    def forward(self) -> None:
        """As cloudflared and ngrok do it: the name that was asked for stays in `Host`."""
        if self.headers.get("Upgrade") == "websocket":
            self._splice()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {**dict(self.headers.items()), "X-Forwarded-For": "203.0.113.7"}
        found = self.pool.request(
            self.command,
            self.server.target + self.path,
            body=body,
            headers=headers,
            redirect=False,
            decode_content=False,
        )
        kept = [pair for pair in found.headers.items() if pair[0].lower() not in HOP_BY_HOP]
        self.answer(found.status, found.data, kept)

    def _splice(self) -> None:
        """A WebSocket: the request as it came, and then whatever either side sends."""
        self.close_connection = True
        address = urlsplit(self.server.target)
        with socket.create_connection((address.hostname or "", address.port or 80)) as target:
            headers = {**dict(self.headers.items()), "X-Forwarded-For": "203.0.113.7"}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            target.sendall(f"{self.requestline}\r\n{lines}\r\n".encode())
            back = threading.Thread(target=_pass_on, args=(target, self.connection), daemon=True)
            back.start()
            _pass_on(self.connection, target)
            back.join()

    do_GET = do_POST = do_HEAD = do_OPTIONS = do_PUT = do_DELETE = forward  # noqa: N815


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    """Whatever comes, until either side hangs up."""
    with suppress(OSError):
        while received := source.recv(4096):
            sink.sendall(received)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100
    target = ""
    """Where a tunnel leads to."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up in the middle is expected."""


@contextmanager
def _serving(server: _Server) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def other_site() -> Iterator[int]:
    """The port of a server with one empty page."""
    with _serving(_Server(("127.0.0.1", 0), _EmptyPage)) as port:
        yield port


class Tunnel:
    """A tunnel's public end, on loopback: TLS for `name`. Leads nowhere before `lead_to`."""

    def __init__(self, name: str) -> None:
        self.server = _Server(("127.0.0.1", 0), _Tunnel)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert(name).configure_cert(context)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://{name}:{self.server.server_port}"

    def lead_to(self, url: str) -> None:
        self.server.target = url


@contextmanager
def tunnel(name: str) -> Iterator[Tunnel]:
    made = Tunnel(name)
    with _serving(made.server):
        yield made

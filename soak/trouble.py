"""Two loopback proxies that make trouble between the functions and what they call.

    AwsHandler      in front of the emulator: passes on, refuses, or passes on and loses the answer
    GoogleHandler   an HTTPS proxy (CONNECT) that is Google's speech endpoint at its other end, and
                    answers with silence, errors, pages, or not at all

No function knows of them: one is `EmulatorEndpointUrl`, the other `HTTPS_PROXY`.
"""

import json
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import trustme
import urllib3

from localstack.speech_standin import asked_text, spoken

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
GOOGLE = "translate.google.com"
FRAME_MS = 24
SILENT_FRAME = bytes.fromhex("fff364c4") + bytes(140)
"""MPEG-2 Layer III, 24 kHz, 48 kbit/s, mono."""
MS_PER_CHARACTER = 200


class Trouble:
    """How much of it, and how much there was. Thread-safe enough for counting."""

    def __init__(self, rates: dict[str, float]) -> None:
        self.rates = rates
        """By service (`s3`, `dynamodb`, `sqs`, `google`): the share of requests that fail."""
        self.google_seconds = 0.0
        """What Google's stand-in takes for a sentence."""
        self.requests: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def should_fail(self, service: str) -> bool:
        self.requests[service] += 1
        if random.random() >= self.rates.get(service, 0.0):  # noqa: S311
            return False
        self.faults[service] += 1
        return True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    trouble: ClassVar[Trouble]

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def cut(self) -> None:
        """Close without an answer."""
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Thousands of requests are not logged."""


class AwsHandler(Handler):
    target: ClassVar[str]
    pool: ClassVar[urllib3.PoolManager]

    def forward(self) -> None:
        body = self.read_body()
        fails = self.trouble.should_fail(self._service())
        kind = random.choice(("refused", "lost")) if fails else "well"  # noqa: S311
        if kind == "refused":
            self.answer(*self._refusal())
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        headers["Host"] = self.headers["Host"]
        passed_on = self.pool.request(
            self.command, self.target + self.path, body=body, headers=headers
        )
        if kind == "lost":
            self.cut()
            return
        kept = {k: v for k, v in passed_on.headers.items() if k.lower() not in HOP_BY_HOP}
        if self.command == "HEAD" and "Content-Length" in passed_on.headers:
            self.send_response_only(passed_on.status)
            for name, value in passed_on.headers.items():
                self.send_header(name, value)
            self.end_headers()
            return
        self.answer(passed_on.status, passed_on.data, kept)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = forward  # noqa: N815

    def _service(self) -> str:
        """The signing name in `Authorization: … Credential=…/region/service/aws4_request`."""
        return self.headers.get("Authorization", "////").split("/")[3]

    def _refusal(self) -> tuple[int, bytes]:
        if self._service() == "dynamodb":
            code = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
            return 400, json.dumps({"__type": code, "message": "Slow down"}).encode()
        return 503, b"<Error><Code>SlowDown</Code><Message>Slow down</Message></Error>"


class GoogleHandler(Handler):
    tls: ClassVar[ssl.SSLContext]

    def do_CONNECT(self) -> None:
        self.send_response_only(200)
        self.end_headers()
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def do_POST(self) -> None:
        text = asked_text(self.read_body())
        time.sleep(self.trouble.google_seconds)
        if not self.trouble.should_fail("google"):
            self.answer(200, _silence(text))
            return
        kind = random.choice((429, 503, "page", "cut"))  # noqa: S311
        if isinstance(kind, int):
            self.answer(kind, b"")
        elif kind == "page":
            self.answer(200, b"<html>unusual traffic from your network</html>")
        else:
            self.cut()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle of its request is expected."""


@contextmanager
def aws_proxy(target: str, trouble: Trouble) -> Iterator[str]:
    """The URL of a proxy before the emulator at `target`."""
    pool = urllib3.PoolManager(maxsize=50, retries=False, timeout=30)
    made = {"trouble": trouble, "target": target, "pool": pool}
    with _serving(type("Aws", (AwsHandler,), made)) as url:
        yield url


@contextmanager
def google_proxy(trouble: Trouble) -> Iterator[str]:
    """The URL to name as `HTTPS_PROXY`."""
    made = {"trouble": trouble, "tls": _certificate(GOOGLE)}
    with _serving(type("Google", (GoogleHandler,), made)) as url:
        yield url


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _silence(text: str) -> bytes:
    """Google's answer: silence as long as the text."""
    return spoken(SILENT_FRAME * (len(text) * MS_PER_CHARACTER // FRAME_MS + 1))


def _certificate(name: str) -> ssl.SSLContext:
    """A server's side of TLS for `name`; gTTS verifies nobody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(name).configure_cert(context)
    return context

"""AWS at a loopback address, which answers after a typical, fixed time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from bench.inside.aws import answer

SECONDS = {"DynamoDB_20120810": 0.004, "AmazonSQS": 0.006, "AmazonSSM": 0.010}
"""By what a request names as its service."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    """Head and body in one packet."""

    def do_POST(self) -> None:
        service, _, operation = self.headers["X-Amz-Target"].rpartition(".")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(SECONDS[service])
        told = answer(operation, body)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def answering() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

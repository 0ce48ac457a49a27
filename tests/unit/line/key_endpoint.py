"""LINE's JWKS endpoint, on the loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.unit.line.id_tokens import SigningKey


class Certs:
    """A loopback JWKS endpoint whose answer a test can change. Counts its requests."""

    def __init__(self, *keys: SigningKey) -> None:
        self.requests: list[str] = []
        self.status = 200
        self.publish(*keys)

    def publish(self, *keys: SigningKey) -> None:
        self.body = json.dumps({"keys": [key.jwk() for key in keys]}).encode()

    @contextmanager
    def serving(self) -> Iterator[str]:
        certs = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                certs.requests.append(self.path)
                self.send_response(certs.status)
                self.send_header("Content-Length", str(len(certs.body)))
                self.end_headers()
                self.wfile.write(certs.body)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/oauth2/v2.1/certs"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

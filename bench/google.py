"""A loopback server that takes its time and answers as the endpoint behind gTTS does."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AUDIO = json.dumps([base64.b64encode(b"an mp3").decode()])
ANSWER = json.dumps([["wrb.fr", "jQ1olc", AUDIO, None]], separators=(",", ":")).encode()


@contextmanager
def serving(seconds: float) -> Iterator[str]:
    """Its URL; each answer takes `seconds`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(seconds)
            self.send_response(200)
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def log_message(self, *_: object) -> None:
            """The table is the output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

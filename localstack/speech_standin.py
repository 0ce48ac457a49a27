"""A loopback stand-in for the endpoint behind gTTS, and for Polly: answers as it is told."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Standin:
    """What to answer, one entry a request (the last one stays), and what was asked."""

    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hangs: threading.Event | None = None
    seconds: float = 0.0
    """How long each answer takes."""

    def next_answer(self) -> tuple[int, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def texts(self) -> list[str]:
        """What Google was asked to say, request by request."""
        return [asked_text(body) for body in self.bodies]


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
            time.sleep(standin.seconds)
            status, body = standin.next_answer()
            self.send_response(status)
            self.send_header("Content-Type", "audio/mpeg")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Whoever serves it reads its own output."""

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


def asked_text(body: bytes) -> str:
    """What gTTS asks Google to say, in one request's form-encoded `body`."""
    [request] = parse_qs(body.decode())["f.req"]
    text: str = json.loads(json.loads(request)[0][0][1])[0]
    return text


def spoken(mp3: bytes) -> bytes:
    """Google's answer with audio in it."""
    audio = json.dumps([base64.b64encode(mp3).decode()])
    line = json.dumps([["wrb.fr", "jQ1olc", audio, None]], separators=(",", ":"))
    return (")]}'\n\n" + line).encode()

"""A loopback stand-in for the endpoint behind gTTS, Polly and other APIs: answers as it is told."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Standin:
    """What to answer, one entry a request (the last one stays), and what was asked."""

    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    to: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """What to answer instead, each time, to requests with such a word in their headers: a key."""
    bodies: list[bytes] = field(default_factory=list)
    requests: list[Message] = field(default_factory=list)
    """The headers of each."""
    headers: dict[str, str] = field(default_factory=dict)
    """Of its answers, beside or over those that it has by itself."""
    phrase: str | None = None
    """Beside the status, where it is not the usual one."""
    hangs: threading.Event | None = None
    seconds: float = 0.0
    """How long each answer takes."""

    def next_answer(self, headers: Message) -> tuple[int, bytes]:
        for word, answer in self.to.items():
            if word in str(headers):
                return answer
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
            standin.requests.append(self.headers)
            standin.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            if standin.hangs:
                standin.hangs.wait(20)
            time.sleep(standin.seconds)
            status, body = standin.next_answer(self.headers)
            headers = {"Content-Type": "audio/mpeg", "Content-Length": str(len(body))}
            self.send_response(status, standin.phrase)
            for name, value in (headers | standin.headers).items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # Whoever asked has heard enough.
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

"""The audio of a push, which LINE fetches and measures."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.unit.line_standin.standin_client import HELLO, USER, Client, audio


def mp3(frames: int) -> bytes:
    """Silence of 24 ms a frame: MPEG-2 layer III, 48 kbit/s, 24 kHz, mono, without padding."""
    return (b"\xff\xf3\x64\xc4" + bytes(140)) * frames


@contextmanager
def hosting(
    data: bytes, *, content_type: str = "audio/mpeg", statuses: tuple[int, ...] = ()
) -> Iterator[str]:
    """A loopback host of one file; answers `statuses` first, those of redirects lead back to it."""
    waiting = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = waiting.pop(0) if waiting else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere.mp3")
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/voice.mp3?X-Amz-Signature=1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_voice_is_fetched_and_measured(line: Client) -> None:
    with hosting(mp3(50)) as url:
        assert line.push(audio(url, 1200 + 90)).status == 200
    entry = line.get(f"/standin/messages?user_id={USER}").json()["messages"][0]
    assert entry["audio"] == {"duration_ms": 1200, "size": 50 * 144}


@pytest.mark.parametrize("duration", [1200 - 150, 1200 + 150, 12_000])
def test_a_false_duration_is_refused(line: Client, duration: int) -> None:
    with hosting(mp3(50)) as url:
        response = line.push(HELLO, audio(url, duration))
    assert response.status == 400
    assert response.json()["details"][0]["property"] == "messages[1].duration"
    assert line.received() == []


@pytest.mark.parametrize(
    "host",
    [
        lambda: hosting(b""),
        lambda: hosting(b"<html>sorry</html>"),
        lambda: hosting(mp3(50), content_type="text/html"),
        lambda: hosting(mp3(50), statuses=(403,)),
        lambda: hosting(mp3(50), statuses=(500, 503, 500)),
        lambda: hosting(mp3(50), statuses=(302,) * 20),
    ],
    ids=["empty", "html", "content type", "forbidden", "broken", "in circles"],
)
def test_a_voice_that_cannot_be_played_is_refused(line: Client, host: Callable[[], Any]) -> None:
    with host() as url:
        response = line.push(audio(url, 1200))
    assert response.status == 400
    assert response.json()["details"][0]["property"] == "messages[0].originalContentUrl"


def test_an_address_that_leads_to_the_voice_is_followed_as_lines_app_does(line: Client) -> None:
    with hosting(mp3(50), statuses=(302,)) as url:
        assert line.push(audio(url, 1200)).status == 200


def test_a_storage_that_stumbles_once_is_asked_again(line: Client) -> None:
    with hosting(mp3(50), statuses=(503,)) as url:
        assert line.push(audio(url, 1200)).status == 200

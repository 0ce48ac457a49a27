"""The order that tries a deployment, before an API of this process."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.mandarin.sentence import order_sentence
from chalicelib.orders.request import parse_order
from deploy import smoke
from deploy.smoke import NotTried, SmokeFailed, try_order
from tests.unit.speech.mp3_samples import MPEG2_64K_24000_MONO

PLACED = {"order_id": "o1", "polling_url": "/api/orders/status/o1"}
UNDER_WAY = {"status": "processing", "processing": True, "poll_after_ms": 1}


class Api:
    """Answers in turn: what is listed under a method and path, the last for ever."""

    def __init__(self) -> None:
        self.url = ""
        self.placed: list[tuple[dict[str, str], Any]] = []
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}

    def will(self, route: str, *answers: tuple[int, Any] | tuple[int, Any, dict[str, str]]) -> None:
        self.answers[route] = [
            (
                answer[0],
                answer[2] if len(answer) == 3 else {},
                answer[1] if isinstance(answer[1], bytes) else json.dumps(answer[1]).encode(),
            )
            for answer in answers
        ]

    def completes(self) -> None:
        self.will("POST /api/orders/quick", (202, PLACED))
        ended = {"status": "completed", "processing": False, "voice_url": f"{self.url}/v.mp3"}
        self.will("GET /api/orders/status/o1", (200, UNDER_WAY), (200, ended))
        self.will("GET /v.mp3", (200, MPEG2_64K_24000_MONO))


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(smoke, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(smoke, "PATIENCE_SECONDS", 1.0)
    found = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = found.answers[f"{self.command} {self.path}"]
            status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.placed.append((dict(self.headers), json.loads(body)))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    found.completes()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_trial_order_is_heard(api: Api) -> None:
    heard = try_order(api.url)
    assert heard.order_id == "o1"
    assert heard.voice_seconds > 0


def test_it_is_a_guests_who_is_told_nothing_and_is_known_by_the_shop(api: Api) -> None:
    try_order(api.url)
    [(headers, order)] = api.placed
    assert "Authorization" not in headers
    assert order["store_name"] == "部署測試"
    assert "line_user_id" not in order


def test_its_sentence_is_said_whole_and_new_each_time() -> None:
    said = [order_sentence(parse_order(smoke.sample(), None).order) for _ in range(20)]
    assert not [sentence.unspoken for sentence in said if sentence.unspoken]
    # Of a million; an equal one would be found among the voices, and not made.
    assert len({sentence.text for sentence in said}) > 15


def test_an_api_that_is_new_and_not_there_yet_is_asked_again_for_the_same_order(api: Api) -> None:
    api.will("POST /api/orders/quick", (403, {}), (500, {}), (202, PLACED))
    assert try_order(api.url)
    keys = {headers["Idempotency-Key"] for headers, _ in api.placed}
    assert (len(api.placed), len(keys)) == (3, 1)


@pytest.mark.parametrize(
    ("route", "answer", "line"),
    [
        (
            "POST /api/orders/quick",
            (502, b"no"),
            "POST http.*/api/orders/quick, to the end: 502 no",
        ),
        ("POST /api/orders/quick", (422, b"bad"), "/api/orders/quick: 422 bad"),
        ("GET /api/orders/status/o1", (200, UNDER_WAY), "/api/orders/status/o1, to the end: 200"),
        (
            "GET /api/orders/status/o1",
            (
                200,
                {
                    "status": "failed",
                    "processing": False,
                    "error": {"code": "speech_unavailable", "message": "no voice"},
                },
            ),
            "order o1 failed: speech_unavailable no voice",
        ),
        ("POST /api/orders/quick", (202, b"<html>"), "an answer is not as the API describes it"),
        ("GET /api/orders/status/o1", (200, {}), "an answer is not as the API describes it"),
        ("GET /v.mp3", (404, b"gone"), "/v.mp3, to the end: 404"),
        ("GET /v.mp3", (200, b"<html>"), "what came as the voice is no MP3"),
    ],
)
def test_what_fails_is_told_with_where(
    api: Api, route: str, answer: tuple[int, Any], line: str
) -> None:
    api.will(route, answer)
    with pytest.raises(SmokeFailed, match=line):
        try_order(api.url)


def test_an_api_that_is_not_there_is_told() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smoke, "PATIENCE_SECONDS", 0.1)
        with pytest.raises(SmokeFailed, match="no answer"):
            try_order("http://127.0.0.1:9")


def test_where_guests_have_used_up_their_orders_nothing_is_blamed(api: Api) -> None:
    api.will("POST /api/orders/quick", (429, b"too many", {"Retry-After": "3600"}))
    with pytest.raises(NotTried, match="guests may not order now: 429 too many"):
        try_order(api.url)


def test_a_short_limit_is_waited_for(api: Api) -> None:
    limited = (429, b"too many", {"Retry-After": "0"})
    api.will("POST /api/orders/quick", limited, (202, PLACED))
    assert try_order(api.url)

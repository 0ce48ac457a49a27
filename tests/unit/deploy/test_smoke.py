"""The order that tries a deployment, before an API of this process."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, get_args

import pytest

from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Trouble
from chalicelib.orders.request import parse_order
from deploy import smoke
from deploy.smoke import Heard, NotTried, SmokeFailed
from tests.unit.speech.mp3_samples import MPEG2_64K_24000_MONO

PLACED = {"order_id": "o1", "polling_url": "/api/orders/status/o1"}
UNDER_WAY = {
    "order_id": "o1",
    "status": "processing",
    "stage": "speaking",
    "processing": True,
    "poll_after_ms": 1,
}
PROBLEM = {"title": "Bad", "detail": "What is said\n is wrong.", "code": "invalid_order"}


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


def try_order(url: str) -> Heard:
    return smoke.try_order(url, lambda _: None)


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


def failed(code: str) -> tuple[int, Any]:
    error = {"code": code, "message": "請再試一次"}
    return 200, {**UNDER_WAY, "status": "failed", "processing": False, "error": error}


PLACE, STATUS = "POST /api/orders/quick", "GET /api/orders/status/o1"


@pytest.mark.parametrize(
    ("route", "answer", "sentence", "log"),
    [
        (
            PLACE,
            (502, b"<html>no</html>"),
            "placing the order was answered, to the end, with 502 Bad Gateway (POST URL{PLACE})",
            "ApiLogs",
        ),
        (
            PLACE,
            (500, {"message": "Internal server error"}),
            "placing the order was answered, to the end, with 500 Internal Server Error: "
            "Internal server error (POST URL{PLACE})",
            "ApiLogs",
        ),
        (
            PLACE,
            (400, PROBLEM),
            "placing the order was refused with 400 Bad Request: What is said is wrong. "
            "(POST URL{PLACE})",
            "ApiLogs",
        ),
        (
            STATUS,
            (200, UNDER_WAY),
            "order o1 was accepted, and the worker has not finished it after 1 s: it is still "
            "processing (stage speaking)",
            "FulfilLogs",
        ),
        (
            STATUS,
            failed("speech_unavailable"),
            "order o1 was accepted and failed: no engine of SpeechEngines has spoken: gtts needs "
            "the internet, polly AWS, google and azure the internet and their keys, kokoro and "
            "espeak their layers (speech_unavailable)",
            "FulfilLogs",
        ),
        (PLACE, (202, {}), "an answer of the API lacks 'order_id'", "ApiLogs"),
        (
            "GET /v.mp3",
            (404, b"<xml>gone</xml>"),
            "fetching its voice was answered, to the end, with 404 Not Found (GET URL/v.mp3)",
            "ApiLogs",
        ),
    ],
)
def test_what_fails_is_a_sentence_and_names_the_log_that_says_more(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    route: str,
    answer: tuple[int, Any],
    sentence: str,
    log: str,
) -> None:
    monkeypatch.setattr(smoke, "PATIENCE_SECONDS", 1.0)  # Some are asked again till then.
    api.will(route, answer)
    with pytest.raises(SmokeFailed) as told:
        try_order(api.url)
    path = PLACE.removeprefix("POST ")
    assert str(told.value) == sentence.replace("{PLACE}", path).replace("URL", api.url)
    assert told.value.log == log


@pytest.mark.parametrize(
    ("route", "answer", "line"),
    [
        (PLACE, (202, b"<html>"), "an answer of the API is no JSON: "),
        ("GET /v.mp3", (200, b"<html>"), "what came as the voice is no MP3: "),
    ],
)
def test_what_cannot_be_read_is_told(
    api: Api, route: str, answer: tuple[int, Any], line: str
) -> None:
    api.will(route, answer)
    with pytest.raises(SmokeFailed, match=line):
        try_order(api.url)


@pytest.mark.parametrize("code", get_args(Trouble))
def test_every_trouble_of_an_order_has_words_for_an_operator(api: Api, code: str) -> None:
    api.will(STATUS, failed(code))
    with pytest.raises(SmokeFailed) as told:
        try_order(api.url)
    assert str(told.value).endswith(f"({code})")
    assert not re.search("no reason given|[\u4e00-\u9fff]", str(told.value))


def test_an_api_that_is_not_there_is_told() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smoke, "PATIENCE_SECONDS", 0.1)
        with pytest.raises(SmokeFailed, match=r"had no answer to the end: .*Connection refused \("):
            try_order("http://127.0.0.1:9")


def test_where_guests_have_used_up_their_orders_nothing_is_blamed(api: Api) -> None:
    api.will("POST /api/orders/quick", (429, b"too many", {"Retry-After": "3600"}))
    with pytest.raises(NotTried, match="guests may not order now: 429 Too Many Requests"):
        try_order(api.url)


def test_a_limit_that_is_waited_for_is_told_and_is_no_part_of_how_long_it_took(api: Api) -> None:
    limited = (429, b"too many", {"Retry-After": "1"})
    api.will("POST /api/orders/quick", limited, (202, PLACED))
    told: list[str] = []
    heard = smoke.try_order(api.url, told.append)
    assert told == ["placing the order: 429 Too Many Requests; waiting 1 s for that"]
    assert heard.waited_seconds == 1
    assert heard.took_seconds < 1


def test_an_order_that_was_accepted_and_fails_is_named(api: Api) -> None:
    api.will(STATUS, failed("speech_unavailable"))
    with pytest.raises(SmokeFailed) as told:
        try_order(api.url)
    assert told.value.order_id == "o1"

"""`POST /api/voices`: an order's voice is asked for before the order is placed."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chalicelib.ahead import messages
from chalicelib.errors import TransientError
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.orders import limits, transitions
from chalicelib.orders.record import table
from chalicelib.settings import settings
from tests.unit.api.api_client import Answer, Api, order
from tests.unit.api.conftest import api, signed_in
from tests.unit.orders_support import NOW, Queue

__all__ = ["api", "signed_in"]

PATH = "/api/voices"
USER = "U" + "0" * 31 + "1"


def ask(api: Api, body: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.request("POST", PATH, body, named)


def asked() -> list[str]:
    """What lies in the queue of sentences."""
    answer = boto3.client("sqs").receive_message(
        QueueUrl=settings().ahead_queue_url, MaxNumberOfMessages=10
    )
    return [message["Body"] for message in answer.get("Messages", [])]


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def configure(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    return configure


def test_the_message_holds_the_sentence_that_the_order_will_have_and_nothing_else(
    api: Api, queued: Queue
) -> None:
    body = order(allergies=["peanuts"], note={"original": "少油", "translated": "less oil"})
    answer = ask(api, body)
    assert (answer.status, answer.json) == (202, {})
    [message] = asked()
    placed = transitions.find(api.post(body).json["order_id"], now=NOW)
    assert placed is not None
    assert json.loads(message) == {"version": 1, "sentence": order_sentence(placed.order).text}
    assert messages.sentence_of(message) == order_sentence(placed.order).text


def test_no_order_comes_of_it(api: Api, queued: Queue) -> None:
    ask(api, order())
    assert table().count() == 0
    assert queued.bodies() == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        ({}, 422, "order_invalid"),
        ({"text": "free speech"}, 422, "order_invalid"),
        (order(items=[]), 422, "order_invalid"),
        (order(allergies=["everything"]), 422, "order_invalid"),
        (b'{"a": "' + b"x" * 32_768 + b'"}', 413, "body_too_large"),
    ],
)
def test_what_is_no_order_is_refused_as_an_order_would_be(
    api: Api, body: Any, status: int, code: str
) -> None:
    refused = ask(api, body)
    assert (refused.status, refused.json["code"]) == (status, code)
    assert asked() == []


def test_whoever_has_a_bad_token_is_refused(api: Api, signed_in: None) -> None:
    refused = ask(api, order(), Authorization="Bearer expired")
    assert (refused.status, refused.json["code"]) == (401, "token_expired")
    assert asked() == []


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({"SPEAK_AHEAD": "auto", "SPEECH_ENGINES": "gtts,polly"}, 404),
        ({"SPEAK_AHEAD": "auto", "SPEECH_ENGINES": "polly,gtts"}, 202),
        ({"SPEAK_AHEAD": "auto", "SPEECH_ENGINES": "kokoro,polly"}, 202),
        ({"SPEAK_AHEAD": "on", "SPEECH_ENGINES": "gtts,polly"}, 202),
        ({"SPEAK_AHEAD": "on", "AHEAD_QUEUE_URL": ""}, 404),
        ({"SPEAK_AHEAD": "off", "SPEECH_ENGINES": "polly,gtts"}, 404),
    ],
)
def test_it_is_done_where_the_leading_engine_bears_it_or_the_operator_says_so(
    api: Api, configured: Callable[..., None], variables: dict[str, str], status: int
) -> None:
    configured(**variables)
    assert ask(api, order()).status == status


def test_each_owner_has_three_for_each_order_that_they_may_place(
    api: Api, signed_in: None, configured: Callable[..., None]
) -> None:
    configured(ORDERS_PER_MINUTE="1", GUESTS_PER_ADDRESS="1")
    answers = [ask(api, order(), Authorization=f"Bearer {USER}") for _ in range(4)]
    assert [answer.status for answer in answers] == [202, 202, 202, 429]
    refused = answers[-1]
    assert refused.json["code"] == "too_many_voices"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert ask(api, order()).status == 202, "a guest's are their own"
    assert api.post(order(), Authorization=f"Bearer {USER}").status == 202, "orders are not counted"


def test_all_together_have_a_lid_which_orders_do_not_know(
    api: Api, configured: Callable[..., None]
) -> None:
    configured(AHEAD_PER_DAY="2")
    limits.count_ahead(now=NOW)
    assert ask(api, order()).status == 202
    limits.count_ahead(now=NOW)
    limits.ahead_lid.cache_clear()  # It looks every ten seconds.
    refused = ask(api, order())
    assert (refused.status, refused.json["code"]) == (429, "too_many_voices")
    assert "midnight" in refused.json["detail"]
    assert api.post(order()).status == 202


def test_sqs_that_takes_nothing_is_no_error_of_the_apis_and_is_logged(
    api: Api, queued: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    boto3.client("sqs").delete_queue(QueueUrl=settings().ahead_queue_url)
    answer = ask(api, order())
    assert (answer.status, answer.json) == (202, {})
    [line] = [line for line in caplog.records if line.message == "no voice is prepared"]
    assert line.levelname == "WARNING"
    assert line.exc_info is not None
    assert "NonExistentQueue" in str(line.exc_info[1])
    assert queued.bodies() == []
    assert api.post(order()).status == 202


def test_who_cannot_be_counted_has_no_voice_prepared(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lid is for the bill: what is not counted is not bought."""

    def fails(*_: object, **__: object) -> None:
        raise TransientError("DynamoDB")

    monkeypatch.setattr(limits, "admit_ahead", fails)
    answer = ask(api, order())
    assert (answer.status, answer.json, asked()) == (202, {}, [])


def test_a_page_of_an_allowed_origin_may_ask(api: Api, configured: Callable[..., None]) -> None:
    configured(ALLOWED_ORIGINS="https://shop.example")
    origin = {"Origin": "https://shop.example"}
    preflight = api.request("OPTIONS", PATH, headers=origin)
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    answer = ask(api, order(), **origin)
    assert answer.headers["Access-Control-Allow-Origin"] == origin["Origin"]


def test_nothing_of_the_order_is_logged(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    ask(api, order(store_name="祕密的店", allergies=["peanuts"]))
    logged = "".join(capsys.readouterr())
    assert "祕密" not in logged
    assert "花生" not in logged
    assert "peanuts" not in logged

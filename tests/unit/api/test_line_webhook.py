"""LINE's webhook: whom it believes, and what an unfollow erases."""

import base64
import hashlib
import hmac
import json
from typing import Any

import boto3
import pytest
import time_machine

from chalicelib import parameter_store, worker
from chalicelib.line import webhook
from chalicelib.orders import queue
from chalicelib.settings import settings
from tests.unit.api.api_client import Answer, Api, complete, order
from tests.unit.batches import deliver
from tests.unit.orders_support import NOW, USER, Queue

pytestmark = pytest.mark.usefixtures("signed_in")
PATH = "/api/line/webhook"
NAME = "/order-voice/test/line-channel-secret"
SECRET = "0123456789abcdef" * 2
OTHER = "U" + "f" * 32
LATER = NOW + 60_000


@pytest.fixture(autouse=True)
def configured(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINE_CHANNEL_SECRET_PARAMETER", NAME)
    settings.cache_clear()
    boto3.client("ssm").put_parameter(Name=NAME, Value=SECRET, Type="SecureString")


def signature(body: bytes, secret: str = SECRET) -> str:
    """As LINE's reference makes it."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def send(api: Api, body: bytes, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.request("POST", PATH, body, {"X-Line-Signature": signature(body), **named})


def unfollow(user_id: str = USER, at: int = LATER, **changes: Any) -> dict[str, Any]:
    """An event as the reference shows it."""
    return {
        "type": "unfollow",
        "mode": "active",
        "timestamp": at,
        "source": {"type": "user", "userId": user_id},
        "webhookEventId": "01FZ74ASS536FW97EX38NKCZQK",
        "deliveryContext": {"isRedelivery": False},
        **changes,
    }


def body_of(*events: Any) -> bytes:
    return json.dumps({"destination": "U" + "0" * 32, "events": events}).encode()


def placed(api: Api, user: str = USER) -> str:
    order_id: str = api.post(order(), Authorization=f"Bearer {user}").json["order_id"]
    complete(order_id)
    return order_id


def work(queued: Queue) -> None:
    """The worker takes what is in the queue."""
    assert deliver(queued.bodies()) == set()


def is_there(api: Api, order_id: str, user: str = USER) -> bool:
    return api.status(order_id, Authorization=f"Bearer {user}").status == 200


def test_who_leaves_has_their_orders_erased_and_nobody_else(
    api: Api, queued: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = [placed(api), placed(api)], placed(api, OTHER)
    monkeypatch.setattr(worker, "tools", lambda: None)
    queued.bodies()
    with time_machine.travel(LATER / 1000):
        assert send(api, body_of(unfollow())).status == 200
        work(queued)
        assert not any(is_there(api, order_id) for order_id in mine)
        assert is_there(api, theirs, OTHER)


def test_an_event_that_comes_late_or_again_erases_nothing_that_was_ordered_since(
    api: Api, queued: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = placed(api)
    monkeypatch.setattr(worker, "tools", lambda: None)
    body = body_of(unfollow(at=NOW + 30_000))
    with time_machine.travel(LATER / 1000):
        after = placed(api)
        queued.bodies()
        for _ in range(2):
            assert send(api, body).status == 200
            work(queued)
        assert (is_there(api, before), is_there(api, after)) == (False, True)


def test_an_event_of_the_future_erases_nothing_that_is_ordered_until_then(
    api: Api, queued: Queue
) -> None:
    send(api, body_of(unfollow(at=NOW * 2)))
    [body] = queued.bodies()
    erasing = queue.erasing_of(body)
    assert erasing is not None
    assert NOW <= erasing.until < NOW + 60_000


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "x", "é", "=" * 44, signature(b"{}"), signature(body_of(unfollow()), "another")),
        *(signature(body_of(unfollow())).lower(), signature(body_of(unfollow()))[:-1]),
        base64.b64encode(hashlib.sha256(body_of(unfollow())).digest()).decode(),
        hmac.new(SECRET.encode(), body_of(unfollow()), hashlib.sha256).hexdigest(),
    ],
    ids=[
        *("none", "short", "é", "filler", "of another body", "by another secret"),
        *("in small letters", "cut", "a hash without the secret", "in hexadecimal"),
    ],
)
def test_what_line_has_not_signed_is_refused_before_it_is_read(
    api: Api, queued: Queue, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("parsed without a signature")

    monkeypatch.setattr(webhook, "_departures", read)
    answer = send(api, body_of(unfollow()), X_Line_Signature=wrong)
    assert (answer.status, answer.json["code"]) == (403, "signature_invalid")
    assert queued.bodies() == []


def test_without_a_signature_or_with_one_more_byte_it_is_refused(api: Api) -> None:
    body = body_of(unfollow())
    assert api.request("POST", PATH, body).status == 403
    assert send(api, body + b" ", X_Line_Signature=signature(body)).status == 403


def test_the_signature_is_over_the_bytes_as_they_came(api: Api, queued: Queue) -> None:
    """Not over what JSON makes of them: spaces, escapes, emoji."""
    event = unfollow(nickname="旅人🍜\u0000")
    for body in (
        json.dumps({"events": [event]}, ensure_ascii=False, indent=3).encode(),
        json.dumps({"events": [event]}).encode(),
    ):
        assert send(api, body).status == 200
    assert len(queued.bodies()) == 2


def test_lines_verify_button_is_answered_200(api: Api, queued: Queue) -> None:
    assert send(api, b'{"destination":"U0","events":[]}').status == 200
    assert queued.bodies() == []


@pytest.mark.parametrize(
    "event",
    [
        *({}, None, 5, "unfollow", [], {"type": "unfollow"}, {"type": ["unfollow"]}),
        {**unfollow(), "type": "follow"},
        {**unfollow(), "type": "message", "message": {"type": "text", "text": "delete me"}},
        unfollow(user_id="' OR '1'='1"),
        unfollow(user_id="U" + "*" * 32),
        unfollow(user_id="line:" + USER),
        unfollow(user_id=USER + "\n"),
        unfollow(at="2026-11-27"),  # type: ignore[arg-type]
        unfollow(source={"type": "group", "groupId": "C" + "0" * 32, "userId": USER}),
        unfollow(source=None),
    ],
)
def test_what_is_no_unfollow_of_a_user_is_passed_over(api: Api, queued: Queue, event: Any) -> None:
    assert send(api, body_of(event)).status == 200
    assert queued.bodies() == []
    assert send(api, body_of(event, unfollow())).status == 200
    assert len(queued.bodies()) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"nope", b"{'events': []}"])
def test_what_is_signed_and_no_json_is_400(api: Api, body: bytes) -> None:
    answer = send(api, body)
    assert (answer.status, answer.json["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b"5", b"null", b'{"events": 5}', b"{}"])
def test_json_without_events_is_taken(api: Api, queued: Queue, body: bytes) -> None:
    assert send(api, body).status == 200
    assert queued.bodies() == []


def test_a_huge_body_is_refused_unread(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "secret", lambda *_: pytest.fail("asked for the secret"))
    body = b" " * (webhook.MAX_BODY_BYTES + 1)
    answer = send(api, body)
    assert (answer.status, answer.json["code"]) == (413, "body_too_large")


def test_without_configuration_there_is_nothing_at_its_address(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of any unknown address; that of the gateway is in the template."""
    monkeypatch.setenv("LINE_CHANNEL_SECRET_PARAMETER", "")
    settings.cache_clear()
    answer = send(api, body_of(unfollow()))
    assert answer.status == 404
    assert answer.json == {
        "type": "urn:order-voice:problem:not_found",
        "title": "There is nothing at this address",
        "status": 404,
        "detail": "There is nothing at this address.",
        "code": "not_found",
    }


def test_no_page_may_send_or_read_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://a.example")
    settings.cache_clear()
    health = api.request("GET", "/api/health", headers={"Origin": "https://a.example"})
    assert "Access-Control-Allow-Origin" in health.headers
    answer = send(api, body_of(), Origin="https://a.example")
    assert answer.status == 200
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_new_secret_is_seen_within_a_minute_and_made_up_signatures_ask_for_it_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(api, body_of()).status == 200
    fetched: list[str] = []
    fetch = parameter_store._fetch

    def counted(name: str) -> str:
        fetched.append(name)
        return fetch(name)

    monkeypatch.setattr(parameter_store, "_fetch", counted)
    boto3.client("ssm").put_parameter(
        Name=NAME, Value="renewed", Type="SecureString", Overwrite=True
    )
    renewed = signature(body_of(), "renewed")
    for _ in range(3):
        assert send(api, body_of(), X_Line_Signature=renewed).status == 403
    assert fetched == []
    parameter_store._read_at[NAME] -= webhook.SECRET_SECONDS + 1
    assert send(api, body_of(), X_Line_Signature="made up").status == 403
    assert send(api, body_of(), X_Line_Signature="made up").status == 403
    assert fetched == [NAME]
    assert send(api, body_of(), X_Line_Signature=renewed).status == 200


def test_where_the_message_cannot_be_sent_line_is_told_to_come_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/1/none")
    settings.cache_clear()
    answer = send(api, body_of(unfollow()))
    assert (answer.status, answer.json["code"]) == (503, "service_unavailable")


def test_many_events_at_once_are_all_taken(api: Api, queued: Queue) -> None:
    users = [f"U{number:032x}" for number in range(8)]
    assert send(api, body_of(*map(unfollow, users))).status == 200
    erasings = [queue.erasing_of(body) for body in queued.bodies()]
    assert sorted(erasing.user_id for erasing in erasings if erasing) == users

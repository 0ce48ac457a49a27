"""The contract of the status route, and of retry."""

import pytest

from chalicelib.orders import transitions
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import Api, complete, order
from tests.unit.orders_support import NOW, SENTENCE, VOICE, Queue


@pytest.mark.parametrize("order_id", ["123", "0" * 26, "0" * 25 + "u", "x" * 300, "%00", "..%2f"])
def test_an_unknown_order_is_404(api: Api, order_id: str) -> None:
    answer = api.status(order_id)
    assert (answer.status, answer.json["code"]) == (404, "order_not_found")


def test_an_unchanged_order_is_304(api: Api) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    first = api.status(order_id)
    assert not first.headers["ETag"].startswith("W/")
    again = api.status(order_id, If_None_Match=first.headers["ETag"])
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])
    complete(order_id)
    assert api.status(order_id, If_None_Match=first.headers["ETag"]).status == 200


def test_the_audio_can_be_played_before_the_push(api: Api) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.record_voice(record, VOICE, SENTENCE)
    first = api.status(order_id)
    body = first.json
    assert (body["status"], body["stage"], body["voice_ready"]) == ("processing", "notifying", True)
    assert "LINE" not in body["message"], "nothing of a guest is sent there"
    assert body["voice_duration_ms"] == VOICE.duration_ms
    assert VOICE.key in body["voice_url"]
    assert body["voice_expires_at"].endswith("Z")
    assert api.status(order_id, If_None_Match=first.headers["ETag"]).status == 304


def test_a_failed_order_says_why_and_can_be_tried_again(api: Api, queued: Queue) -> None:
    order_id = api.post(order(language="en")).json["order_id"]
    early = api.request("POST", f"/api/orders/{order_id}/retry")
    assert (early.status, early.json["code"]) == (409, "order_not_failed")
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, "speech_unavailable", now=NOW)
    failed = api.status(order_id).json
    assert (failed["status"], failed["processing"], failed["voice_ready"]) == (
        "failed",
        False,
        False,
    )
    assert failed["error"] == {
        "code": "speech_unavailable",
        "message": failed["message"],
        "retryable": True,
    }
    queued.bodies()
    again = api.request("POST", f"/api/orders/{order_id}/retry")
    assert (again.status, again.json["status"]) == (202, "pending")
    assert again.headers["Location"] == f"../status/{order_id}"
    assert len(queued.bodies()) == 1


def test_an_order_is_tried_again_so_often_and_no_more(api: Api, queued: Queue) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    answers = []
    for _ in range(transitions.MAX_RETRIES + 1):
        record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
        assert record is not None
        transitions.fail(record, "speech_unavailable", now=NOW)
        is_retryable = api.status(order_id).json["error"]["retryable"]
        queued.bodies()
        answer = api.request("POST", f"/api/orders/{order_id}/retry")
        answers.append((is_retryable, answer.status, len(queued.bodies())))
    assert answers == [(True, 202, 1)] * transitions.MAX_RETRIES + [(False, 409, 0)]


def test_what_no_engine_can_speak_is_not_tried_again(api: Api, queued: Queue) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, transitions.SPEECH_IMPOSSIBLE, now=NOW)
    queued.bodies()
    assert api.status(order_id).json["error"]["retryable"] is False
    assert api.request("POST", f"/api/orders/{order_id}/retry").status == 409
    assert queued.bodies() == []

"""Whether the order is to be in the traveller's LINE chat, too: accepted, kept, shown, refused."""

from typing import Any

import pytest

from chalicelib.orders import transitions
from chalicelib.orders.record import OrderRecord
from chalicelib.settings import settings
from tests.unit.api.api_client import UUID, Api, item
from tests.unit.orders_support import NOW, SENTENCE, USER, VOICE

AS_USER = {"Authorization": f"Bearer {USER}"}


@pytest.mark.parametrize("notify", [True, False, None])
def test_what_is_asked_is_kept_and_shown(api: Api, notify: bool | None) -> None:
    answer = api.post(item() | {"notify": notify})
    assert (answer.status, answer.json["ignored"]) == (202, [])
    order_id = answer.json["order_id"]
    assert OrderRecord.get(order_id).order.notify is notify
    assert api.status(order_id).json["notify"] is notify


@pytest.mark.parametrize("notify", ["true", "yes", 1, 0, [], {}, [True], 1.0])
def test_what_is_neither_yes_nor_no_is_refused(api: Api, notify: Any) -> None:
    answer = api.post(item() | {"notify": notify})
    assert answer.status == 422
    assert answer.json["errors"] == [{"field": "notify", "message": "Must be true or false."}]


def test_another_wish_is_another_order(api: Api) -> None:
    assert api.post(item() | {"notify": True}, Idempotency_Key=UUID).status == 202
    assert api.post(item() | {"notify": True}, Idempotency_Key=UUID).status == 202
    other = api.post(item() | {"notify": False}, Idempotency_Key=UUID)
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("setting", "detail", "is_told_of_line"),
    [("always", None, True), ("asked", "not_asked", False), ("never", "turned_off", False)],
)
def test_the_status_says_from_the_beginning_whether_there_will_be_a_message(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    detail: str | None,
    is_told_of_line: bool,
) -> None:
    monkeypatch.setenv("LINE_PUSH", setting)
    settings.cache_clear()
    order_id = api.post(item() | {"language": "en"}, **AS_USER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.record_voice(record, VOICE, SENTENCE)
    body = api.status(order_id, **AS_USER).json
    expected = "skipped" if detail else "pending"
    assert (body["notification"], body["notification_detail"]) == (expected, detail)
    assert ("LINE" in body["message"]) is is_told_of_line

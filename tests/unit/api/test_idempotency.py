"""The `Idempotency-Key`: one order, however often it is sent."""

import pytest

from chalicelib.orders.record import table
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import UUID, Api, assert_no_trace, complete, order
from tests.unit.orders_support import USER, Queue


def test_the_same_key_and_body_are_the_same_order_and_send_its_message_again(
    api: Api, queued: Queue
) -> None:
    first = api.post(SEED_ORDER, Idempotency_Key=UUID)
    second = api.post(SEED_ORDER, Idempotency_Key=UUID.upper())
    assert first.json == second.json
    assert len(queued.bodies()) == 2


def test_a_key_with_another_body_is_refused(api: Api) -> None:
    first = api.post(SEED_ORDER, Idempotency_Key=UUID)
    answer = api.post(order(store_name="另一家"), Idempotency_Key=UUID)
    assert (answer.status, answer.json["code"]) == (422, "idempotency_key_reused")
    assert api.status(first.json["order_id"]).json["store_name"] == "測試店家"


def test_a_replay_says_how_far_the_order_is(api: Api) -> None:
    new = api.post(SEED_ORDER, Idempotency_Key=UUID).json
    complete(new["order_id"])
    again = api.post(SEED_ORDER, Idempotency_Key=UUID).json
    assert (again["status"], again["processing"]) == ("completed", False)
    assert again["message"] == api.status(new["order_id"]).json["message"] != new["message"]


def test_a_replay_after_the_end_costs_no_second_message(api: Api, queued: Queue) -> None:
    order_id = api.post(SEED_ORDER, Idempotency_Key=UUID).json["order_id"]
    complete(order_id)
    queued.bodies()
    answer = api.post(SEED_ORDER, Idempotency_Key=UUID)
    assert (answer.json["status"], answer.json["processing"]) == ("completed", False)
    assert queued.bodies() == []


@pytest.mark.parametrize("key", ["1", "not-a-uuid", "6f1b24b4", "{" + UUID + "}", "٣" * 32])
def test_a_guests_key_must_be_a_uuid(api: Api, queued: Queue, key: str) -> None:
    answer = api.post(SEED_ORDER, Idempotency_Key=key)
    assert (answer.status, answer.json["code"]) == (400, "idempotency_key_invalid")
    assert_no_trace(queued)


@pytest.mark.parametrize("key", ["", " "])
def test_an_empty_key_is_none(api: Api, key: str) -> None:
    first, second = (api.post(SEED_ORDER, Idempotency_Key=key) for _ in range(2))
    assert (first.status, second.status) == (202, 202)
    assert first.json["order_id"] != second.json["order_id"]


AS_USER = {"Authorization": f"Bearer {USER}"}


@pytest.mark.usefixtures("signed_in")
def test_an_order_lost_as_a_guest_and_sent_again_after_signing_in_stays_one(api: Api) -> None:
    lost = api.post(SEED_ORDER, Idempotency_Key=UUID)
    again = api.post(SEED_ORDER, Idempotency_Key=UUID.upper(), **AS_USER)
    assert (again.status, again.json) == (202, lost.json)
    assert table().count() == 1
    assert api.status(again.json["order_id"], **AS_USER).json["notification"] == "skipped"


@pytest.mark.usefixtures("signed_in")
def test_an_order_that_never_arrived_as_a_guests_is_the_users(api: Api) -> None:
    order_id = api.post(SEED_ORDER, Idempotency_Key=UUID, **AS_USER).json["order_id"]
    assert api.status(order_id, **AS_USER).json["notification"] == "pending"


@pytest.mark.usefixtures("signed_in")
def test_a_users_order_sent_again_as_a_guest_asks_to_sign_in_and_stays_one(
    api: Api, queued: Queue
) -> None:
    lost = api.post(SEED_ORDER, Idempotency_Key=UUID, **AS_USER)
    queued.bodies()
    again = api.post(SEED_ORDER, Idempotency_Key=UUID)
    assert (again.status, again.json["code"]) == (401, "sign_in_required")
    assert lost.json["order_id"] not in again.text
    assert (table().count(), queued.bodies()) == (1, [])
    back = api.post(SEED_ORDER, Idempotency_Key=UUID, **AS_USER)
    assert back.json == lost.json


@pytest.mark.usefixtures("signed_in")
def test_another_users_key_tells_nothing_of_their_order(api: Api) -> None:
    theirs = api.post(SEED_ORDER, Idempotency_Key=UUID, **AS_USER)
    mine = api.post(SEED_ORDER, Idempotency_Key=UUID, Authorization="Bearer U2")
    assert (mine.status, mine.json["code"]) == (422, "idempotency_key_reused")
    assert theirs.json["order_id"] not in mine.text

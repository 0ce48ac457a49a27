"""Whose order it is, and who may see it."""

from typing import Any

import pytest

from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import Api, assert_no_trace, order
from tests.unit.orders_support import USER, Queue


@pytest.mark.usefixtures("signed_in")
def test_keys_of_two_users_never_meet(api: Api) -> None:
    one = api.post(SEED_ORDER, Idempotency_Key="1", Authorization=f"Bearer {USER}")
    two = api.post(SEED_ORDER, Idempotency_Key="1", Authorization="Bearer U2")
    assert one.json["order_id"] != two.json["order_id"]


@pytest.mark.usefixtures("signed_in")
def test_a_users_order_is_shown_to_that_user_alone(api: Api) -> None:
    order_id = api.post(SEED_ORDER, Authorization=f"Bearer {USER}").json["order_id"]
    mine = api.status(order_id, Authorization=f"Bearer {USER}")
    assert (mine.status, mine.json["notification"]) == (200, "pending")
    assert USER not in mine.text
    unknown = api.status("0" * 26)
    for stranger in (api.status(order_id), api.status(order_id, Authorization="Bearer U2")):
        assert (stranger.status, stranger.text) == (404, unknown.text)
    retry = api.request(
        "POST", f"/api/orders/{order_id}/retry", headers={"Authorization": "Bearer U2"}
    )
    assert (retry.status, retry.text) == (404, unknown.text)


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("claimed", "status"), [(USER, 202), (None, 202), ("U2", 403), ("", 202), (7, 403)]
)
def test_line_user_id_must_be_the_tokens_subject(api: Api, claimed: Any, status: int) -> None:
    answer = api.post(order(line_user_id=claimed), Authorization=f"Bearer {USER}")
    assert answer.status == status


@pytest.mark.usefixtures("signed_in")
def test_a_bad_token_is_401_and_says_what_to_do(api: Api, queued: Queue) -> None:
    expired = api.post(SEED_ORDER, Authorization="Bearer expired")
    assert (expired.status, expired.json["code"]) == (401, "token_expired")
    assert expired.headers["WWW-Authenticate"].startswith("Bearer ")
    basic = api.post(SEED_ORDER, Authorization="Basic abc")
    assert (basic.status, basic.json["code"]) == (401, "token_invalid")
    assert_no_trace(queued)

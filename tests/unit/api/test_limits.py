"""How many orders the API lets in, and of whom; `orders/test_limits.py` has how it counts them."""

from collections.abc import Iterator

import boto3
import pytest
import time_machine

from chalicelib.orders.identity import guest_owner
from chalicelib.settings import settings
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import UUID, Api, order
from tests.unit.orders_support import NOW, USER

MINUTE = NOW // 60_000 * 60 + 60
"""A minute begins, in epoch seconds."""


@pytest.fixture(autouse=True)
def two_a_minute(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two orders a minute, of a user or an address; and it is 17 seconds past."""
    monkeypatch.setenv("ORDERS_PER_MINUTE", "2")
    monkeypatch.setenv("GUESTS_PER_ADDRESS", "1")
    settings.cache_clear()
    with time_machine.travel(MINUTE + 17, tick=False):
        yield


def statuses(api: Api, *, of: int = 3, **headers: str) -> list[int]:
    return [api.post(SEED_ORDER, **headers).status for _ in range(of)]


def test_too_many_orders_are_a_problem_that_says_when(api: Api) -> None:
    assert statuses(api, of=2) == [202, 202]
    answer = api.post(SEED_ORDER)
    assert (answer.status, answer.json["code"]) == (429, "too_many_orders")
    assert answer.json["title"] == "Too many orders"
    assert "try again in 43 s" in answer.json["detail"]
    assert "Who signs in with LINE has a limit of their own." in answer.json["detail"]
    assert answer.headers["Retry-After"] == "43"


def test_after_that_time_orders_are_let_in_again(api: Api) -> None:
    assert statuses(api) == [202, 202, 429]
    with time_machine.travel(MINUTE + 17 + 42, tick=False):
        assert statuses(api, of=1) == [429]
    with time_machine.travel(MINUTE + 17 + 43, tick=False):
        assert statuses(api, of=1) == [202]


def test_a_replay_counts_for_no_limit_and_is_let_in_beyond_it(api: Api) -> None:
    assert statuses(api, Idempotency_Key=UUID) == [202, 202, 202]
    assert statuses(api, of=2) == [202, 429]
    assert statuses(api, Idempotency_Key=UUID) == [202, 202, 202]


def test_what_is_refused_for_another_reason_counts_for_no_limit(api: Api, signed_in: None) -> None:
    token = f"Bearer {USER}"
    assert api.post(SEED_ORDER, Idempotency_Key=UUID, Authorization=token).status == 202
    refused = [
        api.post(order(items=[]), Authorization=token).status,
        api.post(order(line_user_id="U" + "f" * 32), Authorization=token).status,
        api.post(order(store_name="別家"), Idempotency_Key=UUID, Authorization=token).status,
        api.post(SEED_ORDER, Idempotency_Key="a b", Authorization=token).status,
    ]
    assert refused == [422, 403, 422, 400]
    assert statuses(api, of=2, Authorization=token) == [202, 429]


def test_a_guest_counts_by_the_address_that_the_gateway_saw(api: Api) -> None:
    for number in range(2):
        assert api.post(SEED_ORDER, X_Forwarded_For=f"203.0.113.{number}").status == 202
    assert api.post(SEED_ORDER, X_Forwarded_For="198.51.100.1").status == 429


def test_a_signed_in_users_limit_is_their_own(api: Api, signed_in: None) -> None:
    assert statuses(api) == [202, 202, 429]
    assert statuses(api, Authorization=f"Bearer {USER}") == [202, 202, 429]
    assert statuses(api, Authorization=f"Bearer {USER[:-1]}2") == [202, 202, 429]


def test_addresses_of_one_ipv6_network_count_together() -> None:
    """A household has 2⁶⁴ of them."""
    one, same, other = (
        guest_owner(address, "key")
        for address in ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1")
    )
    assert one == same != other
    assert guest_owner("192.0.2.1", "key") != guest_owner("192.0.2.2", "key")
    assert guest_owner("192.0.2.1", "another key") != guest_owner("192.0.2.1", "key")


def test_nothing_is_let_in_uncounted(api: Api) -> None:
    boto3.client("dynamodb").delete_table(TableName="limits")
    answer = api.post(SEED_ORDER)
    assert (answer.status, answer.json["code"]) == (503, "service_unavailable")
    assert "limits" not in answer.text

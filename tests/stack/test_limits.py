"""Limits on the deployed stack, which are a million there: counters are set shortly before."""

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from chalicelib.clock import now_ms
from chalicelib.orders import counters
from chalicelib.orders.limits import GUESTS
from localstack.stack import UNLIMITED
from tests.seed_order import SEED_ORDER
from tests.stack.client import Client, until


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


def key(owner: str, now: int) -> dict[str, dict[str, str]]:
    return {"key": {"S": f"{owner}#{counters.moment(now).date}"}}


def counted(client: Client, owner: str) -> int:
    found = client.aws("dynamodb").get_item(
        TableName=client.stack["LIMITS_TABLE"], Key=key(owner, now_ms()), ConsistentRead=True
    )
    return int(found["Item"]["day"]["N"]) if "Item" in found else 0


def test_of_many_at_once_the_table_counts_as_many_as_a_day_holds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    dynamodb, everybody = client.aws("dynamodb"), threading.Barrier(8, timeout=20)
    monkeypatch.setattr(counters, "client", lambda: dynamodb)
    table = SimpleNamespace(limits_table=client.stack["LIMITS_TABLE"])
    monkeypatch.setattr(counters, "settings", lambda: table)
    owner, now = f"test:{uuid.uuid4().hex}", now_ms()

    def order_four_times(_: int) -> list[str | None]:
        everybody.wait()
        return [counters.count(owner, {"minute": 100, "day": 17}, now=now) for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        refusals = Counter(full for each in pool.map(order_four_times, range(8)) for full in each)
    assert refusals == {None: 17, "day": 15}
    assert counted(client, owner) == 17


def test_a_user_whose_day_is_full_is_told_when_the_next_begins(client: Client) -> None:
    user_id = "U" + uuid.uuid4().hex
    token = client.sign_in(user_id)
    has_one_left = {"N": str(int(UNLIMITED["OrdersPerDay"]) - 1)}
    for now in (now_ms(), now_ms() + 60_000):  # Midnight may come.
        client.aws("dynamodb").put_item(
            TableName=client.stack["LIMITS_TABLE"],
            Item={**key(f"line:{user_id}", now), "day": has_one_left},
        )
    last = client.place(**token)
    refused = client.call("POST", "/api/orders/quick", SEED_ORDER, **token)
    assert (refused.status, refused.json["code"]) == (429, "too_many_orders")
    assert "after midnight in Taiwan" in refused.json["detail"]
    left = counters.moment(now_ms()).left["day"]
    assert left <= int(refused.headers["Retry-After"]) <= left + 60
    assert client.follow(last, **token)["status"] == "completed"
    assert client.place(**client.sign_in("U" + uuid.uuid4().hex)), "others are let in"


def test_the_worker_counts_guests_orders_and_not_users(client: Client) -> None:
    before = counted(client, GUESTS)
    user = client.sign_in("U" + uuid.uuid4().hex)
    assert client.follow(client.place(**user), **user)["status"] == "completed"
    assert client.follow(client.place())["status"] == "completed"
    until(lambda: counted(client, GUESTS) > before)
    assert counted(client, GUESTS) == before + 1

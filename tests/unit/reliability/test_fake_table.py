"""The table in memory answers as moto does, order by order, at random."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from pynamodb.connection.base import Connection

from chalicelib.order import Notified
from chalicelib.orders import transitions
from chalicelib.orders.open_orders import OpenOrders
from chalicelib.orders.record import OrderRecord, table
from chalicelib.orders.transitions import LeaseLost
from tests.unit.orders_support import NOW, ORDER, SENTENCE, VOICE
from tests.unit.reliability.fake_table import FakeTable

pytestmark = pytest.mark.usefixtures("aws")

IDS = [f"{number:026}" for number in range(3)]
STEPS = 300
Step = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def some_steps(chance: random.Random) -> list[Step]:
    """Changes of orders that take turns, each with options of its own; half of them refused."""
    steps: list[Step] = []
    now = NOW
    for _ in range(STEPS):
        now += chance.choice([1, 1000, 30_000, 30_000, 600_000])
        order_id = chance.choice(IDS)
        choices: list[Step] = [
            (transitions.accept, (order_id, "guest:x", ORDER), {"now": now}),
            (transitions.claim, (order_id,), {"token": "t", "lease_ms": 1000, "now": now}),
            (transitions.claim, (order_id,), {"token": "u", "lease_ms": 1000, "now": now}),
            (transitions.record_voice, (order_id, VOICE, SENTENCE), {}),
            (transitions.hand_back, (order_id, "trouble"), {"now": now}),
            (transitions.hand_back_uncounted, (order_id, "trouble"), {"pause_ms": 5, "now": now}),
            (transitions.complete, (order_id, Notified("sent")), {"now": now}),
            (transitions.fail, (order_id, "trouble"), {"now": now}),
            (transitions.give_up, (order_id, "trouble"), {"now": now}),
            (transitions.reopen, (order_id,), {"now": now}),
            (transitions.requeue, (order_id,), {"now": now}),
            (transitions.erase, (order_id,), {}),
            (transitions.erase_once_ended, (order_id,), {"now": now}),
            (overdue, (), {"now": now}),
            (of_owner, ("guest:x",), {"until": now}),
        ]
        steps.append(chance.choice(choices))
    return steps


def overdue(*, now: int) -> list[str]:
    return sorted(record.order_id for record in transitions.overdue(OpenOrders(), now=now))


def of_owner(owner: str, *, until: int) -> list[str]:
    found = table().orders_by_owner.query(owner, OrderRecord.created_at <= until, page_size=10)
    return [record.order_id for record in found]


def outcome(step: Step) -> Any:
    change, arguments, options = step
    is_about_a_record = change not in (transitions.accept, transitions.claim, overdue, of_owner)
    if is_about_a_record:
        found = transitions.find(arguments[0], now=NOW)
        if found is None:
            return "no such order"
        arguments = (found, *arguments[1:])
    try:
        answer = change(*arguments, **options)
    except LeaseLost:
        return "lease lost"
    if not isinstance(answer, OrderRecord):
        return answer
    item = answer.serialize(null_check=False)
    assert item.pop("write_id"), "another one each time"
    return item


def test_it_answers_as_moto_does(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = some_steps(random.Random(4))
    by_moto = [outcome(step) for step in steps]
    fake = FakeTable(lambda _before, _after: None)

    class Client:
        _make_api_call = staticmethod(fake.call)

    monkeypatch.setattr(Connection, "client", Client())
    assert [outcome(step) for step in steps] == by_moto
    refused = by_moto.count(None) + by_moto.count("lease lost")
    assert 30 < refused < STEPS - 60, "a test of both"

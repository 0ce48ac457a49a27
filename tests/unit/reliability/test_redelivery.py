"""Messages that come twice, late, out of order, or are not ours; clocks that differ."""

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pynamodb.connection.base import Connection

from chalicelib import fulfilment
from chalicelib.fulfilment import Tools, fulfil
from chalicelib.orders import queue, transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.transitions import CLOCK_SKEW_MS
from chalicelib.settings import settings
from tests.unit.fakes import FakeMessagingApi, FakeSpeaker, FakeVoices
from tests.unit.orders_support import NOW, ORDER, USER, accepted
from tests.unit.reliability.process import FUNCTION_MS, Fate
from tests.unit.reliability.promises import DAY_MS
from tests.unit.reliability.steps import (
    TRAVELLER,
    assert_one_push,
    delivered,
    placed,
    until_call,
)
from tests.unit.reliability.world import World


def test_a_lost_send_is_healed_by_the_clients_retry(world: World) -> None:
    key = str(uuid.uuid4())
    placing = until_call(world.place(ORDER, TRAVELLER, key), "SendMessage")
    placing.resume(Fate.REFUSED)
    accepted_order = placing.run_well()
    assert (world.messages, world.metrics["SendFailed"]) == ({}, 1)
    assert placed(world, key=key).order_id == accepted_order.order_id
    world.deliver_all()
    assert_one_push(world, accepted_order.order_id)


@pytest.mark.parametrize("second", range(0, 60, 5))
def test_a_lost_send_is_healed_by_the_sweeper_within_90_seconds(world: World, second: int) -> None:
    world.now += (second - world.now // 1000 % 60) * 1000
    placing = until_call(world.place(ORDER, TRAVELLER, None), "SendMessage")
    placing.resume(Fate.HANGS)
    order_id = placing.run_well().order_id
    accepted_at = int(world.record(order_id).created_at)
    while world.record(order_id).status != "completed":
        world.pass_time(1)
    assert world.now - accepted_at <= 85_000
    assert_one_push(world, order_id)


def test_duplicates_in_one_batch_are_worked_on_once(world: World) -> None:
    order_id = placed(world).order_id
    for _ in range(4):
        world.send(queue.body_of(order_id))
    delivered(world).run_well()
    assert_one_push(world, order_id)
    world.pass_time(40)
    assert world.messages == {}
    assert sum(world.puts.values()) == 1


def test_a_message_after_completion_does_nothing(world: World) -> None:
    order_id = placed(world).order_id
    world.deliver_all()
    before = world.table.items[order_id]
    world.send(queue.body_of(order_id))
    world.deliver_all()
    assert (world.table.items[order_id], world.messages) == (before, {})
    assert_one_push(world, order_id)


def test_orders_may_be_delivered_in_any_order(world: World) -> None:
    orders = [placed(world).order_id for _ in range(5)]
    for message in reversed(world.visible()):
        delivered(world, message).run_well()
    world.promises.verify()
    assert {world.record(order_id).status for order_id in orders} == {"completed"}
    assert len(world.accepted_pushes) == 5


def test_a_message_for_an_unknown_order_is_dropped(world: World) -> None:
    world.send(queue.body_of(new_order_id()))
    world.deliver_all()
    assert (world.messages, world.dead_letters, world.table.items) == ({}, [], {})


def test_a_message_for_an_expired_order_is_dropped(world: World) -> None:
    order_id = placed(world).order_id
    world.advance((settings().order_retention_days + 1) * DAY_MS)
    world.deliver_all()
    assert (world.messages, world.dead_letters) == ({}, [])
    assert world.record(order_id).status == "pending"  # Until TTL deletes it: nobody sees it.
    assert world.accepted_pushes == []


@pytest.mark.parametrize("poison", ["{", "[]", "null", '{"order_id": 5}', '{"order_id": "x"}'])
def test_what_is_not_ours_ends_among_the_dead_letters_and_holds_up_nobody(
    world: World, poison: str
) -> None:
    order_id = placed(world).order_id
    world.send(poison)
    world.deliver_all()
    assert world.dead_letters == [poison]
    assert_one_push(world, order_id)


@pytest.mark.parametrize("version", [{}, {"version": 0}, {"version": 2, "more": [1]}])
def test_messages_of_other_versions_are_understood(world: World, version: dict[str, int]) -> None:
    order_id = placed(world).order_id
    world.messages.clear()
    world.send(json.dumps({**version, "order_id": order_id}))
    world.deliver_all()
    assert_one_push(world, order_id)


# Several workers


@pytest.mark.parametrize("skew_ms", [-CLOCK_SKEW_MS, 0, CLOCK_SKEW_MS])
@pytest.mark.parametrize("second", range(FUNCTION_MS // 1000))
def test_no_clock_within_the_skew_takes_an_order_from_a_living_worker(
    world: World, skew_ms: int, second: int
) -> None:
    """A works until its deadline; B, whose clock is ahead or behind, comes at any second."""
    order_id = placed(world).order_id
    first = until_call(delivered(world), "push")
    deadline = FUNCTION_MS - 2000
    world.advance(min(second * 1000, deadline - 1))
    delivered(world, world.send(queue.body_of(order_id)), skew_ms=skew_ms).run_well()
    assert world.record(order_id).attempts == 1
    first.run_well()
    assert_one_push(world, order_id)


def test_a_worker_that_wakes_up_after_its_lease_changes_nothing_and_pushes_nothing(
    world: World,
) -> None:
    """A frozen function may be thawed later, with its threads where they were."""
    order_id = placed(world).order_id
    zombie = until_call(delivered(world), "push")
    world.advance(30_000)
    delivered(world, world.send(queue.body_of(order_id))).run_well()
    before = world.table.items[order_id]
    zombie.run_well()
    assert world.table.items[order_id] == before
    assert_one_push(world, order_id)


@pytest.mark.usefixtures("aws")
def test_of_many_threads_with_one_order_one_works(monkeypatch: pytest.MonkeyPatch) -> None:
    one_at_a_time, make_call = threading.Lock(), Connection._make_api_call

    def atomic(self: Connection, *request: Any) -> Any:
        with one_at_a_time:  # DynamoDB's writes are atomic, moto's are not.
            return make_call(self, *request)

    monkeypatch.setattr(Connection, "_make_api_call", atomic)
    order_id = accepted(f"line:{USER}").order_id
    everybody_is_here = threading.Barrier(8, timeout=10)
    speaker, messaging_api = FakeSpeaker(), FakeMessagingApi()
    tools = Tools(speaker=speaker, voices=FakeVoices(), messaging_api=messaging_api)

    def work(_: int) -> fulfilment.Redelivery:
        everybody_is_here.wait()
        return fulfil(order_id, tools, deadline=time.monotonic() + 18)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(work, range(8)))
    assert (len(speaker.spoken), len(messaging_api.pushed)) == (1, 1)
    assert outcomes.count(None) >= 1
    record = transitions.find(order_id, now=NOW)
    assert record is not None
    assert (record.status, record.attempts) == ("completed", 1)

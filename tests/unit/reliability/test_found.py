"""Sequences that mistakes were found with: each stays here as it was."""

import uuid
from typing import Any

import pytest

from chalicelib.orders import queue, transitions
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.transitions import GIVE_UP_AFTER_MS
from chalicelib.settings import settings
from tests.unit.reliability.process import Fate
from tests.unit.reliability.steps import (
    TRAVELLER,
    assert_one_push,
    delivered,
    placed,
    until_call,
)
from tests.unit.reliability.world import World


def test_a_claim_whose_answer_was_lost_is_still_this_workers(world: World) -> None:
    """The SDK sends the claim again, and the second one finds the order leased: to itself."""
    order_id = placed(world).order_id
    working = until_call(delivered(world), "UpdateItem")
    working.resume(Fate.REPEATED)
    working.run_well()
    assert_one_push(world, order_id)


def test_an_order_whose_handing_back_was_repeated_keeps_its_message(world: World) -> None:
    """The second writing finds no lease any more, which does not mean that another has it."""
    order_id = placed(world).order_id
    working = until_call(delivered(world), "first")
    working.resume(Fate.REFUSED)
    assert working.waits_for == "dynamodb UpdateItem"
    working.resume(Fate.REPEATED)
    working.run_well()
    world.advance(3000)
    world.deliver_all()
    assert_one_push(world, order_id)


@pytest.mark.parametrize("call", ["UpdateItem", "ChangeMessageVisibilityBatch"])
@pytest.mark.parametrize("fate", [Fate.KILLED, Fate.KILLED_AFTER])
@pytest.mark.parametrize("earlier_failures", range(4))
@pytest.mark.parametrize("second", [0, 20, 40, 59])
def test_a_worker_killed_while_it_hands_back_is_made_up_for_within_90_seconds(
    world: World, call: str, fate: Fate, earlier_failures: int, second: int
) -> None:
    order_id = placed(world).order_id
    for _ in range(earlier_failures):
        working = until_call(delivered(world), "first")
        working.resume(Fate.REFUSED)
        working.run_well()
        [message] = world.messages.values()
        world.advance(message.visible_at - world.now)
    world.now += (second - world.now // 1000 % 60) * 1000 % 60_000
    [message] = world.messages.values()
    message.visible_at = min(message.visible_at, world.now)
    working = until_call(delivered(world), "first")
    working.resume(Fate.REFUSED)
    until_call(working, call).resume(fate)
    killed_at = world.now
    while world.record(order_id).status != "completed":
        world.pass_time(1)
        assert world.now - killed_at <= 90_000, world.log
    assert_one_push(world, order_id)


def test_a_mistake_of_ours_after_speaking_at_the_last_attempt_completes_the_order(
    world: World,
) -> None:
    """It was handled with the order as it had been claimed, without its voice, and escaped."""
    order_id, other = placed(world).order_id, placed(world).order_id
    for _ in range(settings().max_attempts - 1):
        working = until_call(delivered(world, "m0"), "first")
        working.resume(Fate.REFUSED)
        working.run_well()
        world.advance(20_000)
    working = until_call(delivered(world, "m0", "m1"), "push")
    working.resume(Fate.BREAKS)
    working.run_well()
    world.promises.verify()
    record = world.record(order_id)
    assert (record.status, record.notification) == ("completed", "failed")
    assert world.record(other).status == "completed"
    assert world.messages == {}


def test_a_mistake_in_one_message_never_fails_its_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = placed(world).order_id, placed(world).order_id
    claim = transitions.claim

    def broken_claim(order_id: str, **options: object) -> OrderRecord | None:
        if order_id == first:
            raise RuntimeError("a mistake of ours")
        return claim(order_id, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(transitions, "claim", broken_claim)
    delivered(world).run_well()
    assert world.record(second).status == "completed"
    assert [message.body for message in world.messages.values()] == [queue.body_of(first)]


@pytest.mark.parametrize("fate", [Fate.WELL, Fate.REPEATED])
def test_an_order_that_is_claimed_while_the_sweeper_looks_is_left_to_its_worker(
    world: World, fate: Fate
) -> None:
    """It was found overdue, and read when it had a lease already: the sweeper took the end of the
    lease for what was overdue, and the worker's claim for its own writing."""
    order_id = placed(world).order_id
    world.advance(24_000)
    sweeping = until_call(world.sweep(), "BatchGetItem")  # Of who waits.
    sweeping.resume(Fate.WELL)
    until_call(sweeping, "BatchGetItem")
    working = until_call(delivered(world), "UpdateItem")
    working.resume(fate)
    sweeping.run_well()
    working.run_well()
    assert_one_push(world, order_id)
    assert (world.messages, world.record(order_id).requeues) == ({}, 0)


def test_a_push_that_arrived_is_known_when_the_last_attempt_cannot_be_completed_at_once(
    world: World,
) -> None:
    order_id = placed(world).order_id
    for _ in range(settings().max_attempts - 1):
        working = until_call(delivered(world), "first")
        working.resume(Fate.REFUSED)
        working.run_well()
        world.advance(20_000)
    working = until_call(delivered(world), "profile")
    working.resume(Fate.WELL)
    working.resume(Fate.REFUSED)
    working.run_well()
    assert_one_push(world, order_id)
    assert world.record(order_id).notification == "sent"
    assert world.metrics["Push failed"] == 0


def test_a_late_end_does_not_end_an_order_that_was_reopened(world: World) -> None:
    """The sweeper's write is repeated by the SDK, or comes late: the traveller was faster."""
    order_id = placed(world).order_id
    world.advance(GIVE_UP_AFTER_MS + 1000)
    late = until_call(world.sweep(), "UpdateItem")
    world.deliver_all()
    assert world.record(order_id).status == "failed"
    world.try_again(order_id, TRAVELLER).run_well()
    late.run_well()
    assert world.record(order_id).status == "pending"
    world.deliver_all()
    assert_one_push(world, order_id)


def test_an_order_whose_id_was_used_a_month_ago_is_pushed(world: World) -> None:
    """The earlier one failed, and was tried again an hour before it expired."""
    key = str(uuid.uuid4())
    order_id = placed(world, key=key).order_id
    world.messages.clear()
    world.advance(GIVE_UP_AFTER_MS + 1000)
    world.sweep().run_well()
    world.now = int(world.record(order_id).expires_at) * 1000 - 3_600_000
    world.try_again(order_id, TRAVELLER).run_well()
    world.deliver_all()
    world.advance(2 * 3_600_000)
    assert placed(world, key=key).order_id == order_id
    world.deliver_all()
    world.promises.verify()
    assert len(world.accepted_pushes) == 2


def test_a_mistake_at_one_order_does_not_stop_the_sweeper(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was first in every sweep, and the others waited for ever."""
    first, second = placed(world).order_id, placed(world).order_id
    world.messages.clear()
    world.advance(30_000)
    requeue = transitions.requeue

    def broken_requeue(record: OrderRecord, **options: Any) -> OrderRecord | None:
        if record.order_id == first:
            raise RuntimeError("a mistake of ours")
        return requeue(record, **options)

    monkeypatch.setattr(transitions, "requeue", broken_requeue)
    world.sweep().run_well()
    assert [message.body for message in world.messages.values()] == [queue.body_of(second)]

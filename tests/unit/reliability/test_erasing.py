"""Erasing, whatever happens at each of its calls, and to the orders that it meets under way."""

import pytest

from tests.unit.orders_support import ORDER, USER
from tests.unit.reliability.process import FUNCTION_MS, Fate, Process
from tests.unit.reliability.steps import TRAVELLER, delivered, placed, until_call
from tests.unit.reliability.world import World

CALLS = ["Query", "BatchGetItem", "UpdateItem"]
CALLS_UNDER_WAY = [*CALLS, "GetItem", "UpdateItem"]
FATES = [fate for fate in Fate if fate is not Fate.WELL]


def names(process: Process) -> list[str]:
    return [call.split()[1] for call in process.calls]


def completed(world: World) -> str:
    order_id: str = placed(world).order_id
    world.deliver_all()
    assert world.record(order_id).status == "completed"
    return order_id


def test_the_calls_are_all_there_are(world: World) -> None:
    completed(world)
    assert names(world.erase(USER).run()) == CALLS
    placed(world)
    assert names(world.erase(USER).run()) == CALLS_UNDER_WAY


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("at", range(len(CALLS)), ids=CALLS)
def test_whatever_happens_to_an_erasure_the_next_one_completes_it(
    world: World, at: int, fate: Fate
) -> None:
    order_id = completed(world)
    erasing = world.erase(USER)
    for _ in range(at):
        erasing.resume(Fate.WELL)
    erasing.resume(fate)
    erasing.run()
    if erasing.error is None and not erasing.was_killed:
        assert not erasing.result.left
    assert not world.erase(USER).run_well().left
    assert world.record(order_id).is_erased
    world.promises.verify()


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("at", range(len(CALLS_UNDER_WAY)))
def test_whatever_happens_to_an_erasure_the_order_under_way_is_pushed_once_and_erased(
    world: World, at: int, fate: Fate
) -> None:
    order_id = placed(world).order_id
    erasing = world.erase(USER)
    for _ in range(at):
        erasing.resume(Fate.WELL)
    erasing.resume(fate)
    erasing.run()
    assert world.erase(USER).run_well() == (0, 1, False)
    world.pass_time(180)
    assert world.record(order_id).is_erased
    assert len(world.accepted_pushes) == 1
    assert world.messages == {}
    world.promises.verify()


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("calls", range(11))
def test_an_order_that_is_erased_at_any_step_of_its_worker_ends_is_pushed_once_and_is_gone(
    world: World, calls: int, fate: Fate
) -> None:
    """Whatever happens to the worker's next call afterwards."""
    order_id = placed(world).order_id
    working = delivered(world)
    for _ in range(calls):
        if not working.is_over:
            working.resume(Fate.WELL)
    assert not world.erase(USER).run_well().left
    call = working.waits_for or ""
    if call:
        working.resume(fate)
        working.run()
    world.pass_time(180)
    assert world.record(order_id).is_erased, world.log
    is_refused = fate is Fate.DENIED and call.endswith(("first", "push"))
    assert len(world.accepted_pushes) == (0 if is_refused else 1)
    assert world.messages == {}
    assert not world.dead_letters
    world.promises.verify()


CALLS_OF_WORKER = [*CALLS, "DeleteMessage"]


def test_the_calls_for_who_leaves_are_all_there_are(world: World) -> None:
    completed(world)
    assert names(world.leave(USER, world.now).run()) == ["SendMessage"]
    assert names(delivered(world).run()) == CALLS_OF_WORKER


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("at", range(len(CALLS_OF_WORKER)), ids=CALLS_OF_WORKER)
def test_whatever_happens_to_the_worker_who_leaves_is_erased_without_asking_again(
    world: World, at: int, fate: Fate
) -> None:
    order_id, until = completed(world), world.now
    world.advance(1000)
    later = completed(world)
    world.leave(USER, until).run_well()
    working = delivered(world)
    for _ in range(at):
        working.resume(Fate.WELL)
    working.resume(fate)
    working.run()
    world.pass_time(180)
    assert world.record(order_id).is_erased, world.log
    assert not world.record(later).is_erased
    assert (world.messages, world.dead_letters) == ({}, [])
    world.promises.verify()


def test_who_has_more_orders_than_one_message_has_time_for_is_erased_by_the_next(
    world: World,
) -> None:
    order_ids = [completed(world) for _ in range(3)]
    world.leave(USER, world.now).run_well()
    working = until_call(delivered(world), "UpdateItem")
    world.advance(FUNCTION_MS - 2000)  # The deadline passes while it writes.
    working.run()
    assert [world.record(order_id).is_erased for order_id in order_ids].count(True) == 1
    world.pass_time(5)
    assert all(world.record(order_id).is_erased for order_id in order_ids)
    assert world.messages == {}


def test_a_worker_that_is_overtaken_brings_nothing_back(world: World) -> None:
    """It wakes up when another worker has ended the order, and the end has erased it."""
    order_id = placed(world).order_id
    late = until_call(delivered(world), "push")
    assert world.erase(USER).run_well() == (0, 1, False)
    world.pass_time(180)
    assert world.record(order_id).is_erased
    late.run()
    assert world.record(order_id).is_erased
    assert len(world.accepted_pushes) == 1
    world.promises.verify()


def test_a_placing_that_is_stored_late_does_not_bring_its_order_back(world: World) -> None:
    """Two requests with one key: the second stands still before its write, for as long as it
    likes."""
    key = "00000000-0000-4000-8000-000000000001"
    late = until_call(world.place(ORDER, TRAVELLER, key), "PutItem")
    order_id = placed(world, key=key).order_id
    world.deliver_all()
    assert world.erase(USER).run_well() == (1, 0, False)
    late.run()
    assert world.record(order_id).is_erased
    assert len(world.accepted_pushes) == 1
    world.promises.verify()


def test_an_order_that_fails_for_good_is_erased_and_leaves_no_dead_letter(world: World) -> None:
    order_id = placed(world).order_id
    working = until_call(delivered(world), "first")
    assert world.erase(USER).run_well() == (0, 1, False)
    working.resume(Fate.DENIED)
    working.run()
    assert world.record(order_id).is_erased
    assert world.metrics["OrderFailed"] == 0
    world.pass_time(180)
    assert world.dead_letters == []


def test_an_order_that_nobody_works_on_is_erased_when_the_sweeper_gives_it_up(
    world: World,
) -> None:
    order_id = placed(world).order_id
    world.messages.clear()
    assert world.erase(USER).run_well() == (0, 1, False)
    world.advance(16 * 60_000)
    world.sweep().run_well()
    assert world.record(order_id).is_erased
    world.promises.verify()

"""Counting orders, where it fails: no order is lost by it, and none is let in uncounted."""

import pytest

from chalicelib.orders.intake import Caller
from tests.unit.orders_support import ORDER
from tests.unit.reliability.process import Fate, Process
from tests.unit.reliability.steps import delivered
from tests.unit.reliability.world import World

GUEST = Caller(None, "192.0.2.1")
KEY = "00000000-0000-4000-8000-000000000001"
FATES = [fate for fate in Fate if fate is not Fate.WELL]
NOT_COUNTED = (Fate.REFUSED, Fate.BUSY, Fate.HANGS, Fate.DENIED, Fate.BREAKS, Fate.KILLED)


def until_limits(process: Process, operation: str) -> Process:
    while process.waits_for != f"limits {operation}":
        process.resume(Fate.WELL)
    return process


def counts(world: World) -> tuple[int, int]:
    """What is counted of this guest, and of all guests."""
    days = {key.split("#")[0]: item["day"] for key, item in world.counters.items.items()}
    of_one = [day for owner, day in days.items() if owner.startswith("guest:")]
    return sum(of_one), days.get("guests", 0)


def assert_completed(world: World, order_id: str) -> None:
    world.pass_time(180)
    world.promises.verify()
    assert world.record(order_id).status == "completed"
    assert world.messages == {}


def test_a_guests_calls_are_those_of_a_user_and_the_limits(world: World) -> None:
    placing = world.place(ORDER, GUEST, KEY).run()
    assert [call for call in placing.calls if call.startswith("limits")] == [
        "limits GetItem",
        "limits UpdateItem",
    ]
    working = delivered(world).run()
    assert working.calls[-2:] == ["limits UpdateItem", "sqs DeleteMessage"]
    assert counts(world) == (1, 1)


@pytest.mark.parametrize("fate", FATES)
def test_a_guest_is_let_in_whatever_becomes_of_reading_the_lid(world: World, fate: Fate) -> None:
    placing = until_limits(world.place(ORDER, GUEST, KEY), "GetItem")
    placing.resume(fate)
    placing.run()
    if placing.was_killed:  # The page tries again with the same key.
        placing = world.place(ORDER, GUEST, KEY).run()
    assert placing.error is None
    assert_completed(world, placing.result.order_id)
    assert counts(world) == (1, 1)


@pytest.mark.parametrize("fate", FATES)
def test_an_order_is_let_in_only_if_it_was_counted_and_never_for_two(
    world: World, fate: Fate
) -> None:
    placing = until_limits(world.place(ORDER, GUEST, KEY), "UpdateItem")
    placing.resume(fate)
    placing.run()
    counted, _ = counts(world)
    assert counted == (0 if fate in NOT_COUNTED else 2 if fate is Fate.REPEATED else 1)
    is_accepted = bool(world.table.items)
    assert is_accepted is (fate is Fate.REPEATED)
    again = world.place(ORDER, GUEST, KEY).run()
    assert again.error is None
    assert counts(world)[0] == counted + (not is_accepted) <= 2
    assert_completed(world, again.result.order_id)


@pytest.mark.parametrize("fate", FATES)
def test_an_order_ends_whatever_becomes_of_counting_it_for_the_lid(
    world: World, fate: Fate
) -> None:
    order_id = world.place(ORDER, GUEST, KEY).run_well().order_id
    working = until_limits(delivered(world), "UpdateItem")
    assert world.record(order_id).status == "completed"
    working.resume(fate)
    working.run()
    assert_completed(world, order_id)
    assert counts(world) == (1, 0 if fate in NOT_COUNTED else 2 if fate is Fate.REPEATED else 1)
    failed = fate not in (Fate.KILLED, Fate.KILLED_AFTER, Fate.REPEATED)
    assert world.metrics["GuestLidFailed"] == failed

"""Every call to the outside, failing in every way: one table of points, one driver.

The points are not written down: a healthy run names its own calls, so a new call is tested as
soon as the app makes it.
"""

import uuid

import pytest

from chalicelib.fulfilment import PROFILE_SECONDS
from chalicelib.orders.transitions import GIVE_UP_AFTER_MS, SWEEP_AFTER_MS
from chalicelib.push.telling import TELLING_SECONDS
from chalicelib.worker import QUOTA_SECONDS
from tests.nightly import at_night
from tests.unit.orders_support import ORDER
from tests.unit.reliability.process import Fate, Process
from tests.unit.reliability.steps import TRAVELLER, delivered, until_call
from tests.unit.reliability.world import World

KEY = str(uuid.UUID(int=1))
ENDS_WITHIN_SECONDS = 180

PLACING = ["GetItem", "UpdateItem", "PutItem", "SendMessage"]
WORKING = [
    *("UpdateItem", "HeadObject", "first", "PutObject", "UpdateItem", "Read", "Post"),
    *("GetParameter", "push", "profile", "UpdateItem", "Read", "Post", "DeleteMessage"),
]
SWEEPING = [
    *("Query", "BatchGetItem"),  # Who waits.
    *("BatchGetItem", "UpdateItem", "SendMessageBatch"),
    *("quota", "consumption"),
]
TENTH_MINUTE = "2026-11-24T09:10:00Z"
POINTS = [("place", at, name) for at, name in enumerate(PLACING)] + [
    ("work", at, name) for at, name in enumerate(WORKING)
]
SECONDS_AT_NIGHT = at_night(*(second for second in range(7, 60, 7) if second != 28))
BY_LAMBDA_ALONE = {fate for fate in Fate if not fate.name.startswith("KILLED")}
"""Lambda deletes messages; what that call answers is no business of ours."""


def run_until(process: Process, at: int, fate: Fate) -> Process:
    """Let the call number `at` go as `fate` wills, and all others well."""
    for _ in range(at):
        process.resume(Fate.WELL)
    process.resume(fate)
    return process.run()


def names(process: Process) -> list[str]:
    return [call.split()[1] for call in process.calls]


def test_the_points_are_all_there_are(world: World) -> None:
    placing = world.place(ORDER, TRAVELLER, KEY).run()
    assert names(placing) == PLACING
    assert names(delivered(world).run()) == WORKING


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.WELL])
@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0]}-{point[1]}-{point[2]}")
def test_whatever_happens_at_one_call_the_order_ends_right(
    world: World, point: tuple[str, int, str], fate: Fate
) -> None:
    where, at, name = point
    if name == "DeleteMessage" and fate in BY_LAMBDA_ALONE:
        pytest.skip("Lambda's own call")
    placing = world.place(ORDER, TRAVELLER, KEY)
    if where == "place":
        run_until(placing, at, fate)
        # The traveller's page tries again with the same key until it has its answer.
        accepted = world.place(ORDER, TRAVELLER, KEY).run().result
    else:
        accepted = placing.run().result
        run_until(delivered(world), at, fate)
    world.pass_time(ENDS_WITHIN_SECONDS)
    assert_ended(world, accepted.order_id, refuses=fate is Fate.DENIED and name)
    assert world.metrics["OrderAccepted"] <= 1
    if fate not in (Fate.LOST, Fate.KILLED_AFTER):  # It wrote, and could not know it.
        ends = world.metrics["OrderCompleted"] + world.metrics["OrderFailed"]
        assert (world.metrics["OrderAccepted"], ends) == (1, 1)


@pytest.mark.parametrize("fate", [fate for fate in Fate if not fate.name.startswith("KILLED")])
def test_whatever_becomes_of_the_profile_its_order_ends_with_the_first_attempt_in_time(
    world: World, fate: Fate
) -> None:
    order_id = world.place(ORDER, TRAVELLER, KEY).run().result.order_id
    working = until_call(delivered(world), "profile")
    before = world.now
    assert len(world.accepted_pushes) == 1, "never asked for before the push"
    working.resume(fate)
    working.run()
    assert world.now - before <= PROFILE_SECONDS * 1000
    record = world.record(order_id)
    assert (record.status, record.notification, record.attempts) == ("completed", "sent", 1)
    assert record.notification_detail == ("not_reachable" if fate is Fate.DENIED else None)
    assert world.messages == {}
    world.promises.verify()


@pytest.mark.parametrize("fate", [fate for fate in Fate if not fate.name.startswith("KILLED")])
@pytest.mark.parametrize("call", ["Read", "Post", "Remove"])
@pytest.mark.parametrize("change", [0, 1], ids=["voice", "end"])
def test_whatever_becomes_of_telling_it_is_counted_and_the_order_ends_with_the_first_attempt(
    world: World, change: int, call: str, fate: Fate
) -> None:
    order_id = world.place(ORDER, TRAVELLER, KEY).run().result.order_id
    working = delivered(world)
    for _ in range(change):
        until_call(working, "Post").resume(Fate.WELL)
    if call == "Remove":
        until_call(working, "Post").resume(Fate.DENIED)
    before = world.now
    until_call(working, call).resume(fate)
    assert world.now - before <= TELLING_SECONDS * 1000
    working.run()
    record = world.record(order_id)
    assert (record.status, record.notification, record.attempts) == ("completed", "sent", 1)
    is_well = fate in (Fate.WELL, Fate.REPEATED) or (call, fate) == ("Post", Fate.DENIED)
    assert world.metrics["TellingFailed"] == (0 if is_well else 1)
    assert world.messages == {}
    world.promises.verify()


def test_a_page_is_told_of_the_voice_and_of_the_end_and_not_again_once_it_has_gone(
    world: World,
) -> None:
    order_id = world.place(ORDER, TRAVELLER, KEY).run().result.order_id
    delivered(world).run()
    assert world.told == [order_id, order_id]
    gone = world.place(ORDER, TRAVELLER, str(uuid.UUID(int=2))).run().result.order_id
    until_call(working := delivered(world), "Post").resume(Fate.DENIED)
    working.run()
    assert world.told == [order_id, order_id]
    assert world.record(gone).status == "completed"


def test_a_page_is_told_when_the_sweeper_ends_its_order(world: World) -> None:
    order_id, _ = sweeping_after_a_lost_message(world)
    world.advance(GIVE_UP_AFTER_MS)
    world.sweep().run_well()
    assert (world.record(order_id).status, world.told) == ("failed", [order_id])


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.WELL])
@pytest.mark.parametrize("first", [Fate.REFUSED, Fate.DENIED])
def test_whatever_happens_at_the_next_engine_the_order_ends_right(first: Fate, fate: Fate) -> None:
    with World(engines=("first", "second")).inhabited() as world:
        order_id = world.place(ORDER, TRAVELLER, KEY).run_well().order_id
        working = until_call(delivered(world), "first")
        working.resume(first)
        until_call(working, "second").resume(fate)
        working.run()
        world.pass_time(ENDS_WITHIN_SECONDS)
        no_engine_can = first is fate is Fate.DENIED
        assert_ended(world, order_id, refuses="first" if no_engine_can else False)


def sweeping_after_a_lost_message(world: World) -> tuple[str, Process]:
    order_id: str = world.place(ORDER, TRAVELLER, KEY).run_well().order_id
    world.messages.clear()
    world.advance(SWEEP_AFTER_MS + 1000)
    return order_id, world.sweep(scheduled_at=TENTH_MINUTE)


def test_the_sweepers_points_are_all_there_are(world: World) -> None:
    _, sweeping = sweeping_after_a_lost_message(world)
    assert names(sweeping.run()) == SWEEPING


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.WELL])
@pytest.mark.parametrize("at", range(len(SWEEPING)))
def test_whatever_happens_to_a_sweep_the_order_ends_right_and_the_sweep_is_counted(
    world: World, at: int, fate: Fate
) -> None:
    order_id, sweeping = sweeping_after_a_lost_message(world)
    run_until(sweeping, at, fate)
    is_over = not sweeping.was_killed or at >= SWEEPING.index("quota")
    assert ("OverdueOrders" in world.metrics) is is_over
    assert not sweeping.is_out_of_time
    if at > 1:
        assert "SecondsOldestWaits" in world.metrics
    world.pass_time(ENDS_WITHIN_SECONDS)
    assert_ended(world, order_id, refuses=False)


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.WELL])
@pytest.mark.parametrize("call", ["quota", "consumption"])
def test_what_line_says_of_its_quota_is_told_or_its_silence_is(
    world: World, call: str, fate: Fate
) -> None:
    """Orders have been looked after by then, and a sweep never waits longer than two seconds."""
    _, sweeping = sweeping_after_a_lost_message(world)
    until_call(sweeping, call)
    assert len(world.messages) == 1
    before = world.now
    sweeping.resume(fate)
    sweeping.run()
    assert world.now - before <= QUOTA_SECONDS * 1000
    if fate.name.startswith("KILLED"):
        return
    told = {name: world.metrics[name] for name in world.metrics if name.startswith("LineQuota")}
    is_answered = fate is Fate.REPEATED
    well, silent = {"LineQuotaLeft": 150, "LineQuotaUsed": 25}, {"LineQuotaUnknown": 1}
    assert told == (well if is_answered else silent)


def assert_ended(world: World, order_id: str, *, refuses: str | bool) -> None:
    world.promises.verify()
    record = world.record(order_id)
    is_refused = refuses == "first"
    assert record.status == ("failed" if is_refused else "completed"), world.log
    assert len(world.accepted_pushes) == (0 if refuses in ("first", "push") else 1)
    assert len(world.objects) == (0 if is_refused else 1)
    assert world.messages == {}


@pytest.mark.parametrize("fate", [Fate.KILLED, Fate.KILLED_AFTER])
@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0]}-{point[1]}-{point[2]}")
@pytest.mark.parametrize("second", [0, 28, 59, *SECONDS_AT_NIGHT])
def test_a_killed_process_is_made_up_for_within_90_seconds(
    world: World, point: tuple[str, int, str], fate: Fate, second: int
) -> None:
    """Whenever in the sweeper's minute it dies; here nobody tries again."""
    where, at, _ = point
    world.now += (second - world.now // 1000 % 60) * 1000
    placing = world.place(ORDER, TRAVELLER, KEY)
    killed = placing
    if where == "work":
        placing.run()
        killed = delivered(world)
    run_until(killed, at, fate)
    assert killed.was_killed
    if not world.table.items:
        return  # Nothing was accepted.
    died_at = world.now
    [order_id] = world.table.items
    while world.record(order_id).status != "completed":
        world.pass_time(1)
        assert world.now - died_at <= 90_000
    world.promises.verify()
    assert len(world.accepted_pushes) == 1


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.LOST, Fate.REPEATED, Fate.BREAKS])
@pytest.mark.parametrize("at", range(1, len(WORKING) - 1))
def test_trouble_that_passes_is_retried_within_seconds(world: World, at: int, fate: Fate) -> None:
    """The claim itself is the exception: see `test_a_claim_…`."""
    placed = world.place(ORDER, TRAVELLER, KEY).run().result
    run_until(delivered(world), at, fate)
    until = world.now + 5_000
    while world.now < until and world.record(placed.order_id).status != "completed":
        world.advance(100)
        world.deliver_all()
    assert world.record(placed.order_id).status == "completed", world.log
    world.promises.verify()

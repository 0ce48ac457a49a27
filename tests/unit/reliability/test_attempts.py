"""Trouble that passes, trouble that does not, and how an order ends by it."""

from collections.abc import Callable
from concurrent.futures import Future
from itertools import product

import pytest

from chalicelib import worker
from chalicelib.orders import queue
from chalicelib.orders.transitions import GIVE_UP_AFTER_MS
from chalicelib.orders.view import status
from chalicelib.settings import settings
from tests.unit.reliability.process import FUNCTION_MS, Fate, Process
from tests.unit.reliability.promises import DAY_MS
from tests.unit.reliability.steps import (
    TRAVELLER,
    assert_one_push,
    delivered,
    placed,
    until_call,
)
from tests.unit.reliability.world import World


@pytest.mark.parametrize("call", ["first", "PutObject", "push"])
def test_pauses_grow_and_the_traveller_is_told_the_truth(world: World, call: str) -> None:
    order_id = placed(world).order_id
    pauses = []
    for _ in range(4):
        working = until_call(delivered(world), call)
        working.resume(Fate.REFUSED)
        working.run_well()
        record = world.record(order_id)
        shown = status(record, None, now=world.now)
        assert (shown["status"], shown["processing"], shown["error"]) == ("processing", True, None)
        assert shown["stage"] == ("notifying" if call == "push" else "speaking")
        [message] = world.messages.values()
        pauses.append((message.visible_at - world.now) // 1000)
        world.advance(pauses[-1] * 1000)
        assert int(record.due_at) >= world.now, "the sweeper comes after the pause"
    assert all(2**n <= pause <= 2**n + 1 for n, pause in enumerate(pauses, start=1))
    delivered(world).run_well()
    assert_one_push(world, order_id)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.HANGS])
def test_a_claim_that_dynamodb_does_not_take_is_tried_again_in_seconds(
    world: World, fate: Fate, times: int
) -> None:
    """A function that may not even claim cannot say so in the order; its message comes back."""
    order_id = placed(world).order_id
    for received in range(1, times + 1):
        working = until_call(delivered(world), "UpdateItem")
        working.resume(fate)
        working.run_well()
        [message] = world.messages.values()
        assert message.visible_at - world.now == 2**received * 1000
        world.advance(2**received * 1000)
    delivered(world).run_well()
    assert_one_push(world, order_id)


def test_a_function_out_of_time_hands_back_until_its_lease_is_over(world: World) -> None:
    order_id = placed(world).order_id
    until_call(delivered(world), "first").kill()
    [message] = world.messages.values()
    message.visible_at = world.now
    seconds = worker._result({"messageId": "m0", "body": message.body}, Future())
    assert seconds is not None
    world.advance(FUNCTION_MS - round(worker.RESERVE_SECONDS * 1000))
    world.advance(seconds * 1000)
    delivered(world).run_well()
    assert_one_push(world, order_id)
    assert seconds <= 10, "nor longer: the traveller waits"


def test_attempts_used_up_end_in_failed_with_a_reason_a_dead_letter_and_a_metric(
    world: World,
) -> None:
    order_id = placed(world).order_id
    for _ in range(settings().max_attempts):
        working = until_call(delivered(world), "first")
        working.resume(Fate.REFUSED)
        working.run_well()
        world.advance(20_000)
    world.deliver_all()
    record = world.record(order_id)
    assert (record.status, record.trouble) == ("failed", "speech_unavailable")
    error = status(record, None, now=world.now)["error"]
    assert error is not None
    assert error["retryable"] is True
    assert world.dead_letters == [queue.body_of(order_id)]
    assert world.metrics["OrderFailed"] == 1

    world.try_again(order_id, TRAVELLER).run_well()
    world.deliver_all()
    assert_one_push(world, order_id)


def found_busy(world: World) -> int:
    """Milliseconds until the order's next message, after an attempt that found its engine busy."""
    working = until_call(delivered(world), "first")
    working.resume(Fate.BUSY)
    working.run_well()
    assert world.dead_letters == []
    [message] = world.messages.values()
    return message.visible_at - world.now


def test_a_busy_engine_is_waited_for_in_growing_pauses_that_use_up_no_attempt(
    world: World,
) -> None:
    order_id = placed(world).order_id
    pauses: list[int] = []
    while sum(pauses) < 300_000:
        pauses.append(found_busy(world))
        record = world.record(order_id)
        assert record.attempts == 0
        world.advance(pauses[-1])
        assert int(record.due_at) >= world.now, "the sweeper comes after the pause"
    assert pauses[0] <= 3_000
    assert all(later >= 0.9 * sum(pauses[:n]) for n, later in enumerate(pauses[:5]))
    assert all(60_000 <= pause <= 61_000 for pause in pauses[7:])
    assert len(pauses) <= 11
    delivered(world).run_well()
    assert_one_push(world, order_id)


def test_after_a_busy_engine_an_order_has_all_its_attempts_for_other_trouble(world: World) -> None:
    order_id = placed(world).order_id
    for _ in range(settings().max_attempts):
        world.advance(found_busy(world))
    for _ in range(settings().max_attempts - 1):
        working = until_call(delivered(world), "push")
        working.resume(Fate.REFUSED)
        working.run_well()
        world.advance(20_000)
    delivered(world).run_well()
    assert_one_push(world, order_id)


def test_an_engine_that_stays_busy_fails_its_order_after_a_quarter_of_an_hour(
    world: World,
) -> None:
    order_id, placed_at = placed(world).order_id, world.now
    asked = 0
    while world.record(order_id).open:
        for name in world.visible():
            working = until_call(delivered(world, name), "first")
            if not working.is_over:
                asked += 1
                working.resume(Fate.BUSY)
                working.run_well()
        world.advance(1000)
        if world.now // 1000 % 60 == 0:
            world.sweep().run_well()
    record = world.record(order_id)
    assert (record.status, record.trouble) == ("failed", "fulfilment_timed_out")
    assert 0 <= world.now - placed_at - GIVE_UP_AFTER_MS <= 63_000
    assert asked <= 22, "it asks less and less often"
    world.promises.verify()


KILLS = (Fate.KILLED, Fate.KILLED_AFTER)


@pytest.mark.parametrize(
    ("call", "fate"),
    [
        *product(("UpdateItem", "SendMessage"), [fate for fate in Fate if fate is not Fate.WELL]),
        *product(("DeleteMessage",), KILLS),
    ],
)
def test_whatever_happens_while_a_busy_engine_is_left_the_order_ends_right(
    world: World, call: str, fate: Fate
) -> None:
    order_id = placed(world).order_id
    working = until_call(delivered(world), "first")
    working.resume(Fate.BUSY)
    until_call(working, call).resume(fate)
    working.run()
    world.pass_time(180)
    assert_one_push(world, order_id)
    assert world.messages == {}
    assert world.dead_letters == []


def test_an_order_that_no_worker_reaches_fails_after_a_quarter_of_an_hour(world: World) -> None:
    order_id = placed(world).order_id
    for _ in range(GIVE_UP_AFTER_MS // 60_000 + 1):
        world.messages.clear()
        world.advance(60_000)
        world.sweep().run_well()
    record = world.record(order_id)
    assert (record.status, record.trouble) == ("failed", "fulfilment_timed_out")
    assert world.metrics["OrderFailed"] == 1


def test_a_push_is_never_repeated_after_line_has_forgotten_its_key(world: World) -> None:
    order_id = placed(world).order_id
    until_call(delivered(world), "push").resume(Fate.KILLED_AFTER)
    world.advance(DAY_MS)
    world.pass_time(120)
    world.promises.verify()
    record = world.record(order_id)
    assert (record.status, record.notification) == ("completed", "failed")
    assert len(world.accepted_pushes) == 1


# Endings


def after_failures(world: World, call: str, times: int) -> Process:
    """An attempt after so many that failed at this call, standing before it again."""
    for _ in range(times):
        working = until_call(delivered(world), call)
        working.resume(Fate.REFUSED)
        working.run_well()
        world.advance(20_000)
    return until_call(delivered(world), call)


def what_no_engine_can_speak(world: World) -> Process:
    working = until_call(delivered(world), "first")
    working.resume(Fate.DENIED)
    return working


def a_last_attempt_without_a_voice(world: World) -> Process:
    working = after_failures(world, "first", settings().max_attempts - 1)
    working.resume(Fate.REFUSED)
    return working


def a_last_attempt_with_a_voice(world: World) -> Process:
    working = after_failures(world, "push", settings().max_attempts - 1)
    working.resume(Fate.REFUSED)
    return working


def a_message_whose_order_is_spent(world: World) -> Process:
    """Its last worker died; another gets the message, and may not claim."""
    after_failures(world, "first", settings().max_attempts - 1).kill()
    world.advance(30_000)
    [message] = world.messages.values()
    message.visible_at, message.received = world.now, 1
    working = until_call(delivered(world), "UpdateItem")
    working.resume(Fate.WELL)
    return until_call(working, "UpdateItem")


def a_sweep_that_finds_it_too_old(world: World) -> Process:
    world.advance(GIVE_UP_AFTER_MS + 1000)
    return until_call(world.sweep(), "UpdateItem")


def a_sweep_that_finds_it_too_old_with_a_voice(world: World) -> Process:
    until_call(delivered(world), "push").kill()
    world.advance(GIVE_UP_AFTER_MS + 1000)
    return until_call(world.sweep(), "UpdateItem")


def a_push(world: World) -> Process:
    working = until_call(delivered(world), "profile")
    working.resume(Fate.WELL)
    return working


ENDINGS: dict[Callable[[World], Process], tuple[str, str | None, bool]] = {
    a_push: ("completed", None, False),
    what_no_engine_can_speak: ("failed", "speech_impossible", False),
    a_last_attempt_without_a_voice: ("failed", "speech_unavailable", True),
    a_last_attempt_with_a_voice: ("completed", None, False),
    a_message_whose_order_is_spent: ("failed", "speech_unavailable", True),
    a_sweep_that_finds_it_too_old: ("failed", "fulfilment_timed_out", True),
    a_sweep_that_finds_it_too_old_with_a_voice: ("completed", None, False),
}
"""What stands before its ending write; the order's status and trouble then; whether its message
belongs among the dead letters."""


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.HANGS])
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_an_end_that_could_not_be_written_is_written_later(
    world: World, ending: Callable[[World], Process], fate: Fate
) -> None:
    """After seconds while there are attempts; else by the sweeper."""
    order_id = placed(world).order_id
    process = ending(world)
    process.resume(fate)
    process.run()
    assert world.record(order_id).open
    has_attempts = ending in (a_push, what_no_engine_can_speak)
    world.pass_time(5 if has_attempts else 90)
    record = world.record(order_id)
    is_cured = ending is what_no_engine_can_speak  # Denied once, and not the next time.
    assert record.status == ("completed" if is_cured else ENDINGS[ending][0])
    world.promises.verify()
    assert world.metrics["OrderFailed"] + world.metrics["OrderCompleted"] == 1


@pytest.mark.parametrize("fate", [Fate.WELL, Fate.REPEATED, Fate.LOST, Fate.KILLED_AFTER])
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_an_end_is_counted_whether_or_not_its_answer_is_heard(
    world: World, ending: Callable[[World], Process], fate: Fate
) -> None:
    """Once if the SDK hears of it at last, and never twice."""
    order_id = placed(world).order_id
    process = ending(world)
    assert process.waits_for == "dynamodb UpdateItem"
    process.resume(fate)
    process.run()
    expected_status, trouble, is_dead_letter = ENDINGS[ending]
    record = world.record(order_id)
    assert (record.status, record.trouble) == (expected_status, trouble)
    world.pass_time(180)
    world.promises.verify()
    assert world.record(order_id).status == expected_status
    counted = world.metrics["OrderFailed" if expected_status == "failed" else "OrderCompleted"]
    if fate in (Fate.WELL, Fate.REPEATED):
        assert world.dead_letters == [queue.body_of(order_id)] * is_dead_letter
        assert counted == 1
    else:  # Not even the SDK knows; SQS puts a message away that has come too often.
        assert is_dead_letter <= len(world.dead_letters) <= 1
        assert counted <= 1


@pytest.mark.parametrize("messages", [2, 20])
def test_an_order_with_more_messages_than_one_does_not_ask_a_busy_engine_as_much_more(
    world: World, messages: int
) -> None:
    """A key that was repeated in time, a killed worker, a sweeper in a backlog."""
    order_id = placed(world).order_id
    for _ in range(messages - 1):
        world.send(queue.body_of(order_id))
    end, asked = world.now + GIVE_UP_AFTER_MS, 0
    while world.now < end:
        for name in world.visible():
            working = world.deliver([name])
            if working is not None and not until_call(working, "first").is_over:
                asked += 1
                working.resume(Fate.BUSY)
                working.run_well()
        world.advance(1000)
    assert asked <= 22 + 4 * (messages - 1)
    assert len(world.messages) <= 1

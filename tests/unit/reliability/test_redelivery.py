"""Messages that come twice, late, out of order, or are not ours; clocks that differ.

Each sequence that a mistake was found with stays here as it was.
"""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import boto3
import pytest
from pynamodb.connection.base import Connection

from chalicelib import fulfilment
from chalicelib.fulfilment import Tools, fulfil
from chalicelib.orders import transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.intake import Caller
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.transitions import CLOCK_SKEW_MS, GIVE_UP_AFTER_MS
from chalicelib.orders.view import status
from chalicelib.settings import settings
from chalicelib.speech.store import VoiceStore
from tests.unit.orders_support import NOW, ORDER, USER, accepted
from tests.unit.reliability.process import FUNCTION_MS, Fate, Process
from tests.unit.reliability.promises import DAY_MS
from tests.unit.reliability.systems import FakeEngine, mp3
from tests.unit.reliability.world import World
from tests.unit.test_fulfilment import FakeMessenger, FakeSpeaker, FakeVoices

TRAVELLER = Caller(USER, "192.0.2.1")


@pytest.fixture
def world() -> Iterator[World]:
    with World(engines=("first",)).inhabited() as world:
        yield world


def placed(world: World, *, key: str | None = None) -> OrderRecord:
    record: OrderRecord = world.place(ORDER, TRAVELLER, key).run_well()
    return record


def delivered(world: World, *messages: str, skew_ms: int = 0) -> Process:
    process = world.deliver(messages or world.visible(), skew_ms=skew_ms)
    assert process is not None
    return process


def body(order_id: str) -> str:
    return json.dumps({"version": 1, "order_id": order_id})


def until_call(process: Process, name: str) -> Process:
    while process.waits_for and not process.waits_for.endswith(name):
        process.resume(Fate.WELL)
    return process


def assert_one_push(world: World, order_id: str) -> None:
    world.promises.verify()
    assert world.record(order_id).status == "completed", world.log
    assert len(world.accepted_pushes) == 1
    assert len(world.objects) == 1


# Lost, late and repeated


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
        world.send(body(order_id))
    delivered(world).run_well()
    assert_one_push(world, order_id)
    world.pass_time(40)
    assert world.messages == {}
    assert sum(world.puts.values()) == 1


def test_a_message_after_completion_does_nothing(world: World) -> None:
    order_id = placed(world).order_id
    world.deliver_all()
    before = world.table.items[order_id]
    world.send(body(order_id))
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
    world.send(body(new_order_id()))
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
    delivered(world, world.send(body(order_id)), skew_ms=skew_ms).run_well()
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
    delivered(world, world.send(body(order_id))).run_well()
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
    speaker, messenger = FakeSpeaker(), FakeMessenger()
    tools = Tools(speaker=speaker, voices=FakeVoices(), messenger=messenger)

    def work(_: int) -> fulfilment.Outcome:
        everybody_is_here.wait()
        return fulfil(order_id, tools, deadline=time.monotonic() + 18)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(work, range(8)))
    assert (len(speaker.spoken), len(messenger.pushed)) == (1, 1)
    assert outcomes.count(fulfilment.DONE) >= 1
    record = transitions.find(order_id, now=NOW)
    assert record is not None
    assert (record.status, record.attempts) == ("completed", 1)


# Trouble that passes, and trouble that does not


@pytest.mark.parametrize("call", ["first", "PutObject", "push"])
def test_pauses_grow_and_the_traveller_is_told_the_truth(world: World, call: str) -> None:
    order_id = placed(world).order_id
    pauses = []
    for _ in range(4):
        working = until_call(delivered(world), call)
        working.resume(Fate.REFUSED)
        working.run_well()
        record = world.record(order_id)
        shown = status(record, None)
        assert (shown["status"], shown["processing"], shown["error"]) == ("processing", True, None)
        assert shown["stage"] == ("notifying" if call == "push" else "speaking")
        [message] = world.messages.values()
        pauses.append((message.visible_at - world.now) // 1000)
        world.advance(pauses[-1] * 1000)
        assert int(record.due_at) >= world.now, "the sweeper comes after the pause"
    assert all(2**n <= pause <= 2**n + 1 for n, pause in enumerate(pauses, start=1))
    delivered(world).run_well()
    assert_one_push(world, order_id)


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
    assert status(record, None)["error"]["retryable"] is True
    assert world.dead_letters == [body(order_id)]
    assert world.metrics["OrderFailed"] == 1

    world.try_again(order_id, TRAVELLER).run_well()
    world.deliver_all()
    assert_one_push(world, order_id)


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


# Sequences that mistakes were found with


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


@pytest.mark.parametrize("call", ["UpdateItem", "ChangeMessageVisibility"])
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
    assert [message.body for message in world.messages.values()] == [body(first)]


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
    assert [message.body for message in world.messages.values()] == [body(second)]


@pytest.fixture
def slower_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice that takes longer for the same words, as another release of Google's may."""
    speak, times = FakeEngine.speak, iter(range(1, 100))

    def slower(*arguments: Any, **options: Any) -> bytes:
        return speak(*arguments, **options) + mp3(" " * next(times))

    monkeypatch.setattr(FakeEngine, "speak", slower)


@pytest.mark.usefixtures("slower_every_time")
def test_audio_that_is_made_again_is_not_put_in_the_place_of_the_old(world: World) -> None:
    for days in (0, 29, 2, 27, 2):
        world.advance(days * DAY_MS)
        placed(world)
        world.deliver_all()
        world.promises.verify()


@pytest.mark.usefixtures("slower_every_time")
def test_two_workers_that_say_the_same_at_once_keep_one_recording(world: World) -> None:
    placed(world)
    placed(world)
    first, second = world.visible()
    slow = until_call(delivered(world, first), "PutObject")
    delivered(world, second).run_well()
    slow.run_well()
    world.promises.verify()
    assert len(world.objects) == 1


# Data


@pytest.mark.usefixtures("aws")
def test_audio_always_outlives_the_order_that_is_handed_it() -> None:
    """Until the last moment of its reuse, with an order that is accepted at that moment."""
    clock = [NOW / 1000]
    keep = timedelta(days=settings().audio_retention_days - settings().order_retention_days)
    s3 = boto3.client("s3")
    store = VoiceStore("voices", s3, s3, reusable_for=keep, clock=lambda: clock[0])
    put_at = clock[0] = (NOW / 1000 // keep.total_seconds() + 1) * keep.total_seconds()
    put = store.put("voice/x.mp3", b"x", duration_ms=1, engine="e")
    while store.find("voice/x.mp3") == put:
        order_expires_at = int(accepted(now=round(clock[0] * 1000)).expires_at)
        assert order_expires_at <= put_at + settings().audio_retention_days * 86_400 + 1
        clock[0] += 86_400 / 2
    assert clock[0] - put_at >= keep.total_seconds()

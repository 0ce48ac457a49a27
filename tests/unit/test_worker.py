"""Batches and sweeps: the two entry points beside the API."""

import json
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import time_machine

from chalicelib import worker
from chalicelib.errors import TransientError
from chalicelib.order import Voice
from chalicelib.orders import counters, open_orders, queue, transitions
from chalicelib.orders.record import OrderRecord
from chalicelib.settings import settings
from tests import metrics
from tests.unit.batches import deliver, status, use
from tests.unit.fakes import FakeSpeaker
from tests.unit.orders_support import NOW, Queue, accepted
from tests.unit.waiting import until

pytestmark = pytest.mark.usefixtures("aws")


SCHEDULED_EVENT = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-11-24T09:00:00Z",
    "region": "ap-northeast-1",
    "resources": ["arn:aws:events:ap-northeast-1:123456789012:rule/sweep"],
    "detail": {},
}


def sweep(*, seconds: float = 20, scheduled_at: str = "2026-11-24T09:01:00Z") -> None:
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000)
    worker.sweep_orders({**SCHEDULED_EVENT, "time": scheduled_at}, context)


def make_due(record: OrderRecord) -> None:
    record.update(actions=[OrderRecord.due_at.set(NOW - 1)])


def test_a_poison_message_never_holds_up_the_good_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeSpeaker())
    good = [accepted().order_id for _ in range(3)]
    poison = ["{", "[]", "null", '{"order_id": 5}', '{"order_id": "x"}', "[" * 100_000]
    failed = deliver([*map(queue.body_of, good), *poison])
    assert failed == {f"m{index}" for index in range(3, 9)}
    assert [status(order_id) for order_id in good] == ["completed"] * 3


def test_an_older_message_format_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeSpeaker())
    order_id = accepted().order_id
    assert deliver([json.dumps({"order_id": order_id})]) == set()
    assert status(order_id) == "completed"


def test_a_batch_is_worked_on_concurrently(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_is_speaking = threading.Barrier(10, timeout=10)

    class Chorus(FakeSpeaker):
        def speak(
            self, text: str, language: str, *, deadline: float, any_voice: bool = False
        ) -> Voice:
            everybody_is_speaking.wait()
            return super().speak(text, language, deadline=deadline, any_voice=any_voice)

    use(monkeypatch, Chorus())
    orders = [accepted().order_id for _ in range(10)]
    assert deliver([queue.body_of(order_id) for order_id in orders]) == set()
    assert {status(order_id) for order_id in orders} == {"completed"}


def test_a_function_about_to_time_out_hands_back_what_it_has_not_finished(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    may_end = threading.Event()

    class Slow(FakeSpeaker):
        def speak(
            self, text: str, language: str, *, deadline: float, any_voice: bool = False
        ) -> Voice:
            if not self.spoken:
                self.spoken.append(text)
                may_end.wait(30)
            return super().speak(text, language, deadline=deadline, any_voice=any_voice)

    use(monkeypatch, Slow())
    orders = [accepted().order_id for _ in range(2)]
    began = time.monotonic()
    try:
        failed = deliver([queue.body_of(order_id) for order_id in orders], seconds=3.5)
        took = time.monotonic() - began
        # Before the slow one may go on, and complete its order after all.
        assert sorted(status(order_id) for order_id in orders) == ["completed", "processing"]
    finally:
        may_end.set()
    assert took < 3.5
    [message_id] = failed
    [line] = [line for line in caplog.records if line.message == "out of time, handed back"]
    assert vars(line).get("message_id") == message_id, "else no order's story has it"
    assert vars(line).get("order_id") == orders[int(message_id.removeprefix("m"))]


def test_counting_the_guests_holds_up_no_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted too late comes back, and there is nothing left to do."""
    may_count = threading.Event()

    def hang(*_: object, **__: object) -> None:
        may_count.wait(30)

    use(monkeypatch, FakeSpeaker())
    body = queue.body_of(accepted().order_id)
    monkeypatch.setattr(counters, "add", hang)
    began = time.monotonic()
    try:
        assert deliver([body], seconds=3) == {"m0"}
        took = time.monotonic() - began
    finally:
        may_count.set()
    assert took < 3
    assert status(queue.order_id_of(body)) == "completed"
    assert deliver([body]) == set()


def test_a_message_to_be_retried_comes_back_after_its_own_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, FakeSpeaker([TransientError("429")]))
    queue.send(accepted().order_id)
    sqs = boto3.client("sqs")
    url = settings().orders_queue_url
    [received] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"]
    changes: list[tuple[str, int]] = []
    monkeypatch.setattr(queue, "retry_later", lambda pauses, **_: changes.extend(pauses))
    assert deliver([received["Body"]]) == {"m0"}
    [(handle, pause)] = changes
    assert handle == "r0"
    assert 2 <= pause <= 3


def test_the_sweeper_queues_what_nobody_works_on(queued: Queue) -> None:
    waiting, fresh = accepted(), accepted()
    make_due(waiting)
    sweep()
    assert queued.bodies() == [queue.body_of(waiting.order_id)]
    sweep()
    assert queued.bodies() == []
    assert status(fresh.order_id) == "pending"


def test_the_sweeper_ends_what_is_spent(queued: Queue) -> None:
    old = accepted(now=NOW - 16 * 60_000)
    sweep()
    assert status(old.order_id) == "failed"
    assert queued.bodies() == []


def test_the_sweeper_ends_an_order_whose_last_worker_was_killed(queued: Queue) -> None:
    record = accepted()
    for attempt in range(5):
        claimed = transitions.claim(
            record.order_id, token=str(attempt), lease_ms=0, now=NOW - 60_000 + attempt * 6_000
        )
        assert claimed is not None
        record = claimed
    make_due(record)
    sweep()
    assert status(record.order_id) == "failed"
    assert queued.bodies() == []


def test_one_order_in_trouble_does_not_stop_the_sweep(
    queued: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = accepted(), accepted()
    make_due(first)
    make_due(second)
    requeue, failures = transitions.requeue, [TransientError("DynamoDB is down")]

    def requeue_or_fail(record: OrderRecord, *, now: int) -> OrderRecord | None:
        if failures:
            raise failures.pop()
        return requeue(record, now=now)

    monkeypatch.setattr(transitions, "requeue", requeue_or_fail)
    sweep()
    assert len(queued.bodies()) == 1


def test_messages_that_sqs_refuses_are_left_to_a_later_sweep_and_keep_none_of_the_others(
    queued: Queue,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(worker, "SWEPT_AT_ONCE", 1)
    orders = overdue_orders(4)
    refused = sorted(orders)[:2]
    sqs = queue._client()

    def send_some(*, Entries: list[Any], **options: Any) -> dict[str, Any]:  # noqa: N803
        bad = [entry for entry in Entries if queue.order_id_of(entry["MessageBody"]) in refused]
        good = [entry for entry in Entries if entry not in bad]
        answer = sqs.send_message_batch(Entries=good, **options)
        failed = [{"Id": each["Id"], "Code": "InternalError", "SenderFault": False} for each in bad]
        return {**answer, "Failed": failed}

    monkeypatch.setattr(queue, "_client", lambda: SimpleNamespace(send_message_batch=send_some))
    sweep()
    assert set(map(queue.order_id_of, queued.bodies())) == orders - {*refused}
    left = [line for line in caplog.records if line.message == "left to the next sweep"]
    assert [vars(line).get("code") for line in left] == ["InternalError"] * 2
    assert told("SweeperRepaired", capsys.readouterr().out, "repair") == [(2, "queued_again")]
    with time_machine.travel(NOW / 1000 + 60, tick=True):
        monkeypatch.setattr(queue, "_client", lambda: sqs)
        sweep()
    assert {*refused} <= set(map(queue.order_id_of, queued.bodies()))


def test_orders_are_found_in_every_shard_and_messages_sent_in_tens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPEN_SHARDS", "64")
    settings.cache_clear()
    monkeypatch.setattr(worker, "SWEPT_AT_ONCE", 1)  # moto's index does not bear ten threads.
    orders = overdue_orders(25)
    sent = noted(monkeypatch)
    sweep()
    assert [len(batch) for batch in sent] == [10, 10, 5]
    assert {order_id for batch in sent for order_id in batch} == orders
    assert measured(capsys.readouterr().out) == [25]


def one_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto takes seconds to say of all of them that they are empty."""
    monkeypatch.setattr(open_orders, "SHARDS", open_orders.SHARDS[:1])


def noted(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What a sweep sends, instead of SQS."""
    sent: list[list[str]] = []

    def send_all(order_ids: list[str], *, deadline: float) -> dict[str, str]:
        sent.append([*order_ids])
        return {}

    monkeypatch.setattr(queue, "send_all", send_all)
    return sent


def overdue_orders(count: int) -> set[str]:
    """Orders whose messages were lost a minute ago."""
    return {accepted(now=NOW - 60_000).order_id for _ in range(count)}


def measured(output: str) -> list[float]:
    """How many overdue orders each sweep has told of."""
    return [line["OverdueOrders"] for line in metrics.read(output) if "OverdueOrders" in line]


def test_more_orders_than_one_page_are_all_queued_in_one_sweep(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came after the first page waited for another minute, and another."""
    monkeypatch.setattr(open_orders, "KEYS_AT_ONCE", 30)
    monkeypatch.setattr(worker, "SWEPT_AT_ONCE", 1)  # moto's index does not bear ten threads.
    sent = noted(monkeypatch)
    orders = overdue_orders(70)
    sweep()
    assert sum(map(len, sent)) == 70
    assert {order_id for batch in sent for order_id in batch} == orders
    assert measured(capsys.readouterr().out) == [70]


def test_an_order_that_hangs_holds_up_none_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """But those whose messages its thread has yet to send."""
    orders = overdue_orders(30)
    looked_after: list[str] = []
    others_are_looked_after, taken = threading.Event(), threading.Lock()

    def requeue(record: OrderRecord, *, now: int) -> OrderRecord:
        if taken.acquire(blocking=False):
            assert others_are_looked_after.wait(10)
        looked_after.append(record.order_id)
        if len(looked_after) == 29:
            others_are_looked_after.set()
        return record

    monkeypatch.setattr(transitions, "requeue", requeue)
    sent = noted(monkeypatch)
    sweep()
    assert {order_id for batch in sent for order_id in batch} == orders
    assert measured(capsys.readouterr().out) == [30]


def test_a_sweeper_out_of_time_says_how_many_it_found_and_leaves_the_rest_to_the_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was killed before it had said anything, and an alarm rang for a sweeper that is silent."""
    orders = overdue_orders(30)
    one_shard(monkeypatch)
    may_end = threading.Event()
    sent: list[str] = []
    requeue = transitions.requeue

    def requeue_late(record: OrderRecord, *, now: int) -> OrderRecord | None:
        may_end.wait(20)
        requeued = requeue(record, now=now)
        if requeued is not None:
            sent.append(record.order_id)
        return requeued

    monkeypatch.setattr(transitions, "requeue", requeue_late)
    noted(monkeypatch)
    began = time.monotonic()
    sweep(seconds=worker.RESERVE_SECONDS + 3)
    assert time.monotonic() - began < worker.RESERVE_SECONDS + 3, "Lambda kills it then"
    [found] = measured(capsys.readouterr().out)
    assert 0 < found <= worker.SWEPT_AT_ONCE
    may_end.set()
    sweep()
    until(lambda: len(sent) == 30)
    assert set(sent) == orders


def test_what_was_found_before_time_was_over_is_sent_in_what_is_kept_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requeued and not sent, they would wait for a minute, and twice as long for a worker."""
    overdue_orders(30)
    one_shard(monkeypatch)
    monkeypatch.setattr(worker, "SWEPT_AT_ONCE", 1)
    requeue = transitions.requeue
    ends = time.monotonic() + worker.RESERVE_SECONDS + 2

    def requeue_until_the_end(record: OrderRecord, *, now: int) -> OrderRecord | None:
        if len(requeued) == 4:
            until(lambda: time.monotonic() > ends - worker.RESERVE_SECONDS)
        requeued.append(record.order_id)
        return requeue(record, now=now)

    requeued: list[str] = []
    monkeypatch.setattr(transitions, "requeue", requeue_until_the_end)
    sent = noted(monkeypatch)
    sweep(seconds=ends - time.monotonic())
    assert sent == [requeued]
    assert measured(capsys.readouterr().out) == [len(requeued)]


@pytest.mark.parametrize("found_before", [0, 1])
def test_a_sweep_that_dynamodb_ends_has_said_how_many_it_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found_before: int
) -> None:
    def overdue(*_: object, **__: object) -> Iterator[OrderRecord]:
        yield from [accepted() for _ in range(found_before)]
        raise TransientError("DynamoDB did not answer a read")

    monkeypatch.setattr(transitions, "overdue", overdue)
    with pytest.raises(TransientError):
        sweep()
    assert measured(capsys.readouterr().out) == [found_before]


def test_a_function_out_of_time_does_not_ask_sqs_past_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten calls in a row, each for as long as SQS liked, after the deadline."""
    use(monkeypatch, FakeSpeaker([TransientError("429")] * 10))
    asked: list[float] = []

    def hang(**_: object) -> None:
        asked.append(time.monotonic())
        hangs.wait(20)

    hangs = threading.Event()
    monkeypatch.setattr(
        queue,
        "_client",
        lambda: SimpleNamespace(
            change_message_visibility_batch=hang, change_message_visibility=hang
        ),
    )
    bodies = [queue.body_of(accepted().order_id) for _ in range(10)]
    began = time.monotonic()
    try:
        failed = deliver(bodies, seconds=6)
        assert time.monotonic() - began < 6, "Lambda kills it then"
    finally:
        hangs.set()
    assert len(failed) == 10
    assert len(asked) == 1


def told(name: str, output: str, by: str = "stage") -> list[tuple[float, str]]:
    return [(line[name], line[by]) for line in metrics.read(output) if name in line]


def test_each_sweep_says_how_long_the_oldest_order_has_waited(
    queued: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is not due for the sweeper waits as well: SQS forgets it after three receipts."""
    sweep()
    assert told("SecondsOldestWaits", capsys.readouterr().out) == [(0, "test")]
    old, waited_for = accepted(now=NOW - 300_000), accepted(now=NOW - 30_000)
    old.update(actions=[OrderRecord.due_at.set(NOW + 300_000)])
    sweep()
    [(seconds, _)] = told("SecondsOldestWaits", capsys.readouterr().out)
    assert 300 <= seconds < 310
    assert transitions.claim(old.order_id, token="t", lease_ms=600_000, now=NOW)
    assert waited_for
    sweep()
    [(seconds, _)] = told("SecondsOldestWaits", capsys.readouterr().out)
    assert 30 <= seconds < 40, "who is worked on does not wait"


def test_a_worker_that_was_killed_leaves_an_order_that_waits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = accepted(now=NOW - 100_000)
    assert transitions.claim(record.order_id, token="t", lease_ms=0, now=NOW - 90_000)
    record.refresh()
    record.update(actions=[OrderRecord.due_at.set(NOW + 60_000)])
    sweep()
    [(seconds, _)] = told("SecondsOldestWaits", capsys.readouterr().out)
    assert 100 <= seconds < 110


def test_a_sweep_goes_on_where_it_cannot_be_told_who_waits(
    queued: Queue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def waiting(*_: object, **__: object) -> Iterator[OrderRecord]:
        raise TransientError("DynamoDB did not answer a read")

    make_due(accepted())
    monkeypatch.setattr(transitions, "waiting", waiting)
    sweep()
    assert len(queued.bodies()) == 1
    written = capsys.readouterr().out
    assert told("SecondsOldestWaits", written) == []
    assert measured(written) == [1]


def test_operators_see_what_the_sweeper_had_to_mend(
    queued: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    make_due(accepted())
    accepted(now=NOW - 16 * 60_000)
    sweep()
    repaired = told("SweeperRepaired", capsys.readouterr().out, "repair")
    assert sorted(repaired) == [(1, "ended"), (1, "queued_again")]


def test_operators_see_why_orders_are_handed_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, FakeSpeaker([TransientError("429")]))
    body = queue.body_of(accepted().order_id)
    deliver([body])
    monkeypatch.setattr(worker, "fulfil", lambda *_, **__: 1 / 0)
    deliver([body])
    handed_back = told("OrderHandedBack", capsys.readouterr().out, "reason")
    assert handed_back == [(1, "speech_unavailable"), (1, "not_begun")]

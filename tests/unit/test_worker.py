"""Batches and sweeps: the two entry points beside the API."""

import json
import threading
import time
from types import SimpleNamespace

import boto3
import pytest

from chalicelib import worker
from chalicelib.errors import TransientError
from chalicelib.order import Voice
from chalicelib.orders import counters, queue, transitions
from chalicelib.orders.record import OrderRecord
from chalicelib.settings import settings
from tests.unit.batches import deliver, status, use
from tests.unit.fakes import FakeSpeaker
from tests.unit.orders_support import NOW, Queue, accepted

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


def sweep(*, seconds: float = 20) -> None:
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000)
    worker.sweep_orders(SCHEDULED_EVENT, context)


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
        def speak(self, text: str, language: str, *, deadline: float) -> Voice:
            everybody_is_speaking.wait()
            return super().speak(text, language, deadline=deadline)

    use(monkeypatch, Chorus())
    orders = [accepted().order_id for _ in range(10)]
    assert deliver([queue.body_of(order_id) for order_id in orders]) == set()
    assert {status(order_id) for order_id in orders} == {"completed"}


def test_a_function_about_to_time_out_hands_back_what_it_has_not_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_end = threading.Event()

    class Slow(FakeSpeaker):
        def speak(self, text: str, language: str, *, deadline: float) -> Voice:
            if not self.spoken:
                self.spoken.append(text)
                may_end.wait(30)
            return super().speak(text, language, deadline=deadline)

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
    assert len(failed) == 1


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
    send, failures = queue.send, [TransientError("SQS is down")]

    def send_or_fail(order_id: str) -> None:
        if failures:
            raise failures.pop()
        send(order_id)

    monkeypatch.setattr(queue, "send", send_or_fail)
    sweep()
    assert len(queued.bodies()) == 1


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

"""Working on one order: each step, and every way in which it can go wrong."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
import pytest

from chalicelib.clock import now_ms
from chalicelib.errors import (
    EngineBusy,
    NoEngineFree,
    PermanentError,
    QuotaUsedUp,
    StorageUnavailable,
    TransientError,
)
from chalicelib.fulfilment import AT_ONCE, Redelivery, Tools, fulfil, retry_key
from chalicelib.order import Wording
from chalicelib.orders import counters, limits, transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.record import OrderRecord
from chalicelib.settings import settings
from tests import metrics
from tests.unit.fakes import FakeMessagingApi, FakeSpeaker, FakeVoices
from tests.unit.orders_support import NOW, ORDER, USER, VOICE, Queue, accepted

pytestmark = pytest.mark.usefixtures("aws")


@dataclass
class Worker:
    """A worker with fakes for its tools; it takes one order after another."""

    speaker: FakeSpeaker = field(default_factory=FakeSpeaker)
    messaging_api: FakeMessagingApi = field(default_factory=FakeMessagingApi)
    voices: FakeVoices = field(default_factory=FakeVoices)

    def work(self, order_id: str, *, seconds: float = 18) -> Redelivery:
        tools = Tools(speaker=self.speaker, voices=self.voices, messaging_api=self.messaging_api)
        return fulfil(order_id, tools, deadline=time.monotonic() + seconds)


def stored(order_id: str) -> OrderRecord:
    record = transitions.find(order_id, now=NOW)
    assert record is not None
    return record


def line_order() -> str:
    return str(accepted(f"line:{USER}").order_id)


def test_a_guests_order_is_spoken_and_completed_without_a_push() -> None:
    worker, order_id = Worker(), accepted().order_id
    assert worker.work(order_id) is None
    record = stored(order_id)
    assert (record.status, record.notification, record.voice_key) == (
        "completed",
        "skipped",
        VOICE.key,
    )
    assert worker.speaker.spoken == ["老闆您好，我要點：牛肉麵兩碗、珍珠奶茶一杯，謝謝。"]
    assert worker.messaging_api.pushed == []


def test_a_users_order_is_pushed_once_with_its_audio() -> None:
    worker, order_id = Worker(), line_order()
    worker.work(order_id)
    [(user_id, messages, key)] = worker.messaging_api.pushed
    assert user_id == USER
    assert key == retry_key(stored(order_id))
    audio = next(message for message in messages if message["type"] == "audio")
    assert audio["duration"] == VOICE.duration_ms
    record = stored(order_id)
    address = FakeVoices().address(order_id, int(record.created_at), deadline=0)
    assert audio["originalContentUrl"] == address, "one that lasts, whenever it is tapped"
    assert record.notification == "sent"


def test_what_the_voice_leaves_out_is_told_in_the_chat() -> None:
    note = Wording("my doctor says so", "my doctor says so")
    order = replace(ORDER, note=note)
    record = transitions.accept(new_order_id(), f"line:{USER}", order, now=NOW)
    assert record is not None
    worker = Worker()
    worker.work(record.order_id)
    [(_, [flex, *_], _)] = worker.messaging_api.pushed
    assert "・my doctor says so" in json.dumps(flex, ensure_ascii=False)


def test_any_voice_will_do_at_the_last_attempt_and_not_before() -> None:
    worker, order_id = Worker(), accepted().order_id
    worker.speaker.errors = [EngineBusy("with another order")] * settings().max_attempts
    for _ in range(settings().max_attempts):
        worker.work(order_id)
    assert worker.speaker.any_voice == [False] * (settings().max_attempts - 1) + [True]


def test_any_voice_will_do_where_there_is_no_time_for_another_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker, order_id = Worker(), accepted().order_id
    left_ms = 10_000
    monkeypatch.setattr(transitions, "GIVE_UP_AFTER_MS", now_ms() - NOW + left_ms)
    worker.work(order_id)
    assert worker.speaker.any_voice == [True]


@pytest.fixture
def pushes_what_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINE_PUSH", "asked")
    settings.cache_clear()


@pytest.mark.usefixtures("pushes_what_is_asked_for")
@pytest.mark.parametrize(
    ("notify", "notification", "detail"),
    [(True, "sent", None), (False, "skipped", "not_asked"), (None, "skipped", "not_asked")],
)
def test_where_travellers_are_asked_only_those_who_want_it_get_a_message(
    notify: bool | None, notification: str, detail: str | None
) -> None:
    order = replace(ORDER, notify=notify)
    record = transitions.accept(new_order_id(), f"line:{USER}", order, now=NOW)
    assert record is not None
    worker = Worker()
    assert worker.work(record.order_id) is None
    ended = stored(record.order_id)
    assert (ended.notification, ended.notification_detail) == (notification, detail)
    assert len(worker.messaging_api.pushed) == (1 if notify else 0)
    assert len(worker.messaging_api.asked) == (1 if notify else 0)


@pytest.mark.usefixtures("pushes_what_is_asked_for")
def test_an_order_that_nobody_completes_did_not_fail_to_send_what_nobody_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id, complete = line_order(), transitions.complete
    refusals = iter([TransientError("DynamoDB")] * 6)

    def refused(*arguments: Any, **options: Any) -> OrderRecord:
        if error := next(refusals, None):
            raise error
        return complete(*arguments, **options)

    monkeypatch.setattr(transitions, "complete", refused)
    for _ in range(5):
        with suppress(TransientError):
            Worker().work(order_id)
    later = int(stored(order_id).lease_expires_at) + 1
    ended = transitions.give_up(stored(order_id), "internal_error", now=later)
    assert ended is not None
    assert (ended.status, ended.notification) == ("completed", "skipped")
    assert ended.notification_detail == "not_asked"


def left_out(capsys: pytest.CaptureFixture[str]) -> int:
    return sum("VoiceLeftOut" in line for line in metrics.read(capsys.readouterr().out))


def test_a_voice_that_line_would_refuse_is_left_out_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    worker, order_id = Worker(voices=FakeVoices(url="")), line_order()
    worker.work(order_id)
    [(_, messages, _)] = worker.messaging_api.pushed
    assert [message["type"] for message in messages] == ["flex", "text"]
    assert stored(order_id).notification == "sent"
    assert left_out(capsys) == 1
    Worker().work(line_order())
    assert left_out(capsys) == 0


def test_a_key_that_is_not_to_be_had_is_waited_for_as_line_is() -> None:
    worker = Worker(voices=FakeVoices(errors=[TransientError("SSM")]))
    order_id = line_order()
    assert worker.work(order_id) is not None
    assert (worker.messaging_api.pushed, stored(order_id).trouble) == ([], "line_unavailable")
    assert worker.work(order_id) is None
    assert (len(worker.speaker.spoken), len(worker.messaging_api.pushed)) == (1, 1)
    assert stored(order_id).notification == "sent"


def test_a_redelivery_after_the_end_does_nothing() -> None:
    worker, order_id = Worker(), line_order()
    worker.work(order_id)
    assert worker.work(order_id) is None
    assert (len(worker.speaker.spoken), len(worker.messaging_api.pushed)) == (1, 1)


def test_a_transient_failure_hands_the_order_back_with_growing_pauses() -> None:
    worker, order_id = Worker(FakeSpeaker([TransientError("429")] * 4)), accepted().order_id
    pauses = [worker.work(order_id) or 0 for _ in range(4)]
    assert pauses == sorted(pauses)
    assert [pause - base for pause, base in zip(pauses, (2, 4, 8, 16), strict=True)] <= [1] * 4
    assert (stored(order_id).status, stored(order_id).trouble) == (
        "processing",
        "speech_unavailable",
    )
    assert worker.work(order_id) is None
    assert (stored(order_id).status, stored(order_id).trouble) == ("completed", None)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TransientError("429"), "speech_unavailable"),
        (StorageUnavailable("503"), "storage_unavailable"),
        (RuntimeError("a bug"), "internal_error"),
    ],
)
def test_the_last_attempt_fails_the_order_and_leaves_its_message_to_the_dead_letters(
    error: Exception, code: str
) -> None:
    worker, order_id = Worker(FakeSpeaker([error] * 5)), accepted().order_id
    outcomes = [worker.work(order_id) for _ in range(5)]
    assert outcomes[-1] == AT_ONCE
    assert (stored(order_id).status, stored(order_id).trouble) == ("failed", code)
    assert worker.work(order_id) == AT_ONCE


def test_busy_engines_use_up_no_attempt_and_the_order_comes_again_by_a_new_message(
    queued: Queue,
) -> None:
    worker, order_id = Worker(), accepted().order_id
    worker.speaker.errors.extend([NoEngineFree("429")] * 2 * settings().max_attempts)
    for _ in range(2 * settings().max_attempts):
        assert worker.work(order_id) is None
        assert (stored(order_id).attempts, stored(order_id).trouble) == (0, "speech_unavailable")
    assert queued.delayed() == 2 * settings().max_attempts
    assert worker.work(order_id) is None
    assert stored(order_id).status == "completed"


def test_where_sqs_takes_no_new_message_the_old_one_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(*_: Any) -> None:
        raise TransientError("SQS")

    monkeypatch.setattr("chalicelib.orders.queue.send_later", refuses)
    worker, order_id = Worker(FakeSpeaker([NoEngineFree("429")])), accepted().order_id
    assert worker.work(order_id) in (2, 3)
    assert stored(order_id).attempts == 0


def test_an_order_whose_time_is_over_is_not_handed_back_because_engines_are_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker, order_id = Worker(FakeSpeaker([NoEngineFree("429")])), accepted().order_id
    worker.speaker.while_speaking = lambda: monkeypatch.setattr(transitions, "GIVE_UP_AFTER_MS", -1)
    assert worker.work(order_id) == AT_ONCE
    assert (stored(order_id).status, stored(order_id).trouble) == ("failed", "speech_unavailable")


def test_what_cannot_be_spoken_fails_at_once() -> None:
    worker, order_id = Worker(FakeSpeaker([PermanentError("nothing to say")])), accepted().order_id
    assert worker.work(order_id) is None
    assert (stored(order_id).status, stored(order_id).trouble) == ("failed", "speech_impossible")
    assert worker.work(order_id) is None


def test_a_push_that_fails_for_a_while_is_tried_again_without_speaking_again() -> None:
    worker = Worker(messaging_api=FakeMessagingApi([TransientError("500"), TransientError("429")]))
    order_id = line_order()
    assert [worker.work(order_id) is None for _ in range(3)] == [False, False, True]
    assert len(worker.speaker.spoken) == 1
    assert len({key for _, _, key in worker.messaging_api.pushed}) == 1
    assert stored(order_id).notification == "sent"


@pytest.mark.parametrize("errors", [[PermanentError("400")], [TransientError("500")] * 5])
def test_a_push_that_fails_for_good_never_fails_the_order(errors: list[Exception]) -> None:
    worker, order_id = Worker(messaging_api=FakeMessagingApi(list(errors))), line_order()
    outcomes = [worker.work(order_id) for _ in errors]
    assert outcomes[-1] is None
    assert (stored(order_id).status, stored(order_id).notification) == ("completed", "failed")


@pytest.mark.parametrize(
    ("error", "detail", "result"),
    [
        (QuotaUsedUp("429"), "quota_used_up", "quota_used_up"),
        (PermanentError("400"), "rejected", "failed"),
    ],
)
def test_a_push_that_line_refuses_is_not_tried_again_and_says_why(
    error: Exception, detail: str, result: str, capsys: pytest.CaptureFixture[str]
) -> None:
    worker, order_id = Worker(messaging_api=FakeMessagingApi([error])), line_order()
    assert worker.work(order_id) is None
    assert worker.work(order_id) is None
    assert len(worker.messaging_api.pushed) == 1
    record = stored(order_id)
    assert (record.status, record.notification) == ("completed", "failed")
    assert record.notification_detail == detail
    written = metrics.read(capsys.readouterr().out)
    assert [line["result"] for line in written if "Push" in line] == [result]


@pytest.mark.parametrize(
    ("profile", "detail"),
    [
        (True, None),
        (False, "not_reachable"),
        (None, None),
        (TransientError("no answer"), None),
        (RuntimeError(f"a bug that quotes {USER}"), None),
    ],
)
def test_who_seems_not_to_be_reachable_is_told_once_line_has_the_message(
    profile: bool | Exception | None, detail: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = Worker(messaging_api=FakeMessagingApi(profile=profile))
    order_id, began = line_order(), time.monotonic()
    assert worker.work(order_id) is None
    record = stored(order_id)
    assert (record.status, record.notification) == ("completed", "sent")
    assert record.notification_detail == detail
    [(user_id, until)] = worker.messaging_api.asked
    assert user_id == USER
    assert until <= time.monotonic() + 1.0 < began + 10
    assert USER not in capsys.readouterr().out, "nothing of it is logged"
    worker.work(order_id)
    assert len(worker.messaging_api.asked) == 1


@pytest.mark.parametrize("error", [PermanentError("400"), TransientError("500")])
def test_of_a_message_that_line_has_not_taken_nobodys_profile_is_asked_for(
    error: Exception,
) -> None:
    worker = Worker(messaging_api=FakeMessagingApi([error]))
    worker.work(line_order())
    assert worker.messaging_api.asked == []


def test_without_time_left_the_order_is_completed_and_no_profile_is_asked_for() -> None:
    worker, order_id = Worker(), line_order()
    worker.work(order_id, seconds=3.9)
    assert (stored(order_id).status, stored(order_id).notification) == ("completed", "sent")
    assert worker.messaging_api.asked == []


def test_of_a_push_whose_fate_is_open_nothing_more_is_said() -> None:
    worker = Worker(messaging_api=FakeMessagingApi([TransientError("500")] * 5))
    order_id = line_order()
    for _ in range(5):
        worker.work(order_id)
    assert stored(order_id).notification == "failed"
    assert stored(order_id).notification_detail is None


def test_a_duplicate_message_waits_for_the_lease_of_the_worker_that_has_the_order() -> None:
    order_id = accepted().order_id
    seen: list[Redelivery] = []
    duplicate = Worker()
    worker = Worker(FakeSpeaker(while_speaking=lambda: seen.append(duplicate.work(order_id))))
    worker.work(order_id)
    [seconds] = seen
    assert seconds is not None
    assert 18 <= seconds <= 25
    assert duplicate.speaker.spoken == []
    assert duplicate.work(order_id) is None


def test_a_worker_that_lost_its_lease_leaves_the_order_to_the_other() -> None:
    order_id = line_order()

    def lose_the_lease() -> None:
        later = time.time_ns() // 1_000_000 + 60_000
        assert transitions.claim(order_id, token="other", lease_ms=20_000, now=later) is not None

    worker = Worker(FakeSpeaker(while_speaking=lose_the_lease))
    # It looks again when the other's lease is over: the other may have been killed.
    assert worker.work(order_id) is not None
    assert worker.messaging_api.pushed == []
    assert (stored(order_id).lease_token, stored(order_id).voice_key) == ("other", None)


@pytest.mark.parametrize("order_id", ["0" * 26])
def test_a_message_for_an_unknown_order_is_dropped(order_id: str) -> None:
    assert Worker().work(order_id) is None


def test_an_order_whose_last_worker_was_killed_is_ended() -> None:
    record = accepted()
    for attempt in range(5):
        claimed = transitions.claim(
            record.order_id, token=str(attempt), lease_ms=0, now=NOW - 60_000 + attempt * 6_000
        )
        assert claimed is not None
    assert Worker().work(record.order_id) == AT_ONCE
    assert stored(record.order_id).status == "failed"


def guests_counted() -> int:
    return counters.counted(limits.GUESTS, now=NOW)


def test_a_guests_order_is_counted_once_however_often_it_is_worked_on() -> None:
    worker = Worker(FakeSpeaker([TransientError("429")] * 2))
    order_id = accepted().order_id
    for _ in range(4):
        worker.work(order_id)
    assert stored(order_id).status == "completed"
    assert guests_counted() == 1


def test_a_guests_order_that_finds_every_engine_busy_is_counted_once() -> None:
    worker, order_id = Worker(FakeSpeaker([NoEngineFree("429")] * 3)), accepted().order_id
    for _ in range(4):
        worker.work(order_id)
    assert guests_counted() == 1


def test_a_users_order_is_not_counted_among_the_guests() -> None:
    Worker().work(line_order())
    assert guests_counted() == 0


def test_an_order_that_its_guest_tries_again_counts_again_for_it_costs_as_much() -> None:
    worker, order_id = Worker(FakeSpeaker([TransientError("429")] * 5)), accepted().order_id
    for _ in range(5):
        worker.work(order_id)
    assert transitions.reopen(stored(order_id), now=NOW) is not None
    worker.work(order_id)
    assert stored(order_id).status == "completed"
    assert guests_counted() == 2


def test_nobody_waits_while_a_guests_order_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id, seen = accepted().order_id, []
    monkeypatch.setattr(counters, "add", lambda *_, **__: seen.append(stored(order_id).status))
    Worker().work(order_id)
    assert seen == ["completed"]


def test_an_order_that_cannot_be_counted_is_completed_all_the_same() -> None:
    boto3.client("dynamodb").delete_table(TableName="limits")
    order_id = accepted().order_id
    assert Worker().work(order_id) is None
    assert stored(order_id).status == "completed"

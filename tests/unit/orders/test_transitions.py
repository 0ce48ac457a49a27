"""The life of an order in DynamoDB: every transition, and who may not make it."""

import pytest

from chalicelib.order import Notified
from chalicelib.orders import transitions
from chalicelib.orders.open_orders import OpenOrders
from chalicelib.orders.record import READ_AT_ONCE, OrderRecord, table
from chalicelib.orders.stored import digest
from chalicelib.orders.transitions import CLOCK_SKEW_MS, GIVE_UP_AFTER_MS, SWEEP_AFTER_MS, LeaseLost
from tests.unit.orders_support import NOW, ORDER, SENTENCE, USER, VOICE, accepted, claimed

pytestmark = pytest.mark.usefixtures("aws")


def stored(record: OrderRecord) -> OrderRecord:
    found = transitions.find(record.order_id, now=NOW)
    assert found is not None
    return found


def test_an_accepted_order_is_pending_open_and_reads_back_as_it_was() -> None:
    record = stored(accepted())
    assert (record.status, record.open, record.attempts) == ("pending", "open", 0)
    assert record.order == ORDER
    assert record.request_digest == digest(ORDER)


def test_an_id_is_accepted_once() -> None:
    record = accepted()
    assert transitions.accept(record.order_id, "guest:x", ORDER, now=NOW) is None


def test_an_expired_order_is_gone_before_ttl_deletes_it_and_its_id_is_free() -> None:
    record = accepted()
    later = int(record.expires_at) * 1000
    assert transitions.find(record.order_id, now=later - 1) is not None
    assert transitions.find(record.order_id, now=later) is None
    assert transitions.accept(record.order_id, "guest:x", ORDER, now=later) is not None


def test_a_second_worker_cannot_claim_a_leased_order() -> None:
    record = claimed()
    assert transitions.claim(record.order_id, token="b", lease_ms=20_000, now=NOW + 1) is None


def test_a_lease_outlives_its_worker_by_the_clock_skew() -> None:
    record = claimed()
    worker_is_dead_at = NOW + 20_000
    for now, is_free in [
        (worker_is_dead_at, False),
        (worker_is_dead_at + CLOCK_SKEW_MS - 1, False),
        (worker_is_dead_at + CLOCK_SKEW_MS, True),
    ]:
        got = transitions.claim(record.order_id, token="b", lease_ms=20_000, now=now)
        assert (got is not None) is is_free


def test_a_worker_that_lost_its_lease_changes_nothing() -> None:
    lost = claimed()
    later = NOW + 60_000
    transitions.claim(lost.order_id, token="worker-b", lease_ms=20_000, now=later)
    with pytest.raises(LeaseLost):
        transitions.record_voice(lost, VOICE, SENTENCE)
    with pytest.raises(LeaseLost):
        transitions.hand_back(lost, "speech_unavailable", now=later)
    with pytest.raises(LeaseLost):
        transitions.fail(lost, "speech_impossible", now=later)
    assert stored(lost).lease_token == "worker-b"


def test_an_order_without_audio_is_never_completed() -> None:
    with pytest.raises(LeaseLost):
        transitions.complete(claimed(), Notified("skipped"), now=NOW)


def test_an_order_with_audio_never_fails() -> None:
    spoken = transitions.record_voice(claimed(), VOICE, SENTENCE)
    with pytest.raises(LeaseLost):
        transitions.fail(spoken, "speech_unavailable", now=NOW)


def test_a_completed_order_is_closed_and_can_be_claimed_no_more() -> None:
    done = transitions.complete(
        transitions.record_voice(claimed(), VOICE, SENTENCE), Notified("sent"), now=NOW
    )
    assert (done.status, done.open, done.notification) == ("completed", None, "sent")
    assert done.notification_detail is None
    assert transitions.claim(done.order_id, token="b", lease_ms=1, now=NOW + 10**6) is None
    assert list(transitions.overdue(OpenOrders(), now=NOW + 10**9)) == []


def test_why_line_did_not_take_the_message_is_stored_by_the_write_that_ends_the_order() -> None:
    spoken = transitions.record_voice(claimed(), VOICE, SENTENCE)
    transitions.complete(spoken, Notified("failed", "quota_used_up"), now=NOW)
    found = stored(spoken)
    assert (found.notification, found.notification_detail) == ("failed", "quota_used_up")


def test_a_handed_back_order_can_be_claimed_at_once_and_counts_its_attempts() -> None:
    back = transitions.hand_back(claimed(), "speech_unavailable", now=NOW)
    assert (back.status, back.trouble, back.due_at) == (
        "processing",
        "speech_unavailable",
        NOW + SWEEP_AFTER_MS,
    )
    again = transitions.claim(back.order_id, token="b", lease_ms=1, now=NOW + 2000)
    assert again is not None
    assert again.attempts == 2


def test_attempts_run_out() -> None:
    record = claimed()
    for attempt in range(2, 6):
        transitions.hand_back(record, "speech_unavailable", now=NOW)
        got = transitions.claim(record.order_id, token=str(attempt), lease_ms=1, now=NOW)
        assert got is not None
        record = got
    transitions.hand_back(record, "speech_unavailable", now=NOW)
    assert transitions.claim(record.order_id, token="6", lease_ms=1, now=NOW) is None
    assert transitions.is_spent(record, NOW)


def test_an_attempt_that_is_not_counted_leaves_as_many_and_the_sweeper_comes_after_its_pause() -> (
    None
):
    record = claimed()
    for number in range(10):
        back = transitions.hand_back_uncounted(
            record, "speech_unavailable", pause_ms=60_000, now=NOW
        )
        assert (back.attempts, back.trouble) == (0, "speech_unavailable")
        assert back.due_at == NOW + 60_000 + SWEEP_AFTER_MS
        early, later = NOW + 54_999, NOW + 55_000
        assert transitions.rests(back, early)
        assert not transitions.rests(back, later)
        early_bird = transitions.claim(record.order_id, token="early", lease_ms=1, now=early)
        assert early_bird is None
        got = transitions.claim(record.order_id, token=str(number), lease_ms=1, now=later)
        assert got is not None
        record = got
    assert record.attempts == 1


def test_nobody_hands_back_uncounted_what_another_worker_holds() -> None:
    lost = claimed()
    transitions.claim(lost.order_id, token="worker-b", lease_ms=20_000, now=NOW + 60_000)
    with pytest.raises(LeaseLost):
        transitions.hand_back_uncounted(lost, "speech_unavailable", pause_ms=0, now=NOW + 60_000)
    assert stored(lost).attempts == 2


def test_an_order_is_due_for_its_end_however_long_its_pause_is() -> None:
    late = NOW + GIVE_UP_AFTER_MS - 1000
    back = transitions.hand_back_uncounted(
        claimed(), "speech_unavailable", pause_ms=60_000, now=late
    )
    assert back.due_at == NOW + GIVE_UP_AFTER_MS + 1


def test_an_order_that_nobody_waits_for_any_more_is_not_claimed() -> None:
    record = accepted()
    later = NOW + GIVE_UP_AFTER_MS + 1
    assert transitions.claim(record.order_id, token="a", lease_ms=1, now=later) is None
    assert transitions.is_spent(record, later)


def test_giving_up_fails_an_order_without_audio_and_completes_one_with_it() -> None:
    later = NOW + 60_000
    silent = transitions.give_up(claimed(), "fulfilment_timed_out", now=later)
    assert silent is not None
    assert (silent.status, silent.trouble) == ("failed", "fulfilment_timed_out")
    for owner, notification in ((f"line:{USER}", "failed"), ("guest:abc", "skipped")):
        spoken = transitions.record_voice(claimed(owner), VOICE, SENTENCE)
        ended = transitions.give_up(spoken, "fulfilment_timed_out", now=later)
        assert ended is not None
        assert (ended.status, ended.notification) == ("completed", notification)
        assert ended.trouble is None


def test_nobody_gives_up_an_order_that_a_worker_holds() -> None:
    assert transitions.give_up(claimed(), "fulfilment_timed_out", now=NOW + 1) is None


def test_reopening_starts_a_failed_order_afresh_and_nothing_else() -> None:
    failed = transitions.fail(claimed(), "speech_unavailable", now=NOW)
    again = transitions.reopen(failed, now=NOW + 5)
    assert again is not None
    assert (again.status, again.open, again.attempts, again.trouble) == ("pending", "open", 0, None)
    assert again.opened_at == NOW + 5
    assert again.retries == 1
    assert transitions.reopen(again, now=NOW + 6) is None


def test_of_two_who_saw_it_fail_one_reopens_it() -> None:
    failed = transitions.fail(claimed(), "speech_unavailable", now=NOW)
    again = transitions.reopen(failed, now=NOW)
    assert again is not None
    record = transitions.claim(again.order_id, token="b", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, "speech_unavailable", now=NOW)
    assert transitions.reopen(failed, now=NOW) is None


def test_the_sweeper_finds_what_is_overdue_longest_first() -> None:
    second, first, not_due = accepted(now=NOW - 1000), accepted(now=NOW - 2000), accepted(now=NOW)
    found = list(transitions.overdue(OpenOrders(), now=NOW - 1000 + SWEEP_AFTER_MS))
    assert {record.order_id for record in found} == {first.order_id, second.order_id}
    assert not_due.order_id not in {record.order_id for record in found}
    longest = [accepted(now=NOW - 10_000 + age).order_id for age in range(READ_AT_ONCE)]
    everything = [record.order_id for record in transitions.overdue(OpenOrders(), now=NOW + 10**6)]
    assert set(everything[:READ_AT_ONCE]) == set(longest)
    assert set(everything[READ_AT_ONCE:]) == {
        record.order_id for record in (first, second, not_due)
    }


def test_requeues_wait_longer_each_time_and_lose_against_a_claim() -> None:
    seen, due = accepted(), NOW + SWEEP_AFTER_MS
    assert transitions.requeue(seen, now=due - 1) is None, "not due"
    once = transitions.requeue(seen, now=due)
    assert once is not None
    assert once.due_at == due + SWEEP_AFTER_MS
    twice = transitions.requeue(once, now=int(once.due_at))
    assert twice is not None
    assert twice.due_at == once.due_at + 2 * SWEEP_AFTER_MS
    later = int(twice.due_at)
    claimed_since = transitions.claim(seen.order_id, token="a", lease_ms=20_000, now=later)
    assert transitions.requeue(twice, now=later) is None
    assert claimed_since is not None
    assert transitions.requeue(claimed_since, now=later) is None, "it is being worked on"


def test_every_change_of_an_unknown_order_is_refused() -> None:
    ghost = table()(order_id="0" * 26, attempts=0, lease_token="x", due_at=0, opened_at=0)
    assert transitions.claim(ghost.order_id, token="a", lease_ms=1, now=NOW) is None
    assert transitions.reopen(ghost, now=NOW) is None
    assert transitions.requeue(ghost, now=NOW) is None
    assert transitions.give_up(ghost, "internal_error", now=NOW) is None
    assert transitions.find(ghost.order_id, now=NOW) is None

"""The life of an order. Every change is one conditional write.

    accept ──▶ pending ──claim──▶ processing ──record_voice──▶ (voice) ──complete──▶ completed
                  ▲                 │     ▲                      │
                  │                 └─────┘ hand_back, claim     │
               reopen                │                           │
                  │                  ▼ fail, give_up             ▼ give_up
                failed ◀─────────────┘                       completed, notification failed

    ended ──erase──▶ erased            under way ──erase_once_ended──▶ under way ──▶ erased

An order that is to be erased once it has ended goes its way as if nothing were; then the write that
would end it erases it. What stays of it is its id, until it would have expired: so the id is not
free for a write that comes late, nor for its Idempotency-Key.

Two workers meet only at `claim`. Whoever claims holds a lease, and names its token in every
later write, so that a worker that has lost its lease changes nothing:

    worker A   claim ├────── works ──────┤ killed
    lease            ├── time left to A ──┼─ SKEW ─┤
    worker B                                        claim ├── works ──┤

A lease is longer than A can live, by `CLOCK_SKEW_MS`: a worker whose clock is that much ahead of
A's still finds the lease unexpired while A works.
"""

from collections.abc import Iterator
from typing import Final

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.errors import WorkError
from chalicelib.order import Notified, Order, Sentence, Status, Trouble, Voice
from chalicelib.orders import conditional
from chalicelib.orders.notifying import not_pushed
from chalicelib.orders.open_orders import OpenOrders, shard_of
from chalicelib.orders.record import OrderRecord, table
from chalicelib.orders.stored import columns_of, digest
from chalicelib.settings import settings

CLOCK_SKEW_MS = 5_000
SWEEP_AFTER_MS = 20_000
"""How long a queued order may wait for a worker before the sweeper, which comes once a minute,
queues it again. Longer than any pause before another attempt that is counted."""
GIVE_UP_AFTER_MS = 15 * 60_000
"""How long an order is worked on: as long as a traveller may wait at a counter. LINE forgets a
retry key after 24 h, so a push is never repeated later than that."""

SPEECH_IMPOSSIBLE: Final = "speech_impossible"
"""The code of a failure that another try cannot cure."""

LOOKED_AT = 100
"""Open orders, each minute, of which it is looked who waits for a worker."""

MAX_RETRIES = 3
"""How often a traveller may try a failed order again: each time costs as much as a new order. An
operator's redrive is not counted out."""

KEPT_OF_ERASED = {"order_id", "expires_at", "write_id"}

_DAY_SECONDS = 86_400


class LeaseLost(WorkError):
    """Another worker has the order now, or it has ended; stop and leave it alone."""


def now_is_past_life(record: OrderRecord, now: int) -> bool:
    """Whether TTL is due to delete the record; DynamoDB may take days to do it."""
    return int(record.expires_at) * 1000 <= now


def is_spent(record: OrderRecord, now: int) -> bool:
    """Whether the order has used up its attempts or its time."""
    return int(record.attempts) >= settings().max_attempts or time_is_used_up(record, now)


def time_is_used_up(record: OrderRecord, now: int) -> bool:
    return now - int(record.opened_at) > GIVE_UP_AFTER_MS


def rests(record: OrderRecord, now: int) -> bool:
    """Whether no worker has the order, and none may have it yet: every engine was busy."""
    is_under_way = bool(record.open) and record.status == "processing"
    return is_under_way and not record.lease_token and int(record.lease_expires_at) > now


def is_retryable(record: OrderRecord) -> bool:
    """Whether the traveller may try the order again, now that it has failed."""
    return record.trouble != SPEECH_IMPOSSIBLE and int(record.retries) < MAX_RETRIES


def find(order_id: str, *, now: int) -> OrderRecord | None:
    """The order, read consistently; None if there is none, or it is erased. Raises
    `TransientError`."""
    record = holder(order_id, now=now)
    return None if record is None or record.is_erased else record


def holder(order_id: str, *, now: int) -> OrderRecord | None:
    """What keeps `accept` from taking this id: an order, or what is left of an erased one. Raises
    `TransientError`."""
    record = conditional.read(order_id)
    return None if record is None or now_is_past_life(record, now) else record


def accept(order_id: str, owner: str, order: Order, *, now: int) -> OrderRecord | None:
    """Store a new order as pending; None if this id is taken. Raises `TransientError`."""
    record = table()(
        order_id=order_id,
        owner=owner,
        request_digest=digest(order),
        created_at=now,
        opened_at=now,
        expires_at=now // 1000 + settings().order_retention_days * _DAY_SECONDS,
        **columns_of(order),
        status="pending",
        open=shard_of(order_id),
        due_at=now + SWEEP_AFTER_MS,
    )
    is_new = OrderRecord.order_id.does_not_exist()
    is_forgotten = OrderRecord.expires_at <= now // 1000
    return conditional.put(record, is_new | is_forgotten)


def claim(
    order_id: str, *, token: str, lease_ms: int, now: int, pace: int | None = None
) -> OrderRecord | None:
    """Take the order for `lease_ms`; None if it is not to be had. Raises `TransientError`.

    `lease_ms` must be at least the time that the caller can live; the skew is added here. `pace` is
    the caller's, if it has measured any.
    """
    lease_expires_at = now + lease_ms + CLOCK_SKEW_MS
    is_unclaimed = OrderRecord.status == "pending"
    lease_has_expired = (OrderRecord.status == "processing") & (OrderRecord.lease_expires_at <= now)
    has_attempts_left = OrderRecord.attempts < settings().max_attempts
    is_recent = OrderRecord.opened_at >= now - GIVE_UP_AFTER_MS
    return conditional.update(
        order_id,
        [
            OrderRecord.status.set("processing"),
            OrderRecord.attempts.set(OrderRecord.attempts + 1),
            OrderRecord.lease_token.set(token),
            OrderRecord.lease_expires_at.set(lease_expires_at),
            OrderRecord.due_at.set(lease_expires_at),
            OrderRecord.pace.remove() if pace is None else OrderRecord.pace.set(pace),
        ],
        (is_unclaimed | lease_has_expired) & has_attempts_left & is_recent,
    )


def record_voice(record: OrderRecord, voice: Voice, sentence: Sentence) -> OrderRecord:
    """The audio is in S3: the traveller may hear it. Raises `LeaseLost`, `TransientError`."""
    return _update_leased(
        record,
        [
            OrderRecord.voice_key.set(voice.key),
            OrderRecord.voice_duration_ms.set(voice.duration_ms),
            OrderRecord.voice_engine.set(voice.engine),
            OrderRecord.spoken.set(sentence.text),
            OrderRecord.unspoken.set(list(sentence.unspoken)),
            OrderRecord.undecided.set(list(sentence.undecided)),
        ],
    )


def complete(record: OrderRecord, notified: Notified, *, now: int) -> OrderRecord:
    """All is done, and the push sent, skipped or failed. Raises `LeaseLost`, `TransientError`.

    Conditional on the audio: completed always means that there is a voice to play.
    """
    has_voice = OrderRecord.voice_key.exists()
    return _still_leased(
        record, _end(record, _completion(notified, now), _is_mine(record) & has_voice)
    )


def hand_back(record: OrderRecord, code: Trouble, *, now: int) -> OrderRecord:
    """This attempt failed; another comes soon. Raises `LeaseLost`, `TransientError`."""
    due_at = now + SWEEP_AFTER_MS
    return _update_leased(record, _handing_back(code, due_at=due_at, free_at=0))


def hand_back_uncounted(
    record: OrderRecord, code: Trouble, *, pause_ms: int, now: int
) -> OrderRecord:
    """This attempt is none of the order's; another comes after `pause_ms`, and until then, but for
    the clocks' skew, no worker may have it. Raises `LeaseLost`, `TransientError`."""
    used_up_at = _time_is_used_up_at(record)
    rests_until = min(now + pause_ms - CLOCK_SKEW_MS, used_up_at)
    due_at = min(now + pause_ms + SWEEP_AFTER_MS, used_up_at)
    uncounted = OrderRecord.attempts.set(int(record.attempts) - 1)
    handing_back = _handing_back(code, due_at=due_at, free_at=rests_until)
    return _update_leased(record, [*handing_back, uncounted])


def fail(record: OrderRecord, code: Trouble, *, now: int) -> OrderRecord:
    """This order cannot be spoken, for the reason `code`. Raises `LeaseLost`, `TransientError`."""
    has_no_voice = OrderRecord.voice_key.does_not_exist()
    return _still_leased(record, _end(record, _failure(code, now), _is_mine(record) & has_no_voice))


def give_up(record: OrderRecord, code: Trouble, *, now: int) -> OrderRecord | None:
    """End a spent order that no worker holds; None if it has moved on. Raises `TransientError`.

    With its audio in S3 it is completed without a LINE message; without, it has failed.
    """
    is_unclaimed = OrderRecord.status == "pending"
    lease_has_expired = (OrderRecord.status == "processing") & (OrderRecord.lease_expires_at <= now)
    # What was reopened since then lives anew, with as many attempts.
    is_same_life = OrderRecord.opened_at == record.opened_at
    is_as_seen = (OrderRecord.attempts == record.attempts) & is_same_life
    is_free = (is_unclaimed | lease_has_expired) & is_as_seen
    if record.voice_key:
        has_voice = OrderRecord.voice_key.exists()
        notified = not_pushed(record.owner, record.order) or Notified("failed")
        return _end(record, _completion(notified, now), is_free & has_voice)
    has_no_voice = OrderRecord.voice_key.does_not_exist()
    return _end(record, _failure(code, now), is_free & has_no_voice)


def reopen(record: OrderRecord, *, now: int) -> OrderRecord | None:
    """Try a failed order again; None if it is not to be had. Raises `TransientError`.

    What no engine can speak stays failed: to refuse it again costs as much as it did before.
    """
    has_failed = OrderRecord.status == "failed"
    may_be_cured = OrderRecord.trouble != SPEECH_IMPOSSIBLE
    is_as_seen = OrderRecord.retries == record.retries
    if not record.retries:
        is_as_seen |= OrderRecord.retries.does_not_exist()  # Stored before this was counted.
    return conditional.update(
        record.order_id,
        [
            OrderRecord.status.set("pending"),
            OrderRecord.open.set(shard_of(record.order_id)),
            OrderRecord.opened_at.set(now),
            OrderRecord.due_at.set(now + SWEEP_AFTER_MS),
            OrderRecord.attempts.set(0),
            OrderRecord.retries.set(int(record.retries) + 1),
            OrderRecord.requeues.set(0),
            OrderRecord.lease_expires_at.set(0),
            OrderRecord.trouble.remove(),
            OrderRecord.completed_at.remove(),
        ],
        has_failed & may_be_cured & is_as_seen,
    )


def erase(record: OrderRecord) -> OrderRecord | None:
    """Leave nothing of an order but its id; None if it has not ended, or is gone. Raises
    `TransientError`."""
    has_ended = OrderRecord.open.does_not_exist()
    return conditional.update(record.order_id, _erasure(), _is_same(record) & has_ended)


def erase_once_ended(record: OrderRecord, *, now: int) -> OrderRecord | None:
    """Have an order that is under way erased by its end; None if it is not. Raises
    `TransientError`."""
    is_under_way = OrderRecord.open.exists()
    return conditional.update(
        record.order_id,
        [OrderRecord.erasure_asked_at.set(now)],
        _is_same(record) & is_under_way,
    )


def overdue(
    listed: OpenOrders, *, now: int, deadline: float = float("inf")
) -> Iterator[OrderRecord]:
    """Open orders without a worker, longest overdue first, each `READ_AT_ONCE` in no order.

    Raises `TransientError`, at `deadline` (`time.monotonic()` seconds) at the latest; where a shard
    of the index cannot be read, after the orders of the others.
    """
    return listed.due(now, deadline=deadline)


def waiting(listed: OpenOrders, *, now: int, deadline: float) -> Iterator[OrderRecord]:
    """Open orders that no worker has, of the `LOOKED_AT` that are due first.

    Where more are open the oldest may not be among them, but others that have waited are.
    Raises `TransientError`, at `deadline` at the latest.
    """
    for record in listed.first(LOOKED_AT, deadline=deadline):
        is_free = record.status == "pending" or int(record.lease_expires_at) <= now
        if record.open and (is_free or rests(record, now)):
            yield record


def requeue(record: OrderRecord, *, now: int) -> OrderRecord | None:
    """Note that the sweeper queues it again; None if it has moved on. Raises `TransientError`.

    Each requeue waits twice as long for a worker, so that a long queue is not made longer; but
    no longer than the order is worked on at all. Who claimed the order since it was found overdue
    has made it due later.
    """
    patience_ms = SWEEP_AFTER_MS * 2 ** int(record.requeues)
    is_still_due = (OrderRecord.due_at == record.due_at) & (OrderRecord.due_at <= now)
    return conditional.update(
        record.order_id,
        [
            OrderRecord.due_at.set(min(now + patience_ms, _time_is_used_up_at(record))),
            OrderRecord.requeues.set(OrderRecord.requeues + 1),
        ],
        OrderRecord.open.exists() & is_still_due,
    )


def _time_is_used_up_at(record: OrderRecord) -> int:
    return int(record.opened_at) + GIVE_UP_AFTER_MS + 1


def _handing_back(code: Trouble, *, due_at: int, free_at: int) -> list[Action]:
    return [
        OrderRecord.lease_expires_at.set(free_at),
        OrderRecord.lease_token.remove(),
        OrderRecord.due_at.set(due_at),
        OrderRecord.trouble.set(code),
    ]


def _completion(notified: Notified, now: int) -> list[Action]:
    detail = OrderRecord.notification_detail
    return [
        *_ending("completed", now),
        OrderRecord.notification.set(notified.notification),
        *([detail.set(notified.detail)] if notified.detail else []),
        OrderRecord.trouble.remove(),
    ]


def _failure(code: Trouble, now: int) -> list[Action]:
    return [*_ending("failed", now), OrderRecord.trouble.set(code)]


def _ending(status: Status, now: int) -> list[Action]:
    return [
        OrderRecord.status.set(status),
        OrderRecord.completed_at.set(now),
        OrderRecord.open.remove(),
        OrderRecord.due_at.remove(),
        OrderRecord.lease_token.remove(),
    ]


def _erasure() -> list[Action]:
    """Everything goes but the id, and how long it stays taken."""
    attributes = OrderRecord.get_attributes()
    return [attributes[name].remove() for name in attributes if name not in KEPT_OF_ERASED]


def _end(record: OrderRecord, ending: list[Action], condition: Condition) -> OrderRecord | None:
    """End an order by one write: as `ending` says, or by erasing it if that was asked for. None
    where `condition` does not hold. Raises `TransientError`."""
    is_kept = OrderRecord.erasure_asked_at.does_not_exist()
    is_to_be_erased = OrderRecord.erasure_asked_at.exists()
    return conditional.update(record.order_id, ending, condition & is_kept) or conditional.update(
        record.order_id, _erasure(), condition & is_to_be_erased
    )


def _is_same(record: OrderRecord) -> Condition:
    """Whether it is still this order: a month later, its id may be another one's."""
    is_theirs = OrderRecord.owner == record.owner
    is_of_then = OrderRecord.created_at == record.created_at
    is_same: Condition = is_theirs & is_of_then
    return is_same


def _is_mine(record: OrderRecord) -> Condition:
    has_my_lease = OrderRecord.lease_token == record.lease_token
    is_being_worked_on = OrderRecord.status == "processing"
    is_mine: Condition = has_my_lease & is_being_worked_on
    return is_mine


def _update_leased(record: OrderRecord, actions: list[Action]) -> OrderRecord:
    updated = conditional.update(record.order_id, actions, _is_mine(record))
    return _still_leased(record, updated)


def _still_leased(record: OrderRecord, updated: OrderRecord | None) -> OrderRecord:
    if updated is None:
        raise LeaseLost(f"the lease of {record.order_id} is gone")
    return updated

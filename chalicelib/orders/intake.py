"""Taking an order in, showing it to whom it belongs, playing it, trying it again."""

from dataclasses import replace
from typing import Any, NamedTuple

from chalicelib import signing
from chalicelib.clock import now_ms
from chalicelib.errors import (
    IdempotencyKeyReused,
    NothingHere,
    NotRetryable,
    NotYourIdentity,
    OrderNotFound,
    SignInRequired,
    TransientError,
)
from chalicelib.order import Order
from chalicelib.orders import limits, queue, transitions, voice_address
from chalicelib.orders.identity import (
    guest_owner,
    is_order_id,
    line_owner,
    line_user_id,
    new_order_id,
    order_id_for_key,
)
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.stored import digest
from chalicelib.orders.transitions import is_retryable
from chalicelib.parameter_store import secret
from chalicelib.settings import settings
from chalicelib.telemetry import Metric, logger, measure


class Caller(NamedTuple):
    """Who is asking."""

    user_id: str | None
    """The verified LINE user id; None for a guest."""
    address: str

    @property
    def owner(self) -> str:
        if self.user_id is not None:
            return line_owner(self.user_id)
        return guest_owner(self.address, secret(settings().client_address_key_parameter))


def place(
    order: Order, caller: Caller, *, claimed_user_id: Any, idempotency_key: str | None
) -> OrderRecord:
    """Accept an order once and ask for a worker.

    The same key with the same order is the same order again, and its message is sent again while
    it waits: the worker is idempotent, so a client's retry heals a lost send. It counts for no
    limit. The key of a guest's order leads a LINE user to it, too: it was sent before they signed
    in. The key of an erased order places none. Raises `NotYourIdentity`, `InvalidIdempotencyKey`,
    `IdempotencyKeyReused`, `SignInRequired`, `TooManyOrders`.
    """
    if caller.user_id is not None and claimed_user_id not in (None, caller.user_id):
        raise NotYourIdentity("line_user_id must be the user of the ID token, or be left out.")
    if idempotency_key is None:
        order_id, record = new_order_id(), None
    else:
        order_id = order_id_for_key(caller.user_id, idempotency_key)
        record = transitions.holder(order_id, now=now_ms())
    if record is None:
        owner = caller.owner
        limits.admit(owner, now=now_ms())
        record = transitions.accept(order_id, owner, order, now=now_ms())
        if record is not None:
            measure(Metric.ORDER_ACCEPTED)
            _enqueue(order_id)
            return record
        record = transitions.holder(order_id, now=now_ms())
    return _replay(record, order, caller)


def _replay(record: OrderRecord | None, order: Order, caller: Caller) -> OrderRecord:
    if record is None:
        raise TransientError("an order expired while it was looked at")
    if record.is_erased:
        # Not anew behind the traveller's back: what is sent again was meant before they erased it.
        raise IdempotencyKeyReused("Use a new Idempotency-Key for another order.")
    if caller.user_id is None and not _is_visible(record, caller):
        raise SignInRequired("This key's order is a LINE user's: sign in to go on with it.")
    # In another language it is the same order: a header may have said which.
    as_first_sent = replace(order, language=record.language)
    if not _is_visible(record, caller) or record.request_digest != digest(as_first_sent):
        raise IdempotencyKeyReused("Use a new Idempotency-Key for another order.")
    if record.status == "pending":
        _enqueue(record.order_id)
    return record


def _enqueue(order_id: str) -> None:
    """The order is stored, so it is accepted; if SQS fails, the sweeper queues it."""
    try:
        queue.send(order_id)
    except TransientError:
        logger.warning("order not queued, left to the sweeper", order_id=order_id, exc_info=True)
        measure(Metric.SEND_FAILED)


def look_up(order_id: str, caller: Caller) -> OrderRecord:
    """The order, if the caller may see it. Raises `OrderNotFound`.

    A LINE user's order is shown to that user alone; to everybody else it does not exist. A
    guest's order is shown to whoever knows its 128-bit id.
    """
    record = transitions.find(order_id, now=now_ms()) if is_order_id(order_id) else None
    if record is None or not _is_visible(record, caller):
        raise OrderNotFound("There is no order of this id, or it is not yours.")
    return record


def _is_visible(record: OrderRecord, caller: Caller) -> bool:
    return line_user_id(record.owner) in (None, caller.user_id)


def with_voice(order_id: str, file: str) -> OrderRecord:
    """The order whose voice has this address, whoever asks. Raises `NothingHere`.

    It is the same for an address that we never gave, and for one whose order is gone. The order is
    not looked for before its signature is known to be ours.
    """
    made_at = None
    if is_order_id(order_id):
        made_at = signing.with_keys(
            settings().voice_address_key_parameter,
            lambda keys: voice_address.verify(order_id, file, keys),
        )
    record = transitions.find(order_id, now=now_ms()) if made_at is not None else None
    if record is None or not record.voice_key or int(record.created_at) != made_at:
        raise NothingHere("There is no voice at this address.")
    return record


def try_again(order_id: str, caller: Caller) -> OrderRecord:
    """Reopen a failed order. Raises `OrderNotFound`, `NotRetryable`."""
    record = look_up(order_id, caller)
    reopened = transitions.reopen(record, now=now_ms()) if is_retryable(record) else None
    if reopened is None:
        raise NotRetryable("This order has not failed, or no other try can help it.")
    _enqueue(order_id)
    return reopened

"""The two functions beside the API: SQS to `fulfil`, and the sweeper once a minute."""

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from chalice import Blueprint, Rate

from chalicelib.clock import now_ms
from chalicelib.errors import PermanentError, TransientError
from chalicelib.fulfilment import (
    AT_ONCE,
    FIRST_PAUSE_SECONDS,
    Redelivery,
    Tools,
    end_spent,
    fulfil,
)
from chalicelib.once import once
from chalicelib.order import Item, Order
from chalicelib.orders import queue, transitions
from chalicelib.orders.erasing import erase_orders
from chalicelib.orders.open_orders import OpenOrders
from chalicelib.orders.queue import MESSAGES_AT_ONCE
from chalicelib.orders.record import OrderRecord, table
from chalicelib.orders.transitions import is_spent
from chalicelib.orders.voice_address import voice_addresses
from chalicelib.push.telling import teller
from chalicelib.settings import settings
from chalicelib.telemetry import Metric, log_keys, logger, measure
from chalicelib.tracing import trace_aws_calls

if TYPE_CHECKING:
    from chalicelib.line.messaging_api import MessagingApiClient

bp = Blueprint(__name__)

BATCH_SIZE = 10
BATCHES_AT_ONCE = 5
"""More, and Google takes us for a robot sooner."""
RESERVE_SECONDS = 2.0
"""What is kept of a function's time to hand back what is not finished."""
ANSWER_SECONDS = 0.5
"""What is kept of those for the function's answer, whatever SQS does."""
SWEPT_AT_ONCE = 10
"""Orders that one sweep looks after at a time; their messages are sent `MESSAGES_AT_ONCE`."""
WAITING_SECONDS = 3.0
"""How long a sweep looks for who waits, before it looks after them."""
QUOTA_SECONDS = 2.0
"""How long LINE is asked for its quota."""
QUOTA_NEEDS_SECONDS = 8.0
"""What a sweep must have left to ask: a new container loads line-bot-sdk first."""


def messaging_api() -> "MessagingApiClient":
    """This process's client of LINE.

    Imported here, not above: the API function loads this module to register its functions with
    Chalice, and must not pay for line-bot-sdk and the speech engines.
    """
    from chalicelib.line.messaging_api import messaging_api_client

    return messaging_api_client()


class _Line:
    """LINE for whoever comes to it: line-bot-sdk takes longer to load than an order to be spoken.

    Until it is loaded, a push waits for it; what is left of its time is the push's.
    """

    def push(self, *told: Any, **options: Any) -> None:
        messaging_api().push(*told, **options)

    def has_profile(self, user_id: str, *, deadline: float) -> bool | None:
        return messaging_api().has_profile(user_id, deadline=deadline)


@once
def _load_line() -> Thread:
    """Begun once. Without `once`'s lock, which all of an order's other clients are made under."""
    loading = Thread(target=messaging_api, name="loads LINE", daemon=True)
    loading.start()
    return loading


@once
def tools() -> Tools:
    """The systems that this process works with; imported here as above."""
    from chalicelib.speech.speaker import speaker

    speaker().preload()
    teller()  # Its clients too, before there is anything to tell.
    return Tools(speaker(), voice_addresses(), _Line(), prepare_push=_load_line)


@bp.on_sqs_message(
    queue="orders",
    batch_size=BATCH_SIZE,
    maximum_concurrency=BATCHES_AT_ONCE,
    name="fulfil_orders",
)
def fulfil_orders(event: Any) -> dict[str, Any]:
    """Work on a batch of orders at once; report the messages to deliver again (AWS: partial
    batch responses). One slow or poisonous order holds up none of the others."""
    trace_aws_calls()
    ends = _end_of_function(event)
    deadline = ends - RESERVE_SECONDS
    records = {record["messageId"]: record for record in event.to_dict()["Records"]}
    tools()  # Here, where what cannot be made fails the batch at once.
    pool = ThreadPoolExecutor(max_workers=BATCH_SIZE)
    futures = {
        message_id: pool.submit(_fulfil_message, record, deadline)
        for message_id, record in records.items()
    }
    wait(futures.values(), timeout=max(0.0, deadline - time.monotonic()))
    pool.shutdown(wait=False, cancel_futures=True)
    redeliveries = {
        message_id: _result(records[message_id], future) for message_id, future in futures.items()
    }
    returned = {
        message_id: seconds for message_id, seconds in redeliveries.items() if seconds is not None
    }
    queue.retry_later(
        [
            (records[message_id]["receiptHandle"], seconds)
            for message_id, seconds in returned.items()
        ],
        deadline=ends - ANSWER_SECONDS,
    )
    teller().finish(deadline=ends - ANSWER_SECONDS)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in returned]}


def _end_of_function(event: Any) -> float:
    """When Lambda kills it, in `time.monotonic()` seconds."""
    return time.monotonic() + float(event.context.get_remaining_time_in_millis()) / 1000


def _names(record: Mapping[str, Any]) -> dict[str, str]:
    """What each line of a message carries: its id, and that of its order, if it names one."""
    names: dict[str, str] = {"message_id": record["messageId"]}
    with suppress(PermanentError):
        names["order_id"] = queue.order_id_of(record["body"])
    return names


def _result(record: Mapping[str, Any], future: "Future[Redelivery]") -> Redelivery:
    """The result of a finished message; what is still running is handed back."""
    if future.done() and not future.cancelled():
        return future.result()
    logger.warning("out of time, handed back", extra=_names(record))
    measure(Metric.ORDER_HANDED_BACK, of="out_of_time")
    # The lease ends soon after this function; whoever looks again then finds the order free.
    return round(transitions.CLOCK_SKEW_MS / 1000 + 3)


def _fulfil_message(record: Mapping[str, Any], deadline: float) -> Redelivery:
    erasing = queue.erasing_of(record["body"])
    with log_keys(**_names(record)):
        try:
            order_id = "" if erasing else queue.order_id_of(record["body"])
        except PermanentError:
            logger.exception("poison message")
            return AT_ONCE
        try:
            if erasing:
                return _erase(erasing, deadline)
            return fulfil(order_id, tools(), deadline=deadline)
        except Exception:
            # The edge of one message: whatever is wrong with it, the others go their way.
            logger.exception("nothing was decided, so it is delivered again")
            if not erasing:
                measure(Metric.ORDER_HANDED_BACK, of="not_begun")
            received = int(record["attributes"]["ApproximateReceiveCount"])
            return int(FIRST_PAUSE_SECONDS**received)


def _erase(erasing: queue.Erasing, deadline: float) -> Redelivery:
    """Erase a user's orders; those that time does not allow, when the message comes again."""
    erasure = erase_orders(erasing.user_id, until=erasing.until, deadline=deadline)
    logger.info("orders erased", **erasure._asdict())
    return AT_ONCE if erasure.left else None


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_orders")
def sweep_orders(event: Any) -> None:
    """Queue open orders without a worker again; end those that are spent.

    Those that it does not come to before its time is over are first in the next sweep. What it
    keeps of its time is for the messages of those that it has come to.
    """
    trace_aws_calls()
    logger.set_correlation_id(event.to_dict().get("id"))
    ends = _end_of_function(event)
    deadline, answer_at = ends - RESERVE_SECONDS, ends - ANSWER_SECONDS
    listed = OpenOrders(deadline=deadline)
    _measure_waiting(listed)
    overdue = _Overdue(listed, deadline)

    def sweep() -> None:
        unsent: list[str] = []
        while (record := overdue.next()) is not None:
            if _look_after(record):
                unsent.append(record.order_id)
            if len(unsent) == MESSAGES_AT_ONCE:
                _queue_again(unsent, answer_at)
                unsent = []
        _queue_again(unsent, answer_at)

    pool = ThreadPoolExecutor(max_workers=SWEPT_AT_ONCE)
    try:
        sweeps = [pool.submit(sweep) for _ in range(SWEPT_AT_ONCE)]
        ended, unfinished = wait(sweeps, timeout=max(0.0, answer_at - time.monotonic()))
        if unfinished or time.monotonic() >= deadline:
            logger.warning("out of time, what is left is for the next sweep")
        for each in ended:
            each.result()
        if overdue.failure:
            raise overdue.failure
    finally:
        pool.shutdown(wait=False)
        measure(Metric.OVERDUE_ORDERS, overdue.found)
        teller().finish(deadline=answer_at)
    if _is_tenth_minute(str(event.time)):
        _measure_quota(deadline)


class _Overdue:
    """Orders without a worker, for the threads of one sweep; none after `deadline`."""

    def __init__(self, listed: OpenOrders, deadline: float) -> None:
        self.found = 0
        self.failure: TransientError | None = None
        """Why they were not all found: raised when those that were are looked after."""
        self._deadline = deadline
        self._orders = transitions.overdue(listed, now=now_ms(), deadline=deadline)
        self._turn = Lock()

    def next(self) -> OrderRecord | None:
        with self._turn:
            try:
                record = next(self._orders, None) if time.monotonic() < self._deadline else None
            except TransientError as error:
                self.failure = error
                return None
            self.found += record is not None
            return record


def _measure_waiting(listed: OpenOrders) -> None:
    """First of all, so that it is told however long the sweep takes."""
    now = now_ms()
    try:
        by = time.monotonic() + WAITING_SECONDS
        waiting = transitions.waiting(listed, now=now, deadline=by)
        longest_ms = max((now - int(record.opened_at) for record in waiting), default=0)
    except TransientError:
        logger.warning("DynamoDB does not say who waits", exc_info=True)
        return
    measure(Metric.SECONDS_OLDEST_WAITS, longest_ms / 1000)


def _is_tenth_minute(scheduled_at: str) -> bool:
    """Of a moment as EventBridge writes it, `2026-11-24T09:10:00Z`."""
    return scheduled_at[15:16] == "0"


def _measure_quota(deadline: float) -> None:
    """What LINE's plan has left. Raises nothing: no sweep fails by it."""
    nobody_is_pushed_to = settings().line_push == "never" or not settings().line_login_channel_id
    if nobody_is_pushed_to or deadline - time.monotonic() < QUOTA_NEEDS_SECONDS:
        return
    try:
        quota = messaging_api().quota(deadline=time.monotonic() + QUOTA_SECONDS)
    except TransientError:
        logger.warning("LINE does not say what is left of its quota", exc_info=True)
        measure(Metric.QUOTA_UNKNOWN)
        return
    except Exception as error:
        # The edge of LINE's library. Its class alone is logged: it may quote the token.
        logger.error("LINE cannot be asked for its quota", error=type(error).__name__)
        measure(Metric.QUOTA_UNKNOWN)
        return
    if quota.limit is not None:
        measure(Metric.QUOTA_LEFT, max(0, quota.limit - quota.used))
        measure(Metric.QUOTA_USED, 100 * quota.used / quota.limit if quota.limit else 100)


def _look_after(record: OrderRecord) -> bool:
    """Whether its message is to be sent again."""
    with log_keys(order_id=record.order_id):
        try:
            return _sweep(record)
        except Exception:
            # The edge of one order: whatever is wrong with it, the others are looked after.
            logger.exception("left to the next sweep")
            return False


def _sweep(record: OrderRecord) -> bool:
    if not record.open:
        return False
    if is_spent(record, now_ms()):
        if end_spent(record):
            measure(Metric.SWEEPER_REPAIRED, of="ended")
        return False
    if transitions.requeue(record, now=now_ms()) is None:
        return False
    logger.warning("the order has no worker, queued again")
    return True


def _queue_again(order_ids: Sequence[str], deadline: float) -> None:
    if not order_ids:
        return
    try:
        refused = queue.send_all(order_ids, deadline=deadline)
    except Exception:
        # The edge of these orders: the others are looked after.
        logger.exception("their messages are not known to be sent")
        refused = dict.fromkeys(order_ids, "unknown")
    for order_id, code in refused.items():
        with log_keys(order_id=order_id):
            logger.error("left to the next sweep", code=code)
    if sent := len(order_ids) - len(refused):
        measure(Metric.SWEEPER_REPAIRED, sent, of="queued_again")


def _prepare() -> None:
    """What speaking an order takes: tools, table, and what a first sentence reads and compiles."""
    from chalicelib.mandarin.sentence import order_sentence

    tools(), table()
    noodles = Item(original="麵 (no ice)", translated="", quantity=1, price=0)
    order_sentence(Order(store_name="", items=(noodles,), language="en"))


if os.environ.get("_HANDLER") == f"{__name__}.fulfil_orders":
    # Lambda's init phase, which has a whole CPU: this function has a bit more than half of one.
    _prepare()

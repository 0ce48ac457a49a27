"""The two functions beside the API: SQS to `fulfil`, and the sweeper once a minute."""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import Any

from chalice import Blueprint, Rate

from chalicelib.clock import now_ms
from chalicelib.errors import PermanentError
from chalicelib.fulfilment import (
    AT_ONCE,
    FIRST_PAUSE_SECONDS,
    Redelivery,
    Tools,
    end_spent,
    fulfil,
)
from chalicelib.once import once
from chalicelib.orders import queue, transitions
from chalicelib.orders.erasing import erase_orders
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.transitions import is_spent
from chalicelib.orders.voice_address import voice_addresses
from chalicelib.telemetry import Metric, log_keys, logger, measure
from chalicelib.tracing import trace_aws_calls

bp = Blueprint(__name__)

BATCH_SIZE = 10
BATCHES_AT_ONCE = 5
"""More, and Google takes us for a robot sooner."""
RESERVE_SECONDS = 2.0
"""What is kept of a function's time to hand back what is not finished."""
ANSWER_SECONDS = 0.5
"""What is kept of those for the function's answer, whatever SQS does."""
SWEPT_AT_ONCE = 10
"""Orders that one sweep looks after at a time."""


@once
def tools() -> Tools:
    """The systems that this process works with.

    Imported here, not above: the API function loads this module to register its functions with
    Chalice, and must not pay for line-bot-sdk and the speech engines.
    """
    from chalicelib.line.messaging_api import messaging_api_client
    from chalicelib.speech.speaker import speaker

    return Tools(speaker=speaker(), voices=voice_addresses(), messaging_api=messaging_api_client())


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
    redeliveries = {message_id: _result(future) for message_id, future in futures.items()}
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
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in returned]}


def _end_of_function(event: Any) -> float:
    """When Lambda kills it, in `time.monotonic()` seconds."""
    return time.monotonic() + float(event.context.get_remaining_time_in_millis()) / 1000


def _result(future: "Future[Redelivery]") -> Redelivery:
    """The result of a finished message; what is still running is handed back."""
    if future.done() and not future.cancelled():
        return future.result()
    logger.warning("out of time, handed back")
    # The lease ends soon after this function; whoever looks again then finds the order free.
    return round(transitions.CLOCK_SKEW_MS / 1000 + 3)


def _fulfil_message(record: Mapping[str, Any], deadline: float) -> Redelivery:
    erasing = queue.erasing_of(record["body"])
    try:
        about = {} if erasing else {"order_id": queue.order_id_of(record["body"])}
    except PermanentError:
        logger.exception("poison message", message_id=record["messageId"])
        return AT_ONCE
    with log_keys(message_id=record["messageId"], **about):
        try:
            if erasing:
                return _erase(erasing, deadline)
            return fulfil(about["order_id"], tools(), deadline=deadline)
        except Exception:
            # The edge of one message: whatever is wrong with it, the others go their way.
            logger.exception("nothing was decided, so it is delivered again")
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

    Those that it does not come to before its time is over are first in the next sweep.
    """
    trace_aws_calls()
    logger.set_correlation_id(event.to_dict().get("id"))
    deadline = _end_of_function(event) - RESERVE_SECONDS
    overdue = transitions.overdue(now=now_ms(), deadline=deadline)
    turn, open_orders = Lock(), 0

    def next_order() -> OrderRecord | None:
        nonlocal open_orders
        with turn:
            record = next(overdue, None) if time.monotonic() < deadline else None
            open_orders += record is not None
            return record

    def sweep() -> None:
        while (record := next_order()) is not None:
            _look_after(record)

    pool = ThreadPoolExecutor(max_workers=SWEPT_AT_ONCE)
    try:
        sweeps = [pool.submit(sweep) for _ in range(SWEPT_AT_ONCE)]
        ended, unfinished = wait(sweeps, timeout=max(0.0, deadline - time.monotonic()))
        if unfinished or time.monotonic() >= deadline:
            logger.warning("out of time, what is left is for the next sweep")
        for each in ended:
            each.result()
    finally:
        pool.shutdown(wait=False)
        measure(Metric.OVERDUE_ORDERS, open_orders)


def _look_after(record: OrderRecord) -> None:
    with log_keys(order_id=record.order_id):
        try:
            _sweep(record)
        except Exception:
            # The edge of one order: whatever is wrong with it, the others are looked after.
            logger.exception("left to the next sweep")


def _sweep(record: OrderRecord) -> None:
    if not record.open:
        return
    if is_spent(record, now_ms()):
        end_spent(record)
    elif transitions.requeue(record, now=now_ms()) is not None:
        logger.warning("the order has no worker, queued again")
        queue.send(record.order_id)

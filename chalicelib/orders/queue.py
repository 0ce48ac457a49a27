"""The queue between the API and the worker. A message names an order, or a LINE user whose orders
are to be erased, and nothing else."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.aws_reason import reason
from chalicelib.errors import PermanentError, TransientError
from chalicelib.in_time import AWS_SECONDS, in_time
from chalicelib.once import once
from chalicelib.orders.identity import is_line_user_id, is_order_id
from chalicelib.settings import settings
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

VERSION = 1
MESSAGES_AT_ONCE = 10
"""In one request, as SQS has it."""


class Erasing(NamedTuple):
    """Whose orders are to be erased: those placed until a moment (epoch ms)."""

    user_id: str
    until: int


def send(about: str | Erasing) -> None:
    """Ask for a worker, by an order's id or for an erasing. At least once: the worker is
    idempotent. Raises `TransientError`."""
    put(settings().orders_queue_url, body_of(about))


def send_later(order_id: str, seconds: int) -> None:
    """Ask for a worker in so many seconds, 900 at most, by a message that was never delivered:
    SQS counts deliveries. As `send` otherwise."""
    put(settings().orders_queue_url, body_of(order_id), seconds=seconds)


def put(url: str, body: str, *, seconds: int = 0) -> None:
    """Put a message into the queue at `url`, to be delivered after `seconds`. At least once.
    Raises `TransientError`."""
    try:
        in_time(
            "SQS",
            lambda: _client().send_message(QueueUrl=url, MessageBody=body, DelaySeconds=seconds),
            time.monotonic() + AWS_SECONDS,
        )
    except (BotoCoreError, ClientError) as error:
        raise TransientError(f"SQS did not take the message: {reason(error)}") from error


def send_all(order_ids: Sequence[str], *, deadline: float) -> Mapping[str, str]:
    """Ask for a worker for each of these orders, `MESSAGES_AT_ONCE` at most, by one request. Those
    that SQS has refused, with its code.

    Raises `TransientError`, at `deadline` (`time.monotonic()` seconds) at the latest: any of them
    may have been sent.
    """
    entries: list[SendMessageBatchRequestEntryTypeDef] = [
        {"Id": str(number), "MessageBody": body_of(order_id)}
        for number, order_id in enumerate(order_ids)
    ]
    url = settings().orders_queue_url
    try:
        answer = in_time(
            "SQS",
            lambda: _client().send_message_batch(QueueUrl=url, Entries=entries),
            min(deadline, time.monotonic() + AWS_SECONDS),
        )
    except (BotoCoreError, ClientError) as error:
        raise TransientError(f"SQS did not take the messages: {reason(error)}") from error
    return {order_ids[int(failed["Id"])]: failed["Code"] for failed in answer.get("Failed", [])}


def body_of(about: str | Erasing) -> str:
    """The message that asks for work on an order, or for an erasing."""
    if isinstance(about, Erasing):
        return json.dumps({"version": VERSION, "erase": about._asdict()})
    return json.dumps({"version": VERSION, "order_id": about})


def order_id_of(body: str) -> str:
    """The order that a message is about, of this version or an older one.

    Raises `PermanentError` for a body that no version of this app has sent.
    """
    try:
        message = json.loads(body)
        order_id = message["order_id"]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise PermanentError("the message is not one of ours") from error
    if not isinstance(order_id, str) or not is_order_id(order_id):
        raise PermanentError("the message names no order")
    return order_id


def erasing_of(body: str) -> Erasing | None:
    """The erasing that a message asks for; None where it is about something else."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match message:
        case {"erase": {"user_id": str(user_id), "until": int(until)}} if is_line_user_id(user_id):
            return Erasing(user_id, until)
    return None


def retry_later(pauses: Sequence[tuple[str, int]], *, deadline: float) -> None:
    """Let messages, ten at most, be delivered again after their own pauses: (receipt handle,
    seconds). One request, and none at `deadline` (`time.monotonic()` seconds).

    What cannot be changed comes back after the queue's visibility timeout, so nothing is lost.
    """
    entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
        {"Id": str(number), "ReceiptHandle": receipt_handle, "VisibilityTimeout": seconds}
        for number, (receipt_handle, seconds) in enumerate(pauses)
    ]
    url, now = settings().orders_queue_url, time.monotonic()
    if not entries:
        return
    try:
        if now >= deadline:
            raise TransientError("no time left to tell SQS")
        answer = in_time(
            "SQS",
            lambda: _client().change_message_visibility_batch(QueueUrl=url, Entries=entries),
            min(deadline, now + AWS_SECONDS),
        )
    except (TransientError, BotoCoreError, ClientError):
        logger.warning("messages come back later than they should", exc_info=True)
    else:
        for failure in answer.get("Failed", []):
            logger.warning("a message comes back later than it should", code=failure["Code"])


@once
def _client() -> "SQSClient":
    client: SQSClient = aws.client("sqs", connect=1, read=2, tries=3)
    return client

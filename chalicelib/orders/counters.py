"""Counters of a day in Taiwan, in a table of their own.

An item is one owner's day, `<owner>#2026-11-26`, and its numbers are fixed windows of that day:

    day      what was counted in it
    m1205    what was counted in its minute 1,205, which is 20:05

There is an attribute for each minute in which something was counted, so an item stays below 20 KB.
Counters may be lost: they then begin at nought. The SDK sends a write once more when its answer
was lost, so that one order may be counted as two, and never as none.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.aws_reason import reason
from chalicelib.errors import TransientError
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

T = TypeVar("T")

CALL_SECONDS = 7.0
"""For one call: the SDK's two tries of 1 + 2 s, and a second between them at most."""
TAIWAN = timezone(timedelta(hours=8))
KEPT_SECONDS = 2 * 86_400
"""How long an item lives after it was last written to: more than a day, whatever the clocks."""

Window = Literal["minute", "day"]


class Moment(NamedTuple):
    """A moment of a day in Taiwan."""

    date: str
    minute: int
    """Of the day."""
    left: dict[Window, int]
    """Seconds until the next minute and the next day begin, rounded up."""


def moment(now: int) -> Moment:
    """`now` in epoch milliseconds."""
    local = datetime.fromtimestamp(now // 1000, TAIWAN)
    minute = local.hour * 60 + local.minute
    left: dict[Window, int] = {
        "minute": 60 - local.second,
        "day": 86_400 - minute * 60 - local.second,
    }
    return Moment(local.date().isoformat(), minute, left)


def count(owner: str, limits: dict[Window, int], *, now: int) -> Window | None:
    """Count one order in both windows; or in neither, and return the one that is full.

    Raises `TransientError`: it may be counted or not.
    """
    at = moment(now)
    day_has_room = "(attribute_not_exists(#day) OR #day < :per_day)"
    minute_has_room = "(attribute_not_exists(#minute) OR #minute < :per_minute)"
    try:
        _ask(
            lambda: client().update_item(
                TableName=settings().limits_table,
                Key=_key(owner, at),
                UpdateExpression="ADD #day :one, #minute :one SET expires_at = :expires_at",
                ConditionExpression=f"{day_has_room} AND {minute_has_room}",
                ExpressionAttributeNames={"#day": "day", "#minute": f"m{at.minute}"},
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":expires_at": _expiry(now),
                    ":per_day": {"N": str(limits["day"])},
                    ":per_minute": {"N": str(limits["minute"])},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        )
    except ClientError as error:
        # By its code: botocore makes a client's exception classes anew when threads race for them.
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise TransientError(f"DynamoDB did not count: {reason(error)}") from error
        counted = int(error.response["Item"]["day"]["N"])  # type: ignore[typeddict-item]
        return "day" if counted >= limits["day"] else "minute"
    except BotoCoreError as error:
        raise TransientError(f"DynamoDB did not count: {reason(error)}") from error
    return None


def add(owner: str, *, now: int) -> None:
    """Count one more in the day, without a limit. Raises `TransientError`."""
    try:
        _ask(
            lambda: client().update_item(
                TableName=settings().limits_table,
                Key=_key(owner, moment(now)),
                UpdateExpression="ADD #day :one SET expires_at = :expires_at",
                ExpressionAttributeNames={"#day": "day"},
                ExpressionAttributeValues={":one": {"N": "1"}, ":expires_at": _expiry(now)},
            )
        )
    except (BotoCoreError, ClientError) as error:
        raise TransientError(f"DynamoDB did not count: {reason(error)}") from error


def counted(owner: str, *, now: int) -> int:
    """What was counted in the day so far, but for the last second. Raises `TransientError`."""
    try:
        key = _key(owner, moment(now))
        answer = _ask(lambda: client().get_item(TableName=settings().limits_table, Key=key))
    except (BotoCoreError, ClientError) as error:
        raise TransientError(f"DynamoDB does not say what was counted: {reason(error)}") from error
    return int(answer["Item"]["day"]["N"]) if "Item" in answer else 0


def _ask(call: Callable[[], T]) -> T:
    return in_time("DynamoDB", call, time.monotonic() + CALL_SECONDS)


def _key(owner: str, at: Moment) -> "dict[str, AttributeValueTypeDef]":
    return {"key": {"S": f"{owner}#{at.date}"}}


def _expiry(now: int) -> "AttributeValueTypeDef":
    return {"N": str(now // 1000 + KEPT_SECONDS)}


@once
def client() -> "DynamoDBClient":
    """That of this process."""
    made: DynamoDBClient = aws.client("dynamodb", connect=1, read=2, tries=2)
    return made

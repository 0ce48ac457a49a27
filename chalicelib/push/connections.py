"""Who is connected, in a table of their own: nothing is ever written to an order for it.

    order#<order id>            connections: up to three, each "<when it joined> <its id>"
    connection#<connection id>  which of which order: API Gateway names the id alone when it ends

Both expire with the longest connection there can be. One that has ended and is still there, for its
end was not told or not written, goes when it is told something (`remove`).
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

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

    Item = dict[str, AttributeValueTypeDef]

T = TypeVar("T")

MOST_CONNECTIONS = 3
"""Of one order. Its page has one at a time; the others are for one that has died unnoticed, and for
another client. A fourth is refused, and not the oldest dropped: what is dropped would stay open at
the gateway, and be paid for."""
KEPT_SECONDS = 2 * 3600
"""API Gateway ends every connection after two hours."""


class Connection(NamedTuple):
    id: str
    joined_at: int
    """Epoch ms."""

    @property
    def entry(self) -> str:
        return f"{self.joined_at} {self.id}"


def join(order_id: str, connection: Connection, *, deadline: float) -> bool:
    """Note a connection of an order; False if it has `MOST_CONNECTIONS`.

    Raises `TransientError`, at `deadline` (`time.monotonic()` seconds) at the latest: it may be
    noted or not.
    """
    expires_at = _number(connection.joined_at // 1000 + KEPT_SECONDS)
    is_first = "attribute_not_exists(connections)"
    has_room = "size(connections) < :most"
    is_there = "contains(connections, :entry)"  # The SDK's second try, whose first took effect.
    try:
        _ask(
            lambda: client().update_item(
                TableName=settings().connections_table,
                Key=_order(order_id),
                UpdateExpression="ADD connections :entries SET expires_at = :expires_at",
                ConditionExpression=f"{is_first} OR {has_room} OR {is_there}",
                ExpressionAttributeValues={
                    ":entries": {"SS": [connection.entry]},
                    ":entry": {"S": connection.entry},
                    ":most": _number(MOST_CONNECTIONS),
                    ":expires_at": expires_at,
                },
            ),
            deadline,
        )
    except _Refused:
        return False
    item: Item = {
        **_connection(connection.id),
        "order_id": {"S": order_id},
        "joined_at": _number(connection.joined_at),
        "expires_at": expires_at,
    }
    _ask(lambda: client().put_item(TableName=settings().connections_table, Item=item), deadline)
    return True


def leave(connection_id: str, *, deadline: float) -> None:
    """Forget a connection that has ended. Raises `TransientError`."""
    answer = _ask(
        lambda: client().delete_item(
            TableName=settings().connections_table,
            Key=_connection(connection_id),
            ReturnValues="ALL_OLD",
        ),
        deadline,
    )
    if "Attributes" in answer:
        left = answer["Attributes"]
        connection = Connection(connection_id, int(left["joined_at"]["N"]))
        remove(left["order_id"]["S"], connection, deadline=deadline)


def remove(order_id: str, connection: Connection, *, deadline: float) -> None:
    """Tell this connection nothing of the order any more. Raises `TransientError`."""
    with suppress(_Refused):  # They have expired.
        _ask(
            lambda: client().update_item(
                TableName=settings().connections_table,
                Key=_order(order_id),
                UpdateExpression="DELETE connections :entries",
                ConditionExpression="attribute_exists(connections)",
                ExpressionAttributeValues={":entries": {"SS": [connection.entry]}},
            ),
            deadline,
        )


def of_order(order_id: str, *, deadline: float) -> list[Connection]:
    """An order's connections, the oldest first. Read consistently: one that was there before the
    order changed is told. Raises `TransientError`."""
    answer = _ask(
        lambda: client().get_item(
            TableName=settings().connections_table, Key=_order(order_id), ConsistentRead=True
        ),
        deadline,
    )
    entries = answer.get("Item", {}).get("connections", {}).get("SS", [])
    return [
        Connection(connection_id, int(joined_at))
        for joined_at, _, connection_id in (entry.partition(" ") for entry in sorted(entries))
    ]


class _Refused(Exception):
    """A write whose condition does not hold."""


def _ask(call: Callable[[], T], deadline: float) -> T:
    try:
        return in_time("DynamoDB", call, deadline)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise _Refused from error
        raise TransientError(f"DynamoDB failed for a connection: {reason(error)}") from error
    except BotoCoreError as error:
        raise TransientError(f"DynamoDB failed for a connection: {reason(error)}") from error


def _order(order_id: str) -> "Item":
    return {"key": {"S": f"order#{order_id}"}}


def _connection(connection_id: str) -> "Item":
    return {"key": {"S": f"connection#{connection_id}"}}


def _number(value: int) -> "AttributeValueTypeDef":
    return {"N": str(value)}


@once
def client() -> "DynamoDBClient":
    """That of this process."""
    made: DynamoDBClient = aws.client("dynamodb", connect=1, read=1, tries=2)
    return made

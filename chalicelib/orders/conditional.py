"""Conditional writes to DynamoDB, each of which knows itself again.

The SDK sends a write again when its answer was lost, and the second one may be refused because the
first has taken effect:

    update ──▶ takes effect, answer lost
    update ──▶ refused: the record is not as it was ──▶ read: there is my `write_id`, so I did it

Every write therefore leaves an id of its own in the record.
"""

import uuid
from typing import Any

from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.aws_reason import reason
from chalicelib.errors import TransientError
from chalicelib.orders.record import OrderRecord, ask, table


def read(order_id: str) -> OrderRecord | None:
    """The order, read consistently, or None. Raises `TransientError`."""
    try:
        return ask(lambda: table().get(order_id, consistent_read=True))
    except OrderRecord.DoesNotExist:
        return None


def put(record: OrderRecord, condition: Condition) -> OrderRecord | None:
    """Store a whole record; None where the condition does not hold. Raises `TransientError`."""
    record.write_id = uuid.uuid4().hex
    try:
        ask(lambda: record.save(condition=condition))
    except PutError as error:
        return _after_refusal(error, record.order_id, record.write_id)
    return record


def update(order_id: str, actions: list[Action], condition: Condition) -> OrderRecord | None:
    """Change a record, and return it as it is then; None where the condition does not hold.

    Raises `TransientError`: it may be written or not.
    """
    write_id = uuid.uuid4().hex
    record: Any = table()(order_id=order_id)
    try:
        ask(lambda: record.update([*actions, OrderRecord.write_id.set(write_id)], condition))
    except UpdateError as error:
        return _after_refusal(error, order_id, write_id)
    return record  # type: ignore[no-any-return]


def _after_refusal(
    error: PutError | UpdateError, order_id: str, write_id: str
) -> OrderRecord | None:
    """What the write has left behind, if it was sent before; None if it never took effect."""
    if error.cause_response_code != "ConditionalCheckFailedException":
        raise TransientError(f"a write to DynamoDB failed: {reason(error)}") from error
    record = read(order_id)
    return record if record is not None and record.write_id == write_id else None

"""The order as DynamoDB holds it. How it changes is in `transitions.py`."""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any, ClassVar, TypeVar

from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute
from pynamodb.constants import KEYS, RESPONSES, STRING, UNPROCESSED_KEYS
from pynamodb.exceptions import PutError, PynamoDBConnectionError, UpdateError
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib import aws
from chalicelib.aws_reason import reason
from chalicelib.errors import TransientError
from chalicelib.in_time import AWS_SECONDS, in_time
from chalicelib.once import once
from chalicelib.order import Notification, NotificationDetail, Order, Status, Trouble
from chalicelib.orders.stored import (
    COLUMNS,
    DetailsAttribute,
    ItemsAttribute,
    PartsAttribute,
    order_of,
)
from chalicelib.settings import settings

KEYS_AT_ONCE = 500
"""Ids in one Query of an index."""
READ_AT_ONCE = 25
"""Orders in one BatchGetItem. The largest items (400 KB) fit into its answer (16 MB), so what
DynamoDB leaves out, it was too busy for."""
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each repetition of a read that DynamoDB has done in part."""
T = TypeVar("T")
_Word = TypeVar("_Word", bound=str | None)


class OpenOrders(GlobalSecondaryIndex["OrderRecord"]):  # type: ignore[no-untyped-call]
    """Sparse: only orders that still have to be worked on, by the time to look after them."""

    class Meta:
        index_name = "open_orders"
        projection = KeysOnlyProjection()

    open = UnicodeAttribute(hash_key=True)
    due_at = NumberAttribute(range_key=True)


class OrdersByOwner(GlobalSecondaryIndex["OrderRecord"]):  # type: ignore[no-untyped-call]
    """The orders of one LINE user, or of one guest address, by time."""

    class Meta:
        index_name = "orders_by_owner"
        projection = KeysOnlyProjection()

    owner = UnicodeAttribute(hash_key=True)
    created_at = NumberAttribute(range_key=True)


class WordAttribute(Attribute[_Word]):
    """Text that is one of a few words, which mypy knows; nothing is checked as it is read."""

    attr_type = STRING


class OrderRecord(Model):
    """One order. Times are epoch milliseconds, except `expires_at`, which TTL wants in seconds."""

    class Meta:
        # 3 tries × (1 + 2) s stay well inside API Gateway's 29 s.
        connect_timeout_seconds = 1
        read_timeout_seconds = 2
        max_retry_attempts = 2
        max_pool_connections = 20
        # Bound by `table()`, so that importing this module needs no environment.
        table_name: ClassVar[str | None] = None

    order_id = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    request_digest = UnicodeAttribute()
    created_at = NumberAttribute()
    opened_at = NumberAttribute()
    """When it was accepted, or last tried again by the traveller."""
    expires_at = NumberAttribute()

    store_name = UnicodeAttribute()
    store_id = UnicodeAttribute(null=True)
    language = UnicodeAttribute()
    items = ItemsAttribute()
    details = DetailsAttribute(null=True)

    status = WordAttribute[Status]()
    open = UnicodeAttribute(null=True)
    """Present while pending or processing: what makes `open_orders` sparse. Which of its shards."""
    due_at = NumberAttribute(null=True)
    """When the sweeper should look after it."""
    attempts = NumberAttribute(default=0)
    """How often a worker has claimed it since `opened_at`, but for those that only found every
    engine busy."""
    retries = NumberAttribute(default=0)
    """How often it has been reopened after it had failed."""
    requeues = NumberAttribute(default=0)
    """How often the sweeper has queued it again since `opened_at`."""
    lease_token = UnicodeAttribute(null=True)
    lease_expires_at = NumberAttribute(default=0)
    pace = NumberAttribute(null=True)
    """Of the worker that has claimed it, in percent of what is expected (`pace.py`)."""
    write_id = UnicodeAttribute(null=True)
    """Of the last write: tells a writer whose answer was lost that it was the one."""
    trouble = WordAttribute[Trouble | None](null=True)
    """The error code of the last attempt, while another is to come; of the order, once failed."""

    voice_key = UnicodeAttribute(null=True)
    voice_duration_ms = NumberAttribute(null=True)
    voice_engine = UnicodeAttribute(null=True)
    spoken = UnicodeAttribute(null=True)
    """The sentence that the audio says; of orders stored by 1.0, null."""
    unspoken = PartsAttribute(null=True)
    undecided = PartsAttribute(null=True)
    notification = WordAttribute[Notification](default="pending")
    notification_detail = WordAttribute[NotificationDetail | None](null=True)
    """Set by the write that completes the order, where there is more to say."""
    completed_at = NumberAttribute(null=True)
    erasure_asked_at = NumberAttribute(null=True)
    """When its traveller asked for it to be erased while it was under way: its end will do it."""

    open_orders = OpenOrders()
    orders_by_owner = OrdersByOwner()

    @property
    def is_erased(self) -> bool:
        """Whether this is what is left of an order: its id is taken, and nobody's."""
        return not self.owner

    @property
    def order(self) -> Order:
        """What was ordered, as a plain value."""
        return order_of({name: getattr(self, name) for name in (*COLUMNS, "details")})


@once
def table() -> type[OrderRecord]:
    """`OrderRecord`, bound to this process's table and with its client made: PynamoDB makes one at
    the first call, of a session of its own, and of ten first calls at once, ten."""
    meta = OrderRecord.Meta
    meta.table_name = settings().orders_table
    OrderRecord._get_connection().connection._client = aws.client(
        "dynamodb",
        connect=meta.connect_timeout_seconds,
        read=meta.read_timeout_seconds,
        tries=1 + meta.max_retry_attempts,
        max_pool_connections=meta.max_pool_connections,
    )
    return OrderRecord


def ask(call: Callable[[], T], *, deadline: float = float("inf")) -> T:
    """What DynamoDB answers to `call`, which is one request of PynamoDB's.

    Raises `TransientError` after `AWS_SECONDS`, or at `deadline` (`time.monotonic()` seconds); a
    write may have taken effect by then, or do so later. Raises PynamoDB's `PutError`, `UpdateError`
    and `DoesNotExist` as they are.
    """
    try:
        return in_time("DynamoDB", call, min(deadline, time.monotonic() + AWS_SECONDS))
    except (PutError, UpdateError):
        raise
    except PynamoDBConnectionError as error:
        raise TransientError(f"a read of DynamoDB failed: {reason(error)}") from error


def ids_of(keys: Iterator[OrderRecord]) -> Iterator[str]:
    """The ids of an index's Query, whose pages have `KEYS_AT_ONCE`. Raises as `ask` does."""
    while page := ask(lambda: list(islice(keys, KEYS_AT_ONCE))):
        yield from (key.order_id for key in page)


def read_all(
    order_ids: Iterable[str], *, consistent: bool = False, deadline: float = float("inf")
) -> Iterator[OrderRecord]:
    """The orders of these ids that exist, in no order.

    A busy DynamoDB leaves keys for another request. Raises `TransientError` when it leaves some for
    longer than `PAUSES`, and as `ask` does.
    """
    connection = table()._get_connection()
    name = connection.table_name
    ids = iter(order_ids)
    # An index that changes while it is read may name an order twice, which DynamoDB refuses.
    while page := dict.fromkeys(islice(ids, READ_AT_ONCE)):
        keys: Any = [{"order_id": order_id} for order_id in page]
        for pause in (*PAUSES, None):
            answer = ask(
                partial(connection.batch_get_item, keys, consistent_read=consistent),
                deadline=deadline,
            )
            yield from map(OrderRecord.from_raw_data, answer[RESPONSES][name])
            keys = answer[UNPROCESSED_KEYS].get(name, {}).get(KEYS)
            if not keys:
                break
            if pause is None:
                raise TransientError(f"DynamoDB left {len(keys)} orders unread")
            time.sleep(pause)

"""The order as DynamoDB holds it. How it changes is in `transitions.py`."""

from functools import cache
from typing import ClassVar, TypeVar

from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute
from pynamodb.constants import STRING
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.order import Notification, Order, Status, Trouble
from chalicelib.orders.stored import (
    COLUMNS,
    DetailsAttribute,
    ItemsAttribute,
    PartsAttribute,
    order_of,
)
from chalicelib.settings import settings

OPEN = "open"
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
        host: ClassVar[str | None] = None

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
    """Present while pending or processing: what makes `open_orders` sparse."""
    due_at = NumberAttribute(null=True)
    """When the sweeper should look after it."""
    attempts = NumberAttribute(default=0)
    """How often a worker has claimed it since `opened_at`."""
    retries = NumberAttribute(default=0)
    """How often it has been reopened after it had failed."""
    requeues = NumberAttribute(default=0)
    """How often the sweeper has queued it again since `opened_at`."""
    lease_token = UnicodeAttribute(null=True)
    lease_expires_at = NumberAttribute(default=0)
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
    completed_at = NumberAttribute(null=True)

    open_orders = OpenOrders()
    orders_by_owner = OrdersByOwner()

    @property
    def order(self) -> Order:
        """What was ordered, as a plain value."""
        return order_of({name: getattr(self, name) for name in (*COLUMNS, "details")})


@cache
def table() -> type[OrderRecord]:
    """`OrderRecord`, bound to this process's table."""
    OrderRecord.Meta.table_name = settings().orders_table
    OrderRecord.Meta.host = settings().aws_endpoint_url or None
    return OrderRecord

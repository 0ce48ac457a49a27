"""The index of open orders, in shards: several values of its key, each with a list of its own.

DynamoDB takes 1,000 writes a second of one value, and an order changes the index four times.

    OPEN_SHARDS=1     open                         as every version before wrote it
    OPEN_SHARDS=3     open   open#01   open#02     by a hash of the order's id
    read, always      open   open#01   open#02   …   open#63

What is read does not depend on the setting, so that it may be raised and lowered while orders are
under way. An order is in the list that its own attribute `open` names, until that is removed;
nothing ever has to know which one it was.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from heapq import merge
from itertools import islice
from zlib import crc32

from chalicelib.errors import TransientError
from chalicelib.in_time import AWS_SECONDS
from chalicelib.orders.record import OrderRecord, ask, read_all, table
from chalicelib.settings import MOST_OPEN_SHARDS, settings

SHARDS = ("open", *(f"open#{number:02}" for number in range(1, MOST_OPEN_SHARDS)))
KEYS_AT_ONCE = 100
"""In one Query of a shard: as many of each are held."""
SHARDS_AT_ONCE = 8
"""Asked beside each other for their first keys."""

Due = tuple[int, str]
"""When an order is due (epoch ms), and its id."""


def shard_of(order_id: str) -> str:
    """Where an order is listed that is opened now."""
    return SHARDS[crc32(order_id.encode()) % settings().open_shards]


def open_orders(
    *, until: int | None = None, most: int | None = None, consistent: bool, deadline: float
) -> Iterator[OrderRecord]:
    """The open orders of all shards that are due by `until` (epoch ms), those due first at first,
    each `READ_AT_ONCE` in no order; `most` of them.

    A shard that cannot be read, the first time within `AWS_SECONDS` of all, holds up none of the
    others: its `TransientError` is raised after them. Otherwise raises as `read_all` does.
    """
    failures: list[TransientError] = []
    ids = islice(_due_first(until, failures, deadline), most)
    yield from read_all(ids, consistent=consistent, deadline=deadline)
    if failures:
        raise failures[0]


def _due_first(until: int | None, failures: list[TransientError], deadline: float) -> Iterator[str]:
    is_due = None if until is None else OrderRecord.due_at <= until

    first_by = min(deadline, time.monotonic() + AWS_SECONDS)

    def read(found: Iterator[OrderRecord], by: float) -> list[Due]:
        if time.monotonic() >= by:
            raise TransientError("no time left to read which orders are open")
        return ask(
            lambda: [(int(key.due_at), key.order_id) for key in islice(found, KEYS_AT_ONCE)],
            deadline=by,
        )

    def keys(first: "Future[list[Due]]", found: Iterator[OrderRecord]) -> Iterator[Due]:
        try:
            yield from (page := first.result())
            while len(page) == KEYS_AT_ONCE:
                yield from (page := read(found, deadline))
        except TransientError as error:
            failures.append(error)

    pool = ThreadPoolExecutor(max_workers=SHARDS_AT_ONCE)
    shards = []
    for shard in SHARDS:
        found = table().open_orders.query(shard, is_due, page_size=KEYS_AT_ONCE)
        shards.append(keys(pool.submit(read, found, first_by), found))
    pool.shutdown(wait=False)
    yield from (order_id for _, order_id in merge(*shards))

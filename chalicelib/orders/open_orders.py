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


class OpenOrders:
    """All shards, read once: their first keys from when it is made, further ones as they are asked
    for.

    A shard that does not give its first keys is not waited for beyond `AWS_SECONDS`, all together.
    """

    def __init__(self, *, deadline: float = float("inf")) -> None:
        by = min(deadline, time.monotonic() + AWS_SECONDS)
        pool = ThreadPoolExecutor(max_workers=SHARDS_AT_ONCE)
        self._shards: list[tuple[Future[list[Due]], Iterator[OrderRecord]]] = []
        for shard in SHARDS:
            found = table().open_orders.query(shard, page_size=KEYS_AT_ONCE)
            self._shards.append((pool.submit(_page, found, by), found))
        pool.shutdown(wait=False)

    def first(self, most: int, *, deadline: float) -> Iterator[OrderRecord]:
        """Those that are due first, `most` of them (`KEYS_AT_ONCE` at most), in no order; not read
        consistently. Raises `TransientError` where a shard has not answered at `deadline`
        (`time.monotonic()` seconds), and otherwise as `read_all` does."""
        try:
            pages = [
                first.result(timeout=max(0.0, deadline - time.monotonic()))
                for first, _ in self._shards
            ]
        except TimeoutError:
            raise TransientError("not all shards say in time which orders are open") from None
        ids = [order_id for _, order_id in islice(merge(*pages), most)]
        yield from read_all(ids, deadline=deadline)

    def due(self, until: int, *, deadline: float) -> Iterator[OrderRecord]:
        """Those that are due by `until` (epoch ms), those due first at first, each `READ_AT_ONCE`
        in no order.

        A shard that cannot be read holds up none of the others: its `TransientError` is raised
        after them. Otherwise raises as `read_all` does.
        """
        failures: list[TransientError] = []

        def keys(first: "Future[list[Due]]", found: Iterator[OrderRecord]) -> Iterator[Due]:
            try:
                page = first.result()
                yield from _until(until, page)
                while len(page) == KEYS_AT_ONCE and page[-1][0] <= until:
                    yield from _until(until, page := _page(found, deadline))
            except TransientError as error:
                failures.append(error)

        listed = merge(*(keys(first, found) for first, found in self._shards))
        ids = (order_id for _, order_id in listed)
        yield from read_all(ids, consistent=True, deadline=deadline)
        if failures:
            raise failures[0]


def _until(until: int, page: list[Due]) -> Iterator[Due]:
    return (due for due in page if due[0] <= until)


def _page(found: Iterator[OrderRecord], by: float) -> list[Due]:
    """The next keys of a shard."""
    if time.monotonic() >= by:
        raise TransientError("no time left to read which orders are open")
    return ask(
        lambda: [(int(key.due_at), key.order_id) for key in islice(found, KEYS_AT_ONCE)],
        deadline=by,
    )

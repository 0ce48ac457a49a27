"""Erasing a LINE user's orders: those placed until a moment, as far as the time goes.

Whoever is answered that some are left asks again: what is erased is not found any more, so there is
nothing to remember in between.
"""

import time
from typing import NamedTuple

from chalicelib.clock import now_ms
from chalicelib.orders import transitions
from chalicelib.orders.identity import line_owner
from chalicelib.orders.record import KEYS_AT_ONCE, OrderRecord, ids_of, read_all, table

ERASE_SECONDS = 10.0
"""What a request takes for it: with LINE's keys before, and a last call to DynamoDB that hangs,
less than the gateway waits."""


class Erasure(NamedTuple):
    """What became of a user's orders."""

    erased: int
    under_way: int
    """Being worked on: each is erased by the write that ends it."""
    left: bool
    """Whether there may be more, for want of time, or because one changed meanwhile."""


def erase_orders(user_id: str, *, until: int, deadline: float) -> Erasure:
    """Erase what a LINE user has ordered until the moment `until` (epoch ms).

    Begins nothing after `deadline` (`time.monotonic()` seconds). Harmless when it is repeated or
    late. Raises `TransientError`; what was erased by then is.
    """
    owner = line_owner(user_id)
    found = table().orders_by_owner.query(
        owner, OrderRecord.created_at <= until, page_size=KEYS_AT_ONCE
    )
    erased = under_way = 0
    left = False
    for record in read_all(ids_of(found), consistent=True):
        if record.owner != owner:
            continue  # Erased already: an index is late.
        if time.monotonic() >= deadline:
            return Erasure(erased, under_way, left=True)
        if transitions.erase(record) is not None:
            erased += 1
        elif transitions.erase_once_ended(record, now=now_ms()) is not None:
            under_way += 1
        else:
            left = True
    return Erasure(erased, under_way, left)

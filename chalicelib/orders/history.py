"""A LINE user's own orders, page by page, newest first."""

import base64
import json
import re
from typing import Any, NamedTuple

from chalicelib.errors import FieldError, OrderRefused
from chalicelib.orders import transitions
from chalicelib.orders.identity import is_order_id, line_owner
from chalicelib.orders.record import OrderRecord, ask, read_all, table

Key = dict[str, dict[str, Any]]

MOST_ORDERS_A_PAGE = 25
"""Orders of 32 KiB each, in emoji, come to 5 MB of escaped JSON; Lambda answers with 6 at most."""
_CREATED_AT = re.compile("[0-9]{1,19}")


class Page(NamedTuple):
    records: list[OrderRecord]
    next_cursor: str | None


def history(user_id: str, *, limit: int, cursor: str | None, now: int) -> Page:
    """A LINE user's orders, newest first. Raises `OrderRefused` for a cursor that is not ours, and
    `TransientError` rather than leave one out."""
    owner = line_owner(user_id)
    start = _decode_cursor(owner, cursor) if cursor else None
    keys = table().orders_by_owner.query(
        owner,
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=start,
    )
    ids = ask(lambda: [key.order_id for key in keys])
    found = {record.order_id: record for record in read_all(ids)}
    records = [
        found[order_id]
        for order_id in ids
        if order_id in found and not transitions.now_is_past_life(found[order_id], now)
    ]
    return Page(records, _encode_cursor(keys.last_evaluated_key))


def _encode_cursor(last_key: Key | None) -> str | None:
    """Where the next page begins: time and id. The owner is the caller, so it is not in it."""
    if last_key is None:
        return None
    place = [last_key["created_at"]["N"], last_key["order_id"]["S"]]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _decode_cursor(owner: str, cursor: str) -> Key:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        created_at, order_id = json.loads(base64.b64decode(padded, b"-_", validate=True))
        is_ours = _CREATED_AT.fullmatch(created_at) is not None and is_order_id(order_id)
    except (ValueError, TypeError, RecursionError):
        is_ours = False
    if not is_ours:
        raise OrderRefused(
            "The cursor is not one that this API gave out.",
            errors=[FieldError("cursor", "Take it from `next_cursor`.")],
        )
    return {
        "owner": {"S": owner},
        "created_at": {"N": created_at},
        "order_id": {"S": order_id},
    }

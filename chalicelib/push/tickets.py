"""Who may be told of an order's changes: whoever has its 202, for a minute and a half.

    <PUSH_URL>?ticket=<order id>.<signature>

Browsers send no headers with a WebSocket, and an ID token does not belong into an address, which
servers on the way write down. What is signed (signing.py) is when the ticket expires; it opens one
thing, to be told that this order has changed.
"""

import re
import time

from chalicelib import signing
from chalicelib.errors import TransientError
from chalicelib.in_time import in_time
from chalicelib.orders.identity import ORDER_ID_PATTERN
from chalicelib.parameter_store import at_hand, secret
from chalicelib.settings import settings
from chalicelib.telemetry import logger

TICKET_SECONDS = 90
"""Long enough for a slow phone to connect and to come back once; then it polls."""
KEY_SECONDS = 1.0
"""How long a 202 waits for the key. Without a ticket the page polls."""

_TICKET = re.compile(rf"({ORDER_ID_PATTERN.strip('^$')})\.({signing.SIGNATURE})")


def push_url(order_id: str, *, now: int) -> str | None:
    """Where the order's changes are told, for `TICKET_SECONDS` from `now` (epoch ms); None where
    there is no push, or the key is not to be had."""
    if not settings().push_url:
        return None
    name = settings().push_ticket_key_parameter
    try:
        keys = at_hand(name) or in_time("SSM", lambda: secret(name), time.monotonic() + KEY_SECONDS)
    except TransientError:
        logger.warning("no ticket: its page polls", order_id=order_id, exc_info=True)
        return None
    signature = signing.sign(order_id, now + TICKET_SECONDS * 1000, keys)
    return f"{settings().push_url}?ticket={order_id}.{signature}"


def order_of(ticket: str, *, now: int) -> str | None:
    """The order that a ticket is for; None if it is none of ours, or has expired. Raises
    `TransientError`."""
    found = _TICKET.fullmatch(ticket)
    if found is None:
        return None
    order_id, signature = found.groups()
    expires_at = signing.with_keys(
        settings().push_ticket_key_parameter,
        lambda keys: signing.verify(order_id, signature, keys),
    )
    return order_id if expires_at is not None and expires_at > now else None

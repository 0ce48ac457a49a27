"""The function behind the WebSocket: pages connect with their ticket, and go."""

import time
from typing import Any

from chalice import Blueprint

from chalicelib.clock import now_ms
from chalicelib.errors import TransientError
from chalicelib.push import connections, tickets
from chalicelib.push.connections import Connection
from chalicelib.telemetry import logger

bp = Blueprint(__name__)

HANDSHAKE_SECONDS = 3.0
"""For the table. Who is not connected by then polls (`order-client.js`)."""

Answer = dict[str, int]


@bp.lambda_function(name="push_connections")
def push_connections(event: Any, _context: Any) -> Answer:
    """`$connect` and `$disconnect`. A ticket is verified before anything is read, and in no log."""
    about = event["requestContext"]
    logger.append_keys(request_id=about["requestId"])
    deadline = time.monotonic() + HANDSHAKE_SECONDS
    try:
        if about["eventType"] == "DISCONNECT":
            connections.leave(about["connectionId"], deadline=deadline)
            return {"statusCode": 200}
        ticket = (event.get("queryStringParameters") or {}).get("ticket", "")
        return {"statusCode": _connect(ticket, about["connectionId"], deadline)}
    except TransientError:
        logger.exception("a service failed")
        return {"statusCode": 503}


def _connect(ticket: str, connection_id: str, deadline: float) -> int:
    order_id = tickets.order_of(ticket, now=now_ms())
    if order_id is None:
        logger.info("refused: no ticket of ours, or not any more")
        return 401
    connection = Connection(connection_id, joined_at=now_ms())
    if not connections.join(order_id, connection, deadline=deadline):
        logger.info("refused: as many are connected as may be", order_id=order_id)
        return 403
    logger.info("connected", order_id=order_id)
    return 200

"""Asking for the voice of an order that is not placed yet, `POST /api/voices`."""

from chalicelib.ahead import messages
from chalicelib.clock import now_ms
from chalicelib.errors import TransientError
from chalicelib.order import Order
from chalicelib.orders import limits, queue
from chalicelib.settings import settings
from chalicelib.telemetry import logger


def ask(order: Order, owner: str) -> None:
    """Have the voice of `order` prepared, if there is still somebody to do it. Where AWS fails, it
    is not: no order is lost by that, and whoever asked could do nothing about it.

    Raises `TooManyVoices`.
    """
    from chalicelib.mandarin.sentence import order_sentence  # The other routes need none of it.

    try:
        limits.admit_ahead(owner, now=now_ms())
        queue.put(settings().ahead_queue_url, messages.body_of(order_sentence(order).text))
    except TransientError:
        logger.warning("no voice is prepared", exc_info=True)

"""Asking for the voice of an order that is not placed yet, `POST /api/voices`."""

from chalicelib.ahead import messages
from chalicelib.clock import now_ms
from chalicelib.order import Order
from chalicelib.orders import limits, queue
from chalicelib.settings import settings


def ask(order: Order, owner: str) -> None:
    """Have the voice of `order` prepared, if there is still somebody to do it.

    Raises `TooManyVoices`, `TransientError`.
    """
    from chalicelib.mandarin.sentence import order_sentence  # The other routes need none of it.

    limits.admit_ahead(owner, now=now_ms())
    queue.put(settings().ahead_queue_url, messages.body_of(order_sentence(order).text))

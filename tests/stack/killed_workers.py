"""Workers that SIGKILL themselves: one for each point in `POINTS`, forked, each with its order.

Run by `test_sigkill.py` with the environment of a deployed function. Prints the orders' ids.
"""

import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from chalicelib import worker
from chalicelib.clock import now_ms
from chalicelib.fulfilment import fulfil
from chalicelib.line.messaging_api import MessagingApiClient
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order
from chalicelib.orders import transitions
from chalicelib.orders.identity import line_owner, new_order_id
from chalicelib.speech.engines.espeak import EspeakEngine
from chalicelib.speech.store import VoiceStore
from tests import app_state

SECONDS = 15.0
"""What a worker thinks it has left, `PUSH_SECONDS` of it for the push."""
CALLS: list[tuple[Any, str]] = [
    (transitions, "claim"),
    (VoiceStore, "find"),
    (EspeakEngine, "speak"),
    (VoiceStore, "put"),
    (transitions, "record_voice"),
    (MessagingApiClient, "push"),
    (MessagingApiClient, "has_profile"),
    (transitions, "complete"),
]
ITEM = Item(original="牛肉麵 (no ice)", translated="noodles", quantity=1, price=100)
POINTS = [(target, name, when) for target, name in CALLS for when in ("before", "after")]


def die_at(target: Any, name: str, when: str) -> None:
    original: Callable[..., Any] = getattr(target, name)

    def deadly(*arguments: Any, **options: Any) -> Any:
        if when == "after":
            original(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(target, name, deadly)


def accept(number: int) -> dict[str, str]:
    """An order whose message was never sent: nobody but its worker and the sweeper know of it."""
    user_id = "U" + uuid.uuid4().hex
    item = Item(original="牛肉麵", translated="noodles", quantity=number + 1, price=100)
    order = Order(store_name=f"店{number}", items=(item,), language="en")
    record = transitions.accept(new_order_id(), line_owner(user_id), order, now=now_ms())
    assert record is not None
    return {"order_id": record.order_id, "user_id": user_id}


def main() -> None:
    # Imports and tables are dear, and shared by all.
    worker.tools()
    order_sentence(Order(store_name="店", items=(ITEM,), language="en"))
    orders = [accept(number) for number in range(len(POINTS))]
    children = []
    for order, point in zip(orders, POINTS, strict=True):
        child = os.fork()
        if child == 0:
            # Connections do not survive a fork.
            app_state.reset()
            die_at(*point)
            fulfil(order["order_id"], worker.tools(), deadline=time.monotonic() + SECONDS)
            os._exit(1)
        children.append(child)
    for child in children:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), status
        assert os.WTERMSIG(status) == signal.SIGKILL
    json.dump(orders, sys.stdout)


if __name__ == "__main__":
    main()

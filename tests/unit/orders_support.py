"""Orders for tests, and what lies in their queue."""

import time
from dataclasses import replace
from typing import Literal

import boto3

from chalicelib.order import Item, Order, Part, Sentence, Voice
from chalicelib.orders import transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.record import OrderRecord
from chalicelib.settings import settings

NOODLES = Item(original="牛肉麵", translated="Beef noodle soup", quantity=2, price=150)
TEA = Item(original="珍珠奶茶", translated="Bubble tea", quantity=1, price=60)
ORDER = Order(store_name="老王牛肉麵", items=(NOODLES, TEA), language="en")
VOICE = Voice(key="voice/abc.mp3", duration_ms=4200, engine="espeak")
SENTENCE = Sentence("老闆您好，我要點：牛肉麵兩碗，謝謝。", (Part("note", "no rush"),))
NOW = time.time_ns() // 1_000_000
USER = "U" + "0" * 31 + "1"


def accepted(owner: str = "guest:abc", *, now: int = NOW, language: str = "en") -> OrderRecord:
    """A pending order."""
    record = transitions.accept(new_order_id(), owner, replace(ORDER, language=language), now=now)
    assert record is not None
    return record


def claimed(owner: str = "guest:abc", *, now: int = NOW, token: str = "worker-a") -> OrderRecord:
    """An order that a worker holds for 20 s."""
    record = transitions.claim(
        accepted(owner, now=now).order_id, token=token, lease_ms=20_000, now=now
    )
    assert record is not None
    return record


class Queue:
    """What lies in the queue of orders."""

    def bodies(self) -> list[str]:
        answer = boto3.client("sqs").receive_message(
            QueueUrl=settings().orders_queue_url, MaxNumberOfMessages=10
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    def delayed(self) -> int:
        """How many messages are not to be delivered yet."""
        name: Literal["ApproximateNumberOfMessagesDelayed"] = "ApproximateNumberOfMessagesDelayed"
        answer = boto3.client("sqs").get_queue_attributes(
            QueueUrl=settings().orders_queue_url, AttributeNames=[name]
        )
        return int(answer["Attributes"][name])

"""Batches of messages, as SQS gives them to the worker."""

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import worker
from chalicelib.fulfilment import Tools
from chalicelib.orders import transitions
from tests.unit.fakes import FakeMessagingApi, FakeVoices
from tests.unit.orders_support import NOW


def use(monkeypatch: pytest.MonkeyPatch, speaker: Any) -> FakeMessagingApi:
    """Give the worker this speaker, and the Messaging API that is returned."""
    messaging_api = FakeMessagingApi()
    tools = Tools(speaker=speaker, voices=FakeVoices(), messaging_api=messaging_api)
    monkeypatch.setattr(worker, "tools", lambda: tools)
    return messaging_api


def deliver(bodies: list[str], *, seconds: float = 20) -> set[str]:
    """Send a batch; returns the indexes of the messages that were handed back."""
    event = {
        "Records": [
            {
                "messageId": f"m{index}",
                "receiptHandle": f"r{index}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "eventSourceARN": "arn:aws:sqs:ap-northeast-1:123456789012:orders",
            }
            for index, body in enumerate(bodies)
        ]
    }
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000)
    failures = worker.fulfil_orders(event, context)["batchItemFailures"]
    return {failure["itemIdentifier"] for failure in failures}


def status(order_id: str) -> str:
    """The stored status of an order."""
    record = transitions.find(order_id, now=NOW)
    assert record is not None
    return str(record.status)

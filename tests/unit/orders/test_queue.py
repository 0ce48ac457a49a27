"""Messages that are to come back: when, and what it costs to say so."""

import time
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.orders import queue
from chalicelib.orders.identity import new_order_id
from chalicelib.settings import settings

pytestmark = pytest.mark.usefixtures("aws")


def received(count: int) -> list[str]:
    """The receipt handles of so many messages that a worker has."""
    for _ in range(count):
        queue.send(new_order_id())
    answer = boto3.client("sqs").receive_message(
        QueueUrl=settings().orders_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=600
    )
    return [message["ReceiptHandle"] for message in answer["Messages"]]


def visible() -> int:
    answer = boto3.client("sqs").receive_message(
        QueueUrl=settings().orders_queue_url, MaxNumberOfMessages=10
    )
    return len(answer.get("Messages", []))


def soon() -> float:
    return time.monotonic() + 8


class Counting:
    """SQS, and what was asked of it."""

    def __init__(self, *failures: Exception) -> None:
        self.asked: list[str] = []
        self._failures = list(failures)
        self._client = boto3.client("sqs")

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.asked.append(name)
            if self._failures:
                raise self._failures.pop()
            return getattr(self._client, name)(**request)

        return call


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setattr(queue, "_client", lambda: counting)
    return counting


def test_ten_messages_come_back_by_one_request(sqs: Counting) -> None:
    handles = received(10)
    sqs.asked.clear()
    queue.retry_later([(handle, 0) for handle in handles], deadline=soon())
    assert len(sqs.asked) == 1
    assert visible() == 10


def test_each_message_comes_back_after_its_own_pause(sqs: Counting) -> None:
    now, later = received(2)
    queue.retry_later([(later, 300), (now, 0)], deadline=soon())
    assert visible() == 1


def test_a_message_that_is_sent_for_later_is_not_there_yet(sqs: Counting) -> None:
    queue.send_later(new_order_id(), 300)
    assert visible() == 0
    queue.send_later(new_order_id(), 0)
    assert visible() == 1


def test_a_message_that_is_gone_keeps_none_of_the_others(
    sqs: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = received(2)
    queue.retry_later([(first, 0), ("gone", 0), (second, 0)], deadline=soon())
    assert visible() == 2
    assert "comes back later than it should" in caplog.text


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_without_time_sqs_is_not_asked(sqs: Counting, seconds: float) -> None:
    handles = received(1)
    sqs.asked.clear()
    queue.retry_later([(handles[0], 0)], deadline=time.monotonic() + seconds)
    assert sqs.asked == []


def test_nothing_to_say_is_not_said(sqs: Counting) -> None:
    queue.retry_later([], deadline=soon())
    assert sqs.asked == []


def test_trouble_at_sqs_costs_the_batch_nothing_but_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(queue, "_client", lambda: Counting(ReadTimeoutError(endpoint_url="sqs")))
    queue.retry_later([("handle", 2)], deadline=soon())
    assert "come back later than they should" in caplog.text

"""What make up waits for before it says that the stack is there."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import boto3
import pytest
from moto import mock_aws

from localstack import stack
from tests.unit.batches import deliver, use
from tests.unit.fakes import FakeSpeaker


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Of a stack whose API answers, and whose queue nobody reads."""
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: nullcontext())
    with mock_aws():
        sqs = boto3.client("sqs")
        orders, dead = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("q", "dead"))
        yield {
            "API_URL": "http://api",
            "ORDERS_QUEUE_URL": orders,
            "DEAD_LETTER_QUEUE_URL": dead,
            "CONNECTIONS_TABLE": "",
        }


def test_a_stack_whose_worker_does_not_read_its_queue_is_not_there(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "WORKER_SECONDS", 0.1)
    with pytest.raises(stack.NoWorker, match=stack.NO_WORKER):
        stack.warm_up(environment)


def test_a_worker_that_fails_at_what_it_reads_is_none(environment: dict[str, str]) -> None:
    boto3.client("sqs").send_message(
        QueueUrl=environment["DEAD_LETTER_QUEUE_URL"], MessageBody="given up"
    )
    with reader(environment["ORDERS_QUEUE_URL"]), pytest.raises(stack.NoWorker):
        stack.warm_up(environment)


def test_a_worker_that_reads_its_queue_is_waited_for(environment: dict[str, str]) -> None:
    with reader(environment["ORDERS_QUEUE_URL"]) as taken:
        stack.warm_up(environment)
    assert len(taken) == 1


@pytest.mark.usefixtures("aws")
def test_a_stack_that_has_just_come_up_has_nothing_to_warn_of(
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with reader(environment["ORDERS_QUEUE_URL"]) as taken:
        stack.warm_up(environment)
    use(monkeypatch, FakeSpeaker())
    with caplog.at_level("INFO"):
        assert deliver(taken) == set()
    said = [(line.levelname, line.message) for line in caplog.records if line.name != "botocore"]
    assert ("INFO", "orders erased") in said
    assert not [line for line in said if line[0] in {"WARNING", "ERROR"}]


@contextmanager
def reader(queue_url: str) -> Iterator[list[str]]:
    """Takes one message out of the queue as soon as it is there; what it said."""
    taken: list[str] = []

    def read() -> None:
        sqs, deadline = boto3.client("sqs"), time.monotonic() + 10
        while not taken and time.monotonic() < deadline:
            for message in sqs.receive_message(QueueUrl=queue_url).get("Messages", []):
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                taken.append(message["Body"])

    thread = threading.Thread(target=read)
    thread.start()
    yield taken
    thread.join()


class Functions:
    """Lambda: writes down what it is asked to start."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []

    def invoke(self, **asked: Any) -> None:
        self.started.append(asked)


def test_the_first_page_that_connects_finds_its_function_running_and_no_start_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    functions = Functions()
    monkeypatch.setattr(boto3, "client", lambda _: functions)
    monkeypatch.setattr(stack, "resources_of", lambda _: {"PushConnections": "push"})
    stack.warm_up_the_socket()
    [asked] = functions.started
    assert (asked["FunctionName"], asked["InvocationType"]) == ("push", "Event")
    about = json.loads(asked["Payload"])["requestContext"]
    # Of a connection that nobody has had: the function answers, and changes nothing.
    assert about["eventType"] == "DISCONNECT"

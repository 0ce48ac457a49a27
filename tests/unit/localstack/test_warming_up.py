"""What a start has running before the first order comes."""

import json
from typing import Any

import boto3
import pytest

from localstack import stack


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

"""What is read of a stack of which something is gone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from localstack.glance import look
from localstack.glance.look import Look

ALARM = {
    "AlarmName": "failed",
    "Namespace": "OrderVoice",
    "MetricName": "OrderFailed",
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}
DEPTH = ALARM | {
    "AlarmName": "dead",
    "Namespace": "AWS/SQS",
    "MetricName": "ApproximateNumberOfMessagesVisible",
    "Dimensions": [{"Name": "QueueName", "Value": "dead"}],
}
RESOURCES = {
    "ApiLogs": "api-logs",
    "FulfilLogs": "fulfil-logs",
    "SweepLogs": "sweep-logs",
    "APIHandler": "api",
    "FulfilOrders": "fulfil",
    "SweepOrders": "sweep",
    "FailedOrdersAlarm": "failed",
    "DeadLetterAlarm": "dead",
}
TEMPLATE = """{"Resources": {
    "FailedOrdersAlarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {}},
    "DeadLetterAlarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {}}
}}"""


def refuse(*_: Any, **__: Any) -> Any:
    raise ClientError({"Error": {"Code": "InternalError", "Message": "no"}}, "Look")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Look]:
    """A look at a stack where everything can be read."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(look, "SELDOM_SECONDS", 0.0)
    monkeypatch.setattr(look, "resources_of", lambda _: RESOURCES)
    monkeypatch.setattr(
        look, "find", lambda _: {"CreationTime": datetime(2026, 11, 27, tzinfo=UTC)}
    )
    monkeypatch.setattr("localstack.glance.template_alarms.template", lambda _: TEMPLATE)
    with mock_aws():
        session = boto3.Session()
        sqs = session.client("sqs")
        urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("orders", "dead")}
        session.client("s3").create_bucket(Bucket="voices")
        session.client("dynamodb").create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "order_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "order_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        session.client("dynamodb").create_table(
            TableName="connections",
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for alarm in (ALARM, DEPTH):
            session.client("cloudwatch").put_metric_alarm(**alarm)
        environment = {
            "EMULATOR": "ministack",
            "LIFF_URL": "http://localhost/liff",
            "ORDERS_TABLE": "orders",
            "CONNECTIONS_TABLE": "connections",
            "VOICE_BUCKET": "voices",
            "ORDERS_QUEUE_URL": urls["orders"],
            "DEAD_LETTER_QUEUE_URL": urls["dead"],
        }
        yield Look(tmp_path, environment)


def of_source(state: dict[str, Any]) -> dict[str, Any]:
    """What is read from each source that can be gone."""
    return {
        "orders": state["orders"],
        "orders_queue": state["queues"]["orders"],
        "dead_queue": state["queues"]["dead"],
        "voices": state["voices"],
        "functions": state["functions"][0]["exists"],
        "alarms": state["alarms"],
    }


BREAKS: dict[str, Callable[[Look, pytest.MonkeyPatch], object]] = {
    "orders": lambda it, _: it._dynamodb.delete_table(TableName="orders"),
    "orders_queue": lambda it, _: it._sqs.delete_queue(
        QueueUrl=it._environment["ORDERS_QUEUE_URL"]
    ),
    "dead_queue": lambda it, _: it._sqs.delete_queue(
        QueueUrl=it._environment["DEAD_LETTER_QUEUE_URL"]
    ),
    "voices": lambda it, _: it._s3.delete_bucket(Bucket="voices"),
    "functions": lambda it, patch: patch.setattr(it._lambda, "get_paginator", refuse),
    "alarms": lambda it, patch: patch.setattr(it._cloudwatch, "get_paginator", refuse),
    "logs": lambda it, patch: patch.setattr(it._followers[0][1], "new", refuse),
}


@pytest.mark.parametrize("source", BREAKS)
def test_a_source_that_is_gone_says_so_and_the_rest_lives(
    looked: Look, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    whole = looked()
    assert whole["troubles"] == {}
    assert None not in of_source(whole).values()
    BREAKS[source](looked, monkeypatch)
    state = looked()
    assert list(state["troubles"]) == [source]
    assert state["troubles"][source].startswith("AWS: ")
    gone = [name for name, found in of_source(state).items() if found is None]
    assert gone == ([] if source == "logs" else [source])


@pytest.mark.parametrize(("source", "alarm"), [("logs", 0), ("dead_queue", 1)])
def test_an_alarm_on_what_cannot_be_read_is_not_judged(
    looked: Look, monkeypatch: pytest.MonkeyPatch, source: str, alarm: int
) -> None:
    assert [each["state"] for each in looked()["alarms"]] == ["OK", "OK"]
    BREAKS[source](looked, monkeypatch)
    judged = looked()["alarms"]
    assert judged[alarm]["state"] == "NOT_JUDGED"
    assert judged[alarm]["reason"] == "what it rests on cannot be read now"
    assert judged[1 - alarm]["state"] == "OK"


def test_what_can_be_read_again_is(looked: Look) -> None:
    looked._s3.delete_bucket(Bucket="voices")
    assert looked()["voices"] is None
    looked._s3.create_bucket(Bucket="voices")
    again = looked()
    assert again["voices"] == {"count": 0, "and_more": False}
    assert again["troubles"] == {}


@pytest.mark.parametrize(("table", "seen"), [("connections", 2), ("", 0)])
def test_how_many_pages_an_order_tells_is_seen(looked: Look, table: str, seen: int) -> None:
    put: Any = looked._dynamodb.put_item
    order: dict[str, Any] = {name: {"S": "x"} for name in ("order_id", "owner", "status")}
    order |= {"created_at": {"N": "1"}, "opened_at": {"N": "1"}, "items": {"L": []}}
    put(TableName="orders", Item=order)
    put(TableName="connections", Item={"key": {"S": "order#x"}, "connections": {"SS": ["a", "b"]}})
    cast(dict[str, str], looked._environment)["CONNECTIONS_TABLE"] = table
    assert looked()["orders"]["newest"][0]["connected"] == seen


def test_where_nobody_answers_it_is_said_of_all(
    looked: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="http://localhost:4566")

    monkeypatch.setattr(looked._sqs, "get_queue_attributes", nobody)
    with pytest.raises(EndpointConnectionError):
        looked()

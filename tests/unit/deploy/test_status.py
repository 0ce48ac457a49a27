"""`make status`: what an operator is told of a stage that is not well."""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy import recipients, status
from deploy.function_logs import Line
from deploy.status import alarms, queues, switched_off, warnings
from deploy.target import Target


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


def line(at_ms: int, function: str, message: str, level: str, **said: Any) -> Line:
    return Line(at_ms, function, {"message": message, "level": level, **said})


def resource(kind: str, logical: str, physical: str | None) -> Any:
    found = {"ResourceType": kind, "LogicalResourceId": logical}
    return found if physical is None else {**found, "PhysicalResourceId": physical}


def test_like_warnings_are_one_line_with_the_newest_and_its_orders() -> None:
    failed = {"message": "order failed", "level": "ERROR", "code": "speech_unavailable"}
    lines = [
        *(line(1000 * n, "worker", order_id=f"ORDER{n}", **failed) for n in range(1, 6)),
        line(9000, "worker", "order failed", "ERROR", code="storage_unavailable", order_id="X"),
        line(9500, "worker", "order completed", "INFO", order_id="X"),
    ]
    assert list(warnings(lines)) == [
        "00:00:09     1 × worker  ✗ order failed  code=storage_unavailable  ORDER=X",
        "00:00:05     5 × worker  ✗ order failed  code=speech_unavailable"
        "  ORDER=ORDER5 ORDER4 ORDER3",
    ]


def test_a_request_id_of_lines_does_not_make_each_refusal_a_line_of_its_own() -> None:
    def refused(at_ms: int, request_id: str) -> Line:
        trace = f"PermanentError: HTTP 401, request id {request_id}"
        return line(at_ms, "worker", "LINE refused the push", "ERROR", exception=trace)

    [told] = warnings([refused(1000, "a"), refused(2000, "b")])
    assert told.startswith("00:00:02     2 × worker  ✗ LINE refused the push")
    assert told.endswith("request id b")


def test_an_alarm_that_rings_leads_to_its_place_in_the_runbook() -> None:
    cloudwatch = boto3.client("cloudwatch")
    for name in ("stack-WaitingAlarm-1", "stack-DeadLetterAlarm-2", "stack-Silent-3", "another"):
        cloudwatch.put_metric_alarm(
            AlarmName=name, MetricName="M", Namespace="N", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="-")
    for name, state in (("stack-WaitingAlarm-1", "OK"), ("stack-Silent-3", "INSUFFICIENT_DATA")):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="-")
    kind = "AWS::CloudWatch::Alarm"
    ringing, count = alarms(
        [
            resource(kind, "WaitingAlarm", "stack-WaitingAlarm-1"),
            resource(kind, "DeadLetterAlarm", "stack-DeadLetterAlarm-2"),
            resource(kind, "SweeperSilentAlarm", "stack-Silent-3"),
            resource(kind, "NeverMadeAlarm", None),
        ]
    )
    assert ringing.startswith("  ✗ DeadLetterAlarm since ")
    assert ringing.endswith(": docs/operations.md#deadletteralarm")
    assert count.startswith("alarms: 1 ringing, 1 silent; never measured yet, or no longer, which")
    assert count.endswith(": SweeperSilentAlarm")


def test_on_an_emulator_that_evaluates_no_alarm_that_is_one_short_line() -> None:
    cloudwatch = boto3.client("cloudwatch")
    made = []
    for name in ("WaitingAlarm", "DeadLetterAlarm"):
        cloudwatch.put_metric_alarm(
            AlarmName=name, MetricName="M", Namespace="N", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="INSUFFICIENT_DATA", StateReason="-")
        made.append(resource("AWS::CloudWatch::Alarm", name, name))
    [told] = alarms(made, on_an_emulator=True)
    assert told.startswith("alarms: not evaluated here")
    [told] = alarms(made)
    assert told.endswith(": DeadLetterAlarm, WaitingAlarm")


def test_a_sweeper_whose_rule_somebody_has_switched_off_is_told() -> None:
    events = boto3.client("events")
    events.put_rule(Name="sweep", ScheduleExpression="rate(1 minute)")
    rule = resource("AWS::Events::Rule", "SweepOrdersSweepOrdersEvent", "sweep")
    assert list(switched_off([rule])) == []
    events.disable_rule(Name="sweep")
    assert list(switched_off([rule])) == [
        "  ✗ the sweeper is not called: its rule sweep is DISABLED"
    ]


def test_a_function_that_somebody_has_throttled_is_told_with_what_mends_it() -> None:
    trusted = '{"Version": "2012-10-17", "Statement": []}'
    role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trusted)
    functions = boto3.client("lambda")
    functions.create_function(
        FunctionName="fulfil-1", Runtime="python3.13", Role=role["Role"]["Arn"],
        Handler="app.f", Code={"ZipFile": b"-"},
    )  # fmt: skip
    worker = resource("AWS::Lambda::Function", "FulfilOrders", "fulfil-1")
    assert list(switched_off([worker])) == []
    functions.put_function_concurrency(FunctionName="fulfil-1", ReservedConcurrentExecutions=5)
    assert list(switched_off([worker])) == []
    functions.put_function_concurrency(FunctionName="fulfil-1", ReservedConcurrentExecutions=0)
    assert list(switched_off([worker])) == [
        "  ✗ the worker may not run: reserved concurrency 0; "
        "aws lambda delete-function-concurrency --function-name fulfil-1"
    ]


def test_what_waits_and_what_is_dead_is_counted() -> None:
    sqs = boto3.client("sqs")
    urls = {
        name: sqs.create_queue(QueueName=name)["QueueUrl"]
        for name in ("OrdersQueueUrl", "DeadLetterQueueUrl")
    }
    for _ in range(2):
        sqs.send_message(QueueUrl=urls["OrdersQueueUrl"], MessageBody="{}")
    sqs.send_message(QueueUrl=urls["DeadLetterQueueUrl"], MessageBody="{}")
    sqs.receive_message(QueueUrl=urls["OrdersQueueUrl"])
    assert list(queues(urls)) == [
        "queue: 1 waiting, 1 being worked on",
        "dead letters: 1, and 0 just looked at",
    ]


def test_a_queue_that_is_gone_is_told_and_the_others_are_counted() -> None:
    sqs = boto3.client("sqs")
    urls = {
        name: sqs.create_queue(QueueName=name)["QueueUrl"]
        for name in ("OrdersQueueUrl", "DeadLetterQueueUrl")
    }
    sqs.delete_queue(QueueUrl=urls["OrdersQueueUrl"])
    assert list(queues(urls)) == [
        f"  ✗ the stack's OrdersQueueUrl is gone: {urls['OrdersQueueUrl']}",
        "dead letters: 0, and 0 just looked at",
    ]


def test_a_stage_is_named_first_and_without_warnings_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(status, "outputs", lambda _stage: {})
    asked: list[int] = []

    def logged(_stage: str, since_ms: int, _pattern: str) -> list[Line]:
        asked.append(round(time.time() - since_ms / 1000))
        return [line(1, "api", "created", "INFO")]

    monkeypatch.setattr(status, "logged", logged)
    monkeypatch.setattr(status, "find_target", lambda: Target("1", "ap-northeast-1"))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(status, "queues", lambda _found: iter(()))
    monkeypatch.setattr(recipients, "troubles", lambda _: iter(["alarms reach nobody"]))

    class NoResources:
        def describe_stack_resources(self, **_: str) -> dict[str, list[Any]]:
            return {"StackResources": []}

    monkeypatch.setattr(boto3, "client", lambda _name: NoResources())
    assert list(status.show("prod", 180)) == [
        "Stack order-voice-prod: account 1, region ap-northeast-1",
        "alarms: 0 ringing, 0 silent",
        "  ! alarms reach nobody",
        "In the last 180 minutes the functions have warned of nothing.",
    ]
    assert asked == [180 * 60]

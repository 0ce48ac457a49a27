"""The alarms of the template, beside what CloudWatch has of them."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws

from localstack.glance import template_alarms
from localstack.glance.metrics import Key, Metrics, Sample

NOW = 1_000_000_000
RULES: dict[str, Any] = {
    "MetricName": "OrderFailed",
    "Namespace": "OrderVoice",
    "Dimensions": [{"Name": "stage", "Value": "local"}],
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}
TEMPLATE = {
    "Resources": {
        "OrdersQueue": {"Type": "AWS::SQS::Queue"},
        "FailedOrdersAlarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                **RULES,
                "AlarmDescription": "Orders failed: docs/operations.md#failedordersalarm",
                "Dimensions": [{"Name": "stage", "Value": {"Ref": "Stage"}}],
            },
        },
        "ThrottlesAlarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": []}},
    }
}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What the glance shows of a stack that has one of the template's two alarms."""
    monkeypatch.setattr(template_alarms, "template", lambda _: json.dumps(TEMPLATE))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    metrics = Metrics()
    key = Key("OrderVoice", "OrderFailed", (("stage", "local"),))
    metrics.add(key, "Count", Sample(NOW - 10_000, 1))
    with mock_aws():
        cloudwatch = boto3.Session(region_name="us-east-1").client("cloudwatch")
        cloudwatch.put_metric_alarm(AlarmName="stack-FailedOrdersAlarm-1", **RULES)
        resources = {"FailedOrdersAlarm": "stack-FailedOrdersAlarm-1"}
        found = template_alarms.template_alarms("local", resources, cloudwatch)
        return [alarm.shown(metrics, now_ms=NOW, since_ms=0) for alarm in found]


def test_an_alarm_is_judged_as_it_is_deployed(shown: list[dict[str, str]]) -> None:
    failed = shown[0]
    assert (failed["name"], failed["state"]) == ("FailedOrdersAlarm", "ALARM")
    assert failed["description"].endswith("docs/operations.md#failedordersalarm")
    assert failed["rule"] == "Sum of OrderFailed > 0 in 5 min"


def test_one_that_the_stack_does_not_have_is_named_too(shown: list[dict[str, str]]) -> None:
    throttles = shown[1]
    assert (throttles["name"], throttles["state"]) == ("ThrottlesAlarm", "NOT_JUDGED")
    assert throttles["reason"] == "this stack has no such alarm"

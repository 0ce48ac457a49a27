"""What the template's alarms would say here."""

from typing import Any

import pytest

from localstack.glance.alarms import judge, rule
from localstack.glance.metrics import Key, Metrics, Sample
from tests.template import resources_yaml

NOW = 100_000_000
OURS = (("service", "order-voice"),)


def alarm(**changes: Any) -> dict[str, Any]:
    return {
        "Namespace": "OrderVoice",
        "MetricName": "OrderFailed",
        "Dimensions": [{"Name": name, "Value": value} for name, value in OURS],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 2.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    } | changes


def state(rules: dict[str, Any], *samples: tuple[int, float], made: int = 0) -> str:
    """What is said with these values, each so many seconds ago."""
    metrics = Metrics()
    key = Key("OrderVoice", "OrderFailed", OURS)
    for seconds_ago, value in sorted(samples, reverse=True):
        metrics.add(key, "Count", Sample(NOW - seconds_ago * 1000, value))
    return judge(rules, metrics, now_ms=NOW, since_ms=NOW - made * 1000 if made else 0).state


@pytest.mark.parametrize(
    ("statistic", "values", "measured"),
    [
        ("Sum", [1, 2, 3], 6),
        ("SampleCount", [5, 5], 2),
        ("Average", [1, 3], 2),
        ("Minimum", [1, 3], 1),
        ("Maximum", [1, 3], 3),
        ("p95", list(range(1, 101)), 95),
        ("p50", [3, 1, 2], 2),
    ],
)
def test_every_statistic_is_judged_at_its_threshold(
    statistic: str, values: list[float], measured: float
) -> None:
    samples = [(10, value) for value in values]
    kind = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
    for operator, below, at, above in (
        ("GreaterThanThreshold", "ALARM", "OK", "OK"),
        ("GreaterThanOrEqualToThreshold", "ALARM", "ALARM", "OK"),
        ("LessThanThreshold", "OK", "OK", "ALARM"),
        ("LessThanOrEqualToThreshold", "OK", "ALARM", "ALARM"),
    ):
        rules = alarm(Statistic=None, ComparisonOperator=operator) | {kind: statistic}
        for threshold, expected in (
            (measured - 0.5, below),
            (measured, at),
            (measured + 0.5, above),
        ):
            assert state(rules | {"Threshold": threshold}, *samples) == expected


def test_only_the_last_periods_count() -> None:
    assert state(alarm(), (299, 3)) == "ALARM"
    assert state(alarm(), (301, 3)) == "OK"
    twice = alarm(EvaluationPeriods=2)
    assert state(twice, (10, 3), (310, 3)) == "ALARM"
    assert state(twice, (10, 3), (310, 1)) == "OK"
    assert state(twice | {"DatapointsToAlarm": 1}, (10, 1), (310, 3)) == "ALARM"


def test_another_stages_values_are_not_ours() -> None:
    other = alarm(Dimensions=[{"Name": "service", "Value": "another"}])
    assert state(other, (10, 3)) == "OK"


def test_nothing_measured_is_what_the_alarm_says_it_is() -> None:
    assert state(alarm()) == "OK"
    assert state(alarm(TreatMissingData="breaching")) == "ALARM"
    assert state(alarm(TreatMissingData="missing")) == "INSUFFICIENT_DATA"


def test_a_young_stack_does_not_ring_for_what_it_cannot_have_measured() -> None:
    silent = alarm(
        Statistic="SampleCount",
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )
    assert state(silent, made=100) == "INSUFFICIENT_DATA"
    assert state(silent, made=601) == "ALARM"
    assert state(silent, (10, 0), made=601) == "OK"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Namespace": "AWS/ApiGateway", "MetricName": "5XXError"}, "AWS itself measures 5XXError"),
        ({"ComparisonOperator": "LessThanLowerThreshold"}, "LessThanLowerThreshold"),
        ({"Period": 86400}, "it looks back 1440 min"),
    ],
)
def test_what_cannot_be_judged_here_says_why(changes: dict[str, Any], reason: str) -> None:
    verdict = judge(alarm(**changes), Metrics(), now_ms=NOW, since_ms=0)
    assert verdict.state == "NOT_JUDGED"
    assert reason in verdict.reason


def test_metric_math_is_not_judged() -> None:
    math = {"Metrics": [{"Id": "all", "Expression": "SUM(METRICS())"}], "EvaluationPeriods": 1}
    assert judge(math, Metrics(), now_ms=NOW, since_ms=0).reason == "it is metric math"
    assert rule(math) == ""


def test_a_rule_is_told_in_one_line() -> None:
    assert rule(alarm()) == "Sum of OrderFailed > 2 in 5 min"
    several = alarm(EvaluationPeriods=3, DatapointsToAlarm=2, Period=60)
    assert rule(several) == "Sum of OrderFailed > 2 in 1 min, 2 of 3 times"


def test_every_alarm_of_the_template_is_judged_or_says_why_not() -> None:
    found = {
        name: resource["Properties"]
        for name, resource in resources_yaml()["Resources"].items()
        if resource.get("Type") == "AWS::CloudWatch::Alarm"
    }
    assert found
    for name, properties in found.items():
        plain = properties | {"Dimensions": []}
        verdict = judge(plain, Metrics(), now_ms=NOW, since_ms=NOW)
        assert verdict.reason, name
        assert rule(plain) or "Metrics" in plain, name

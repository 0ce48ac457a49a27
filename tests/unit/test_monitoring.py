"""Alarms and dashboard: what they look at is there, and what is measured is looked at."""

import json
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader
from moto import mock_aws

from bench import cost
from chalicelib.telemetry import NAMESPACE, Metric
from deploy.paths import ROOT
from deploy.rollout import WATCHED_ALARMS
from tests import watching
from tests.template import resources_yaml

TEMPLATE = resources_yaml()
ALARMS = watching.alarms(TEMPLATE)
STAGE = "test"
NAMED = {
    *("DeadLetterAlarm", "WaitingAlarm", "FailedOrdersAlarm", "CreateErrorsAlarm"),
    *("ServerErrorsAlarm", "LatencyAlarm", "ThrottlesAlarm", "NotificationsAlarm", "QuotaAlarm"),
    *("QuotaUsedUpAlarm", "GuestLidAlarm", "SweeperSilentAlarm"),
}
"""By docs/operations.md."""
OF_AWS = {
    "AWS/SQS": {
        "QueueName": {
            "ApproximateAgeOfOldestMessage",
            "ApproximateNumberOfMessagesVisible",
            "ApproximateNumberOfMessagesNotVisible",
        }
    },
    "AWS/Lambda": {"FunctionName": {"Errors", "Throttles", "Duration", "ConcurrentExecutions"}},
    "AWS/ApiGateway": {
        "ApiName": {"Count", "4XXError", "5XXError", "Latency", "IntegrationLatency"}
    },
}
"""AWS's own metrics by namespace and dimension (their services' guides, "CloudWatch metrics")."""


def looked_at() -> list[watching.Watched]:
    return [
        *watching.of_the_dashboard(watching.dashboard(TEMPLATE, STAGE)),
        *(one for alarm in ALARMS.values() for one in watching.of_an_alarm(alarm, STAGE)),
    ]


def test_everybody_who_has_to_be_told_is() -> None:
    assert set(ALARMS) == NAMED
    topic, none = {"Ref": "AlarmTopicArn"}, {"Ref": "AWS::NoValue"}
    told = [
        {"Fn::If": ["HasAlarmTopic", topic, none]},
        {"Fn::If": ["HasAlarmEmail", {"Ref": "AlarmTopic"}, none]},
    ]
    for name, alarm in ALARMS.items():
        rings = "InsufficientDataActions" if name == "SweeperSilentAlarm" else "AlarmActions"
        assert alarm[rings] == alarm["OKActions"] == told, name


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_says_what_it_means_and_where_to_read_on(name: str) -> None:
    said, _, place = ALARMS[name]["AlarmDescription"].rpartition(" ")
    assert place == f"docs/operations.md#{name.lower()}"
    assert said.endswith(".")
    assert len(ALARMS[name]["AlarmDescription"]) < 1024


def test_whoever_gives_an_address_is_sent_the_alarms_of_this_account() -> None:
    topic, policy = (TEMPLATE["Resources"][name] for name in ("AlarmTopic", "AlarmTopicPolicy"))
    assert topic["Condition"] == policy["Condition"] == "HasAlarmEmail"
    assert topic["Properties"]["Subscription"] == [
        {"Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}
    ]
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_a_silent_sweeper_is_told_but_not_before_it_has_ever_swept() -> None:
    """Missing data that breaches rings at every first deployment, and takes an update back."""
    silence = ALARMS["SweeperSilentAlarm"]
    assert silence["TreatMissingData"] == "missing"
    assert (silence["MetricName"], silence["Statistic"]) == ("OverdueOrders", "SampleCount")
    assert not [name for name in ALARMS if ALARMS[name]["TreatMissingData"] == "breaching"]
    assert "NobodySweepsAlarm" not in TEMPLATE["Resources"]


def test_deployments_watch_as_many_alarms_as_cloudformation_does_and_none_that_lacks_data() -> None:
    assert len(WATCHED_ALARMS) <= 5
    assert set(WATCHED_ALARMS) < NAMED - {"SweeperSilentAlarm"}


def test_what_is_looked_at_is_measured_by_those_dimensions() -> None:
    by_label = {metric.label: metric for metric in Metric}
    for namespace, name, dimensions in looked_at():
        if namespace != NAMESPACE:
            [(dimension, _)] = dimensions.items()
            assert name in OF_AWS[namespace][dimension]
            continue
        metric = by_label[name]
        assert list(dimensions) in metric.dimension_sets, name
        assert dimensions["stage"] == STAGE
        for value in {*dimensions.values()} - {STAGE, watching.ANY}:
            assert metric.by
            assert value in metric.by.values


def test_every_metric_is_on_the_dashboard_or_in_an_alarm() -> None:
    ours = {name for namespace, name, _ in looked_at() if namespace == NAMESPACE}
    assert ours == {metric.label for metric in Metric}


def test_the_gateways_metrics_are_looked_for_by_the_name_that_it_takes() -> None:
    name = {"Fn::Sub": "order-voice-${Stage}"}
    assert TEMPLATE["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"] == name
    gateways = [one for one in ALARMS.values() if one.get("Namespace") == "AWS/ApiGateway"]
    assert gateways
    for alarm in gateways:
        assert alarm["Dimensions"] == [{"Name": "ApiName", "Value": name}]
    on_dashboard = {
        one.dimensions["ApiName"] for one in looked_at() if one.namespace == "AWS/ApiGateway"
    }
    assert on_dashboard == {f"order-voice-{STAGE}", str(name)}


def test_no_alarm_rests_on_what_anybody_can_make_up() -> None:
    rested_on = {
        name for alarm in ALARMS.values() for _, name, _ in watching.of_an_alarm(alarm, STAGE)
    }
    assert Metric.PAGE_EVENT.label not in rested_on


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    return watching.dashboard(TEMPLATE, STAGE)


def test_the_dashboards_first_row_says_whether_it_is_well(body: dict[str, Any]) -> None:
    alarms, *rows = body["widgets"]
    assert alarms["type"] == "alarm"
    assert set(alarms["properties"]["alarms"]) == {f"{name}.Arn" for name in ALARMS}
    first = [widget for widget in rows if widget["y"] == alarms["height"]]
    lines = {
        widget["properties"]["title"]: line["value"]
        for widget in first
        for line in widget["properties"].get("annotations", {}).get("horizontal", [])
    }
    assert lines == {
        "Seconds to accept": 2,
        "Seconds to complete": 30,
        "Polling success, %": 95,
        "Oldest order that waits, s": 120,
    }
    assert "Failed orders, by reason" in [widget["properties"]["title"] for widget in first]


def test_the_dashboards_parts_lie_side_by_side(body: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in body["widgets"]:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not taken & cells
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_the_dashboard_names_only_what_the_stack_has() -> None:
    text = TEMPLATE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    from_chalice = {"APIHandler", "FulfilOrders", "SweepOrders"}
    for name in {part.split("}")[0].split(".")[0] for part in text.split("${")[1:]}:
        known = name in TEMPLATE["Resources"] or name in from_chalice
        assert known or name in {"Stage", "AWS::Region"}, name


def test_cloudwatch_takes_the_dashboard(body: dict[str, Any]) -> None:
    with mock_aws():
        cloudwatch = boto3.client("cloudwatch")
        cloudwatch.put_dashboard(DashboardName="d", DashboardBody=json.dumps(body))
        kept = cloudwatch.get_dashboard(DashboardName="d")["DashboardBody"]
    assert json.loads(kept) == body


def test_what_alarms_say_is_of_cloudwatchs_own_words() -> None:
    shapes = Loader().load_service_model("cloudwatch", "service-2")["shapes"]
    for alarm in ALARMS.values():
        assert alarm["ComparisonOperator"] in shapes["ComparisonOperator"]["enum"]
        if "Statistic" in alarm:
            assert alarm["Statistic"] in shapes["Statistic"]["enum"]


def metrics_table() -> dict[str, list[str]]:
    text = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    rows = [line.strip("| \n").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {name.strip("`"): cells for name, *cells in rows}


def test_the_table_of_metrics_is_the_codes() -> None:
    table = metrics_table()
    assert list(table) == [metric.label for metric in Metric]
    for metric in Metric:
        unit, dimension, *_ = table[metric.label]
        assert unit == metric.unit
        values = ", ".join(f"`{value}`" for value in metric.by.values) if metric.by else ""
        assert dimension == (f"`{metric.by.name}`: {values}" if metric.by else "–")


def test_the_docs_count_what_is_billed() -> None:
    series = sum(
        len(metric.by.values) + metric.by.has_total if metric.by else 1 for metric in Metric
    )
    rested_on = sum(len(list(watching.of_an_alarm(alarm, STAGE))) for alarm in ALARMS.values())
    text = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    assert f"{series} metrics in the sense of CloudWatch's bill" in text
    assert f"{rested_on} of its alarm metrics" in text
    assert (series, rested_on) == (cost.METRICS, cost.ALARMS)

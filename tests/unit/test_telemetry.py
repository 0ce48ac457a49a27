"""Metrics as CloudWatch reads them from the log (Embedded Metric Format)."""

import json

import pytest

from chalicelib.telemetry import NAMESPACE, Metric, measure


@pytest.mark.parametrize("metric", Metric)
def test_a_metric_is_written_with_its_unit_and_its_dimension(
    metric: Metric, capsys: pytest.CaptureFixture[str]
) -> None:
    measure(metric, 2.5)
    written = json.loads(capsys.readouterr().out)
    [directive] = written["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert directive["Metrics"] == [{"Name": metric.label, "Unit": metric.unit.value}]
    assert directive["Dimensions"] == [["service"]]
    assert (written[metric.label], written["service"]) == ([2.5], "order-voice")


def test_what_is_measured_in_seconds_says_so() -> None:
    for metric in Metric:
        assert (metric.unit.value == "Seconds") == metric.label.startswith("Seconds")

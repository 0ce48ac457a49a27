"""Metrics as CloudWatch reads them from the log (Embedded Metric Format)."""

import ast
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest

from chalicelib.order import Trouble
from chalicelib.speech import engines
from chalicelib.telemetry import (
    ENGINES,
    FAILURES,
    HAND_BACKS,
    NAMESPACE,
    OTHER,
    PAGE_EVENTS,
    Metric,
    measure,
)
from deploy.paths import ROOT
from tests import metrics

CALLS = [
    (file, node)
    for file in [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
    for node in ast.walk(ast.parse(file.read_text("utf-8")))
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "measure"
]


@pytest.mark.parametrize("metric", Metric)
def test_a_metric_is_written_with_its_unit_and_its_dimensions(
    metric: Metric, capsys: pytest.CaptureFixture[str]
) -> None:
    value = metric.by.values[0] if metric.by else None
    measure(metric, 2.5, of=value)
    [written] = metrics.read(capsys.readouterr().out)
    assert not list(metrics.problems(written))
    [directive] = written["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert directive["Metrics"] == [{"Name": metric.label, "Unit": metric.unit}]
    assert (written[metric.label], written["stage"]) == (2.5, "test")
    if metric.by:
        assert directive["Dimensions"][0] == ["stage", metric.by.name]
        assert written[metric.by.name] == value
    if not metric.by or metric.by.has_total:
        assert directive["Dimensions"][-1] == ["stage"]


def test_a_line_that_is_not_of_the_format_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    measure(Metric.PUSH, of="sent")
    [line] = metrics.read(capsys.readouterr().out)
    assert list(metrics.problems({**line, "Push": "1"}))
    assert list(metrics.problems({**line, "stage": 5}))
    assert list(metrics.problems({name: line[name] for name in line if name != "result"}))


def test_what_is_measured_in_seconds_says_so() -> None:
    for metric in Metric:
        assert (metric.unit == "Seconds") == metric.label.startswith("Seconds")


def test_a_value_that_nobody_has_named_makes_no_metric_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each one would be billed, and a client could make up as many as it likes."""
    measure(Metric.PAGE_EVENT, of="made_up")
    measure(Metric.ORDER_FAILED)
    assert [
        line.get("kind", line.get("reason")) for line in metrics.read(capsys.readouterr().out)
    ] == [OTHER, OTHER]


def test_lines_of_threads_do_not_mix(capfd: pytest.CaptureFixture[str]) -> None:
    all_at_once = threading.Barrier(10)

    def tell(_: int) -> None:
        all_at_once.wait(20)
        for _ in range(50):
            measure(Metric.PUSH, of="sent")

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(tell, range(10)))
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == len(metrics.read("\n".join(lines))) == 500


def test_dimensions_have_the_codes_own_names() -> None:
    troubles = set(get_args(Trouble))
    assert set(FAILURES) == troubles - {"line_unavailable"}, "it never fails an order"
    assert troubles - {"speech_impossible", "fulfilment_timed_out"} < set(HAND_BACKS)
    assert set(ENGINES) == set(engines.ENGINES)
    assert set(PAGE_EVENTS).isdisjoint({OTHER})


def test_every_metric_is_measured_somewhere() -> None:
    code = " ".join(file.read_text("utf-8") for file in {file for file, _ in CALLS})
    assert not [metric.name for metric in Metric if f"Metric.{metric.name}" not in code]


def test_whoever_measures_by_a_dimension_says_of_what() -> None:
    for file, call in CALLS:
        [metric] = [arg.attr for arg in call.args[:1] if isinstance(arg, ast.Attribute)] or [""]
        if metric:
            has_value = any(keyword.arg == "of" for keyword in call.keywords)
            assert has_value == (Metric[metric].by is not None), (file, call.lineno)

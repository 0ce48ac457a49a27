"""Metrics are read off the lines as they are: any name, unit and dimensions."""

from typing import Any

from localstack.glance.metrics import KEPT_MS, LINE_MS, LINE_POINTS, Key, Metrics, Sample, Series

NOW = 10 * LINE_MS


def emf(
    name: str, value: Any, *sets: list[str], unit: str = "Count", **said: Any
) -> dict[str, Any]:
    directive = {
        "Namespace": "OrderVoice",
        "Dimensions": list(sets),
        "Metrics": [{"Name": name, "Unit": unit}],
    }
    about = {"Timestamp": NOW, "CloudWatchMetrics": [directive]}
    return {"_aws": about, name: value, **said}


def test_each_set_of_dimensions_is_a_metric_of_its_own() -> None:
    metrics = Metrics()
    metrics.read(emf("Pushes", 1, ["stage"], ["stage", "result"], stage="local", result="sent"))
    metrics.read(emf("Pushes", 1, ["stage"], ["stage", "result"], stage="local", result="refused"))
    told = [(shown["dimensions"], shown["count"]) for shown in metrics.shown(NOW)]
    assert told == [
        ({"result": "refused", "stage": "local"}, 1),
        ({"result": "sent", "stage": "local"}, 1),
        ({"stage": "local"}, 2),
    ]


def test_the_last_value_the_number_and_the_sum_are_told_with_the_unit() -> None:
    metrics = Metrics()
    metrics.read(emf("Seconds", [1.5, 2.5], [], unit="Seconds"))
    metrics.read(emf("Seconds", 0.25, [], unit="Seconds"))
    [shown] = metrics.shown(NOW)
    assert (shown["last"], shown["count"], shown["sum"], shown["unit"]) == (
        0.25,
        3,
        4.25,
        "Seconds",
    )


def test_lines_that_measure_nothing_are_passed_over() -> None:
    metrics = Metrics()
    nothing: list[dict[str, Any]] = [{}, {"message": "order completed"}, {"_aws": None}]
    for said in [*nothing, {"_aws": {}}]:
        metrics.read(said)
    assert metrics.shown(NOW) == []


def test_what_aws_measures_itself_is_not_shown_as_ours() -> None:
    metrics = Metrics()
    metrics.add(Key("AWS/SQS", "ApproximateNumberOfMessagesVisible"), "Count", Sample(NOW, 1))
    assert metrics.shown(NOW) == []


def test_a_line_sums_counts_and_shows_the_highest_of_the_rest() -> None:
    step = LINE_MS // LINE_POINTS
    for unit, expected in (("Count", 5.0), ("Seconds", 3.0)):
        series = Series(unit)
        for sample in (Sample(NOW, 2), Sample(NOW, 3), Sample(NOW - step, 7)):
            series.add(sample)
        *before, last_but_one, last = series.line(NOW)
        assert (last_but_one, last) == (7, expected)
        assert set(before) == {None}


def test_old_values_are_forgotten_and_their_sum_is_not() -> None:
    series = Series("Count")
    for at_ms in (0, KEPT_MS, 2 * KEPT_MS):
        series.add(Sample(at_ms, 1))
    assert (len(series.samples), series.count, series.total) == (2, 3, 3)

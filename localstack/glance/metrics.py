"""Metrics as the functions write them: lines in Embedded Metric Format (CloudWatch, "Specification:
Embedded metric format"), with whatever names, units and dimensions are in them."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

KEPT_MS = 3 * 3600 * 1000
"""How far back single values are kept, for alarms and lines."""
LINE_MS = 10 * 60 * 1000
LINE_POINTS = 40


class Key(NamedTuple):
    """What CloudWatch tells one metric from another by."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    """By name."""


class Sample(NamedTuple):
    at_ms: int
    value: float


@dataclass(slots=True)
class Series:
    """The values of one metric."""

    unit: str = "None"
    count: int = 0
    total: float = 0.0
    samples: deque[Sample] = field(default_factory=deque)
    """Of the last `KEPT_MS`; never none, the last one stays."""

    def add(self, sample: Sample) -> None:
        self.count += 1
        self.total += sample.value
        self.samples.append(sample)
        while self.samples[0].at_ms < sample.at_ms - KEPT_MS:
            self.samples.popleft()

    def between(self, start_ms: int, end_ms: int) -> list[float]:
        """The values after `start_ms`, until `end_ms`."""
        return [value for at_ms, value in self.samples if start_ms < at_ms <= end_ms]

    def line(self, now_ms: int) -> list[float | None]:
        """The last `LINE_MS` in `LINE_POINTS`: the sum of each where the unit is Count, else the
        highest; None where there was nothing."""
        step = LINE_MS // LINE_POINTS
        points: list[float | None] = [None] * LINE_POINTS
        for at_ms, value in self.samples:
            place = LINE_POINTS - 1 - (now_ms - at_ms) // step
            if 0 <= place < LINE_POINTS:
                before = points[place]
                both = value if before is None else before + value
                highest = value if before is None else max(before, value)
                points[place] = both if self.unit == "Count" else highest
        return points


@dataclass
class Metrics:
    """Every metric that was seen."""

    series: dict[Key, Series] = field(default_factory=dict)

    def read(self, said: Mapping[str, Any]) -> None:
        """Take in what a log line says, if it is one of metrics."""
        for key, unit, sample in _measured(said):
            self.add(key, unit, sample)

    def add(self, key: Key, unit: str, sample: Sample) -> None:
        series = self.series.setdefault(key, Series(unit))
        series.add(sample)

    def between(self, key: Key, start_ms: int, end_ms: int) -> list[float]:
        series = self.series.get(key)
        return series.between(start_ms, end_ms) if series else []

    def shown(self, now_ms: int) -> list[dict[str, Any]]:
        """For the page: what the functions measure themselves, by name."""
        return [
            {
                "name": key.name,
                "namespace": key.namespace,
                "dimensions": dict(key.dimensions),
                "unit": series.unit,
                "last": series.samples[-1].value,
                "last_at": series.samples[-1].at_ms,
                "count": series.count,
                "sum": round(series.total, 6),
                "line": series.line(now_ms),
            }
            for key, series in sorted(self.series.items(), key=lambda pair: pair[0][1:])
            if not key.namespace.startswith("AWS/")
        ]


def _measured(said: Mapping[str, Any]) -> Iterator[tuple[Key, str, Sample]]:
    about = said.get("_aws")
    if not isinstance(about, Mapping) or not isinstance(about.get("CloudWatchMetrics"), Sequence):
        return
    for directive in about["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = tuple(sorted((name, str(said[name])) for name in names))
            for metric in directive["Metrics"]:
                key = Key(directive["Namespace"], metric["Name"], dimensions)
                values = said[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    sample = Sample(int(about["Timestamp"]), float(value))
                    yield key, metric.get("Unit", "None"), sample

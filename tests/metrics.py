"""Metrics as the functions write them: lines in Embedded Metric Format, among others.

`problems` holds a line to the format's specification (CloudWatch user guide, "Specification:
Embedded metric format"), whose JSON schema and rules are put down here.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from botocore.loaders import Loader

from chalicelib.telemetry import NAMESPACE

Line = dict[str, Any]


def read(written: str) -> list[Line]:
    """The metrics among what was written."""
    return list(_lines(written))


def _lines(written: str) -> Iterator[Line]:
    for text in written.splitlines():
        # Emulators put a time, or a name, before a function's line.
        _, brace, rest = text.partition('{"_aws"')
        if brace:
            with suppress(ValueError):
                yield json.JSONDecoder().raw_decode(brace + rest)[0]


def units() -> set[str]:
    """CloudWatch's own, as its API describes them."""
    model = Loader().load_service_model("cloudwatch", "service-2")
    return set(model["shapes"]["StandardUnit"]["enum"])


def problems(line: Line) -> Iterator[str]:
    """Where a line is not of the format, one metric of ours by dimensions of strings."""
    metadata = line["_aws"]
    if not isinstance(metadata.get("Timestamp"), int) or metadata["Timestamp"] < 1_600_000_000_000:
        yield "Timestamp: no milliseconds since 1970"
    if set(metadata) != {"Timestamp", "CloudWatchMetrics"}:
        yield "_aws: what is not in the specification"
    for directive in metadata["CloudWatchMetrics"]:
        if directive["Namespace"] != NAMESPACE:
            yield "Namespace"
        for dimensions in directive["Dimensions"]:
            if not 0 < len(dimensions) <= 30:
                yield "DimensionSet: 1 to 30 keys"
            yield from _problems_of_targets(line, dimensions)
        for metric in directive["Metrics"]:
            yield from _problems_of_a_metric(line, metric)


def _problems_of_targets(line: Line, dimensions: list[str]) -> Iterator[str]:
    for name in dimensions:
        value = line.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= 1024 or not value.isascii():
            yield f"{name}: a dimension's target is a string of the root"


def _problems_of_a_metric(line: Line, metric: dict[str, str]) -> Iterator[str]:
    if set(metric) - {"Name", "Unit", "StorageResolution"}:
        yield "MetricDefinition"
    if metric["Unit"] not in units():
        yield f"{metric['Unit']}: no unit of CloudWatch's"
    value = line.get(metric["Name"])
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield f"{metric['Name']}: a metric's target is a number of the root"

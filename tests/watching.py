"""What the template's alarms and dashboard look at, as (namespace, metric, dimensions)."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

SEARCH = re.compile(r"SEARCH\('\{(\w+),([\w,]+)\} MetricName=\"(\w+)\" stage=\"([^\"]+)\"'")
ANY = "any"
"""Of a dimension that a dashboard shows all values of."""


class Watched(NamedTuple):
    namespace: str
    metric: str
    dimensions: Mapping[str, str]


def alarms(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of each alarm, by its logical id."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource.get("Type") == "AWS::CloudWatch::Alarm"
    }


def of_an_alarm(alarm: dict[str, Any], stage: str) -> Iterator[Watched]:
    several = [
        entry["MetricStat"]["Metric"] for entry in alarm.get("Metrics", []) if "MetricStat" in entry
    ]
    for metric in several or [alarm]:
        dimensions = {
            entry["Name"]: _value(entry["Value"], stage) for entry in metric["Dimensions"]
        }
        yield Watched(metric["Namespace"], metric["MetricName"], dimensions)


def _value(value: Any, stage: str) -> str:
    return stage if value == {"Ref": "Stage"} else str(value)


def dashboard(template: dict[str, Any], stage: str) -> dict[str, Any]:
    """The dashboard's body, every `${…}` but the stage replaced by its own name."""
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    filled = re.sub(r"\$\{([\w:.]+)\}", lambda found: found[1], body.replace("${Stage}", stage))
    loaded: dict[str, Any] = json.loads(filled)
    return loaded


def of_the_dashboard(body: dict[str, Any]) -> Iterator[Watched]:
    for widget in body["widgets"]:
        for row in widget["properties"].get("metrics", []):
            if isinstance(row[0], str):
                yield _row(row)
            else:
                for namespace, names, metric, stage in SEARCH.findall(row[0]["expression"]):
                    dimensions = dict.fromkeys(names.split(","), ANY) | {"stage": stage}
                    yield Watched(namespace, metric, dimensions)


def _row(row: list[Any]) -> Watched:
    namespace, metric, *rest = [cell for cell in row if isinstance(cell, str)]
    return Watched(namespace, metric, dict(zip(rest[::2], rest[1::2], strict=True)))

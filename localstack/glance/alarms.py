"""What the template's alarms would say here: their own rules, on what was measured on this machine.

As CloudWatch does ("Using Amazon CloudWatch alarms", "How alarms treat missing data"), but for one
thing: periods end now, and not with the clock's minute.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from localstack.glance.metrics import KEPT_MS, Key, Metrics

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA", "NOT_JUDGED"]

OPERATORS: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": (">", lambda value, threshold: value > threshold),
    "GreaterThanOrEqualToThreshold": ("≥", lambda value, threshold: value >= threshold),
    "LessThanThreshold": ("<", lambda value, threshold: value < threshold),
    "LessThanOrEqualToThreshold": ("≤", lambda value, threshold: value <= threshold),
}
STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "SampleCount": len,
    "Average": lambda values: sum(values) / len(values),
    "Minimum": min,
    "Maximum": max,
}
MEASURED_HERE = {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"}
"""Of AWS's own metrics, those that the glance reads off the queues while somebody looks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    state: State
    reason: str
    """In words: what was measured, or why it cannot be judged."""


def rule(alarm: Mapping[str, Any]) -> str:
    """When it rings, in one line; empty where it is metric math."""
    if "MetricName" not in alarm or alarm.get("ComparisonOperator") not in OPERATORS:
        return ""
    sign, _ = OPERATORS[alarm["ComparisonOperator"]]
    statistic, periods = _statistic(alarm), int(alarm["EvaluationPeriods"])
    enough = int(alarm.get("DatapointsToAlarm") or periods)
    of_periods = "" if periods == 1 else f", {enough} of {periods} times"
    return (
        f"{statistic} of {alarm['MetricName']} {sign} {alarm['Threshold']:g}"
        f" in {_duration(int(alarm['Period']))}{of_periods}"
    )


def judge(alarm: Mapping[str, Any], metrics: Metrics, *, now_ms: int, since_ms: int) -> Verdict:
    """`alarm` as DescribeAlarms tells of it; `since_ms` is when the stack was made."""
    refusal = _why_not(alarm)
    if refusal:
        return Verdict("NOT_JUDGED", refusal)
    period_ms, periods = int(alarm["Period"]) * 1000, int(alarm["EvaluationPeriods"])
    enough = int(alarm.get("DatapointsToAlarm") or periods)
    dimensions = sorted((entry["Name"], entry["Value"]) for entry in alarm.get("Dimensions", ()))
    key = Key(alarm["Namespace"], alarm["MetricName"], tuple(dimensions))
    found = [
        metrics.between(key, now_ms - (n + 1) * period_ms, now_ms - n * period_ms)
        for n in range(periods)
    ]
    points = [_value(_statistic(alarm), values) if values else None for values in found]
    treated = alarm.get("TreatMissingData", "missing")
    looks_back_ms = periods * period_ms
    reaches_back_before_the_stack = now_ms - looks_back_ms < since_ms
    if treated == "breaching" and reaches_back_before_the_stack and None in points:
        return Verdict(
            "INSUFFICIENT_DATA", f"the stack is younger than {_duration(looks_back_ms // 1000)}"
        )
    breaching = [
        treated == "breaching" if point is None else _breaches(alarm, point) for point in points
    ]
    said = " then ".join("nothing" if point is None else f"{point:g}" for point in points[::-1])
    if sum(breaching) >= enough:
        return Verdict("ALARM", f"measured: {said}")
    if treated in ("missing", "ignore") and all(point is None for point in points):
        return Verdict("INSUFFICIENT_DATA", "nothing was measured")
    return Verdict("OK", f"measured: {said}")


def _why_not(alarm: Mapping[str, Any]) -> str:
    """Why it cannot be judged here; empty if it can."""
    if "MetricName" not in alarm:
        return "it is metric math"
    namespace, metric = alarm["Namespace"], alarm["MetricName"]
    if namespace.startswith("AWS/") and metric not in MEASURED_HERE:
        return f"AWS itself measures {metric}, and no emulator does"
    if alarm["ComparisonOperator"] not in OPERATORS:
        return f"it compares by {alarm['ComparisonOperator']}"
    looks_back_ms = int(alarm["Period"]) * int(alarm["EvaluationPeriods"]) * 1000
    if looks_back_ms > KEPT_MS:
        return f"it looks back {_duration(looks_back_ms // 1000)}, longer than values are kept"
    return ""


def _statistic(alarm: Mapping[str, Any]) -> str:
    return str(alarm.get("ExtendedStatistic") or alarm.get("Statistic"))


def _value(statistic: str, values: Sequence[float]) -> float:
    if statistic in STATISTICS:
        return float(STATISTICS[statistic](values))
    share = float(statistic.removeprefix("p")) / 100
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _breaches(alarm: Mapping[str, Any], value: float) -> bool:
    _, compare = OPERATORS[alarm["ComparisonOperator"]]
    return compare(value, float(alarm["Threshold"]))


def _duration(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds % 60 == 0 and seconds else f"{seconds} s"

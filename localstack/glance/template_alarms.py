"""The alarms of the template, as they are deployed."""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from deploy.cloudformation import template
from deploy.target import stack_name
from localstack.glance.alarms import Verdict, judge, rule
from localstack.glance.metrics import Metrics

LOGS = "logs"


@dataclass(frozen=True, slots=True)
class TemplateAlarm:
    """One alarm, by its logical id."""

    name: str
    description: str
    deployed: Mapping[str, Any] | None
    """As CloudWatch describes it; None where the stack has none, by a condition or because the
    emulator knows no such alarm."""

    def shown(
        self, metrics: Metrics, *, now_ms: int, since_ms: int, unread: Set[str] = frozenset()
    ) -> dict[str, str]:
        """For the page, with what it would say now. `unread` is what cannot be measured now:
        `LOGS`, and queues by their names."""
        verdict = Verdict("NOT_JUDGED", "this stack has no such alarm")
        if self.deployed is not None and unread & _measured_by(self.deployed):
            verdict = Verdict("NOT_JUDGED", "what it rests on cannot be read now")
        elif self.deployed is not None:
            verdict = judge(self.deployed, metrics, now_ms=now_ms, since_ms=since_ms)
        return {
            "name": self.name,
            "description": self.description,
            "state": verdict.state,
            "reason": verdict.reason,
            "rule": rule(self.deployed or {}),
        }


def template_alarms(
    stage: str, resources: Mapping[str, str], cloudwatch: Any
) -> list[TemplateAlarm]:
    """Those of the stage's stack; `resources` are its physical ids by its logical ones, and
    `cloudwatch` is boto3's client."""
    body: Any = json.loads(template(stack_name(stage)))
    pages = cloudwatch.get_paginator("describe_alarms").paginate()
    deployed = {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
    return [
        TemplateAlarm(
            name,
            str(resource["Properties"].get("AlarmDescription", "")),
            deployed.get(resources.get(name, "")),
        )
        for name, resource in body["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]


def _measured_by(alarm: Mapping[str, Any]) -> set[str]:
    """AWS's own metrics are read off what their dimensions name, ours off the logs."""
    if str(alarm.get("Namespace")).startswith("AWS/"):
        return {entry["Value"] for entry in alarm.get("Dimensions", ())}
    return {LOGS}

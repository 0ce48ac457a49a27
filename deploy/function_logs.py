"""What the functions of a stage have logged, read from CloudWatch Logs: AWS's, or an emulator's."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3

from deploy.target import stack_name

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

FUNCTIONS = {
    "api": ("ApiLogs", "APIHandler"),
    "worker": ("FulfilLogs", "FulfilOrders"),
    "sweeper": ("SweepLogs", "SweepOrders"),
    "ahead": ("AheadLogs", "PrepareVoices"),
    "socket": ("PushLogs", "PushConnections"),
}
"""By their names here: the log group in the template, and the function, whose default group has
the lines where an emulator does not know the other. The last two are there with `SpeakAhead` and
with `Push` alone."""
MOST_LINES = 10_000
NOT_SAID = {
    *("level", "location", "message", "timestamp", "service", "order_id", "exception"),
    *("request_id", "function_request_id", "message_id", "xray_trace_id", "stack_trace"),
}
"""Keys of a line that are shown elsewhere in it, or are for machines."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one function has logged once."""

    at_ms: int
    function: str
    said: Mapping[str, Any]
    """{} of what is no line of ours, as Lambda's own."""

    @property
    def message(self) -> str:
        return str(self.said.get("message", ""))

    @property
    def text(self) -> str:
        """The message with its values; of an exception the last line, which says what it was."""
        values = {key: value for key, value in self.said.items() if key not in NOT_SAID}
        told = [f"{key}={value}" for key, value in values.items() if value not in ("", None)]
        trace = str(self.said.get("exception", "")).strip().splitlines()
        return "  ".join([self.message, *told, *trace[-1:]])

    @property
    def is_a_poll(self) -> bool:
        return self.function == "api" and str(self.said.get("location", "")).startswith(
            "get_order_status:"
        )


def groups(resources: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The log groups of each function that there is, of the stack's physical ids by its logical
    ones."""
    return {
        function: (resources[group], f"/aws/lambda/{resources[name]}")
        for function, (group, name) in FUNCTIONS.items()
        if group in resources
    }


def resources_of(stage: str) -> dict[str, str]:
    """The physical ids of the stage's stack by its logical ones."""
    found = boto3.client("cloudformation").describe_stack_resources(StackName=stack_name(stage))
    return {
        resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
        for resource in found["StackResources"]
    }


def events(
    logs: "CloudWatchLogsClient", group: str, since_ms: int, pattern: str = ""
) -> "Iterator[FilteredLogEventTypeDef]":
    """What the group holds from `since_ms` on; nothing of a group that is not there."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=since_ms, filterPattern=pattern
    )
    with suppress(logs.exceptions.ResourceNotFoundException):
        for page in pages:
            yield from page["events"]


def logged(stage: str, since_ms: int, pattern: str) -> list[Line]:
    """Lines of ours that match a filter of CloudWatch Logs, by time; at most `MOST_LINES` of each
    group. An emulator may not know the filter, and find more."""
    logs = boto3.client("logs")
    lines = [
        line
        for function, places in groups(resources_of(stage)).items()
        for place in places
        for event in islice(events(logs, place, since_ms, pattern), MOST_LINES)
        if (line := line_of(event, function)).said
    ]
    return sorted(lines, key=lambda line: line.at_ms)


def line_of(event: "FilteredLogEventTypeDef", function: str) -> Line:
    said = _read(event["message"])
    return Line(_time_of(said, event["timestamp"]), function, said)


def _read(message: str) -> dict[str, Any]:
    """A line of ours; {} of any other, as Lambda's own."""
    with suppress(ValueError):
        said = json.loads(message)
        if isinstance(said, dict):
            return said
    return {}


def _time_of(said: Mapping[str, Any], otherwise: int) -> int:
    """When it was logged; emulators keep the lines of one event by its end."""
    with suppress(KeyError, ValueError, TypeError):
        return round(datetime.fromisoformat(said["timestamp"]).timestamp() * 1000)
    return otherwise

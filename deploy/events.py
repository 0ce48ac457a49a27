"""What CloudFormation does to a stack, as it tells it: event by event, until it has ended."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import boto3

from deploy.target import DeployError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef as Event

POLL_SECONDS = 1.0
PATIENCE_SECONDS = 7200.0
CANCELLED = "cancelled"
"""In the reasons of resources that failed only because another one had."""


class Events:
    """The events of one stack from now on. What happened to it earlier is no part of them."""

    def __init__(self, stack_id: str) -> None:
        self.stack_id = stack_id
        self.all: list[Event] = []
        """Those that were told since, oldest first."""
        self._last = ""
        newest = next(self._newest_first(), None)
        self._last = newest["EventId"] if newest else ""

    def _newest_first(self) -> "Iterator[Event]":
        pages = boto3.client("cloudformation").get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=self.stack_id):
            for event in page["StackEvents"]:
                if event["EventId"] == self._last:
                    return
                yield event

    def new(self) -> "list[Event]":
        """Those that came since this was last asked, oldest first."""
        found = list(self._newest_first())[::-1]
        if found:
            self._last = found[-1]["EventId"]
            self.all += found
        return found

    def wait(self, show: "Callable[[Event], None]", *, has_begun: bool = False) -> str:
        """The stack's status once what is done to it has ended.

        What is ours begins after these events do, and its end is among them. What somebody else
        does `has_begun` before, and may have ended. Raises `DeployError` after two hours.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        has_ended = has_begun
        while time.monotonic() < deadline:
            for event in self.new():
                show(event)
                if event.get("PhysicalResourceId") == self.stack_id:
                    has_ended = not event["ResourceStatus"].endswith("_IN_PROGRESS")
            # A stack's own event of a failure may come before that of its rollback.
            if has_ended and not (status := self.status()).endswith("_IN_PROGRESS"):
                return status
            time.sleep(POLL_SECONDS)
        raise DeployError(f"{self.stack_id}: CloudFormation has not ended after two hours")

    def status(self) -> str:
        # By its id a deleted stack is found, too.
        answer = boto3.client("cloudformation").describe_stacks(StackName=self.stack_id)
        return answer["Stacks"][0]["StackStatus"]


def failures(events: "Iterable[Event]") -> list[str]:
    """A line for each resource that failed by itself, with its reason."""
    return [
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
        and event.get("PhysicalResourceId") != event["StackId"]
        and CANCELLED not in event.get("ResourceStatusReason", "")
    ]

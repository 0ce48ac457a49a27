"""A person at a terminal, and packages small enough to be deployed many times."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy.package import TEMPLATE, ZIP, Package
from deploy.terminal import Terminal

QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue"}
ALARM: dict[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "m",
        "Namespace": "n",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 0,
    },
}
# Passes the checks of a change set, and cannot be created.
IMPOSSIBLE: dict[str, Any] = {
    "Type": "AWS::ApiGateway::GatewayResponse",
    "Properties": {"RestApiId": "nothing", "ResponseType": "DEFAULT_4XX"},
}
# A network that cannot be deleted, because a part of it is kept.
UNDELETABLE: dict[str, Any] = {
    "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Part": {
        "Type": "AWS::EC2::Subnet",
        "DeletionPolicy": "Retain",
        "Properties": {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.1.0/24"},
    },
}


def table(*, policy: str = "Delete", is_protected: bool = False, key: str = "k") -> dict[str, Any]:
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": policy,
        "UpdateReplacePolicy": policy,
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "DeletionProtectionEnabled": is_protected,
        },
    }


def after(resource: dict[str, Any], *others: str) -> dict[str, Any]:
    """The resource, created when the others have been."""
    return {**resource, "DependsOn": list(others)}


def template(**resources: Any) -> dict[str, Any]:
    stage = {"Stage": {"Type": "String", "Default": "local"}}
    outputs = {"RestAPIId": {"Value": "none"}}
    return {"Parameters": stage, "Resources": resources, "Outputs": outputs}


def packed(folder: Path, whole: dict[str, Any]) -> Callable[[], Package]:
    """What makes a package of this template, with no code to speak of."""

    def pack() -> Package:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TEMPLATE).write_text(json.dumps(whole))
        (folder / ZIP).write_bytes(b"no code")
        return Package(folder)

    return pack


class Screen:
    """What a terminal has shown, and who types at it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._file = io.StringIO()

    def terminal(
        self, *typed: str, says_yes: bool = False, named: tuple[str, ...] = ()
    ) -> Terminal:
        """A terminal where somebody types these lines; nobody sits there if there are none."""
        keyboard = io.StringIO("".join(f"{line}\n" for line in typed))
        keyboard.isatty = lambda: bool(typed)  # type: ignore[method-assign]
        self._monkeypatch.setattr(sys, "stdin", keyboard)
        console = Console(file=self._file, highlight=False, width=200)
        return Terminal(console, says_yes=says_yes, named=named)

    @property
    def text(self) -> str:
        return self._file.getvalue()

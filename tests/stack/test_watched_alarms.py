"""Which alarms take a deployment back, and how CloudFormation is told so."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from deploy.cloudformation import Watched, propose
from deploy.rollout import WATCHED_ALARMS, watched_alarms
from deploy.states import delete, find
from deploy.terminal import unattended
from tests.deploy_support import ALARM, QUEUE, template
from tests.template import resources_yaml

ALARMS = dict.fromkeys((*WATCHED_ALARMS, "GuestLidAlarm"), ALARM)


@pytest.fixture(autouse=True)
def stack(bare_emulator: str) -> Iterator[None]:
    """One that stands, with its alarms, all of them silent."""
    before = propose("s", json.dumps(template(Queue=QUEUE, **ALARMS)), {})
    assert before
    before.execute(unattended())
    yield
    delete(find("s"), unattended())  # type: ignore[arg-type]


def watched_names(found: Watched) -> list[str]:
    arns = set(found.alarms)
    alarms = boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
    resources = boto3.client("cloudformation").describe_stack_resources(StackName="s")
    names = {entry["AlarmName"] for entry in alarms if entry["AlarmArn"] in arns}
    return sorted(
        entry["LogicalResourceId"]
        for entry in resources["StackResources"]
        if entry.get("PhysicalResourceId") in names
    )


def ring(name: str) -> None:
    told = boto3.client("cloudformation").describe_stack_resource(
        StackName="s", LogicalResourceId=name
    )["StackResourceDetail"]
    boto3.client("cloudwatch").set_alarm_state(
        AlarmName=told["PhysicalResourceId"], StateValue="ALARM", StateReason="test"
    )


def test_the_watched_alarms_are_in_the_template() -> None:
    assert set(WATCHED_ALARMS) < set(resources_yaml()["Resources"])


def test_the_alarms_of_a_deployments_faults_are_watched_and_no_others() -> None:
    found = watched_alarms("s", template(**ALARMS), 3)
    assert watched_names(found) == sorted(WATCHED_ALARMS)
    assert found.minutes == 3


def test_an_alarm_that_rings_already_does_not_forbid_its_remedy() -> None:
    ring("DeadLetterAlarm")
    assert "DeadLetterAlarm" not in watched_names(watched_alarms("s", template(**ALARMS), 3))
    for name in WATCHED_ALARMS:
        ring(name)
    assert watched_alarms("s", template(**ALARMS), 3) == Watched()


def test_an_alarm_that_the_deployment_removes_is_notwatched_alarms() -> None:
    found = watched_alarms("s", template(WaitingAlarm=ALARM), 3)
    assert watched_names(found) == ["WaitingAlarm"]


def test_nothing_is_watched_on_wish() -> None:
    assert watched_alarms("s", template(**ALARMS), 0) == Watched()


@pytest.mark.parametrize(
    "watched", [Watched(), Watched(("arn:aws:cloudwatch:r:1:alarm:a",), 3)], ids=["none", "one"]
)
def test_cloudformation_is_told_which_alarms_and_how_long(watched: Watched) -> None:
    sent: list[dict[str, Any]] = []
    assert boto3.DEFAULT_SESSION
    event = "provide-client-params.cloudformation.CreateChangeSet"
    boto3.DEFAULT_SESSION.events.register(event, lambda params, **_: sent.append(params))
    assert propose("s", json.dumps(template(Queue=QUEUE, New=QUEUE)), {}, watched)
    triggers = [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in watched.alarms]
    assert [call["RollbackConfiguration"] for call in sent] == [
        {"RollbackTriggers": triggers, "MonitoringTimeInMinutes": watched.minutes}
    ]

"""A template through CloudFormation, by one change set."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from deploy import artifacts, changes
from deploy.changes import Change
from deploy.events import Events, failures
from deploy.package import Package
from deploy.states import find, settle
from deploy.target import DeployError, find_target, stack_name
from deploy.terminal import Terminal, unattended

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
NO_CHANGES = ("didn't contain changes", "No updates")
"""In CloudFormation's reason why a change set came to nothing, which is no failure."""
OVERTAKEN = {
    "ChangeSetNotFound",
    "ChangeSetNotFoundException",
    "InvalidChangeSetStatus",
    "InvalidChangeSetStatusException",
}
"""CloudFormation drops what was proposed of a stack as soon as another proposal is executed."""
PASSED_OVER = "is not supported but was deployed as a fallback"
"""In LocalStack's reason why a resource that it does not know is CREATE_COMPLETE."""
LONGEST_BODY = 51_200
"""Bytes of a template that CloudFormation takes in a request; from S3 it takes 1,000,000."""
WENT_WELL = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


@dataclass(frozen=True, slots=True)
class Watched:
    """Alarms that make CloudFormation go back: while it changes the stack, and for some minutes
    after that."""

    alarms: tuple[str, ...] = ()
    """Their ARNs, at most five."""
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What CloudFormation would do, until it is executed or withdrawn."""

    arn: str
    stack_id: str
    is_first: bool
    """Whether it creates the stack."""
    began_stack: bool
    """Whether the stack was brought into being for it (`REVIEW_IN_PROGRESS`)."""
    changes: tuple[Change, ...]
    parameters: Mapping[str, tuple[str, str]]
    """The parameters that change: before, after."""

    @property
    def losses(self) -> tuple[Change, ...]:
        """The changes by which the stack loses data, or may."""
        return tuple(change for change in self.changes if change.loses_data)

    def withdraw(self) -> None:
        """Leave everything as it was before."""
        cloudformation = boto3.client("cloudformation")
        cloudformation.delete_change_set(ChangeSetName=self.arn, StackName=self.stack_id)
        stack = find(self.stack_id) if self.began_stack else None
        # Somebody else may have created it for real meanwhile.
        if stack and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
            cloudformation.delete_stack(StackName=self.stack_id)

    def execute(self, terminal: Terminal) -> None:
        """Do it, and wait for the end. Raises `DeployError` with what failed of it."""
        events = Events(self.stack_id)
        self._begin()
        try:
            with terminal.waiting("CloudFormation is at work"):
                status = events.wait(terminal.show)
        except (KeyboardInterrupt, BotoCoreError, ClientError):
            terminal.say("CloudFormation goes on by itself; make deploy, again, waits for it.")
            raise
        if status in WENT_WELL:
            return
        of_the_stack = [
            f"  {event['ResourceStatusReason']}"
            for event in events.all
            if event.get("PhysicalResourceId") == self.stack_id
            and event.get("ResourceStatusReason")
            and event["ResourceStatus"] not in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
        ]
        reasons = failures(events.all) or of_the_stack
        raise DeployError("\n".join([f"the deployment failed ({status}):", *reasons]))

    def _begin(self) -> None:
        try:
            boto3.client("cloudformation").execute_change_set(
                ChangeSetName=self.arn, StackName=self.stack_id
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in OVERTAKEN:
                raise
            raise DeployError(
                "somebody else has changed the stack since this was shown, so nothing of it is "
                "done: make deploy, again, shows what is left to change"
            ) from error


def with_code(template: dict[str, Any], bucket: str, key: str) -> str:
    """The template as CloudFormation takes it, its functions' code named."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    return json.dumps(template, separators=(",", ":"))


def _sent(body: str) -> dict[str, Any]:
    """The template as an argument of CloudFormation's: itself, or where it lies."""
    if len(body.encode()) <= LONGEST_BODY:
        return {"TemplateBody": body}
    return {"TemplateURL": artifacts.put_template(artifacts.ensure_bucket(find_target()), body)}


def propose(
    name: str,
    body: str,
    told: Mapping[str, str],
    watched: Watched | None = None,
) -> ChangeSet | None:
    """The change set that brings the stack to this template; None if it is there already.

    The stack must be settled. Raises `DeployError` if CloudFormation refuses the template.
    """
    cloudformation = boto3.client("cloudformation")
    before = find(name)
    is_first = before is None or before["StackStatus"] == "REVIEW_IN_PROGRESS"
    watch = watched or Watched()
    created = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{time.time_ns()}",
        ChangeSetType="CREATE" if is_first else "UPDATE",
        **_sent(body),
        Parameters=[{"ParameterKey": key, "ParameterValue": told[key]} for key in told],
        Capabilities=CAPABILITIES,  # type: ignore[arg-type]
        # Said even where there are none: else those of the last deployment would stay.
        RollbackConfiguration={
            "RollbackTriggers": [
                {"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in watch.alarms
            ],
            "MonitoringTimeInMinutes": watch.minutes,
        },
    )
    change_set = ChangeSet(created["Id"], created["StackId"], is_first, before is None, (), {})
    try:
        ready = cloudformation.get_waiter("change_set_create_complete")
        ready.wait(ChangeSetName=change_set.arn, StackName=name, WaiterConfig={"Delay": 1})
    except WaiterError as error:
        reason = str(error.last_response.get("StatusReason", error))
        change_set.withdraw()
        if any(words in reason for words in NO_CHANGES):
            return None
        raise DeployError(f"CloudFormation refused the template: {reason}") from error
    except BaseException:
        change_set.withdraw()
        raise
    return _described(change_set, before)


def _described(change_set: ChangeSet, before: "StackTypeDef | None") -> ChangeSet:
    pages = boto3.client("cloudformation").get_paginator("describe_change_set")
    found = list(pages.paginate(ChangeSetName=change_set.arn, StackName=change_set.stack_id))
    old = _parameters(before) if before else {}
    new = {
        entry["ParameterKey"]: entry.get("ParameterValue", "")
        for entry in found[0].get("Parameters", [])
    }
    return ChangeSet(
        change_set.arn,
        change_set.stack_id,
        change_set.is_first,
        change_set.began_stack,
        changes.read([change for page in found for change in page["Changes"]]),
        {}
        if change_set.is_first
        else {
            key: (old.get(key, ""), value)
            for key, value in sorted(new.items())
            if old.get(key, "") != value
        },
    )


def given(stage: str, told: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a stage: those that are told, and what follows from them."""
    of_the_gateway = {}
    if "AllowedOrigins" in told:
        of_the_gateway["GatewayOrigin"] = told["AllowedOrigins"].split(",")[0].strip()
    return {**of_the_gateway, **told, "Stage": stage}


def deploy(stage: str, built: Package, told: Mapping[str, str]) -> dict[str, str]:
    """Create or update the stack of `stage`, unattended and quietly; returns its outputs.

    Raises `DeployError`.
    """
    name, nobody = stack_name(stage), unattended()
    settle(name, nobody)
    bucket = artifacts.ensure_bucket(find_target())
    body = with_code(built.template, bucket, artifacts.upload(bucket, built.zip_file))
    change_set = propose(name, body, given(stage, told))
    if change_set is not None:
        change_set.execute(nobody)
    return outputs(stage)


def outputs(stage: str) -> dict[str, str]:
    """The outputs of the stack of `stage`. Raises `DeployError` if there is none."""
    told = _stack(stage).get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in told}


def api_url(outputs: Mapping[str, str]) -> str:
    """Where the API answers: emulators have it below their own address."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        return f"{endpoint.rstrip('/')}/restapis/{outputs['RestAPIId']}/v1/_user_request_"
    return outputs["EndpointURL"].rstrip("/")


def tell_what_is_passed_over(name: str, tell: Callable[[str], None]) -> None:
    """Tell of the types of the stack's resources that are not there, though it says so."""
    resources = boto3.client("cloudformation").describe_stack_resources(StackName=name)
    missing = sorted(
        {
            resource["ResourceType"]
            for resource in resources["StackResources"]
            if PASSED_OVER in resource.get("ResourceStatusReason", "")
        }
    )
    if missing:
        tell(f"Not there, because this target passes over it: {', '.join(missing)}")


def parameters(stage: str) -> dict[str, str]:
    """The parameters that the stack of `stage` has. Raises `DeployError` if there is none."""
    return _parameters(_stack(stage))


def require_not_of_make_run(stage: str, remedy: str) -> None:
    """Raise `DeployError` with what to do instead if `make run` has deployed the stage: it ends
    it, and its parameters, voices and sign-in, which no file names, would be taken away."""
    stack = find(stack_name(stage))
    if stack and _parameters(stack).get("EmulatorEndpointUrl"):
        raise DeployError(f"make run, or make up, deployed what is there: {remedy}")


def template(name: str) -> str:
    """The template of a stack as it was given."""
    answer = boto3.client("cloudformation").get_template(StackName=name, TemplateStage="Original")
    # botocore reads JSON by itself.
    body: Any = answer["TemplateBody"]
    return body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))


def _parameters(stack: "StackTypeDef") -> dict[str, str]:
    return {entry["ParameterKey"]: entry["ParameterValue"] for entry in stack.get("Parameters", [])}


def _stack(stage: str) -> "StackTypeDef":
    stack = find(stack_name(stage))
    if stack is None:
        raise DeployError(f"there is no stack {stack_name(stage)} here")
    return stack

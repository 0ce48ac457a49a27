"""A package through CloudFormation, by one change set."""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError, WaiterError

from deploy.artifacts import artifacts_bucket, object_url, upload
from deploy.package import Package
from deploy.target import DeployError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]

_NO_STACK = "ValidationError"


def stack_name(stage: str) -> str:
    return f"order-voice-{stage}"


def deploy(stage: str, built: Package, told: Mapping[str, str]) -> dict[str, str]:
    """Create or update the stack of `stage`; returns its outputs. Raises `DeployError`."""
    bucket = artifacts_bucket()
    template = built.template
    code = {"Bucket": bucket, "Key": upload(bucket, built.zip_file)}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = code
    body = json.dumps(template)
    key = f"templates/{hashlib.sha256(body.encode()).hexdigest()}.json"
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body.encode())
    _apply(stack_name(stage), object_url(bucket, key), {"Stage": stage, **told})
    return outputs(stage)


def outputs(stage: str) -> dict[str, str]:
    """The outputs of the stack of `stage`. Raises `DeployError` if there is none."""
    told = _stack(stage).get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in told}


def parameters(stage: str) -> dict[str, str]:
    """The parameters that the stack of `stage` has. Raises `DeployError` if there is none."""
    told = _stack(stage).get("Parameters", [])
    return {entry["ParameterKey"]: entry["ParameterValue"] for entry in told}


def _stack(stage: str) -> "StackTypeDef":
    try:
        [stack] = boto3.client("cloudformation").describe_stacks(StackName=stack_name(stage))[
            "Stacks"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] != _NO_STACK:
            raise
        raise DeployError(f"there is no stack {stack_name(stage)} here") from error
    return stack


def _apply(name: str, template_url: str, parameters: Mapping[str, str]) -> None:
    """Bring the stack to this template by one change set."""
    cloudformation = boto3.client("cloudformation")
    change_set = f"deploy-{time.time_ns()}"
    exists = _exists(name)
    cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=change_set,
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateURL=template_url,
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=CAPABILITIES,  # type: ignore[arg-type]
    )
    ready = cloudformation.get_waiter("change_set_create_complete")
    try:
        ready.wait(StackName=name, ChangeSetName=change_set, WaiterConfig={"Delay": 1})
    except WaiterError as error:
        status = cloudformation.describe_change_set(StackName=name, ChangeSetName=change_set)
        reason = status.get("StatusReason", "")
        cloudformation.delete_change_set(StackName=name, ChangeSetName=change_set)
        if "didn't contain changes" in reason or "No updates" in reason:
            return
        raise DeployError(f"CloudFormation refused the template: {reason}") from error
    cloudformation.execute_change_set(StackName=name, ChangeSetName=change_set)
    done = cloudformation.get_waiter("stack_update_complete" if exists else "stack_create_complete")
    try:
        done.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 900})
    except WaiterError as error:
        raise DeployError(f"the deployment of {name} failed:\n{_reasons(name)}") from error


def _exists(name: str) -> bool:
    """Whether there is a stack to update; what is left of a failed creation is removed."""
    cloudformation = boto3.client("cloudformation")
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return False
    if stack["StackStatus"] == "ROLLBACK_COMPLETE":
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 900}
        )
        return False
    return stack["StackStatus"] != "REVIEW_IN_PROGRESS"


def _reasons(name: str) -> str:
    events = boto3.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    failures = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return "\n".join(
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in failures
    )

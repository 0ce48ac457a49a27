"""Deploys a package through CloudFormation: the same code for the emulator, LocalStack and AWS.

AWS_ENDPOINT_URL=http://localhost:4566 python -m localstack.deploy local
python -m localstack.deploy prod        parameters: .chalice/parameters-prod.json
"""

import argparse
import hashlib
import json
import os
import re
import secrets
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from localstack import package
from localstack.emulator import CREDENTIALS
from localstack.package import ROOT, Package, PackageError

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
LINE_TOKEN = "line-channel-access-token"  # noqa: S105
ADDRESS_KEY = "client-address-key"


class DeployError(RuntimeError):
    """The deployment failed; the message is for the person at the terminal."""


def stack_name(stage: str) -> str:
    return f"order-voice-{stage}"


def deploy(stage: str, built: Package, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create or update the stack of `stage`; returns its outputs. Raises `DeployError`."""
    bucket = _artifacts_bucket()
    template = built.template
    code = {"Bucket": bucket, "Key": _upload(bucket, built.zip_file)}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = code
    body = json.dumps(template)
    key = f"templates/{hashlib.sha256(body.encode()).hexdigest()}.json"
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body.encode())
    _apply(stack_name(stage), _url(bucket, key), {"Stage": stage, **parameters})
    return outputs(stage)


def outputs(stage: str) -> dict[str, str]:
    """The outputs of the stack of `stage`. Raises `DeployError` if there is none."""
    try:
        [stack] = boto3.client("cloudformation").describe_stacks(StackName=stack_name(stage))[
            "Stacks"
        ]
    except ClientError as error:
        raise DeployError(f"there is no stack {stack_name(stage)} here") from error
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def publish_layer(name: str, zip_file: Path) -> str:
    """The ARN of a layer version with these contents."""
    bucket = _artifacts_bucket()
    answer = boto3.client("lambda").publish_layer_version(
        LayerName=f"order-voice-{name}",
        Content={"S3Bucket": bucket, "S3Key": _upload(bucket, zip_file)},
    )
    return answer["LayerVersionArn"]


def put_secret(stage: str, name: str, value: str) -> None:
    """Store a SecureString for `stage`, over what is there."""
    boto3.client("ssm").put_parameter(
        Name=f"/order-voice/{stage}/{name}", Value=value, Type="SecureString", Overwrite=True
    )


def ensure_secrets(stage: str) -> None:
    """See to it that Parameter Store has what the functions look for there.

    The key that guests' addresses are hashed with is random, made once, known to nobody. LINE's
    token is made up where no LINE is asked, and the operator's to store everywhere else:
    `DeployError` says how.
    """
    if not _has_secret(stage, ADDRESS_KEY):
        put_secret(stage, ADDRESS_KEY, secrets.token_urlsafe(32))
    if _has_secret(stage, LINE_TOKEN):
        return
    if stage != "local":
        raise DeployError(
            "store the LINE channel access token first:\n  aws ssm put-parameter "
            f"--type SecureString --name /order-voice/{stage}/{LINE_TOKEN} --value …"
        )
    put_secret(stage, LINE_TOKEN, secrets.token_urlsafe(32))


def _has_secret(stage: str, name: str) -> bool:
    ssm = boto3.client("ssm")
    try:
        ssm.get_parameter(Name=f"/order-voice/{stage}/{name}")
    except ssm.exceptions.ParameterNotFound:
        return False
    return True


def _artifacts_bucket() -> str:
    """A private bucket of this account and region for zips and templates."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    s3 = boto3.client("s3")
    region = s3.meta.region_name
    bucket = f"order-voice-artifacts-{account}-{region}"
    try:
        # Its name can be guessed: what we deploy must not come from a bucket of somebody else.
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError:
        where: Any = {"LocationConstraint": region}
        options = {} if region == "us-east-1" else {"CreateBucketConfiguration": where}
        s3.create_bucket(Bucket=bucket, **options)
    return bucket


def _upload(bucket: str, file: Path) -> str:
    """The key of `file` in the bucket, uploaded unless the same bytes are there."""
    content = file.read_bytes()
    key = f"code/{hashlib.sha256(content).hexdigest()}.zip"
    s3 = boto3.client("s3")
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    return key


def _url(bucket: str, key: str) -> str:
    s3 = boto3.client("s3")
    endpoint = s3.meta.endpoint_url
    if endpoint.endswith("amazonaws.com"):
        return f"https://{bucket}.s3.{s3.meta.region_name}.amazonaws.com/{key}"
    return f"{endpoint}/{bucket}/{key}"


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


def _parameters(stage: str) -> dict[str, str]:
    file = ROOT / ".chalice" / f"parameters-{stage}.json"
    loaded: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return loaded | ({"PublicS3EndpointUrl": endpoint} if stage == "local" and endpoint else {})


def _leave_alone_what_make_run_deployed(stage: str) -> None:
    """Its parameters are its own, and the file's would take away its voices and its sign-in."""
    with suppress(ClientError):
        [stack] = boto3.client("cloudformation").describe_stacks(StackName=stack_name(stage))[
            "Stacks"
        ]
        own = {entry["ParameterKey"]: entry["ParameterValue"] for entry in stack["Parameters"]}
        if own.get("EmulatorEndpointUrl"):
            raise DeployError("make run deployed what is there; start it again to deploy anew")


def go_where_the_stage_is(stage: str) -> None:
    """`local` is on an emulator, and nothing else is. Raises `DeployError`.

    Emulators take any credentials, but boto3 calls nobody without some.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if stage != "local":
        if endpoint:
            raise DeployError(f"{stage} is on AWS, but AWS_ENDPOINT_URL={endpoint}: unset it")
        return
    if not re.fullmatch(r"https?://\S+", endpoint):
        raise DeployError(
            "local is on an emulator: say AWS_ENDPOINT_URL=http://localhost:4566 before make"
        )
    if "AWS_PROFILE" not in os.environ:
        for name, value in CREDENTIALS.items():
            os.environ.setdefault(name, value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=["local", "prod"])
    stage = parser.parse_args().stage
    try:
        go_where_the_stage_is(stage)
        _leave_alone_what_make_run_deployed(stage)
        ensure_secrets(stage)
        found = deploy(stage, package.build(stage), _parameters(stage))
    except (PackageError, DeployError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"AWS: {error}\n")
        return 1
    for key, value in sorted(found.items()):
        sys.stdout.write(f"{key}={value}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

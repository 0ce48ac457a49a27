"""Which target a stage is deployed to: an account and region of AWS, or an emulator."""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass

import boto3
from botocore.exceptions import NoRegionError

from deploy.paths import LOCAL

STAGES = ("prod", "local", "rehearsal")
"""`prod` is on AWS, the others on an emulator: `local` is `make run`'s, or alone there; what is
rehearsed is deployed beside it."""
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""Emulators take any, but boto3 calls nobody without some."""


class DeployError(RuntimeError):
    """The deployment failed; the message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a stage is deployed to."""

    account: str
    region: str

    @property
    def bucket(self) -> str:
        """The name of the bucket that zips and layers are deployed from."""
        return f"order-voice-artifacts-{self.account}-{self.region}"

    def __str__(self) -> str:
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        where = f", at {endpoint}" if endpoint else ""
        return f"account {self.account}, region {self.region}{where}"


def stack_name(stage: str) -> str:
    return f"order-voice-{stage}"


def is_on_aws(stage: str) -> bool:
    return stage == "prod"


def aws_command(rest: str) -> str:
    """A command of AWS's CLI that goes where we go."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return f"aws {rest}" + (f" --endpoint-url {endpoint}" if endpoint else "")


def choose_target(stage: str) -> None:
    """Prepare the environment: only production is on AWS.

    Raises `DeployError`. An emulator gets `CREDENTIALS` where there are none.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if is_on_aws(stage):
        if endpoint:
            raise DeployError(f"{stage} is on AWS, but AWS_ENDPOINT_URL={endpoint}: unset it")
        return
    if not re.fullmatch(r"https?://\S+", endpoint):
        raise DeployError(
            f"{stage} is on an emulator: say AWS_ENDPOINT_URL={_emulator()} before make"
        )
    if "AWS_PROFILE" not in os.environ:
        for name, value in CREDENTIALS.items():
            os.environ.setdefault(name, value)


def _emulator() -> str:
    """Where the emulator of the last stack is, or would be."""
    file = LOCAL / "stack.env"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    running = dict(line.split("=", 1) for line in lines)
    port = os.environ.get("PORT") or "4566"
    return running.get("AWS_ENDPOINT_URL", f"http://localhost:{port}")


def find_target() -> Target:
    """Whose credentials these are, and which region is meant. Raises what botocore raises."""
    region = boto3.Session().region_name
    if not region:
        raise NoRegionError
    account = boto3.client("sts").get_caller_identity()["Account"]
    return Target(account, region)


def require_access_logs() -> None:
    """Raise `DeployError` where API Gateway may not write logs: the role for that is one of the
    account and region, and no stack of ours may take it from somebody else's."""
    if not boto3.client("apigateway").get_account().get("cloudwatchRoleArn"):
        raise DeployError(
            "AccessLogs is on, but API Gateway has no role here that it may write logs with: "
            "docs/operations.md#access-logs says how to give it one"
        )


def require_services(engines: Collection[str], region: str) -> None:
    """Raise `DeployError` where an engine needs a service that the region lacks.

    As botocore knows it; of a region that it does not know at all, nothing is said.
    """
    session = boto3.Session()
    if "polly" not in engines or region not in session.get_available_regions("lambda"):
        return
    if region not in session.get_available_regions("polly"):
        raise DeployError(
            f"there is no Amazon Polly in {region}: take polly out of SpeechEngines in "
            ".chalice/parameters-prod.json, or deploy to another region (ap-northeast-1)"
        )

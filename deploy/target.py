"""Which target a stage is deployed to."""

import os
import re

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""Emulators take any, but boto3 calls nobody without some."""


_REFUSED_CREDENTIALS = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "ExpiredTokenException",
    "AuthFailure",
}


class DeployError(RuntimeError):
    """The deployment failed; the message is for the person at the terminal."""


def choose_target(stage: str) -> None:
    """Prepare the environment: `local` is on an emulator, and no other stage is.

    Raises `DeployError`. An emulator gets `CREDENTIALS` where there are none.
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


def in_one_line(error: BotoCoreError | ClientError) -> str:
    """What AWS, or the way to it, has refused, and what helps where that is known."""
    if isinstance(error, NoRegionError):
        return "AWS: no region is set: say AWS_DEFAULT_REGION=ap-northeast-1 before make"
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        return f"AWS: {error}: `aws configure` keeps credentials, AWS_PROFILE=… chooses them"
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        if code in _REFUSED_CREDENTIALS:
            return f"AWS: these credentials are not taken ({code}): `aws configure` keeps others"
    return f"AWS: {' '.join(str(error).split())}"

"""The SecureStrings in Parameter Store that a stage's functions read."""

import secrets

import boto3

from deploy.target import DeployError, is_on_aws

LINE_TOKEN = "line-channel-access-token"  # noqa: S105
LINE_SIGNS_WITH = "line-channel-secret"
"""A local stack's; of another the template's `LineChannelSecretParameter` has the name."""
KEYS = ("client-address-key", "voice-address-key", "push-ticket-key")
"""Random, and made once: what guests' addresses are hashed with, and what addresses of voices and
tickets of the WebSocket are signed with."""


def put_secret(stage: str, name: str, value: str) -> None:
    """Store a SecureString for `stage`, over what is there."""
    boto3.client("ssm").put_parameter(
        Name=f"/order-voice/{stage}/{name}", Value=value, Type="SecureString", Overwrite=True
    )


def require_line_token(stage: str) -> None:
    """Raise `DeployError` where LINE's token is the operator's to store, and is not there."""
    if is_on_aws(stage) and not _has_secret(stage, LINE_TOKEN):
        raise DeployError(
            "store the LINE channel access token first:\n  aws ssm put-parameter "
            f"--type SecureString --name /order-voice/{stage}/{LINE_TOKEN} --value …"
        )


def ensure_secrets(stage: str) -> None:
    """See to it that Parameter Store has what the functions look for there.

    LINE's token is made up where no LINE is asked, and required everywhere else (`DeployError`).
    """
    require_line_token(stage)
    for name in (*KEYS, LINE_TOKEN):
        if not _has_secret(stage, name):
            put_secret(stage, name, secrets.token_urlsafe(32))


def _has_secret(stage: str, name: str) -> bool:
    ssm = boto3.client("ssm")
    try:
        ssm.get_parameter(Name=f"/order-voice/{stage}/{name}")
    except ssm.exceptions.ParameterNotFound:
        return False
    return True

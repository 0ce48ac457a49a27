"""The SecureStrings in Parameter Store that a stage's functions read."""

import secrets
from collections.abc import Collection, Mapping

import boto3

from deploy.target import DeployError, is_on_aws

LINE_TOKEN = "line-channel-access-token"  # noqa: S105
LINE_SIGNS_WITH = "line-channel-secret"
"""A local stack's; of another the template's `LineChannelSecretParameter` has the name."""
KEYS = ("client-address-key", "voice-address-key", "push-ticket-key")
"""Random, and made once: what guests' addresses are hashed with, and what addresses of voices and
tickets of the WebSocket are signed with."""
KEYS_OF_ENGINES = {"google": "GoogleSpeechKeyParameter", "azure": "AzureSpeechKeyParameter"}
"""The template's parameters with the names of keys that speech engines are asked with."""


def put_secret(stage: str, name: str, value: str) -> None:
    """Store a SecureString for `stage`, over what is there."""
    boto3.client("ssm").put_parameter(
        Name=_name(stage, name), Value=value, Type="SecureString", Overwrite=True
    )


def require_line_token(stage: str) -> None:
    """Raise `DeployError` where LINE's token is the operator's to store, and is not there."""
    if is_on_aws(stage) and not _has(_name(stage, LINE_TOKEN)):
        raise DeployError(
            "store the LINE channel access token first:\n  aws ssm put-parameter "
            f"--type SecureString --name {_name(stage, LINE_TOKEN)} --value …"
        )


def require_engine_keys(engines: Collection[str], told: Mapping[str, str]) -> None:
    """Raise `DeployError` where the key of one of `engines` is not there, by its name in the
    parameters `told`: the next engine would speak, and no trial order would tell."""
    for engine, parameter in KEYS_OF_ENGINES.items():
        name = told.get(parameter, "")
        if engine in engines and not _has(name):
            raise DeployError(
                f"store the key of the engine {engine} first ({parameter}):\n"
                f"  aws ssm put-parameter --type SecureString --name {name} --value …"
            )


def ensure_secrets(stage: str) -> None:
    """See to it that Parameter Store has what the functions look for there.

    LINE's token is made up where no LINE is asked, and required everywhere else (`DeployError`).
    """
    require_line_token(stage)
    for name in (*KEYS, LINE_TOKEN):
        if not _has(_name(stage, name)):
            put_secret(stage, name, secrets.token_urlsafe(32))


def _name(stage: str, name: str) -> str:
    return f"/order-voice/{stage}/{name}"


def _has(name: str) -> bool:
    ssm = boto3.client("ssm")
    try:
        ssm.get_parameter(Name=name)
    except ssm.exceptions.ParameterNotFound:
        return False
    return True

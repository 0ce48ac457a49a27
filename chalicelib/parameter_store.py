"""Secrets from SSM Parameter Store, by name; fetched once per container."""

import math
import time
from threading import Lock
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.aws_reason import reason
from chalicelib.errors import TransientError
from chalicelib.in_time import AWS_SECONDS, in_time
from chalicelib.once import once

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_values: dict[str, str] = {}
_read_at: dict[str, float] = {}
_failed_at: dict[str, float] = {}
_turns: dict[str, Lock] = {}
"""One for each name: who waits for one secret keeps nobody from another."""


def secret(parameter_name: str, *, max_age: float = math.inf) -> str:
    """The decrypted value of a SecureString parameter. Raises `TransientError`.

    It is fetched again where it was longer ago than `max_age` seconds; if that fails, the older
    value stays. One thread asks, the others wait for its answer; a failure is theirs as well.
    """
    asked_at = time.monotonic()
    with _turns.setdefault(parameter_name, Lock()):
        is_old = asked_at - _read_at.get(parameter_name, asked_at) > max_age
        if is_old or parameter_name not in _values:
            if _failed_at.get(parameter_name, 0.0) > asked_at:
                raise TransientError(f"{parameter_name} could not be read while this one waited")
            try:
                _values[parameter_name] = _fetch(parameter_name)
                _read_at[parameter_name] = time.monotonic()
            except TransientError:
                _failed_at[parameter_name] = time.monotonic()
                raise
        return _values[parameter_name]


def at_hand(parameter_name: str) -> str | None:
    """The value if it was fetched before, without a wait for it."""
    return _values.get(parameter_name)


def forget(parameter_name: str) -> None:
    """Fetch the value again at its next use: it was refused, so it may have been rotated."""
    with _turns.setdefault(parameter_name, Lock()):
        _values.pop(parameter_name, None)


def _fetch(parameter_name: str) -> str:
    try:
        answer = in_time(
            "SSM",
            lambda: _client().get_parameter(Name=parameter_name, WithDecryption=True),
            time.monotonic() + AWS_SECONDS,
        )
    except (BotoCoreError, ClientError) as error:
        raise TransientError(
            f"cannot read the parameter {parameter_name}: {reason(error)}"
        ) from error
    return answer["Parameter"]["Value"]


@once
def _client() -> "SSMClient":
    client: SSMClient = aws.client("ssm", connect=1, read=2, tries=3)
    return client

"""Clients of AWS, by boto3 and of one session: what all of them are made of is read once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from chalicelib.once import once

USER_AGENT = f"order-voice Boto3/{boto3.__version__}"
"""Told to AWS, whose logs have it. botocore composes its own anew, twice for each request, which
takes the CPU longer than signing does."""


@once
def session() -> boto3.Session:
    """That of this process."""
    return boto3.Session()


def client(
    service: Any,
    *,
    connect: float,
    read: float,
    tries: int,
    endpoint_url: str | None = None,
    **options: Any,
) -> Any:
    """A new client: seconds for one connection and for one read, tries in all; `options` are
    botocore's. Parameters are not checked here: they are ours, and AWS checks them."""
    config = Config(
        connect_timeout=connect,
        read_timeout=read,
        retries={"mode": "standard", "total_max_attempts": tries},
        parameter_validation=False,
        user_agent=USER_AGENT,
        **options,
    )
    with _without_collecting():
        return session().client(service, endpoint_url=endpoint_url, config=config)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Three clients are made of forty thousand objects, and nearly all of them stay: looking for
    garbage among them is a twentieth of a cold start."""
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_collecting:
            gc.enable()

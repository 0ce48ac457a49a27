"""The environment of unit tests: settings, and AWS as moto plays it."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_DEFAULT_REGION="ap-northeast-1",
    AWS_REGION="ap-northeast-1",
    STAGE="test",
    ORDERS_TABLE="orders",
    LIMITS_TABLE="limits",
    ORDERS_QUEUE_URL="https://sqs.ap-northeast-1.amazonaws.com/123456789012/orders",
    AHEAD_QUEUE_URL="https://sqs.ap-northeast-1.amazonaws.com/123456789012/ahead",
    SPEAK_AHEAD="on",
    VOICE_BUCKET="voices",
    LINE_CHANNEL_TOKEN_PARAMETER="/order-voice/test/line-channel-access-token",
    CLIENT_ADDRESS_KEY_PARAMETER="/order-voice/test/client-address-key",
    VOICE_ADDRESS_KEY_PARAMETER="/order-voice/test/voice-address-key",
    API_URL="https://api.example/v1",
    LINE_LOGIN_CHANNEL_ID="1234567890",
    LINE_API_URL="http://127.0.0.1:9",
    LIFF_URL="https://liff.line.me/1234567890-AbcdEfgh",
    SPEECH_ENGINES="gtts,espeak",
)

import boto3
import pytest
import time_machine
from botocore.loaders import create_loader
from moto import mock_aws

from tests import app_state
from tests.template import table_schema
from tests.unit.orders_support import NOW, Queue


@pytest.fixture(scope="session", autouse=True)
def service_models() -> Iterator[None]:
    """Look for and read botocore's files once: moto makes a new session, which would, per test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", cache(create_loader))
        yield


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """Each test is a new process, as far as settings, clients and secrets go."""
    yield
    app_state.reset()


client: Callable[[str], Any] = cache(boto3.client)
"""What a test starts with is made by one client, the first test's: moto answers it in all."""


@pytest.fixture
def aws() -> Iterator[None]:
    """The stack's tables, queue, bucket and secrets, at the moment that tests call `NOW`."""
    with time_machine.travel(NOW / 1000, tick=True), mock_aws():
        for name, described in (("orders", "OrdersTable"), ("limits", "LimitsTable")):
            client("dynamodb").create_table(TableName=name, **table_schema(described))
        for name in ("orders", "ahead"):
            client("sqs").create_queue(QueueName=name)
        client("s3").create_bucket(
            Bucket="voices", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"}
        )
        ssm = client("ssm")
        for name in ("line-channel-access-token", "client-address-key", "voice-address-key"):
            ssm.put_parameter(Name=f"/order-voice/test/{name}", Value="s3cret", Type="SecureString")
        yield


@pytest.fixture
def queued(aws: None) -> Queue:
    return Queue()

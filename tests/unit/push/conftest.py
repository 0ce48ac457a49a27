"""A stack with push: its table, its key, and the addresses of its WebSocket."""

import logging
from collections.abc import Callable, Iterator
from io import StringIO

import boto3
import pytest

from chalicelib.settings import settings
from chalicelib.telemetry import logger
from tests.template import table_schema

KEY = "/order-voice/test/push-ticket-key"


@pytest.fixture
def push(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto's, beside what every test has."""
    monkeypatch.setenv("PUSH_URL", "wss://push.example/v1")
    monkeypatch.setenv("PUSH_CALLBACK_URL", "https://push.example/v1")
    monkeypatch.setenv("CONNECTIONS_TABLE", "connections")
    monkeypatch.setenv("PUSH_TICKET_KEY_PARAMETER", KEY)
    settings.cache_clear()
    schema = table_schema("ConnectionsTable")
    boto3.client("dynamodb").create_table(TableName="connections", **schema)
    boto3.client("ssm").put_parameter(Name=KEY, Value="s3cret", Type="SecureString")


@pytest.fixture
def said() -> Iterator[Callable[[], str]]:
    """What our logger has written so far."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    yield stream.getvalue
    logger._logger.removeHandler(handler)

"""The channel token of a push: rotated, wrong or unusable, and where a worker has it from."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib import parameter_store
from chalicelib.errors import PermanentError, TransientError
from chalicelib.line.messaging_api import messaging_api_client
from chalicelib.settings import settings
from tests.unit.line.channel_token import TOKEN, Vault
from tests.unit.line.pushes import MESSAGES, Line, assert_tells_nothing, push, sender_to


def test_a_rotated_token_is_fetched_again(line: Line) -> None:
    vault = Vault(cached="the-old-token")
    push(sender_to(line, vault))
    assert line.received() == MESSAGES
    assert vault.forgotten == 1


def test_a_token_that_stays_wrong_is_permanent(line: Line) -> None:
    vault = Vault(cached=f"{TOKEN}-old", stored=f"{TOKEN}-wrong")
    with pytest.raises(PermanentError, match="HTTP 401") as failure:
        push(sender_to(line, vault))
    assert_tells_nothing(failure.value)
    assert vault.forgotten == 1
    assert line.get("/standin/counts")["push_requests"] == 2


def test_a_token_kept_with_a_line_break_is_usable(line: Line) -> None:
    push(sender_to(line, Vault(cached=f"{TOKEN}\n")))
    assert line.received() == MESSAGES


def test_an_impossible_token_is_not_told(line: Line) -> None:
    with pytest.raises(TransientError) as failure:
        push(sender_to(line, Vault(cached=f"{TOKEN}\r\nX-Injected: 1")))
    assert_tells_nothing(failure.value)
    assert line.received() == []


@pytest.fixture
def new_worker(monkeypatch: pytest.MonkeyPatch, line: Line) -> Iterator[None]:
    """A worker that starts now, with its settings from the environment."""
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "ORDERS_TABLE": "orders",
        "LIMITS_TABLE": "limits",
        "ORDERS_QUEUE_URL": "http://localhost/orders",
        "VOICE_BUCKET": "voices",
        "LINE_CHANNEL_TOKEN_PARAMETER": "/order-voice/line-token",
        "CLIENT_ADDRESS_KEY_PARAMETER": "/order-voice/address-key",
        "VOICE_ADDRESS_KEY_PARAMETER": "/order-voice/voice-address-key",
        "LINE_API_URL": line.url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    forget_this_process()
    with mock_aws():
        yield
    forget_this_process()


def forget_this_process() -> None:
    settings.cache_clear()
    messaging_api_client.cache_clear()
    parameter_store.forget("/order-voice/line-token")
    parameter_store._client.cache_clear()


@pytest.mark.usefixtures("new_worker")
def test_a_worker_follows_the_token_in_parameter_store(line: Line) -> None:
    def store(token: str) -> None:
        boto3.client("ssm").put_parameter(
            Name="/order-voice/line-token", Value=token, Type="SecureString", Overwrite=True
        )

    store("the-old-token")
    with pytest.raises(PermanentError, match="HTTP 401"):
        push(messaging_api_client())
    store(TOKEN)
    push(messaging_api_client())
    assert line.received() == MESSAGES
    assert messaging_api_client() is messaging_api_client()

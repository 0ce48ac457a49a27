"""The push, against the LINE stand-in: delivered once, never waited for too long, never told."""

import json
import logging
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import urllib3
from moto import mock_aws

from chalicelib import parameter_store
from chalicelib.errors import PermanentError, TransientError
from chalicelib.line.messaging_api import MessagingApiClient, messaging_api_client
from chalicelib.settings import settings
from localstack.line_standin.app import Config
from localstack.line_standin.server import serving

TOKEN = "channel-token-that-nobody-may-see"
USER = "U" + "5e" * 16
TEXT = "牛肉麵兩碗-that-nobody-may-see"
MESSAGES = [{"type": "text", "text": TEXT}]


class Vault:
    """The channel token as Parameter Store has it, and as the process has cached it."""

    def __init__(self, *, cached: str = TOKEN, stored: str = TOKEN) -> None:
        self.cached = cached
        self.stored = stored
        self.forgotten = 0

    def token(self) -> str:
        return self.cached

    def forget(self) -> None:
        self.forgotten += 1
        self.cached = self.stored


class Line:
    """The stand-in, from a test's side."""

    def __init__(self, url: str, http: urllib3.PoolManager) -> None:
        self.url = url
        self._http = http

    def get(self, path: str) -> Any:
        return self._http.request("GET", self.url + path).json()

    def reset(self) -> None:
        self._http.request("POST", f"{self.url}/standin/reset")

    def set_faults(self, *faults: object) -> None:
        response = self._http.request(
            "POST", f"{self.url}/standin/faults", json={"push": list(faults)}
        )
        assert response.status == 200

    def received(self, user_id: str = USER) -> list[Any]:
        messages = self.get(f"/standin/messages?user_id={user_id}")["messages"]
        return [message["message"] for message in messages]


@pytest.fixture(scope="module")
def shared() -> Iterator[Line]:
    config = Config(channel_id="1234567890", channel_token=TOKEN, hang_seconds=5)
    with serving(config) as url, urllib3.PoolManager() as http:
        yield Line(url, http)


@pytest.fixture
def line(shared: Line) -> Line:
    shared.reset()
    return shared


def sender_to(line: Line, vault: Vault | None = None) -> MessagingApiClient:
    vault = vault or Vault()
    return MessagingApiClient(
        api_url=line.url, channel_token=vault.token, forget_channel_token=vault.forget
    )


def push(
    sender: MessagingApiClient,
    *,
    key: uuid.UUID | None = None,
    user_id: str = USER,
    messages: list[dict[str, Any]] = MESSAGES,
    seconds: float = 5,
) -> None:
    sender.push(
        user_id,
        messages,
        retry_key=key or uuid.uuid4(),
        deadline=time.monotonic() + seconds,
    )


def assert_tells_nothing(error: BaseException, log: str = "") -> None:
    told = "".join(traceback.format_exception(error)) + str(error) + repr(error) + log
    for secret in (TOKEN, USER, TEXT, json.dumps(TEXT).strip('"')):
        assert secret not in told


def test_a_push_reaches_its_user(line: Line) -> None:
    push(sender_to(line))
    assert line.received() == MESSAGES
    assert line.received("Uother") == []


def test_every_message_of_an_order_arrives_as_it_was_made(line: Line) -> None:
    flex = {
        "type": "flex",
        "altText": "order",
        "contents": {
            "type": "bubble",
            "body": {
                "type": "box",
                "layout": "vertical",
                "paddingAll": "16px",
                "contents": [
                    {"type": "text", "text": "牛肉麵", "flex": 0, "wrap": True, "maxLines": 3},
                    {"type": "separator", "color": "#E3E8E6"},
                ],
            },
        },
    }
    push(sender_to(line), messages=[flex, *MESSAGES])
    assert line.received() == [flex, *MESSAGES]


def test_the_same_key_delivers_once(line: Line) -> None:
    sender, key = sender_to(line), uuid.uuid4()
    for _ in range(3):
        push(sender, key=key)
    assert line.received() == MESSAGES
    assert line.get("/standin/counts")["push_conflicts"] == 2


@pytest.mark.parametrize("fault", ["drop-after-accept", "500-after-accept", "hang-after-accept"])
def test_a_push_whose_answer_was_lost_is_not_delivered_twice(line: Line, fault: str) -> None:
    sender, key = sender_to(line), uuid.uuid4()
    line.set_faults(fault)
    with pytest.raises(TransientError):
        push(sender, key=key, seconds=1)
    push(sender, key=key)
    assert line.received() == MESSAGES


@pytest.mark.parametrize("fault", [429, 500, 502, 503, "drop", "hang"])
def test_trouble_that_may_pass_is_transient_and_delivers_nothing(line: Line, fault: object) -> None:
    line.set_faults(fault)
    with pytest.raises(TransientError) as failure:
        push(sender_to(line), seconds=1)
    assert_tells_nothing(failure.value)
    assert line.received() == []


@pytest.mark.parametrize("fault", [400, 403, 404, 413])
def test_a_refusal_is_permanent(line: Line, fault: int) -> None:
    line.set_faults(fault)
    with pytest.raises(PermanentError, match=f"HTTP {fault}, request id [0-9a-f-]{{36}}"):
        push(sender_to(line))


def test_messages_that_line_refuses_are_permanent_and_not_told(line: Line) -> None:
    too_long = [{"type": "text", "text": TEXT * 1000}]
    with pytest.raises(PermanentError, match="HTTP 400") as failure:
        push(sender_to(line), messages=too_long)
    assert_tells_nothing(failure.value)


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"type": "text"}],
        [{"text": TEXT}],
        [{"type": TEXT}],
        [{"type": "text", "text": TEXT}] * 6,
        [{"type": "flex", "altText": TEXT, "contents": {"type": TEXT}}],
    ],
)
def test_what_is_no_message_is_not_sent(line: Line, messages: list[dict[str, Any]]) -> None:
    with pytest.raises(PermanentError) as failure:
        push(sender_to(line), messages=messages)
    assert_tells_nothing(failure.value)
    assert line.get("/standin/counts") == {}


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


def test_without_time_nothing_is_sent(line: Line) -> None:
    with pytest.raises(TransientError, match="no time"):
        push(sender_to(line), seconds=0.1)
    assert line.get("/standin/counts") == {}


def test_time_that_the_token_took_is_not_left_for_the_push(line: Line) -> None:
    vault, now = Vault(), [time.monotonic()]

    def slow_token() -> str:
        now[0] += 5
        return vault.token()

    sender = MessagingApiClient(
        api_url=line.url,
        channel_token=slow_token,
        forget_channel_token=vault.forget,
        clock=lambda: now[0],
    )
    with pytest.raises(TransientError, match="no time"):
        push(sender, seconds=5)
    assert line.get("/standin/counts") == {}


def test_the_deadline_ends_a_push_that_hangs(line: Line) -> None:
    line.set_faults("hang")
    start = time.monotonic()
    with pytest.raises(TransientError):
        push(sender_to(line), seconds=1)
    assert time.monotonic() - start < 2


def test_a_closed_port_is_transient() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    vault = Vault()
    sender = MessagingApiClient(
        api_url=url, channel_token=vault.token, forget_channel_token=vault.forget
    )
    with pytest.raises(TransientError) as failure:
        push(sender)
    assert_tells_nothing(failure.value)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xfe\xfd\xfc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\n\xff\xfe\xfd\xfc",
        b"HTTP/1.1 200 OK\r\nContent-Type: a; charset=no-such ;\r\nContent-Length: 2\r\n\r\n{}",
        b"no HTTP at all\r\n\r\n",
    ],
)
def test_an_unreadable_answer_leaves_the_fate_open(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_once() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=answer_once)
        thread.start()
        vault = Vault()
        sender = MessagingApiClient(
            api_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
            channel_token=vault.token,
            forget_channel_token=vault.forget,
        )
        with pytest.raises(TransientError) as failure:
            push(sender)
        thread.join()
    assert_tells_nothing(failure.value)


def test_a_redirect_is_not_followed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        seen: list[bytes] = []

        def redirect() -> None:
            connection, _ = listener.accept()
            with connection:
                seen.append(connection.recv(65536))
                connection.sendall(
                    f"HTTP/1.1 307 Temporary\r\nLocation: http://127.0.0.1:{port}/steal\r\n"
                    "Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
                )

        thread = threading.Thread(target=redirect)
        thread.start()
        vault = Vault()
        sender = MessagingApiClient(
            api_url=f"http://127.0.0.1:{port}",
            channel_token=vault.token,
            forget_channel_token=vault.forget,
        )
        with pytest.raises(PermanentError, match="HTTP 307"):
            push(sender)
        thread.join()
    assert len(seen) == 1


def test_ten_orders_at_once_each_reach_their_user(line: Line) -> None:
    sender = sender_to(line)
    users = [f"U{number:032x}" for number in range(10)]

    def push_to(user_id: str) -> None:
        push(sender, user_id=user_id, messages=[{"type": "text", "text": f"for {user_id}"}])

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(push_to, users))
    assert [line.received(user) for user in users] == [
        [{"type": "text", "text": f"for {user}"}] for user in users
    ]


def test_ten_workers_with_one_order_deliver_it_once(line: Line) -> None:
    sender, key = sender_to(line), uuid.uuid4()
    with ThreadPoolExecutor(10) as pool:
        for finished in [pool.submit(push, sender, key=key) for _ in range(10)]:
            finished.result()
    assert line.received() == MESSAGES


def test_nothing_is_logged_that_is_nobodys_business(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    sender = sender_to(line)
    # Not even to someone who turns everything on.
    for name in ("", "linebot.v3.messaging", "urllib3", "chalicelib"):
        caplog.set_level(logging.DEBUG, name)
    push(sender)
    line.set_faults(500)
    with pytest.raises(TransientError) as failure:
        push(sender)
    logged = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("linebot", "urllib3", "chalicelib"))
    )
    assert "/v2/bot/message/push" in logged
    assert_tells_nothing(failure.value, logged)


@pytest.fixture
def new_worker(monkeypatch: pytest.MonkeyPatch, line: Line) -> Iterator[None]:
    """A worker that starts now, with its settings from the environment."""
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "ORDERS_TABLE": "orders",
        "ORDERS_QUEUE_URL": "http://localhost/orders",
        "VOICE_BUCKET": "voices",
        "LINE_CHANNEL_TOKEN_PARAMETER": "/order-voice/line-token",
        "CLIENT_ADDRESS_KEY_PARAMETER": "/order-voice/address-key",
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

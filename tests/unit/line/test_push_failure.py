"""A push that fails: whether another may succeed, how long it took, and that it tells no secret."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.errors import PermanentError, QuotaUsedUp, TransientError
from chalicelib.line.messaging_api import MessagingApiClient
from tests.unit.line.channel_token import Vault
from tests.unit.line.pushes import TEXT, Line, assert_tells_nothing, push, sender_to


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


def test_a_quota_that_is_used_up_is_permanent_for_this_month_and_told_apart(line: Line) -> None:
    line.set_faults("monthly-limit")
    with pytest.raises(QuotaUsedUp, match=r"HTTP 429, request id [0-9a-f-]{36}") as failure:
        push(sender_to(line))
    assert_tells_nothing(failure.value)
    assert line.received() == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ('{"message": "You have reached your monthly limit."}', QuotaUsedUp),
        ('{"message": "you have reached your Monthly-Limit"}', QuotaUsedUp),
        ('{"message": "MONTHLY LIMIT REACHED!", "details": []}', QuotaUsedUp),
        ('{"message": "The API rate limit has been exceeded. Try again later."}', TransientError),
        ('{"message": "Too Many Requests"}', TransientError),
        ('{"message": "The monthly report is limited"}', TransientError),
        ('{"message": null}', TransientError),
        ('{"title": "monthly limit"}', TransientError),
        ("[]", TransientError),
        ("You have reached your monthly limit.", TransientError),
        ("", TransientError),
    ],
)
def test_a_429_is_for_the_month_only_where_line_says_so(body: str, error: type[Exception]) -> None:
    head = f"HTTP/1.1 429 Too Many Requests\r\nContent-Length: {len(body)}\r\n\r\n"
    with answering((head + body).encode()) as sender, pytest.raises(error) as failure:
        push(sender)
    assert type(failure.value) is error


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
    with answering(answer) as sender, pytest.raises(TransientError) as failure:
        push(sender)
    assert_tells_nothing(failure.value)


@contextmanager
def answering(answer: bytes) -> Iterator[MessagingApiClient]:
    """A sender to a server that gives this answer, once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_once() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=answer_once)
        thread.start()
        vault = Vault()
        yield MessagingApiClient(
            api_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
            channel_token=vault.token,
            forget_channel_token=vault.forget,
        )
        thread.join()


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

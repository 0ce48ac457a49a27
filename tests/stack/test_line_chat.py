"""The deployed stack and the LINE chat: LINE takes no message, or has nobody to give it to."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.seed_order import SEED_ORDER
from tests.stack.client import Client


@pytest.fixture
def client(stack: dict[str, str]) -> Iterator[Client]:
    client = Client(stack)
    yield client
    client.call("POST", f"{stack['LINE_URL']}/standin/quota", {"limit": None})


@pytest.fixture
def user_id() -> str:
    return "U" + uuid.uuid4().hex


def ended(client: Client, user_id: str, order: Any = SEED_ORDER) -> tuple[str, str, str | None]:
    token = client.sign_in(user_id)
    status = client.follow(client.place(order, **token), **token)
    listed = client.call("GET", "/api/orders", **token).json["orders"][0]
    said = (status["notification"], status["notification_detail"])
    assert said == (listed["notification"], listed["notification_detail"])
    return status["status"], *said


def asks(client: Client) -> int:
    counts = client.call("GET", f"{client.stack['LINE_URL']}/standin/counts").json
    return int(counts.get("push_requests", 0))


def test_a_used_up_quota_ends_the_order_with_its_voice_and_is_asked_once(
    client: Client, user_id: str
) -> None:
    client.call("POST", f"{client.stack['LINE_URL']}/standin/quota", {"limit": 0})
    before = asks(client)
    assert ended(client, user_id) == ("completed", "failed", "quota_used_up")
    assert asks(client) == before + 1
    assert client.chat(user_id) == []


def test_who_has_blocked_the_account_is_told_that_the_chat_may_have_nothing(
    client: Client, user_id: str
) -> None:
    friends = f"{client.stack['LINE_URL']}/standin/friends"
    client.call("POST", friends, {"user_id": user_id, "is": "blocked"})
    assert ended(client, user_id) == ("completed", "sent", "not_reachable")
    assert client.chat(user_id) == []
    client.call("POST", friends, {"user_id": user_id, "is": "friend"})
    assert ended(client, user_id) == ("completed", "sent", None)
    assert len(client.chat(user_id)) == 3


def test_who_does_not_want_it_in_the_chat_is_sent_nothing(client: Client, user_id: str) -> None:
    before = asks(client)
    order = SEED_ORDER | {"notify": False}
    assert ended(client, user_id, order) == ("completed", "skipped", "not_asked")
    assert (asks(client), client.chat(user_id)) == (before, [])

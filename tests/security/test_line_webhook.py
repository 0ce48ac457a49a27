"""LINE's webhook on the running stack: signatures made up, taken along, and good ones."""

import json
import uuid

import pytest

from tests.ports import FOREIGN_ORIGIN
from tests.stack.client import Client, until


@pytest.fixture(scope="module")
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


@pytest.fixture
def user_id() -> str:
    return "U" + uuid.uuid4().hex


def is_gone(client: Client, order_id: str, user: dict[str, str]) -> bool:
    return client.call("GET", f"/api/orders/status/{order_id}", **user).status == 404


def test_who_leaves_is_erased_and_what_is_ordered_afterwards_stays(
    client: Client, user_id: str
) -> None:
    user = client.sign_in(user_id)
    before = client.place(**user)
    client.follow(before, **user)
    assert client.leave(user_id).status == 200
    until(lambda: is_gone(client, before, user))
    after = client.place(**user)
    assert client.follow(after, **user)["status"] == "completed"


def test_a_signature_of_another_body_or_none_erases_nothing(client: Client, user_id: str) -> None:
    user = client.sign_in(user_id)
    order_id = client.place(**user)
    client.follow(order_id, **user)
    event = {"type": "unfollow", "timestamp": 2**45, "source": {"type": "user", "userId": user_id}}
    body = json.dumps({"destination": "U0", "events": [event]}).encode()
    for answer in (
        client.webhook(body, signed=b'{"events": []}'),
        client.webhook(body, signed=body + b" "),
        client.webhook(body, X_Line_Signature=""),
        client.webhook(body, X_Line_Signature="x" * 6000),
        client.webhook(body, X_Line_Signature="4pyT"),
        client.webhook(body, Authorization=user["Authorization"], X_Line_Signature="4pyT"),
    ):
        assert answer.status == 403
        assert answer.json["code"] == "signature_invalid"
    assert client.webhook(b" " * 300_000).status == 413
    assert client.call("GET", f"/api/orders/status/{order_id}", **user).status == 200


def test_lines_verify_button_is_answered_and_text_is_taken_as_its_bytes(client: Client) -> None:
    assert client.webhook(b'{"destination":"U0","events":[]}').status == 200
    text = {"type": "message", "message": {"type": "text", "text": "ลบ 旅人 🍜 \\u0000"}}
    for is_ascii in (True, False):
        body = json.dumps({"events": [text]}, ensure_ascii=is_ascii, indent=1).encode()
        assert client.webhook(body).status == 200


def test_no_page_is_let_in(client: Client) -> None:
    answer = client.webhook(b'{"events":[]}', Origin=FOREIGN_ORIGIN)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    preflight = client.call(
        "OPTIONS", "/api/line/webhook", Origin=FOREIGN_ORIGIN, Access_Control_Request_Method="POST"
    )
    assert preflight.status >= 400
    assert "access-control-allow-methods" not in {name.lower() for name in preflight.headers}

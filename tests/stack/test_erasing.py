"""On the deployed stack: a traveller's orders are erased, by themselves and by an operator."""

import os
import subprocess
import sys
import uuid
from typing import Any

import pytest

from deploy.paths import ROOT
from tests.stack.client import Client, until

STAGE = "local"


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


@pytest.fixture
def user_id() -> str:
    return "U" + uuid.uuid4().hex


def is_gone(client: Client, order_id: str, user: dict[str, str]) -> bool:
    return client.call("GET", f"/api/orders/status/{order_id}", **user).status == 404


def stored(client: Client, order_id: str) -> dict[str, Any]:
    table, key = client.stack["ORDERS_TABLE"], {"order_id": {"S": order_id}}
    answer = client.aws("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    found: dict[str, Any] = answer["Item"]
    return found


def test_an_order_erased_as_soon_as_it_is_placed_is_pushed_once_and_then_gone(
    client: Client, user_id: str
) -> None:
    user = client.sign_in(user_id)
    order_id = client.place(**user)
    while client.call("DELETE", "/api/orders", **user).json["left"]:
        pass
    until(lambda: is_gone(client, order_id, user))
    assert stored(client, order_id).keys() == {"order_id", "expires_at", "write_id"}
    pushes = {entry["push"] for entry in client.chat(user_id)}
    assert len(pushes) == 1
    voice = client.chat(user_id)[2]["message"]["originalContentUrl"]
    assert client.call("GET", voice).status == 404


def forget(client: Client, user_id: str) -> "subprocess.CompletedProcess[str]":
    names = ("AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION")
    environment = {**os.environ, **{name: client.stack[name] for name in names}, "USER": user_id}
    return subprocess.run(
        [sys.executable, "-m", "deploy.forget", STAGE, "--yes"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_an_operator_erases_the_orders_of_whoever_asks(client: Client, user_id: str) -> None:
    user = client.sign_in(user_id)
    order_ids = [client.place(**user) for _ in range(2)]
    others = client.place(**client.sign_in("U" + uuid.uuid4().hex))
    for order_id in order_ids:
        client.follow(order_id, **user)
    done = forget(client, user_id)
    assert done.returncode == 0, done.stderr
    assert "Orders of this user: 2" in done.stderr
    assert "Erased: 2" in done.stderr
    assert user_id not in done.stdout + done.stderr
    assert all(is_gone(client, order_id, user) for order_id in order_ids)
    assert "owner" in stored(client, others)
    again = forget(client, user_id)
    assert (again.returncode, "Orders of this user: 0" in again.stderr) == (0, True)

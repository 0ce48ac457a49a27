"""`make logs`: one order's story, of the deployed stack."""

import os
import subprocess
import sys
import uuid

import pytest

from chalicelib.orders.identity import new_order_id
from deploy.paths import ROOT
from tests.seed_order import SEED_ORDER
from tests.stack.client import Client, until


def story(stack: dict[str, str], order_id: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.story", "local", "--order", order_id],
        cwd=ROOT,
        env={**os.environ, **stack},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


def test_an_orders_story_leads_from_the_api_to_its_end(client: Client) -> None:
    user_id = "U" + uuid.uuid4().hex
    token = client.sign_in(user_id)
    order_id = client.place(**token)
    client.follow(order_id, **token)
    # Without gTTS: it is passed over, unsaid, where it has just failed for somebody else.
    steps = [
        *("快速訂單建立請求", "開始背景處理訂單", "engine=espeak"),
        *("LINE has the push", "order completed"),
    ]

    def whole() -> str:
        told = story(client.stack, order_id).stdout
        return told if all(step in told for step in steps) else ""

    # The emulator writes a function's lines down after it has answered.
    told = until(whole)
    head, *lines = told.splitlines()
    assert head.startswith(f"{order_id}  status=completed  attempts=")
    assert "notification=sent" in head
    places = [next(i for i, line in enumerate(lines) if step in line) for step in steps]
    assert places == sorted(places)
    assert [lines[place].split()[3] for place in (places[0], places[-1])] == ["api", "worker"]
    [push] = [line for line in lines if "LINE has the push" in line]
    chat = client.chat(user_id)[0]
    assert f"line_request_id={chat['request_id']}" in push
    assert f"retry_key={chat['retry_key']}" in push
    assert user_id not in told
    assert client.stack["LINE_URL"] not in told


def test_an_orders_story_begins_with_what_was_refused_before_it_was_accepted(
    client: Client,
) -> None:
    key = str(uuid.uuid4())
    refusals = [
        client.call("POST", "/api/orders/quick", {"items": []}, Idempotency_Key=key).json["code"],
        client.call(
            "POST", "/api/orders/quick", SEED_ORDER, Idempotency_Key=key, Authorization="Bearer no"
        ).json["code"],
    ]
    order_id = client.place(Idempotency_Key=key)
    by_its_key = story(client.stack, key).stdout
    assert by_its_key.startswith(f"The key {key} stands for {order_id}\n{order_id}  status=")
    client.call("POST", f"/api/orders/{order_id}/retry")
    steps = [
        f"refused  status={status}  code={code}"
        for status, code in zip((422, 401), refusals, strict=True)
    ]
    steps += ["快速訂單建立請求", "refused  status=409  code=order_not_failed"]

    def told() -> list[str]:
        lines = story(client.stack, order_id).stdout.splitlines()
        return [step for line in lines for step in steps if step in line]

    until(lambda: told() == steps)


def test_what_is_no_orders_id_or_no_order_is_one_line(stack: dict[str, str]) -> None:
    refused = story(stack, "12")
    assert (refused.returncode, refused.stderr) == (
        1,
        "ORDER=12 is no order's id, 26 letters and digits, and no page's Idempotency-Key, a UUID\n",
    )
    unknown = story(stack, new_order_id())
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    assert "nothing is known of" in unknown.stderr

"""What the glance shows of the deployed stack: an order's whole way, and what broke."""

import json
import uuid
from typing import Any

import pytest

from chalicelib.orders import queue
from tests.stack.client import Client, until

EVIL = '<img src=x onerror="alert(1)">'
ORDER = {
    "store_name": EVIL,
    "items": [{"item_name": f"牛肉麵{EVIL}", "price": 100, "quantity": 2}],
    "total_amount": 200,
}


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


def glance(client: Client) -> Any:
    answer = client.call("GET", f"{client.stack['LINE_URL']}/glance/state")
    assert answer.status == 200, answer.data
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return answer.json


def shown(client: Client, order_id: str) -> Any:
    """The order on the glance; {} if it is not there."""
    newest = glance(client)["orders"]["newest"]
    return next((order for order in newest if order["id"] == order_id), {})


def kinds(order: Any) -> list[str]:
    return [step["kind"] for step in order.get("steps", ())]


def alarm(state: Any, name: str) -> str:
    [found] = [alarm for alarm in state["alarms"] if alarm["name"] == name]
    return str(found["state"])


def test_an_order_is_there_with_its_whole_time_line(client: Client) -> None:
    user_id = "U" + uuid.uuid4().hex
    token = client.sign_in(user_id)
    client.line_fails(500)
    order_id = client.place(ORDER, **token)
    client.follow(order_id, **token)

    def whole() -> Any:
        order = shown(client, order_id)
        return order if "completed" in kinds(order) else None

    # The emulator writes a function's lines down after it has answered.
    order = until(whole)
    way = [kind for kind in kinds(order) if kind != "engine"]
    # The API's line and the worker's first are of the same moment.
    assert sorted(way[1:3]) == ["claimed", "queued"]
    assert [way[0], *way[3:]] == [
        *("accepted", "voice", "trouble", "handed back"),
        *("claimed", "pushed", "completed"),
    ]
    waits = [phase for phase in order["phases"] if phase["kind"] == "waiting"]
    assert any(phase["to_ms"] - phase["from_ms"] >= 1500 for phase in waits), "a pause of 2 s"
    assert (order["attempts"], order["notification"]) == (2, "sent")
    assert (order["store_name"], order["dishes"]) == (EVIL, 2)
    assert order["voice_ms"] <= order["complete_ms"]
    said = json.dumps(order)
    assert user_id not in said
    assert token["Authorization"] not in said


def test_a_broken_order_its_dead_letter_and_the_alarms_are_seen(client: Client) -> None:
    order_id = client.place(ORDER)
    client.follow(order_id)
    break_order(client, order_id)

    def broken() -> Any:
        state = glance(client)
        order = shown(client, order_id)
        is_there = state["queues"]["dead"]["waiting"] and "failed" in kinds(order)
        return (state, order) if is_there else None

    state, order = until(broken)
    assert (order["status"], order["trouble"]) == ("failed", "internal_error")
    assert state["orders"]["counts"]["failed"] >= 1
    assert alarm(state, "DeadLetterAlarm") == "ALARM"
    assert until(lambda: alarm(glance(client), "FailedOrdersAlarm") == "ALARM")


def break_order(client: Client, order_id: str) -> None:
    """As if five workers had died of it, before its voice was there."""
    spent = "SET #status = :pending, #open = :open, attempts = :five, opened_at = created_at"
    client.aws("dynamodb").update_item(
        TableName=client.stack["ORDERS_TABLE"],
        Key={"order_id": {"S": order_id}},
        UpdateExpression=f"{spent} REMOVE voice_key, completed_at",
        ExpressionAttributeNames={"#status": "status", "#open": "open"},
        ExpressionAttributeValues={
            ":pending": {"S": "pending"},
            ":open": {"S": "open"},
            ":five": {"N": "5"},
        },
    )
    body = queue.body_of(order_id)
    client.aws("sqs").send_message(QueueUrl=client.stack["ORDERS_QUEUE_URL"], MessageBody=body)


def test_the_stack_its_metrics_and_its_sweeper_are_told(client: Client) -> None:
    client.follow(client.place(ORDER))

    def told() -> Any:
        state = glance(client)
        measured = {metric["name"] for metric in state["metrics"]}
        return state if {"OrderAccepted", "SecondsToVoice"} <= measured else None

    state = until(told)
    [seconds, *_] = [one for one in state["metrics"] if one["name"] == "SecondsToVoice"]
    assert seconds["unit"] == "Seconds"
    assert seconds["count"] >= 1
    assert seconds["dimensions"]
    names = [function["name"] for function in state["functions"] if function["exists"]]
    socket = ["socket"] if client.stack["CONNECTIONS_TABLE"] else []
    assert names == ["api", "worker", "sweeper", "ahead", *socket]
    assert state["processes"] >= 2
    assert state["voices"]["count"] >= 1
    assert state["stack"]["page"] == client.stack["LIFF_URL"]
    assert all(one["state"] != "NOT_JUDGED" or one["reason"] for one in state["alarms"])

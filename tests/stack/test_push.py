"""The deployed stack tells a page that its order has changed."""

import time
from contextlib import ExitStack
from typing import Any

import pytest

from chalicelib.orders import queue
from chalicelib.push.connections import MOST_CONNECTIONS
from localstack.emulators.emulator import Gap
from tests.emulators import rests_on
from tests.seed_order import SEED_ORDER
from tests.stack.client import Client, until
from tests.web_socket import Refused, WebSocket

pytestmark = rests_on(Gap.WEB_SOCKETS)

CHANGED = '{"changed": true}'


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


def unheard_of() -> dict[str, Any]:
    """An order that is not spoken yet when its page connects."""
    name = "牛肉麵" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(time.time_ns()))
    return {**SEED_ORDER, "items": [{"name": name, "price": 1}], "total_amount": 1}


def accepted(client: Client, **headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.call("POST", "/api/orders/quick", unheard_of(), **headers).json
    return answer


def test_a_page_is_told_until_its_order_has_ended_and_is_forgotten_when_it_goes(
    client: Client,
) -> None:
    placed = accepted(client)
    with WebSocket(placed["push_url"]) as page:
        status = client.call("GET", placed["polling_url"]).json
        while status["processing"]:
            # Whatever comes to pass after this look is told.
            assert page.hear() == CHANGED
            status = client.call("GET", placed["polling_url"]).json
        assert (status["status"], status["voice_ready"]) == ("completed", True)
        assert len(client.connections(placed["order_id"])) == 1
    until(lambda: not client.connections(placed["order_id"]))


def test_each_page_of_an_order_is_told_and_no_page_of_another(client: Client) -> None:
    placed, other = accepted(client), accepted(client)
    with (
        WebSocket(placed["push_url"]) as first,
        WebSocket(placed["push_url"]) as second,
        WebSocket(other["push_url"]) as others,
    ):
        client.follow(other["order_id"])
        client.follow(placed["order_id"])
        while others.hear(seconds=1):
            pass
        work_again(client, placed["order_id"])
        assert first.hear() == second.hear() == CHANGED
        assert others.hear(seconds=1) is None


def work_again(client: Client, order_id: str) -> None:
    """Have a worker look at an ended order as if it had not been completed."""
    client.aws("dynamodb").update_item(
        TableName=client.stack["ORDERS_TABLE"],
        Key={"order_id": {"S": order_id}},
        UpdateExpression="SET #status = :pending, #o = :open, attempts = :none, opened_at = :now",
        ExpressionAttributeNames={"#status": "status", "#o": "open"},
        ExpressionAttributeValues={
            ":pending": {"S": "pending"},
            ":open": {"S": "open"},
            ":none": {"N": "0"},
            ":now": {"N": str(time.time_ns() // 1_000_000)},
        },
    )
    client.aws("sqs").send_message(
        QueueUrl=client.stack["ORDERS_QUEUE_URL"], MessageBody=queue.body_of(order_id)
    )


def test_a_fourth_page_is_not_connected_and_polls(client: Client) -> None:
    placed = accepted(client)
    with ExitStack() as pages:
        for _ in range(MOST_CONNECTIONS):
            pages.enter_context(WebSocket(placed["push_url"]))
        with pytest.raises(Refused):
            WebSocket(placed["push_url"])
        assert client.follow(placed["order_id"])["status"] == "completed"


def test_who_disconnects_makes_room(client: Client) -> None:
    placed = accepted(client)
    with ExitStack() as pages:
        for _ in range(MOST_CONNECTIONS):
            pages.enter_context(WebSocket(placed["push_url"]))
    until(lambda: not client.connections(placed["order_id"]))
    WebSocket(placed["push_url"]).close()


def test_nothing_is_left_of_a_connection_that_ended_without_a_word(client: Client) -> None:
    """It is gone for the gateway, and still in the table: it goes when it is told something."""
    placed = accepted(client)
    client.follow(placed["order_id"])
    client.pretend_to_be_connected(placed["order_id"])
    work_again(client, placed["order_id"])
    until(lambda: not client.connections(placed["order_id"]))
    assert client.follow(placed["order_id"])["status"] == "completed"


def test_nothing_of_a_connection_is_written_to_its_order(client: Client) -> None:
    placed = accepted(client)
    WebSocket(placed["push_url"]).close()
    client.follow(placed["order_id"])
    item = client.aws("dynamodb").get_item(
        TableName=client.stack["ORDERS_TABLE"], Key={"order_id": {"S": placed["order_id"]}}
    )["Item"]
    assert not [name for name in item if "conn" in name or "push" in name]

"""A client of the deployed stack: of its API, its LINE stand-in and its AWS services."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import boto3
import urllib3

from tests.seed_order import SEED_ORDER

PATIENCE_SECONDS = 45.0


class Answer(NamedTuple):
    status: int
    headers: urllib3.HTTPHeaderDict
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)


class Client:
    """A client of the API, and of LINE's stand-in."""

    def __init__(self, stack: dict[str, str]) -> None:
        self.stack = stack
        self._http = urllib3.PoolManager(timeout=30, retries=False)

    def call(self, method: str, url: str, body: Any = None, **headers: str) -> Answer:
        if url.startswith("/"):
            url = self.stack["API_URL"] + url
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = None if body is None else json.dumps(body).encode()
        answer = self._http.request(
            method, url, body=raw, headers={"Content-Type": "application/json", **named}
        )
        return Answer(answer.status, answer.headers, answer.data)

    def place(self, order: Any = SEED_ORDER, **headers: str) -> str:
        answer = self.call("POST", "/api/orders/quick", order, **headers)
        assert answer.status == 202, answer.data
        return str(answer.json["order_id"])

    def connections(self, order_id: str) -> set[str]:
        """The ids of those that are connected for it."""
        answer = self.aws("dynamodb").get_item(
            TableName=self.stack["CONNECTIONS_TABLE"], Key={"key": {"S": f"order#{order_id}"}}
        )
        entries = answer.get("Item", {}).get("connections", {}).get("SS", [])
        return {entry.partition(" ")[2] for entry in entries}

    def pretend_to_be_connected(self, order_id: str) -> None:
        """A connection that the gateway does not know any more."""
        self.aws("dynamodb").update_item(
            TableName=self.stack["CONNECTIONS_TABLE"],
            Key={"key": {"S": f"order#{order_id}"}},
            UpdateExpression="ADD connections :gone",
            ExpressionAttributeValues={":gone": {"SS": ["0 gone="]}},
        )

    def follow(self, order_id: str, **headers: str) -> dict[str, Any]:
        """The order once it has ended."""

        def ended() -> dict[str, Any] | None:
            status = self.call("GET", f"/api/orders/status/{order_id}", **headers).json
            return None if status["processing"] else status

        status: dict[str, Any] = until(ended)
        return status

    def sign_in(self, user_id: str) -> dict[str, str]:
        answer = self.call(
            "POST", self.stack["LINE_URL"] + "/standin/id-token", {"user_id": user_id}
        )
        return {"Authorization": f"Bearer {answer.json['id_token']}"}

    def chat(self, user_id: str) -> list[dict[str, Any]]:
        url = f"{self.stack['LINE_URL']}/standin/messages?user_id={user_id}"
        messages: list[dict[str, Any]] = self.call("GET", url).json["messages"]
        return messages

    def line_fails(self, *faults: int | str) -> None:
        self.call("POST", self.stack["LINE_URL"] + "/standin/faults", {"push": faults})

    def leave(self, user_id: str) -> Answer:
        """LINE's webhook, told that the user has blocked the account."""
        event = {
            "type": "unfollow",
            "timestamp": time.time_ns() // 1_000_000,
            "source": {"type": "user", "userId": user_id},
        }
        return self.webhook(json.dumps({"events": [event]}).encode())

    def webhook(self, body: bytes, *, signed: bytes | None = None, **headers: str) -> Answer:
        """A request of LINE's with this body; signed as if it were another one, if need be."""
        name = "/order-voice/local/line-channel-secret"
        found = self.aws("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
        digest = hmac.digest(found["Value"].encode(), body if signed is None else signed, "sha256")
        named = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Line-Signature": base64.b64encode(digest).decode(),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._http.request(
            "POST", self.stack["API_URL"] + "/api/line/webhook", body=body, headers=named
        )
        return Answer(answer.status, answer.headers, answer.data)

    def aws(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.stack["AWS_ENDPOINT_URL"],
            region_name=self.stack["AWS_DEFAULT_REGION"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


def came_true(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it did, in that time."""
    deadline = time.monotonic() + seconds
    while not (came := condition()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return came


def until(found: Callable[[], Any]) -> Any:
    """What `found` returns as soon as it is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
    return value

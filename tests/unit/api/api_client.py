"""The API as a client meets it, through Chalice's own test client, and orders to send."""

import json
from typing import Any

from chalice.test import Client

from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Notified
from chalicelib.orders import transitions
from chalicelib.orders.record import table
from tests.seed_order import SEED_ORDER
from tests.unit.orders_support import NOW, SENTENCE, VOICE, Queue

UUID = "6f1b24b4-3f0e-4c39-9d7e-0b8f4c9f0a11"


class Api:
    """Answers as a client sees them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> "Answer":
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        response = self._client.http.request(
            method, path, body=raw, headers={"Content-Type": "application/json", **(headers or {})}
        )
        return Answer(response.status_code, response.headers, response.body.decode())

    def post(self, body: Any, **headers: str) -> "Answer":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", "/api/orders/quick", body, named)

    def status(self, order_id: str, **headers: str) -> "Answer":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("GET", f"/api/orders/status/{order_id}", headers=named)


class Answer:
    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.text)
        return loaded


def order(**changes: Any) -> dict[str, Any]:
    return {**SEED_ORDER, **changes}


def item(**changes: Any) -> dict[str, Any]:
    line = {"name": "牛肉麵", "price": 150, "quantity": 2, **changes}
    return {
        "store_name": "老王",
        "items": [{name: value for name, value in line.items() if value != "absent"}],
    }


SKIPPED = Notified("skipped")


def complete(order_id: str, notified: Notified = SKIPPED) -> None:
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.complete(transitions.record_voice(record, VOICE, SENTENCE), notified, now=NOW)


def assert_no_trace(queued: Queue) -> None:
    assert table().count() == 0
    assert queued.bodies() == []


def spoken(api: Api, body: Any) -> dict[str, Any]:
    """The order's status once its voice is there."""
    order_id = api.post(body).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.record_voice(record, VOICE, order_sentence(record.order))
    return api.status(order_id).json

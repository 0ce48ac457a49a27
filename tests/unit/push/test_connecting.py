"""The function behind the WebSocket: who gets in, and what it reads and writes."""

import time
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib import signing
from chalicelib.errors import TransientError
from chalicelib.orders.identity import new_order_id
from chalicelib.push import connections
from chalicelib.push.connecting import push_connections
from chalicelib.push.connections import Connection
from chalicelib.push.tickets import push_url
from tests.unit.orders_support import NOW

pytestmark = pytest.mark.usefixtures("push")

FAR = time.monotonic() + 3600


def ticket(order_id: str, *, now: int = NOW) -> str:
    return urlsplit(str(push_url(order_id, now=now))).query.removeprefix("ticket=")


def connect(query: dict[str, str] | None, connection_id: str = "c1") -> int:
    about = {"eventType": "CONNECT", "connectionId": connection_id, "requestId": "r"}
    answer = push_connections({"requestContext": about, "queryStringParameters": query}, None)
    return int(answer["statusCode"])


def connect_to(order_id: str, connection_id: str) -> int:
    return connect({"ticket": ticket(order_id)}, connection_id)


def disconnect(connection_id: str) -> int:
    about = {"eventType": "DISCONNECT", "connectionId": connection_id, "requestId": "r"}
    return int(push_connections({"requestContext": about}, None)["statusCode"])


def connected(order_id: str) -> list[str]:
    return sorted(one.id for one in connections.of_order(order_id, deadline=FAR))


def items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName="connections")["Items"]
    return found


def test_who_has_a_ticket_is_connected_until_they_go() -> None:
    order_id = new_order_id()
    assert connect_to(order_id, "c1") == 200
    assert connected(order_id) == ["c1"]
    assert {int(item["expires_at"]["N"]) - NOW // 1000 for item in items()} <= {7200, 7201}
    assert disconnect("c1") == 200
    assert connected(order_id) == []


@pytest.mark.parametrize(
    "query",
    [
        *(None, {}, {"ticket": ""}, {"ticket": "nonsense"}, {"other": "x"}),
        {"ticket": f"01ARZ3NDEKTSV4RRFFQ69G5FAV.{'A' * 40}"},
    ],
)
def test_without_a_ticket_of_ours_nobody_is_connected_and_nothing_is_read(
    query: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "client", lambda: pytest.fail("it was read"))
    assert connect(query) == 401


def test_a_ticket_that_has_expired_is_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "client", lambda: pytest.fail("it was read"))
    assert connect({"ticket": ticket(new_order_id(), now=NOW - 90_001)}) == 401


def test_a_fourth_connection_of_an_order_is_refused_until_one_has_gone() -> None:
    order_id, other = new_order_id(), new_order_id()
    assert [connect_to(order_id, f"c{i}") for i in range(4)] == [200, 200, 200, 403]
    assert connect_to(other, "d0") == 200
    assert connected(order_id) == ["c0", "c1", "c2"]
    disconnect("c1")
    assert connect_to(order_id, "c4") == 200
    assert connected(order_id) == ["c0", "c2", "c4"]


def test_whoever_is_refused_leaves_nothing_behind() -> None:
    """At once, on the deployed stack: `tests/security/test_push.py`."""
    order_id = new_order_id()
    given = {"ticket": ticket(order_id)}
    assert [connect(given, f"c{i}") for i in range(50)] == [200] * 3 + [403] * 47
    assert len(items()) == 1 + 3


def test_a_write_that_is_sent_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK repeats what it got no answer to; the third connection's finds three."""
    order_id = new_order_id()
    for connection_id in ("c0", "c1", "c2", "c2"):
        assert connections.join(order_id, Connection(connection_id, NOW), deadline=FAR)
    assert connected(order_id) == ["c0", "c1", "c2"]


def test_whoever_was_never_connected_leaves_nothing_behind() -> None:
    assert disconnect("nobody") == 200
    connections.remove(new_order_id(), Connection("nobody", NOW), deadline=FAR)
    assert items() == []


def test_one_that_goes_twice_takes_nobody_along() -> None:
    order_id = new_order_id()
    for connection_id in ("c0", "c1"):
        connect_to(order_id, connection_id)
    assert [disconnect("c0"), disconnect("c0")] == [200, 200]
    assert connected(order_id) == ["c1"]


@pytest.mark.parametrize("operation", ["update_item", "put_item"])
def test_a_table_that_does_not_answer_connects_nobody(
    operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        busy: Any = {"Error": {"Code": "ProvisionedThroughputExceededException"}}
        raise ClientError(busy, "Write")

    order_id, real = new_order_id(), connections.client()
    given = {"ticket": ticket(order_id)}
    calls = {"update_item": real.update_item, "put_item": real.put_item, operation: fail}
    monkeypatch.setattr(connections, "client", lambda: SimpleNamespace(**calls))
    assert connect(given) == 503


def test_a_key_that_is_not_to_be_had_connects_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> str:
        raise TransientError("no answer")

    given = {"ticket": ticket(new_order_id())}
    monkeypatch.setattr(signing, "secret", fail)
    assert connect(given) == 503


def test_no_log_holds_a_ticket(said: Callable[[], str]) -> None:
    order_id = new_order_id()
    good, secret = ticket(order_id), uuid.uuid4().hex
    for given in (good, f"{order_id}.{secret}", f"{good}{secret}"):
        connect({"ticket": given})
    assert order_id in said()
    assert good.partition(".")[2] not in said()
    assert secret not in said()

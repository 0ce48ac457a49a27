"""Telling pages of a change: who is told, how long it takes, and what it never does to an order."""

import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import fulfilment, worker
from chalicelib.orders import queue
from chalicelib.orders.identity import new_order_id
from chalicelib.push import connections, telling
from chalicelib.push.connections import Connection
from chalicelib.push.telling import TELLING_SECONDS, Teller, teller
from chalicelib.settings import settings
from chalicelib.telemetry import Metric
from tests.unit.batches import deliver, status, use
from tests.unit.fakes import FakeSpeaker
from tests.unit.orders_support import NOW, accepted

pytestmark = pytest.mark.usefixtures("push")

FAR = time.monotonic() + 3600


class Gateway:
    """API Gateway's `@connections`: notes what is sent, and fails for whom a test names."""

    def __init__(self, **failures: Exception) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.failures = failures

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803
        if ConnectionId in self.failures:
            raise self.failures[ConnectionId]
        self.sent.append((ConnectionId, Data))


class SilentGateway:
    """One that does not answer until its test is over."""

    def __init__(self) -> None:
        self.end = Event()

    def post_to_connection(self, **_: Any) -> None:
        self.end.wait(30)


@pytest.fixture
def silent() -> Iterator[SilentGateway]:
    gateway = SilentGateway()
    yield gateway
    gateway.end.set()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Metric]:
    metrics: list[Metric] = []
    monkeypatch.setattr(telling, "measure", metrics.append)
    return metrics


def refusal(code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code}}
    return ClientError(answer, "PostToConnection")


def an_order(*connection_ids: str, joined_at: int = NOW) -> str:
    order_id = new_order_id()
    for connection_id in connection_ids:
        assert connections.join(order_id, Connection(connection_id, joined_at), deadline=FAR)
    return order_id


def connected(order_id: str) -> list[str]:
    return [connection.id for connection in connections.of_order(order_id, deadline=FAR)]


def tell(gateway: Any, order_id: str) -> float:
    """Tell and wait; how long it took, in seconds."""
    telling_it, began = Teller(gateway), time.monotonic()
    telling_it.tell(order_id)
    telling_it.finish(deadline=FAR)
    return time.monotonic() - began


def test_everybody_who_is_connected_for_an_order_hears_that_it_has_changed_and_nothing_else() -> (
    None
):
    gateway = Gateway()
    order_id = an_order("c1", "c2")
    an_order("d1")
    tell(gateway, order_id)
    assert gateway.sent == [("c1", b'{"changed": true}'), ("c2", b'{"changed": true}')]


def test_an_order_that_nobody_is_connected_for_is_told_to_nobody(counted: list[Metric]) -> None:
    gateway = Gateway()
    tell(gateway, new_order_id())
    assert (gateway.sent, counted) == ([], [])


def test_who_has_gone_is_forgotten_and_the_others_are_told(counted: list[Metric]) -> None:
    gateway = Gateway(c1=refusal("GoneException"))
    order_id = an_order("c1", "c2", joined_at=NOW - 60_000)
    tell(gateway, order_id)
    assert [connection_id for connection_id, _ in gateway.sent] == ["c2"]
    assert connected(order_id) == ["c2"]
    assert counted == []


def test_who_is_still_connecting_is_not_forgotten(counted: list[Metric]) -> None:
    """It is in the table before the gateway knows it, and is told of the next change."""
    gateway = Gateway(c1=refusal("GoneException"))
    order_id = an_order("c1")
    tell(gateway, order_id)
    assert (connected(order_id), counted) == (["c1"], [])
    gateway.failures.clear()
    tell(gateway, order_id)
    assert [connection_id for connection_id, _ in gateway.sent] == ["c1"]


def test_one_that_cannot_be_told_is_counted_and_the_others_are_told(
    counted: list[Metric],
) -> None:
    gateway = Gateway(c1=refusal("LimitExceededException"), c2=RuntimeError("nobody expects this"))
    order_id = an_order("c1", "c2", "c3")
    tell(gateway, order_id)
    assert [connection_id for connection_id, _ in gateway.sent] == ["c3"]
    assert connected(order_id) == ["c1", "c2", "c3"]
    assert counted == [Metric.TELLING_FAILED] * 2


def test_telling_is_given_up_after_a_second_whoever_is_silent(
    silent: SilentGateway, counted: list[Metric]
) -> None:
    assert TELLING_SECONDS == 1.0
    assert 0.9 < tell(silent, an_order("c1", "c2", "c3")) < 4
    assert Metric.TELLING_FAILED in counted


def test_a_function_that_has_no_time_left_waits_for_nobody(silent: SilentGateway) -> None:
    telling_it, began = Teller(silent), time.monotonic()
    telling_it.tell(an_order("c1"))
    telling_it.finish(deadline=began)
    assert time.monotonic() - began < 0.9


def test_a_silent_gateway_delays_no_order_of_a_batch(
    silent: SilentGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is completed at once; the function answers a second later."""
    use(monkeypatch, FakeSpeaker())
    order_ids = [accepted().order_id for _ in range(3)]
    for number, order_id in enumerate(order_ids):
        connections.join(order_id, Connection(f"c{number}", NOW), deadline=FAR)
    silently: Any = Teller(silent)
    completed_by: list[float] = []
    monkeypatch.setattr(fulfilment, "teller", lambda: silently)

    class Noting:
        def finish(self, *, deadline: float) -> None:
            completed_by.append(time.monotonic())
            assert [status(order_id) for order_id in order_ids] == ["completed"] * 3
            silently.finish(deadline=deadline)

    monkeypatch.setattr(worker, "teller", Noting)
    assert deliver([queue.body_of(order_id) for order_id in order_ids]) == set()
    assert time.monotonic() - completed_by[0] < TELLING_SECONDS + 2


def test_where_there_is_no_push_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_CALLBACK_URL", "")
    settings.cache_clear()
    monkeypatch.setattr(connections, "client", lambda: pytest.fail("it was read"))
    teller().tell(new_order_id())
    teller().finish(deadline=FAR)


def test_the_client_asks_where_the_template_says() -> None:
    gateway: Any = teller()._gateway
    assert gateway.meta.endpoint_url == "https://push.example/v1"

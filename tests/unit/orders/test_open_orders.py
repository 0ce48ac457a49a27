"""The index of open orders: written into as many shards as the setting says, read in all."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import wait
from itertools import pairwise
from typing import Any

import pytest
from pynamodb.connection.base import Connection

from chalicelib.errors import TransientError
from chalicelib.orders import open_orders, transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.open_orders import SHARDS, OpenOrders, shard_of
from chalicelib.orders.record import OrderRecord, table
from chalicelib.settings import MOST_OPEN_SHARDS, settings
from tests.template import resources_yaml
from tests.unit.orders_support import NOW, accepted, claimed

pytestmark = pytest.mark.usefixtures("aws")

LATE = NOW + 10**6
Write = Callable[[int], None]


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Write:
    """Sets how many shards are written from now on."""

    def use(shards: int) -> None:
        monkeypatch.setenv("OPEN_SHARDS", str(shards))
        settings.cache_clear()

    return use


def soon() -> float:
    return time.monotonic() + 10


def overdue() -> list[str]:
    return [
        record.order_id for record in transitions.overdue(OpenOrders(), now=LATE, deadline=soon())
    ]


def test_by_default_an_order_is_listed_where_every_version_before_looks() -> None:
    """They know one shard: after going back to them, none may be elsewhere."""
    order_id = accepted().order_id
    reopened = transitions.reopen(failed(order_id), now=NOW)
    assert reopened is not None
    assert reopened.open == "open"
    assert {shard_of(new_order_id()) for _ in range(100)} == {"open"}
    found = table().open_orders.query("open", OrderRecord.due_at <= LATE)
    assert [key.order_id for key in found] == [order_id]


def failed(order_id: str) -> OrderRecord:
    record = transitions.claim(order_id, token="t", lease_ms=1000, now=NOW)
    assert record is not None
    return transitions.fail(record, "speech_unavailable", now=NOW)


@pytest.mark.parametrize("shards", [1, 2, 16, 40, MOST_OPEN_SHARDS])
def test_orders_go_evenly_into_as_many_shards_as_are_written(shards: int, write: Write) -> None:
    write(shards)
    orders = 1000 * shards
    each = Counter(shard_of(new_order_id()) for _ in range(orders))
    assert {*each} == {*SHARDS[:shards]}
    assert max(each.values()) < 1200, "six standard deviations"


@pytest.mark.parametrize("shard", [0, 1, MOST_OPEN_SHARDS - 1])
def test_an_order_of_any_shard_is_found_whatever_is_written_now(
    shard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transitions, "shard_of", lambda _: SHARDS[shard])
    order_id = accepted().order_id
    assert settings().open_shards == 1
    assert overdue() == [order_id]
    [waiting] = transitions.waiting(OpenOrders(), now=NOW, deadline=soon())
    assert waiting.order_id == order_id


def test_an_order_that_waits_for_a_busy_engine_is_among_those_who_wait() -> None:
    held, waits = claimed(), claimed()
    transitions.hand_back_uncounted(waits, "speech_unavailable", pause_ms=60_000, now=NOW)
    found = transitions.waiting(OpenOrders(), now=NOW, deadline=soon())
    assert {record.order_id for record in found} == {waits.order_id}
    assert held.order_id != waits.order_id


def test_raised_and_lowered_under_way_no_order_is_lost_or_found_twice(write: Write) -> None:
    orders = []
    for shards in (1, MOST_OPEN_SHARDS, 8, 1):
        write(shards)
        orders += [accepted().order_id for _ in range(10)]
    assert sorted(overdue()) == sorted(orders)
    transitions.reopen(failed(orders[15]), now=NOW)
    assert sorted(overdue()) == sorted(orders)


def test_those_due_first_are_first_over_all_shards_and_pages(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each `READ_AT_ONCE` in no order; here that is one."""
    monkeypatch.setattr(open_orders, "KEYS_AT_ONCE", 3)
    monkeypatch.setattr("chalicelib.orders.record.READ_AT_ONCE", 1)
    write(4)
    for number in range(40):
        accepted(now=NOW - number * 7919 % 1000)
    found = [*transitions.overdue(OpenOrders(), now=LATE, deadline=soon())]
    assert len(found) == 40
    assert all(int(one.due_at) <= int(other.due_at) for one, other in pairwise(found))


def test_a_shard_that_cannot_be_read_holds_up_none_of_the_others(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(4)
    orders = {accepted().order_id for _ in range(40)}
    unread = {order_id for order_id in orders if shard_of(order_id) == SHARDS[2]}
    call = Connection._make_api_call

    def refuse(connection: Connection, operation: str, request: Any, **options: Any) -> Any:
        if {"S": SHARDS[2]} in request.get("ExpressionAttributeValues", {}).values():
            raise TransientError("a hot shard")
        return call(connection, operation, request, **options)

    monkeypatch.setattr(Connection, "_make_api_call", refuse)
    found: list[str] = []
    with pytest.raises(TransientError, match="a hot shard"):
        found.extend(
            key.order_id for key in transitions.overdue(OpenOrders(), now=LATE, deadline=soon())
        )
    assert {*found} == orders - unread
    shards = OpenOrders()
    with pytest.raises(TransientError, match="a hot shard"):
        list(transitions.waiting(shards, now=NOW, deadline=soon()))
    wait(first for first, _ in shards._shards)  # The next test is to hear nothing of the others.


def test_no_shard_is_asked_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty-four calls that hang would use up what may be left behind."""
    asked: list[str] = []
    monkeypatch.setattr(Connection, "_make_api_call", lambda *_, **__: asked.append("asked"))
    with pytest.raises(TransientError, match="no time left"):
        list(transitions.overdue(OpenOrders(deadline=time.monotonic()), now=LATE))
    assert asked == []


def test_who_waits_and_who_is_overdue_is_read_once_of_each_shard(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(4)
    late = {accepted(now=NOW - 60_000).order_id for _ in range(40)}
    fresh = {accepted(now=NOW + 60_000).order_id for _ in range(40)}
    asked: list[str] = []
    call = Connection._make_api_call

    def count(connection: Connection, operation: str, request: Any, **options: Any) -> Any:
        asked.append(operation)
        return call(connection, operation, request, **options)

    monkeypatch.setattr(Connection, "_make_api_call", count)
    listed = OpenOrders()
    waiting = transitions.waiting(listed, now=NOW, deadline=soon())
    assert {record.order_id for record in waiting} == late | fresh
    assert {record.order_id for record in transitions.overdue(listed, now=NOW)} == late
    assert asked.count("Query") == len(SHARDS)


def test_a_shard_that_hangs_is_not_waited_for_to_tell_who_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = accepted().order_id
    goes_on = threading.Event()
    call = Connection._make_api_call

    def hang(connection: Connection, operation: str, request: Any, **options: Any) -> Any:
        if {"S": SHARDS[2]} in request.get("ExpressionAttributeValues", {}).values():
            goes_on.wait(30)
        return call(connection, operation, request, **options)

    monkeypatch.setattr(Connection, "_make_api_call", hang)
    listed = OpenOrders()
    began = time.monotonic()
    with pytest.raises(TransientError, match="in time"):
        list(transitions.waiting(listed, now=NOW, deadline=began + 0.3))
    assert time.monotonic() - began < 5
    goes_on.set()
    found = transitions.overdue(listed, now=LATE, deadline=soon())
    assert [record.order_id for record in found] == [order_id]


def test_the_template_allows_what_the_functions_do() -> None:
    parameter = resources_yaml()["Parameters"]["OpenShards"]
    assert (parameter["Default"], parameter["MinValue"]) == (1, 1)
    assert parameter["MaxValue"] == len(SHARDS) == MOST_OPEN_SHARDS
    assert len({*SHARDS}) == MOST_OPEN_SHARDS

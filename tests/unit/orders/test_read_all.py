"""Orders that a busy DynamoDB leaves out of its answer."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from pynamodb.connection.table import TableConnection

from chalicelib.errors import TransientError
from chalicelib.orders import record
from chalicelib.orders.history import history
from chalicelib.orders.record import PAUSES, READ_AT_ONCE, read_all
from tests.unit.orders_support import NOW, USER, accepted

pytestmark = pytest.mark.usefixtures("aws")


class Busy:
    """DynamoDB that reads so many keys of each request."""

    def __init__(self, reads: Callable[[int], int]) -> None:
        self.asked: list[int] = []
        self.pauses: list[float] = []
        self._reads = reads
        self._read_well = TableConnection.batch_get_item

    def batch_get_item(
        self, connection: TableConnection, keys: list[Any], **options: Any
    ) -> dict[str, Any]:
        self.asked.append(len(keys))
        count = self._reads(len(keys))
        answer: dict[str, Any] = {"Responses": {connection.table_name: []}}
        if count:
            answer = self._read_well(connection, keys[:count], **options)
        left = [key if isinstance(key["order_id"], dict) else _raw(key) for key in keys[count:]]
        return {
            **answer,
            "UnprocessedKeys": {connection.table_name: {"Keys": left}} if left else {},
        }


def _raw(key: dict[str, str]) -> dict[str, Any]:
    return {"order_id": {"S": key["order_id"]}}


def busy(monkeypatch: pytest.MonkeyPatch, reads: Callable[[int], int]) -> Busy:
    table = Busy(reads)
    monkeypatch.setattr(
        TableConnection,
        "batch_get_item",
        lambda connection, keys, **options: table.batch_get_item(connection, keys, **options),
    )
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=table.pauses.append)
    monkeypatch.setattr(record, "time", clock)
    return table


def test_what_was_left_out_is_asked_for_again_after_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = {accepted().order_id for _ in range(10)}
    table = busy(monkeypatch, lambda keys: (keys + 1) // 2)
    assert {found.order_id for found in read_all(ids)} == ids
    assert table.asked == [10, 5, 2, 1]
    assert table.pauses == [*PAUSES[:3]]


def test_many_orders_are_read_in_requests_that_one_answer_holds() -> None:
    ids = {accepted().order_id for _ in range(READ_AT_ONCE + 1)}
    assert {found.order_id for found in read_all(ids)} == ids


def test_an_order_that_an_index_names_twice_is_read_once() -> None:
    first, second = accepted().order_id, accepted().order_id
    assert {found.order_id for found in read_all([first, second, first])} == {first, second}


def test_dynamodb_that_reads_nothing_is_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """586,445 times in five seconds, without a pause."""
    table = busy(monkeypatch, lambda _: 0)
    with pytest.raises(TransientError, match="left 1 orders unread"):
        list(read_all([accepted().order_id]))
    assert table.asked == [1] * (1 + len(PAUSES))
    assert table.pauses == [*PAUSES]
    assert sum(PAUSES) < 2, "the traveller waits"


def test_what_was_read_is_handed_on_before_the_rest_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the sweeper looks after some of them."""
    ids = [accepted().order_id for _ in range(3)]
    busy(monkeypatch, lambda keys: 1 if keys == 3 else 0)
    reading = read_all(ids)
    assert next(reading).order_id == ids[0]
    with pytest.raises(TransientError, match="left 2 orders unread"):
        next(reading)


def test_a_history_is_whole_or_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {accepted(f"line:{USER}").order_id for _ in range(4)}
    with monkeypatch.context() as patch:
        busy(patch, lambda keys: keys // 2)
        with pytest.raises(TransientError):
            history(USER, limit=10, cursor=None, now=NOW)
    busy(monkeypatch, lambda keys: (keys + 1) // 2)
    page = history(USER, limit=10, cursor=None, now=NOW)
    assert {order.order_id for order in page.records} == mine

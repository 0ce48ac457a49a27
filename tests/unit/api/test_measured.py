"""What the API measures of orders and of who asks for them."""

import pytest

from chalicelib.errors import TransientError
from chalicelib.orders import intake, transitions
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.view import POLLED_FOR_MS
from chalicelib.web import PLACING
from tests import metrics
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import Api, complete
from tests.unit.orders_support import NOW


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [
        line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"]
        for line in metrics.read(capsys.readouterr().out)
    ]


def test_each_look_at_an_order_is_counted_and_its_end_once(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    capsys.readouterr()
    api.status(order_id)
    assert told(capsys) == ["StatusRequests"]
    complete(order_id)
    seen = api.status(order_id)
    assert told(capsys) == ["StatusRequests", "EndSeen"]
    api.status(order_id, If_None_Match=seen.headers["ETag"])
    assert told(capsys) == ["StatusRequests"]


def test_a_failure_that_is_told_is_seen_as_well(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, "speech_unavailable", now=NOW)
    capsys.readouterr()
    api.status(order_id)
    assert "EndSeen" in told(capsys)


def test_an_order_that_is_read_again_later_was_seen_before(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else the history would make up for travellers whom nobody has reached."""
    order_id = api.post(SEED_ORDER).json["order_id"]
    complete(order_id)
    record = OrderRecord.get(order_id)
    record.update(actions=[OrderRecord.completed_at.set(NOW - POLLED_FOR_MS - 1000)])
    capsys.readouterr()
    api.status(order_id)
    assert told(capsys) == ["StatusRequests"]


def test_an_unknown_order_is_nobodys_poll(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.status("0" * 26)
    assert told(capsys) == []


@pytest.mark.parametrize("error", [TransientError("DynamoDB"), ZeroDivisionError("a bug")])
def test_an_order_that_we_could_not_take_is_counted(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(intake, "place", fail)
    assert api.post(SEED_ORDER).status in (500, 503)
    assert told(capsys) == ["CreateError"]
    assert api.post({}).status == 422
    assert told(capsys) == [], "a client's mistake is none of ours"


def test_the_measured_request_is_a_route() -> None:
    from app import app

    method, path = PLACING
    assert method in app.routes[path]

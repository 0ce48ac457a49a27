"""`push_url` in the API's answers: in the 202 alone, while there is something to tell."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from chalice.test import Client

from app import app
from chalicelib.orders import transitions
from chalicelib.push.tickets import order_of
from chalicelib.settings import settings
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import UUID, Api, complete
from tests.unit.orders_support import NOW


@pytest.fixture
def api(push: None) -> Iterator[Api]:
    with Client(app) as client:
        yield Api(client)


def order_at(push_url: str) -> str | None:
    assert push_url.startswith("wss://push.example/v1?")
    return order_of(parse_qs(urlsplit(push_url).query)["ticket"][0], now=NOW)


def test_whoever_places_an_order_may_be_told_of_it(api: Api) -> None:
    accepted = api.post(SEED_ORDER).json
    assert order_at(accepted["push_url"]) == accepted["order_id"]


def test_a_request_that_is_sent_again_gets_a_ticket_until_the_order_has_ended(api: Api) -> None:
    order_id = api.post(SEED_ORDER, Idempotency_Key=UUID).json["order_id"]
    assert order_at(api.post(SEED_ORDER, Idempotency_Key=UUID).json["push_url"]) == order_id
    complete(order_id)
    assert "push_url" not in api.post(SEED_ORDER, Idempotency_Key=UUID).json


def test_a_retry_has_a_ticket_too(api: Api) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, "speech_unavailable", now=NOW)
    retried = api.request("POST", f"/api/orders/{order_id}/retry").json
    assert order_at(retried["push_url"]) == order_id


def test_no_status_has_a_ticket(api: Api) -> None:
    """Who knows a guest's order by its id has not placed it."""
    assert "push" not in api.status(api.post(SEED_ORDER).json["order_id"]).text


def test_without_push_there_is_no_address(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_URL", "")
    settings.cache_clear()
    assert "push_url" not in api.post(SEED_ORDER).json


def test_no_log_holds_the_ticket(api: Api, said: Callable[[], str]) -> None:
    accepted = api.post(SEED_ORDER).json
    assert accepted["order_id"] in said()
    assert accepted["push_url"].rpartition(".")[2] not in said()

"""Systems that are down, and what every answer has."""

import pytest

from chalicelib.orders import queue, transitions
from chalicelib.orders.open_orders import OpenOrders
from chalicelib.settings import settings
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import Api
from tests.unit.orders_support import NOW


def test_an_order_is_accepted_even_if_sqs_is_down_and_the_sweeper_will_find_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/1/gone")
    queue._client.cache_clear()
    settings.cache_clear()
    order_id = api.post(SEED_ORDER).json["order_id"]
    due = transitions.overdue(OpenOrders(), now=NOW + 10**6)
    assert [record.order_id for record in due] == [order_id]


def test_an_unreachable_table_is_503_and_says_nothing_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_TABLE", "gone")
    settings.cache_clear()
    answer = api.post(SEED_ORDER)
    assert (answer.status, answer.json["code"]) == (503, "service_unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert "gone" not in answer.text


def test_a_bug_is_500_without_a_word_of_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("chalicelib.orders.transitions.accept", broken)
    answer = api.post(SEED_ORDER)
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert "secret detail" not in answer.text


def test_a_wrong_method_is_405_and_names_the_right_ones(api: Api) -> None:
    answer = api.request("GET", "/api/orders/quick")
    assert (answer.status, answer.json["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_health_and_the_api_description_answer(api: Api) -> None:
    assert api.request("GET", "/api/health").json == {"status": "ok"}
    described = api.request("GET", "/api/openapi.json").json
    assert described["openapi"].startswith("3.1")


def test_every_answer_carries_the_security_headers(api: Api) -> None:
    for answer in (api.post(SEED_ORDER), api.status("1"), api.request("GET", "/api/health")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_cors_is_for_configured_origins_alone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    none = api.request("GET", "/api/health", headers={"Origin": "https://a.example"})
    assert "Access-Control-Allow-Origin" not in none.headers
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://a.example, https://b.example")
    settings.cache_clear()
    allowed = api.request("OPTIONS", "/api/orders/quick", headers={"Origin": "https://b.example"})
    assert allowed.status == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://b.example"
    methods = allowed.headers["Access-Control-Allow-Methods"]
    assert methods.split(", ") == ["DELETE", "GET", "POST"]
    assert allowed.headers["Access-Control-Allow-Headers"].split(", ") == [
        *("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"),
        *("X-LIFF-User-Id", "X-LIFF-User-Lang", "X-Store-Id"),
    ]
    other = api.request("GET", "/api/health", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    status = api.status(api.post(SEED_ORDER).json["order_id"], Origin="https://a.example")
    assert status.headers["Vary"] == "Authorization, Origin"
    refused = api.request("GET", "/api/orders/status/1", headers={"Origin": "https://a.example"})
    assert refused.headers["Access-Control-Allow-Origin"] == "https://a.example"

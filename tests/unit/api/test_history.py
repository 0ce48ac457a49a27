"""The contract of GET /api/orders."""

import base64
import json
from typing import get_args

import pytest

from chalicelib.order import Allergen, Diet
from chalicelib.orders import json_body, view
from chalicelib.orders.history import MOST_ORDERS_A_PAGE, Page
from chalicelib.orders.identity import line_owner
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.request import parse_order
from chalicelib.orders.stored import columns_of
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import (
    Api,
    order,
)
from tests.unit.orders_support import USER


@pytest.mark.usefixtures("signed_in")
def test_history_is_the_callers_own_newest_first_page_by_page(api: Api) -> None:
    mine = [
        api.post(order(store_name=f"店{n}"), Authorization=f"Bearer {USER}").json["order_id"]
        for n in range(3)
    ]
    api.post(SEED_ORDER, Authorization="Bearer U2")
    headers = {"Authorization": f"Bearer {USER}"}
    first = api.request("GET", "/api/orders?limit=2", headers=headers).json
    second = api.request(
        "GET", f"/api/orders?limit=2&cursor={first['next_cursor']}", headers=headers
    ).json
    seen = [entry["order_id"] for entry in first["orders"] + second["orders"]]
    assert sorted(seen) == sorted(mine)
    assert [entry["order_time"] for entry in first["orders"]] == sorted(
        (entry["order_time"] for entry in first["orders"]), reverse=True
    )
    assert second["next_cursor"] is None
    stolen = api.request(
        "GET", f"/api/orders?cursor={first['next_cursor']}", headers={"Authorization": "Bearer U2"}
    ).json
    assert not set(mine) & {entry["order_id"] for entry in stolen["orders"]}


def test_the_largest_orders_of_a_page_fit_in_an_answer_of_lambda() -> None:
    """Six million bytes, of JSON in JSON: an emoji of four bytes there takes twelve."""
    dish = {"name": "🍜" * 100}
    items = [dish] * 35 + [{**dish, "note": "🍜" * 200}] * 14
    body = order(items=items, store_name="🍜" * 100, total_amount=None)
    body |= {"dining": "🍜" * 100, "table": "🍜" * 10, "people": 99}
    body |= {"allergies": get_args(Allergen), "diets": get_args(Diet)}
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    assert 31 * 1024 < len(raw) <= json_body.MAX_BODY_BYTES
    columns = columns_of(parse_order(body, None).order)
    record = OrderRecord(
        order_id="0" * 26, owner=line_owner(USER), created_at=0, status="pending", **columns
    )
    page = view.listed(Page([record] * MOST_ORDERS_A_PAGE, "x" * 200))
    answer = json.dumps({"body": json.dumps(page, ensure_ascii=False, separators=(",", ":"))})
    assert 4_000_000 < len(answer) < 6_000_000


def test_history_needs_a_user(api: Api) -> None:
    answer = api.request("GET", "/api/orders")
    assert (answer.status, answer.json["code"]) == (401, "sign_in_required")


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=26", "limit=x", "cursor=!", "cursor=W10", "cursor=MQ"),
        # A digit to Python, no number to DynamoDB.
        "cursor=" + base64.urlsafe_b64encode(json.dumps(["²", "0" * 26]).encode()).decode(),
    ],
)
def test_a_wrong_page_is_422(api: Api, query: str) -> None:
    answer = api.request("GET", f"/api/orders?{query}", headers={"Authorization": f"Bearer {USER}"})
    assert (answer.status, answer.json["code"]) == (422, "order_invalid")

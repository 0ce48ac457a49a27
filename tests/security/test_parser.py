"""Hypothesis against the parser of orders: any bytes are refused with reason, or are an order.

`PARSER_EXAMPLES` inputs; `make attack` takes 20,000.
"""

import json
import os
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import RequestError
from chalicelib.order import Order
from chalicelib.orders import json_body
from chalicelib.orders.request import parse_order
from chalicelib.orders.stored import digest
from chalicelib.orders.text import clean
from chalicelib.web import problem

pytestmark = pytest.mark.timeout(3600)
EXAMPLES = int(os.environ.get("PARSER_EXAMPLES", "600"))
HOSTILE = settings(
    max_examples=EXAMPLES // 3 + 1,
    database=None,
    derandomize=EXAMPLES < 20_000,
    suppress_health_check=list(HealthCheck),
)
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=120) | st.sampled_from(
    ["牛肉麵", "\ud800", "a" + "\u0301\u0316" * 300, "\u202e", "<speak>", "x\x00\r\nSet-Cookie: a"]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([1, 1.0, -0.0, 10**400, 99.5, 0.3, True])
SCALARS = st.none() | TEXTS | NUMBERS
HALVES = st.integers(0, 2_000_001).map(lambda halves: halves / 2)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def mostly(good: Any) -> Any:
    """A good value, or anything at all."""
    return st.one_of(good, good, good, VALUES)


NAMES = TEXTS | st.fixed_dictionaries({"original": TEXTS}, optional={"translated": TEXTS})
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        **{name: mostly(NAMES) for name in ("name", "item_name")},
        **{name: mostly(TEXTS) for name in ("original_name", "translated_name")},
        **{name: mostly(st.integers(-1, 101)) for name in ("quantity", "qty")},
        **{name: mostly(HALVES | st.integers(-1, 1_000_001)) for name in ("price", "price_unit")},
        **dict.fromkeys(("subtotal", "menu_item_id", "extra"), VALUES),
    },
)
ORDERS = st.fixed_dictionaries(
    {"store_name": mostly(NAMES), "items": mostly(st.lists(ITEMS, min_size=1, max_size=3))},
    optional=dict.fromkeys(
        (
            "store_id",
            "total",
            "total_amount",
            "language",
            "line_user_id",
            "note",
            "notify",
            "extra",
        ),
        VALUES,
    ),
)


def read(body: bytes, accept_language: str | None = None) -> Order | None:
    """The order in `body`; None if it is refused, and then in words that can be sent."""
    try:
        parsed = parse_order(json_body.parse(body, "application/json"), accept_language)
    except RequestError as error:
        answer = problem(error)
    else:
        return parsed.order
    assert 400 <= answer.status_code < 500
    assert len(answer.body.encode("utf-8")) < 64 * 1024
    return None


def assert_is_clean(order: Order) -> None:
    """What every later step relies on."""
    assert 1 <= len(order.items) <= 50
    for text in (*order.store, *(t for i in order.items for t in (i.original, i.translated))):
        assert 1 <= len(text) <= 100
        assert clean(text) == text
        assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} for c in text)
        text.encode("utf-8")
    for item in order.items:
        assert 1 <= item.quantity <= 99
        assert 0 <= item.price <= 1_000_000
        assert isinstance(item.price, int) or item.price % 1 == Decimal("0.5")
    digest(order)


@HOSTILE
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_are_an_order(body: bytes) -> None:
    read(body)


@HOSTILE
@given(ORDERS, st.none() | TEXTS)
def test_any_order_is_refused_or_is_clean(data: dict[str, Any], accept_language: str) -> None:
    order = read(json.dumps(data).encode(), accept_language)
    if order is not None:
        assert_is_clean(order)


@HOSTILE
@given(ORDERS, st.data())
def test_any_damage_to_an_order_is_refused_or_harmless(data: dict[str, Any], draw: Any) -> None:
    body = bytearray(json.dumps(data, ensure_ascii=True).encode())
    for _ in range(draw.draw(st.integers(1, 5))):
        at = draw.draw(st.integers(0, len(body) - 1))
        body[at : at + draw.draw(st.integers(0, 3))] = draw.draw(st.binary(max_size=3))
        body = body or bytearray(b" ")
    order = read(bytes(body))
    if order is not None:
        assert_is_clean(order)


@HOSTILE
@given(TEXTS)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)

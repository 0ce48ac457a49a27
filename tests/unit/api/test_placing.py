"""The contract of POST /api/orders/quick: what is taken, cleaned and refused."""

import json
from typing import Any

import boto3
import pytest

from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import Api, assert_no_trace, item, order
from tests.unit.orders_support import Queue


def test_the_seeds_first_curl_example_is_accepted(api: Api, queued: Queue) -> None:
    answer = api.post(SEED_ORDER)
    assert answer.status == 202
    order_id = answer.json["order_id"]
    assert answer.json == {
        "order_id": order_id,
        "status": "pending",
        "processing": True,
        "polling_url": f"/api/orders/status/{order_id}",
        "poll_after_ms": 700,
        "message": answer.json["message"],
        "ignored": [],
    }
    assert answer.headers["Location"] == f"status/{order_id}"
    assert answer.headers["Retry-After"] == "1"
    assert queued.bodies() == [json.dumps({"version": 1, "order_id": order_id})]


def test_the_seeds_second_curl_example_shows_the_order_at_once(api: Api) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    answer = api.status(order_id)
    assert answer.status == 200
    body = answer.json
    assert {
        name: body[name]
        for name in ("status", "processing", "stage", "progress", "voice_ready", "voice_url")
    } == {
        "status": "pending",
        "processing": True,
        "stage": "queued",
        "progress": 10,
        "voice_ready": False,
        "voice_url": None,
    }
    assert body["summary_ready"] is True
    assert "測試商品" in body["summary"]["chinese"]
    assert body["items"][0]["name"]["original"] == "測試商品"
    assert (body["total_amount"], body["notification"], body["error"]) == (100, "skipped", None)
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Cache-Control"] == "private, no-cache"


REFUSALS: list[tuple[str, Any, str]] = [
    ("no store name", {"items": SEED_ORDER["items"]}, "store_name"),
    ("empty store name", order(store_name="  \u200b"), "store_name"),
    ("long store name", order(store_name="店" * 101), "store_name"),
    ("store name is a number", order(store_name=7), "store_name"),
    ("store id is an object", order(store_id={}), "store_id"),
    ("store id is true", order(store_id=True), "store_id"),
    ("no items", {"store_name": "老王"}, "items"),
    ("empty items", order(items=[], total_amount=None), "items"),
    ("51 items", order(items=SEED_ORDER["items"] * 51, total_amount=None), "items"),
    ("items is a string", order(items="牛肉麵", total_amount=None), "items"),
    ("item is a string", order(items=["牛肉麵"], total_amount=None), "items[0]"),
    ("no name", item(name="absent"), "items[0].name"),
    ("empty name", item(name=""), "items[0].name.original"),
    ("invisible name", item(name="\u202e\u200b\u0007"), "items[0].name.original"),
    ("a name of joiners alone", item(name="\u200d\u200d"), "items[0].name.original"),
    ("a name of blank letters", item(name="\u3164\u2800"), "items[0].name.original"),
    ("a name of marks alone", item(name="\u0301\ufe0f"), "items[0].name.original"),
    ("long name", item(name="麵" * 101), "items[0].name.original"),
    ("a text too long to clean", item(name="a" + "\u0301\u0316" * 900), "items[0].name.original"),
    (
        "long translation",
        item(name={"original": "麵", "translated": "x" * 101}),
        "items[0].name.translated",
    ),
    ("lone surrogate", item(name="\ud800"), "items[0].name.original"),
    ("quantity 0", item(quantity=0), "items[0].quantity"),
    ("quantity 100", item(quantity=100), "items[0].quantity"),
    ("quantity 1.5", item(quantity=1.5), "items[0].quantity"),
    ("quantity is a word", item(quantity="two"), "items[0].quantity"),
    ("quantity is half of a string", item(quantity="1.5"), "items[0].quantity"),
    ("quantity is true", item(quantity=True), "items[0].quantity"),
    ("price is negative", item(price=-1), "items[0].price"),
    ("price is over a million", item(price=1_000_001), "items[0].price"),
    ("price 99.25", item(price=99.25), "items[0].price"),
    ("price is two numbers in two countries", item(price="1,200"), "items[0].price"),
    ("wrong subtotal", item(subtotal=299), "items[0].subtotal"),
    ("menu item id is a list", item(menu_item_id=[1]), "items[0].menu_item_id"),
    ("wrong total", order(total_amount=99), "total_amount"),
    ("total is a wrong string", order(total_amount="99"), "total_amount"),
    ("total is beyond any order", order(total_amount=1e300), "total_amount"),
    ("language is a number", order(language=5), "language"),
    ("language is no tag", order(language="en\r\nX: y"), "language"),
    ("quantity and qty differ", item(qty=3), "items[0]"),
]


@pytest.mark.parametrize(
    ("body", "field"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
def test_a_broken_rule_is_422_with_its_field_and_leaves_no_trace(
    api: Api, queued: Queue, body: Any, field: str
) -> None:
    answer = api.post(body)
    assert (answer.status, answer.json["code"]) == (422, "order_invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json["errors"]]
    assert_no_trace(queued)


MALFORMED: list[tuple[str, bytes, int, str]] = [
    ("no JSON", b"{", 400, "malformed_json"),
    ("empty", b"", 400, "malformed_json"),
    ("an array", b"[]", 400, "malformed_json"),
    ("not UTF-8", b'{"store_name": "\xff"}', 400, "malformed_json"),
    ("NaN", b'{"store_name": NaN}', 400, "malformed_json"),
    ("Infinity", b'{"store_name": -Infinity}', 400, "malformed_json"),
    ("1e400", b'{"total": 1e400}', 400, "malformed_json"),
    ("a number of 5,000 digits", b'{"total": ' + b"9" * 5000 + b"}", 400, "malformed_json"),
    ("a key named twice", b'{"total": 1, "total": 2}', 400, "malformed_json"),
    ("nested deeply", b'{"a": ' + b"[" * 15_000 + b"]" * 15_000 + b"}", 400, "malformed_json"),
    ("over 32 KiB", json.dumps(order(padding="x" * 32_768)).encode(), 413, "body_too_large"),
]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [case[1:] for case in MALFORMED],
    ids=[case[0] for case in MALFORMED],
)
def test_a_body_that_cannot_be_read_is_refused(
    api: Api, queued: Queue, body: bytes, status: int, code: str
) -> None:
    answer = api.post(body)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert_no_trace(queued)


def test_a_refusal_does_not_say_what_reads_the_json(api: Api) -> None:
    assert "sys." not in api.post(b'{"total": ' + b"9" * 5000 + b"}").text


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=big5", "x"],
)
def test_only_json_in_utf_8_is_taken(api: Api, queued: Queue, content_type: str) -> None:
    answer = api.post(SEED_ORDER, Content_Type=content_type)
    assert (answer.status, answer.json["code"]) == (415, "unsupported_media_type")
    assert_no_trace(queued)


def test_json_with_its_charset_is_taken(api: Api) -> None:
    assert api.post(SEED_ORDER, Content_Type="Application/JSON; charset=UTF-8").status == 202


ALIASES: list[tuple[str, dict[str, Any]]] = [
    ("the canonical names", {"name": "牛肉麵", "quantity": 2, "price": 150}),
    (
        "name as an object",
        {"name": {"original": "牛肉麵", "translated": "Beef"}, "quantity": 2, "price": 150},
    ),
    ("item_name, qty, price_unit", {"item_name": "牛肉麵", "qty": 2, "price_unit": 150}),
    ("two names", {"original_name": "牛肉麵", "translated_name": "Beef", "qty": 2, "price": 150}),
    (
        "swapped names",
        {"name": {"original": "Beef", "translated": "牛肉麵"}, "qty": 2, "price": 150},
    ),
    (
        "floats that are whole",
        {"name": "牛肉麵", "quantity": 2.0, "price": 150.0, "subtotal": 300.0},
    ),
    (
        "ids and nulls",
        {"name": "牛肉麵", "qty": 2, "price": 150, "menu_item_id": 7, "subtotal": None},
    ),
]


@pytest.mark.parametrize("line", [case[1] for case in ALIASES], ids=[case[0] for case in ALIASES])
def test_real_clients_names_for_things_are_understood(api: Api, line: dict[str, Any]) -> None:
    answer = api.post({"store_name": "老王", "items": [line], "total": 300})
    assert answer.status == 202
    shown = api.status(answer.json["order_id"]).json
    assert shown["items"][0]["name"]["original"] == "牛肉麵"
    assert (shown["items"][0]["subtotal"], shown["total_amount"]) == (300, 300)


def test_names_are_cleaned_of_what_nobody_sees(api: Api) -> None:
    answer = api.post(item(name=" 牛\u202e肉\u200b麵\n大\x00\u3164\u200d碗 "))
    shown = api.status(answer.json["order_id"]).json
    assert shown["items"][0]["name"]["original"] == "牛肉麵 大碗"


def test_emoji_of_several_stay_whole(api: Api) -> None:
    name = "👨\u200d👩\u200d👧 ❤️\u200d🔥 🧑🏽\u200d🚀"
    shown = api.status(api.post(item(name=name)).json["order_id"]).json
    assert shown["items"][0]["name"]["original"] == name


def test_markup_is_text_and_comes_back_as_it_went_in(api: Api) -> None:
    name = "<img src=x onerror=alert(1)>&\"'"
    shown = api.status(api.post(item(name=name)).json["order_id"]).json
    assert shown["items"][0]["name"]["original"] == name


def test_unknown_fields_are_ignored_and_never_stored(api: Api) -> None:
    answer = api.post(order(password="hunter2", line_user_id={"odd": 1}))
    assert answer.status == 202
    raw = boto3.client("dynamodb").get_item(
        TableName="orders", Key={"order_id": {"S": answer.json["order_id"]}}
    )
    assert "hunter2" not in json.dumps(raw["Item"])


@pytest.mark.parametrize(
    ("language", "accept", "expected"),
    [
        ("ja-JP", None, "ja"),
        (" ko\n", None, "ko"),
        ("zh-CN", None, "zh-TW"),
        ("fr", None, "en"),
        (None, "th;q=0.5, vi", "vi"),
        (None, "fr, ko;q=0.1", "ko"),
        (None, "fr", "en"),
        (None, None, "zh-TW"),
    ],
)
def test_the_language_is_the_clients_choice(
    api: Api, language: str | None, accept: str | None, expected: str
) -> None:
    headers = {"Accept_Language": accept} if accept else {}
    answer = api.post(order(language=language), **headers)
    assert api.status(answer.json["order_id"]).json["summary"]["language"] == expected

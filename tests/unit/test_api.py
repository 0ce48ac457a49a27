"""The HTTP contract of design.md, through Chalice's own test client, on moto."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from chalice.test import Client

from app import app
from chalicelib import web
from chalicelib.errors import TokenExpired
from chalicelib.orders import queue, transitions
from chalicelib.orders.record import OrderRecord, table
from tests.unit.orders_support import NOW, USER, VOICE, Queue

UUID = "6f1b24b4-3f0e-4c39-9d7e-0b8f4c9f0a11"
SEED_ORDER: dict[str, Any] = {
    "store_name": "測試店家",
    "items": [{"item_name": "測試商品", "price": 100, "quantity": 1}],
    "total_amount": 100,
}


class Api:
    """Answers as a client sees them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> "Answer":
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        response = self._client.http.request(
            method, path, body=raw, headers={"Content-Type": "application/json", **(headers or {})}
        )
        return Answer(response.status_code, response.headers, response.body.decode())

    def post(self, body: Any, **headers: str) -> "Answer":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", "/api/orders/quick", body, named)

    def status(self, order_id: str, **headers: str) -> "Answer":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("GET", f"/api/orders/status/{order_id}", headers=named)


class Answer:
    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.text)
        return loaded


@pytest.fixture
def api(aws: None) -> Iterator[Api]:
    with Client(app) as client:
        yield Api(client)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are their own subject, but for one that has expired. login.py has its own tests."""

    def verify(token: str) -> str:
        if token == "expired":
            raise TokenExpired("The ID token has expired.")
        return token

    monkeypatch.setattr(web, "verify_id_token", verify)


def order(**changes: Any) -> dict[str, Any]:
    return {**SEED_ORDER, **changes}


def item(**changes: Any) -> dict[str, Any]:
    line = {"name": "牛肉麵", "price": 150, "quantity": 2, **changes}
    return {
        "store_name": "老王",
        "items": [{name: value for name, value in line.items() if value != "absent"}],
    }


def test_the_seeds_first_curl_example_is_accepted(api: Api, queued: Queue) -> None:
    answer = api.post(SEED_ORDER)
    assert answer.status == 202
    order_id = answer.json["order_id"]
    assert answer.json == {
        "order_id": order_id,
        "status": "pending",
        "processing": True,
        "polling_url": f"/api/orders/status/{order_id}",
        "poll_after_ms": 2000,
        "message": answer.json["message"],
    }
    assert answer.headers["Location"] == f"status/{order_id}"
    assert answer.headers["Retry-After"] == "2"
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
    assert answer.headers["Retry-After"] == "2"
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
    ("quantity is a string", item(quantity="2"), "items[0].quantity"),
    ("quantity is true", item(quantity=True), "items[0].quantity"),
    ("no price", item(price="absent"), "items[0].price"),
    ("price is negative", item(price=-1), "items[0].price"),
    ("price is over a million", item(price=1_000_001), "items[0].price"),
    ("price 99.5", item(price=99.5), "items[0].price"),
    ("price is a string", item(price="100"), "items[0].price"),
    ("wrong subtotal", item(subtotal=299), "items[0].subtotal"),
    ("menu item id is a list", item(menu_item_id=[1]), "items[0].menu_item_id"),
    ("wrong total", order(total_amount=99), "total_amount"),
    ("total is a string", order(total_amount="100"), "total_amount"),
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


def test_the_same_key_and_body_are_the_same_order_and_send_its_message_again(
    api: Api, queued: Queue
) -> None:
    first = api.post(SEED_ORDER, Idempotency_Key=UUID)
    second = api.post(SEED_ORDER, Idempotency_Key=UUID.upper())
    assert first.json == second.json
    assert len(queued.bodies()) == 2


def test_a_key_with_another_body_is_refused(api: Api) -> None:
    first = api.post(SEED_ORDER, Idempotency_Key=UUID)
    answer = api.post(order(store_name="另一家"), Idempotency_Key=UUID)
    assert (answer.status, answer.json["code"]) == (422, "idempotency_key_reused")
    assert api.status(first.json["order_id"]).json["store_name"] == "測試店家"


def test_a_replay_after_the_end_costs_no_second_message(api: Api, queued: Queue) -> None:
    order_id = api.post(SEED_ORDER, Idempotency_Key=UUID).json["order_id"]
    complete(order_id)
    queued.bodies()
    answer = api.post(SEED_ORDER, Idempotency_Key=UUID)
    assert (answer.json["status"], answer.json["processing"]) == ("completed", False)
    assert queued.bodies() == []


@pytest.mark.parametrize("key", ["", "1", "not-a-uuid", "6f1b24b4", "{" + UUID + "}", "٣" * 32])
def test_a_guests_key_must_be_a_uuid(api: Api, queued: Queue, key: str) -> None:
    answer = api.post(SEED_ORDER, Idempotency_Key=key)
    assert (answer.status, answer.json["code"]) == (400, "idempotency_key_invalid")
    assert_no_trace(queued)


@pytest.mark.usefixtures("signed_in")
def test_keys_of_two_users_never_meet(api: Api) -> None:
    one = api.post(SEED_ORDER, Idempotency_Key="1", Authorization=f"Bearer {USER}")
    two = api.post(SEED_ORDER, Idempotency_Key="1", Authorization="Bearer U2")
    assert one.json["order_id"] != two.json["order_id"]


@pytest.mark.usefixtures("signed_in")
def test_a_users_order_is_shown_to_that_user_alone(api: Api) -> None:
    order_id = api.post(SEED_ORDER, Authorization=f"Bearer {USER}").json["order_id"]
    mine = api.status(order_id, Authorization=f"Bearer {USER}")
    assert (mine.status, mine.json["notification"]) == (200, "pending")
    assert USER not in mine.text
    unknown = api.status("0" * 26)
    for stranger in (api.status(order_id), api.status(order_id, Authorization="Bearer U2")):
        assert (stranger.status, stranger.text) == (404, unknown.text)
    retry = api.request(
        "POST", f"/api/orders/{order_id}/retry", headers={"Authorization": "Bearer U2"}
    )
    assert (retry.status, retry.text) == (404, unknown.text)


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("claimed", "status"), [(USER, 202), (None, 202), ("U2", 403), ("", 403), (7, 403)]
)
def test_line_user_id_must_be_the_tokens_subject(api: Api, claimed: Any, status: int) -> None:
    answer = api.post(order(line_user_id=claimed), Authorization=f"Bearer {USER}")
    assert answer.status == status


@pytest.mark.usefixtures("signed_in")
def test_a_bad_token_is_401_and_says_what_to_do(api: Api, queued: Queue) -> None:
    expired = api.post(SEED_ORDER, Authorization="Bearer expired")
    assert (expired.status, expired.json["code"]) == (401, "token_expired")
    assert expired.headers["WWW-Authenticate"].startswith("Bearer ")
    basic = api.post(SEED_ORDER, Authorization="Basic abc")
    assert (basic.status, basic.json["code"]) == (401, "token_invalid")
    assert_no_trace(queued)


@pytest.mark.parametrize("order_id", ["123", "0" * 26, "0" * 25 + "u", "x" * 300, "%00", "..%2f"])
def test_an_unknown_order_is_404(api: Api, order_id: str) -> None:
    answer = api.status(order_id)
    assert (answer.status, answer.json["code"]) == (404, "order_not_found")


def test_an_unchanged_order_is_304(api: Api) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    first = api.status(order_id)
    assert not first.headers["ETag"].startswith("W/")
    again = api.status(order_id, If_None_Match=first.headers["ETag"])
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])
    complete(order_id)
    assert api.status(order_id, If_None_Match=first.headers["ETag"]).status == 200


def test_the_audio_can_be_played_before_the_push(api: Api) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.record_voice(record, VOICE)
    first = api.status(order_id)
    body = first.json
    assert (body["status"], body["stage"], body["voice_ready"]) == ("processing", "notifying", True)
    assert body["voice_duration_ms"] == VOICE.duration_ms
    assert VOICE.key in body["voice_url"]
    assert body["voice_expires_at"].endswith("Z")
    assert api.status(order_id, If_None_Match=first.headers["ETag"]).status == 304


def test_a_failed_order_says_why_and_can_be_tried_again(api: Api, queued: Queue) -> None:
    order_id = api.post(order(language="en")).json["order_id"]
    early = api.request("POST", f"/api/orders/{order_id}/retry")
    assert (early.status, early.json["code"]) == (409, "order_not_failed")
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, "speech_unavailable", now=NOW)
    failed = api.status(order_id).json
    assert (failed["status"], failed["processing"], failed["voice_ready"]) == (
        "failed",
        False,
        False,
    )
    assert failed["error"] == {
        "code": "speech_unavailable",
        "message": failed["message"],
        "retryable": True,
    }
    queued.bodies()
    again = api.request("POST", f"/api/orders/{order_id}/retry")
    assert (again.status, again.json["status"]) == (202, "pending")
    assert again.headers["Location"] == f"../status/{order_id}"
    assert len(queued.bodies()) == 1


def test_what_no_engine_can_speak_is_not_tried_again(api: Api, queued: Queue) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, transitions.SPEECH_IMPOSSIBLE, now=NOW)
    queued.bodies()
    assert api.status(order_id).json["error"]["retryable"] is False
    assert api.request("POST", f"/api/orders/{order_id}/retry").status == 409
    assert queued.bodies() == []


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


def test_history_needs_a_user(api: Api) -> None:
    answer = api.request("GET", "/api/orders")
    assert (answer.status, answer.json["code"]) == (401, "sign_in_required")


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=51", "limit=x", "cursor=!", "cursor=W10", "cursor=MQ"),
        # A digit to Python, no number to DynamoDB.
        "cursor=" + base64.urlsafe_b64encode(json.dumps(["²", "0" * 26]).encode()).decode(),
    ],
)
def test_a_wrong_page_is_422(api: Api, query: str) -> None:
    answer = api.request("GET", f"/api/orders?{query}", headers={"Authorization": f"Bearer {USER}"})
    assert (answer.status, answer.json["code"]) == (422, "order_invalid")


def test_too_many_orders_are_429_but_a_replay_is_not(api: Api) -> None:
    assert api.post(SEED_ORDER, Idempotency_Key=UUID).status == 202
    for _ in range(9):
        assert api.post(SEED_ORDER).status == 202
    answer = api.post(SEED_ORDER)
    assert (answer.status, answer.json["code"]) == (429, "too_many_orders")
    assert int(answer.headers["Retry-After"]) > 0
    assert api.post(SEED_ORDER, Idempotency_Key=UUID).status == 202


def test_a_guest_counts_by_the_address_that_the_gateway_saw(api: Api) -> None:
    for number in range(10):
        assert api.post(SEED_ORDER, X_Forwarded_For=f"203.0.113.{number}").status == 202
    assert api.post(SEED_ORDER, X_Forwarded_For="198.51.100.1").status == 429


def test_an_order_is_accepted_even_if_sqs_is_down_and_the_sweeper_will_find_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/1/gone")
    queue._client.cache_clear()
    from chalicelib.settings import settings

    settings.cache_clear()
    order_id = api.post(SEED_ORDER).json["order_id"]
    due = transitions.overdue(now=NOW + 10**6, limit=10)
    assert [record.order_id for record in due] == [order_id]


def test_an_unreachable_table_is_503_and_says_nothing_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OrderRecord.Meta, "table_name", "gone")
    OrderRecord._connection = None
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


def test_cors_is_for_configured_origins_alone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    none = api.request("GET", "/api/health", headers={"Origin": "https://a.example"})
    assert "Access-Control-Allow-Origin" not in none.headers
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://a.example, https://b.example")
    from chalicelib.settings import settings

    settings.cache_clear()
    allowed = api.request("OPTIONS", "/api/orders/quick", headers={"Origin": "https://b.example"})
    assert allowed.status == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://b.example"
    assert "Idempotency-Key" in allowed.headers["Access-Control-Allow-Headers"]
    other = api.request("GET", "/api/health", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    status = api.status(api.post(SEED_ORDER).json["order_id"], Origin="https://a.example")
    assert status.headers["Vary"] == "Authorization, Origin"
    refused = api.request("GET", "/api/orders/status/1", headers={"Origin": "https://a.example"})
    assert refused.headers["Access-Control-Allow-Origin"] == "https://a.example"


def complete(order_id: str) -> None:
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.complete(transitions.record_voice(record, VOICE), "skipped", now=NOW)


def assert_no_trace(queued: Queue) -> None:
    assert table().count() == 0
    assert queued.bodies() == []

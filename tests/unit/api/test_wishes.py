"""Options, notes, and what a client sent that is not an order's: stored, shown, named."""

from typing import Any

import pytest

from chalicelib.order import Wording
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.stored import columns_of, order_of
from tests.unit.api.api_client import Api, item, order, spoken


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["半糖", "少冰"], [("半糖", "半糖"), ("少冰", "少冰")]),
        ("half sugar", [("half sugar", "half sugar")]),
        ({"original": "半糖", "translated": "half sugar"}, [("半糖", "half sugar")]),
        (
            [{"original": "半糖", "translated": "half sugar"}, "冰"],
            [("半糖", "half sugar"), ("冰", "冰")],
        ),
        ({"sweet": "half", "ice": "", "size": "L"}, [("sweet: half",) * 2, ("size: L",) * 2]),
        ([], []),
        (["", None], []),
        (None, []),
    ],
)  # fmt: skip
def test_options_are_kept_in_every_form_that_clients_send(
    api: Api, options: Any, kept: list[tuple[str, str]]
) -> None:
    body = spoken(api, item(options=options))
    assert body["items"][0]["options"] == [
        {"original": original, "translated": translated} for original, translated in kept
    ]
    assert body["unspoken"] == []


def test_options_are_said_and_shown_if_they_cannot_be(api: Api) -> None:
    body = spoken(api, item(options=["半糖", "gift wrap"]))
    assert "半糖" in body["spoken"]
    assert body["unspoken"] == [{"field": "items[0].options[1]", "text": "gift wrap"}]


def test_what_is_said_of_another_language_is_told_in_chinese_for_the_staff_at_once(
    api: Api,
) -> None:
    wishes = item(options=["半糖", "no ice"], note="gift wrap") | {"note": "no spicy"}
    body = api.status(api.post(wishes).json["order_id"]).json
    assert body["spoken"] is None
    assert body["readings"] == [
        {"field": "items[0].options[1]", "text": "去冰"},
        {"field": "note", "text": "不要辣"},
    ]
    assert "去冰（no ice）、gift wrap" in body["summary"]["chinese"]


@pytest.mark.parametrize(
    ("name", "wishes"),
    [
        ("beef noodles no peanuts", "不要花生"),
        ("宮保雞丁 (no peanuts)", "不要花生"),
        ("牛肉麺 パクチー抜き", "不要香菜"),
        ("奶茶(no sugar)(less ice)", "無糖、少冰"),
        ("牛肉麵(不要香菜) no peanuts", "不要花生"),
        ("XO醬炒飯+蛋", None),
        ("Grandma's noodles", None),
        ("ผัดไทย no peanuts", None),
    ],
)
def test_what_a_name_asks_for_is_told_in_chinese_for_the_staff(
    api: Api, name: str, wishes: str | None
) -> None:
    body = api.status(api.post(item(name=name)).json["order_id"]).json
    field = "items[0].name"
    assert body["readings"] == ([{"field": field, "text": wishes}] if wishes else [])
    assert (f"\n\u3000{wishes}\n" in body["summary"]["chinese"]) is bool(wishes)


@pytest.mark.parametrize("name", ["note", "notes", "remark", "remarks"])
def test_a_note_is_kept_under_each_of_its_names(api: Api, name: str) -> None:
    body = spoken(
        api, item(**{name: "my bus leaves"}) | {name: {"original": "趕火車", "translated": "train"}}
    )
    assert body["items"][0]["note"] == {"original": "my bus leaves", "translated": "my bus leaves"}
    assert body["note"] == {"original": "趕火車", "translated": "train"}
    assert "趕火車" in body["spoken"]
    assert body["unspoken"] == [{"field": "items[0].note", "text": "my bus leaves"}]
    assert "my bus leaves" in body["summary"]["chinese"]
    assert "train" in body["summary"]["translated"]


def test_two_notes_that_differ_are_refused(api: Api) -> None:
    answer = api.post(item(note="a", remark="b"))
    assert answer.status == 422
    assert "say different things" in answer.text


@pytest.mark.parametrize(
    "line",
    [{"options": ["x"] * 13}, {"options": [5]}, {"options": ["x" * 101]}, {"note": "x" * 201}],
)
def test_what_is_too_much_is_refused_with_its_place(api: Api, line: dict[str, Any]) -> None:
    answer = api.post(item(**line))
    assert answer.status == 422
    [error] = answer.json["errors"]
    assert error["field"].startswith(f"items[0].{next(iter(line))}")


def test_what_the_api_does_not_know_is_named_and_never_stored(api: Api) -> None:
    body = order(seat="5", id_token="secret", total_amount=None)
    name = {"original": "麵", "x": 1}
    body["items"] = [{"name": name, "price": 100, "allergies": "nuts"}]
    answer = api.post(body)
    assert answer.status == 202, answer.text
    assert answer.json["ignored"] == [
        *("seat", "id_token", "items[].allergies", "items[].name.x"),
    ]
    stored = OrderRecord.get(answer.json["order_id"]).to_dynamodb_dict()
    assert not any(word in str(stored) for word in ("secret", "nuts"))


def test_the_sentence_and_what_it_leaves_out_are_in_the_status(api: Api) -> None:
    body = spoken(api, item(name="宮保雞丁 (no peanuts, my doctor says so)", quantity=1))
    assert body["spoken"] == "老闆您好，我要點：宮保雞丁一份，不要花生；還有備註，請看畫面，謝謝。"
    assert body["unspoken"] == [{"field": "items[0].name", "text": "no peanuts, my doctor says so"}]


def test_before_the_voice_nothing_is_claimed_to_be_said(api: Api) -> None:
    status = api.status(api.post(item(note="x")).json["order_id"]).json
    assert (status["spoken"], status["unspoken"], status["undecided"]) == (None, None, None)


def test_a_choice_that_nobody_has_made_is_in_the_status(api: Api) -> None:
    body = spoken(api, item(name="麻辣牛肉(乾/湯)", quantity=1))
    assert body["spoken"] == "老闆您好，我要點：麻辣牛肉一份，乾或湯，謝謝。"
    assert body["undecided"] == [{"field": "items[0].name", "text": "乾或湯"}]
    assert spoken(api, item(name="牛肉麵"))["undecided"] == []


def test_an_order_with_everything_is_read_back_as_it_was_sent(api: Api) -> None:
    body = item(options=["半糖", {"original": "少冰", "translated": "less ice"}], note="a")
    body["note"] = {"original": "外帶", "translated": "to go"}
    found = OrderRecord.get(api.post(body).json["order_id"]).order
    assert found.items[0].options == (Wording("半糖", "半糖"), Wording("少冰", "less ice"))
    assert found.items[0].note == Wording("a", "a")
    assert found.note == Wording("外帶", "to go")
    assert order_of(columns_of(found)) == found


@pytest.mark.parametrize(
    ("line", "original", "translated"),
    [
        ({"name": "牛肉麵", "translated_name": "Noodles"}, "牛肉麵", "Noodles"),
        ({"name": "absent", "original_name": "牛肉麵"}, "牛肉麵", "牛肉麵"),
        ({"name": "牛肉麵", "original_name": "牛肉麵", "translated_name": "N"}, "牛肉麵", "N"),
        ({"name": {"original": "牛肉麵"}, "translated_name": "N"}, "牛肉麵", "N"),
    ],
)
def test_flat_names_add_to_the_name(
    api: Api, line: dict[str, Any], original: str, translated: str
) -> None:
    found = OrderRecord.get(api.post(item(**line)).json["order_id"]).order.items[0]
    assert (found.original, found.translated) == (original, translated)


@pytest.mark.parametrize(
    "line",
    [
        {"name": "牛肉麵", "original_name": "豬肉麵"},
        {"name": {"original": "牛肉麵", "translated": "Beef"}, "translated_name": "Pork"},
    ],
)
def test_names_that_say_different_things_are_refused(api: Api, line: dict[str, Any]) -> None:
    answer = api.post(item(**line))
    assert answer.status == 422
    assert "say different things" in answer.text


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"toppings": ["pearl", "pudding"]}, ["toppings: pearl, pudding"]),
        ({"extra hot": True, "large": False, "spoons": 2}, ["extra hot", "spoons: 2"]),
    ],
)
def test_options_of_other_kinds_are_put_in_words(api: Api, options: Any, kept: list[str]) -> None:
    shown = spoken(api, item(options=options))["items"][0]["options"]
    assert [option["original"] for option in shown] == kept


@pytest.mark.parametrize("options", [{"size": {"x": 1}}, {"size": 1.5}, 7, [True]])
def test_options_that_are_none_are_refused(api: Api, options: Any) -> None:
    assert api.post(item(options=options)).status == 422


def test_what_is_ignored_inside_a_remark_is_named_too(api: Api) -> None:
    answer = api.post(item(remarks={"original": "a", "color": "red"}))
    assert answer.json["ignored"] == ["items[].remarks.color"]


def test_a_price_of_an_option_is_not_read_and_named(api: Api) -> None:
    answer = api.post(item(options=[{"id": 7, "name": "加珍珠", "price": 10}]))
    assert answer.json["ignored"] == ["items[].options.id", "items[].options.price"]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ([{"id": 7, "name": "少冰", "price": 0}], ["少冰"]),
        ({"name": "少冰"}, ["少冰"]),
        (
            [{"name": "Size", "value": "L"}, {"group": "甜度", "choice": "半糖"}],
            ["Size: L", "甜度: 半糖"],
        ),
        ([{"sugar": "half"}, {"ice": "less"}], ["sugar: half", "ice: less"]),
        ([{"name": "加蛋", "quantity": 1}, {"name": "加麵", "selected": True}], ["加蛋", "加麵"]),
        ([{"name": "加蛋", "quantity": 2}, {"name": "加麵", "qty": 0}], ["加蛋 x2", "加麵 x0"]),
        ([{"name": "加蛋", "selected": False}], ["加蛋: no"]),
    ],
)  # fmt: skip
def test_options_as_a_menus_database_has_them_are_kept(
    api: Api, options: Any, kept: list[str]
) -> None:
    body = spoken(api, item(options=options))
    assert [option["original"] for option in body["items"][0]["options"]] == kept


def test_the_same_order_in_another_language_is_the_same_order(api: Api) -> None:
    key = "4f2b0f0e-6b59-4c61-9a49-7f0a5f6f3a11"
    first = api.post(item(), idempotency_key=key, accept_language="en")
    again = api.post(item(), idempotency_key=key, accept_language="ja")
    assert (first.status, again.status) == (202, 202)
    assert again.json["order_id"] == first.json["order_id"]

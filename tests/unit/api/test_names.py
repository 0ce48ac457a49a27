"""One dish under several names: what repeats is taken, what contradicts is refused."""

from typing import Any

import pytest

from tests.unit.api.api_client import Api, item, order

BOTH = {"original": "牛肉麵", "translated": "Beef noodles"}
NO_NAME = dict.fromkeys(("name", "item_name", "original_name", "translated_name"))


def named(**names: Any) -> Any:
    return item(**{"name": "absent", **names})


def shown(api: Api, body: Any) -> dict[str, Any]:
    answer = api.post(body)
    assert answer.status == 202, answer.text
    status: dict[str, Any] = api.status(answer.json["order_id"]).json
    return status


@pytest.mark.parametrize(
    "names",
    [
        {"name": BOTH, "item_name": "Beef noodles"},
        {"name": BOTH, "item_name": "牛肉麵"},
        {"name": BOTH, "item_name": BOTH},
        {"name": "牛肉麵", "item_name": BOTH},
        {"item_name": BOTH},
        {"name": BOTH, "original_name": "牛肉麵", "translated_name": "Beef noodles"},
        {"name": BOTH, "original_name": "Beef noodles"},
        {"name": BOTH, "translated_name": "牛肉麵", "item_name": "牛肉麵"},
        {"name": {"original": "牛肉麵"}, "translated_name": "Beef noodles"},
        {"name": {"original": "牛肉麵", "translated": ""}, "translated_name": "Beef noodles"},
        {"name": {"translated": "Beef noodles"}, "original_name": "牛肉麵"},
        {"name": {"original": None, "translated": "Beef noodles"}, "item_name": "牛肉麵"},
        {"item_name": "牛肉麵", "translated_name": "Beef noodles"},
        {"name": "牛肉麵", "translated_name": "Beef noodles"},
        {"name": "牛肉麵", "item_name": "Beef noodles", "translated_name": "Beef noodles"},
        {"name": "Beef noodles", "item_name": "牛肉麵", "translated_name": "Beef noodles"},
        {"original_name": "牛肉麵", "translated_name": "Beef noodles"},
        *(
            {"original_name": "牛肉麵", "translated_name": "Beef noodles", key: text}
            for key in ("item_name", "name")
            for text in ("牛肉麵", "Beef noodles", " Beef\u200b  noodles\n", "", None)
        ),
        {**NO_NAME, "item_name": "牛肉麵", "translated_name": "Beef noodles"},
        {"name": BOTH, "item_name": " 牛肉麵\t", "translated_name": "Beef \u202enoodles"},
    ],
    ids=str,
)
def test_names_that_repeat_one_another_are_one_dish(api: Api, names: dict[str, Any]) -> None:
    assert shown(api, named(**names))["items"][0]["name"] == BOTH


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ({"name": BOTH, "item_name": "豬肉麵"}, "items[0]"),
        ({"name": BOTH, "item_name": "beef noodles"}, "items[0]"),
        ({"name": BOTH, "translated_name": "Pork noodles"}, "items[0]"),
        ({"name": BOTH, "original_name": "豬肉麵"}, "items[0]"),
        ({"name": BOTH, "item_name": {"original": "豬肉麵"}}, "items[0]"),
        ({"name": "牛肉麵", "item_name": "豬肉麵"}, "items[0]"),
        ({"name": "牛肉麵", "item_name": "豬肉麵", "translated_name": "Beef"}, "items[0]"),
        ({"original_name": "牛肉麵", "item_name": "Beef"}, "items[0]"),
        ({"original_name": "牛肉麵", "translated_name": "B", "item_name": "豬"}, "items[0]"),
        ({"name": 5}, "items[0].name"),
        ({"name": ["牛肉麵"]}, "items[0].name"),
        ({"item_name": 5}, "items[0].name"),
        ({"original_name": 5}, "items[0].name.original"),
        ({"name": "牛肉麵", "translated_name": 5}, "items[0].name.translated"),
        ({"translated_name": "Beef"}, "items[0].name.original"),
        (NO_NAME, "items[0].name"),
        (dict.fromkeys(NO_NAME, " \u200b"), "items[0].name.original"),
    ],
    ids=str,
)
def test_names_that_contradict_one_another_or_say_nothing_are_refused(
    api: Api, names: dict[str, Any], field: str
) -> None:
    answer = api.post(named(**names))
    assert answer.status == 422
    [error] = answer.json["errors"]
    assert error["field"] == field
    assert "Input should" not in error["message"] or ".name." in field


@pytest.mark.parametrize(
    ("store", "original", "translated"),
    [
        ("老王牛肉麵", "老王牛肉麵", "老王牛肉麵"),
        (
            {"original": "老王牛肉麵", "translated": "Lao Wang Beef Noodles"},
            "老王牛肉麵",
            "Lao Wang Beef Noodles",
        ),
        (
            {"original": "Lao Wang Beef Noodles", "translated": "老王牛肉麵"},
            "老王牛肉麵",
            "Lao Wang Beef Noodles",
        ),
        ({"original": "老王牛肉麵", "translated": None}, "老王牛肉麵", "老王牛肉麵"),
        ({"original": " 老王\n牛肉麵", "translated": " "}, "老王 牛肉麵", "老王 牛肉麵"),
    ],
)
def test_a_shop_has_its_own_name_and_the_travellers(
    api: Api, store: Any, original: str, translated: str
) -> None:
    status = shown(api, order(store_name=store, language="en"))
    assert status["store_name"] == original
    assert status["store"] == {"original": original, "translated": translated}
    assert status["summary"]["chinese"].splitlines()[0] == f"店家：{original}"
    both = original if original == translated else f"{translated} ({original})"
    assert status["summary"]["translated"].splitlines()[0] == f"Shop: {both}"


@pytest.mark.parametrize(
    ("store", "field"),
    [
        (None, "store_name"),
        ("\t", "store_name"),
        ({}, "store_name"),
        ({"original": "", "translated": None}, "store_name"),
        ({"original": "", "translated": "Lao Wang"}, "store_name.original"),
        ({"original": "店" * 101}, "store_name.original"),
        ({"original": "店", "translated": "x" * 101}, "store_name.translated"),
        (["店"], "store_name"),
        ("店" * 101, "store_name"),
        ("\ud800", "store_name"),
    ],
    ids=str,
)
def test_a_shop_without_a_name_is_refused(api: Api, store: Any, field: str) -> None:
    answer = api.post(order(store_name=store))
    assert answer.status == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


@pytest.mark.parametrize("nothing", [None, "", " ", "\t\n", "\u3000", "\u200b\u2060"])
def test_an_optional_field_that_says_nothing_is_as_if_absent(api: Api, nothing: Any) -> None:
    bare = order(items=[{"name": "牛肉麵", "price": 100}])
    line = {
        "name": "牛肉麵",
        "price": 100,
        "item_name": nothing,
        "original_name": nothing,
        **dict.fromkeys(("translated_name", "quantity", "qty", "price_unit"), nothing),
        **dict.fromkeys(("subtotal", "menu_item_id", "options", "note", "remarks"), nothing),
    }
    full = {
        **order(items=[line]),
        **dict.fromkeys(("store_id", "language", "total_amount", "total"), nothing),
        **dict.fromkeys(("note", "notes", "line_user_id"), nothing),
    }
    told, untold = shown(api, full), shown(api, bare)
    for status in (told, untold):
        del status["order_id"], status["order_time"], status["poll_after_ms"]
    assert told == untold
    assert told["items"][0]["quantity"] == 1


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_what_says_nothing_inside_options_and_notes_is_as_if_absent(api: Api, nothing: Any) -> None:
    line = item(
        options=[nothing, {"original": "半糖", "translated": nothing}, {"original": nothing}],
        note={"original": nothing, "translated": nothing},
    )
    line["note"] = {"original": "外帶", "translated": nothing}
    status = shown(api, line)
    assert [option["original"] for option in status["items"][0]["options"]] == ["半糖"]
    assert status["items"][0]["note"] is None
    assert status["note"] == {"original": "外帶", "translated": "外帶"}
    chosen = item(options={"sugar": nothing, "toppings": ["pearl", nothing], "ice": "less"})
    options = shown(api, chosen)["items"][0]["options"]
    assert [option["original"] for option in options] == ["toppings: pearl", "ice: less"]


@pytest.mark.parametrize("nothing", [None, "", " "])
def test_a_required_field_that_says_nothing_is_refused_in_clear_words(
    api: Api, nothing: Any
) -> None:
    answer = api.post({"store_name": nothing, "items": nothing})
    assert answer.status == 422
    assert answer.json["errors"] == [
        {"field": "store_name", "message": "Must be given."},
        {"field": "items", "message": "Must be given."},
    ]


@pytest.mark.parametrize("text", ["\ufffd", "牛\ufffd麵", "\\ufffd"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (lambda text: item(name=text), "items[0].name"),
        (
            lambda text: item(name={"original": "麵", "translated": text}),
            "items[0].name.translated",
        ),
        (lambda text: item(options=["冰", text]), "items[0].options[1]"),
        (lambda text: item(note={"original": text}), "items[0].note.original"),
        (lambda text: order(store_name=text), "store_name"),
        (lambda text: order(store_id=text), "store_id"),
        (lambda text: order(note=text), "note"),
        (lambda text: order(unknown={"deep": [text]}), "unknown.deep[0]"),
    ],
)
def test_letters_lost_to_a_wrong_charset_are_refused_at_their_field(
    api: Api, text: str, body: Any, field: str
) -> None:
    is_written_out = text.startswith("\\")  # Six characters of ASCII: nothing was lost.
    answer = api.post(body(text))
    if is_written_out:
        assert answer.status == 202, answer.text
        return
    assert (answer.status, answer.json["code"]) == (422, "order_invalid")
    [error] = answer.json["errors"]
    assert error["field"] == field
    assert "UTF-8" in error["message"]


def test_letters_lost_in_a_fields_name_are_refused_too(api: Api) -> None:
    answer = api.post(order(**{"備\ufffd": "x"}))
    assert answer.status == 422
    assert "UTF-8" in answer.json["detail"]


def test_lost_letters_are_found_however_deep_they_lie(api: Api) -> None:
    depth = 400
    deep = b'{"a": ' + b"[" * depth + '"\ufffd"'.encode() + b"]" * depth + b"}"
    answer = api.post(deep)
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == "a[0][0][0][0][0]"


def test_a_fields_name_that_no_encoding_can_carry_is_named_all_the_same(api: Api) -> None:
    answer = api.post(order(**{"a\ud800": 1}))
    assert (answer.status, answer.json["ignored"]) == (202, ["a?"])

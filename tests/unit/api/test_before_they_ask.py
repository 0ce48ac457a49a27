"""Where it is eaten, by how many, what they must not eat: accepted, kept, said, shown, refused."""

from typing import Any

import pytest

from chalicelib.order import Order
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.stored import columns_of, order_of
from tests.unit.api.api_client import Api, item, spoken

EVERYTHING = {
    "dining": "takeaway",
    "people": 3,
    "table": "A5",
    "allergies": ["peanuts", "gluten"],
    "diets": ["no_pork"],
}


def stored(api: Api, **fields: Any) -> Order:
    answer = api.post(item() | fields)
    assert answer.status == 202, answer.text
    assert answer.json["ignored"] == []
    return OrderRecord.get(answer.json["order_id"]).order


@pytest.mark.parametrize("name", ["dining", "dining_option", "order_type"])
@pytest.mark.parametrize(
    ("told", "kept"),
    [
        *((word, "eat_in") for word in ("eat_in", "dine_in", "Dine-In", "for here", "內用")),
        *((word, "takeaway") for word in ("takeaway", "take_out", "TO GO", "pickup", "外帶")),
        ("delivery", "delivery"),
        ("", ""),
        (None, ""),
    ],
)
def test_how_it_is_eaten_in_the_words_that_clients_use(
    api: Api, name: str, told: str | None, kept: str
) -> None:
    assert stored(api, **{name: told}).dining == kept


def test_two_words_for_one_way_agree(api: Api) -> None:
    assert stored(api, dining_option="dine_in", order_type="for_here").dining == "eat_in"


def test_a_way_that_is_not_known_is_shown_and_not_said(api: Api) -> None:
    body = spoken(api, item() | {"dining": "delivery"})
    assert body["dining"] == "delivery"
    assert {"field": "dining", "text": "delivery"} in body["unspoken"]
    assert "delivery" in body["summary"]["chinese"]
    assert "delivery" not in body["spoken"]


def test_everything_is_said_shown_and_answered(api: Api) -> None:
    body = spoken(api, item() | EVERYTHING | {"language": "en"})
    assert {name: body[name] for name in EVERYTHING} == EVERYTHING
    assert body["spoken"].startswith("老闆您好，外帶，三位，A五號桌，我要點：")
    assert "我對花生、麵粉、小麥、大麥過敏" in body["spoken"]
    assert "我的餐點請避開豬肉" in body["spoken"]
    chinese, own = body["summary"]["chinese"], body["summary"]["translated"]
    assert chinese.splitlines()[1:4] == [
        *("外帶 · 3 位 · 桌號 A5", "過敏：花生 · 麩質（麥類）", "飲食習慣：不吃豬"),
    ]
    assert own.splitlines()[1:4] == [
        *(
            "Takeaway · 3 people · Table A5",
            "Allergies: Peanuts · Gluten (wheat, barley)",
            "Diet: No pork",
        ),
    ]


def test_an_order_that_says_nothing_of_it_answers_so(api: Api) -> None:
    body = spoken(api, item())
    assert [body[name] for name in EVERYTHING] == [None, None, None, [], []]


def test_it_is_read_back_as_it_was_sent(api: Api) -> None:
    found = stored(api, **EVERYTHING)
    assert (found.people, found.table, found.diets) == (3, "A5", ("no_pork",))
    assert order_of(columns_of(found)) == found


def test_needs_are_one_in_any_order_however_often_they_are_sent(api: Api) -> None:
    found = stored(api, allergies=["soy", "mango", "soy"], diets="vegan")
    assert (found.allergies, found.diets) == (("mango", "soy"), ("vegan",))


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("allergies", ["peanut"], "allergies[0]"),
        ("allergies", ["peanuts", "花生"], "allergies[1]"),
        ("allergies", [7], "allergies[0]"),
        ("allergies", {"peanuts": True}, "allergies"),
        ("diets", "halal", "diets[0]"),
        ("people", 0, "people"),
        ("people", 100, "people"),
        ("people", 2.5, "people"),
        ("people", "three", "people"),
        ("table", "x" * 11, "table"),
        ("table", ["5"], "table"),
        ("dining", ["eat_in"], "dining"),
        ("dining", "x" * 101, "dining"),
    ],
)
def test_what_breaks_a_rule_is_refused_at_its_field(
    api: Api, field: str, value: Any, place: str
) -> None:
    answer = api.post(item() | {field: value})
    assert (answer.status, answer.json["code"]) == (422, "order_invalid")
    assert [error["field"] for error in answer.json["errors"]] == [place]


def test_an_unknown_allergy_is_answered_with_the_list(api: Api) -> None:
    answer = api.post(item() | {"allergies": ["peanut"]})
    [error] = answer.json["errors"]
    assert "crustaceans" in error["message"]
    assert "molluscs" in error["message"]


def test_a_number_is_a_table_too(api: Api) -> None:
    assert stored(api, table=12).table == "12"

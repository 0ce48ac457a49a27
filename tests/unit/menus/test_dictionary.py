"""The dictionary of dishes keeps its own rules, and is what the page and the menus read."""

import json
import unicodedata
from collections import Counter

import pytest

from chalicelib.languages import DEFAULT, SUPPORTED
from chalicelib.mandarin.han import has_han
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.menus.dictionary import dishes, listing, names_of
from chalicelib.order import Item, Order

OTHERS = [language for language in SUPPORTED if language != DEFAULT]
KINDS = {
    *("noodles", "rice", "soup", "hotpot", "dumplings", "breakfast", "fried", "snack"),
    *("stir_fry", "seafood", "vegetables", "dessert", "tea", "milk_tea", "juice"),
    *("soy_milk", "coffee", "bottled", "plain"),
}


def doubled(texts: list[str]) -> list[str]:
    return [text for text, count in Counter(texts).items() if count > 1]


def test_it_has_the_dishes_of_taiwan_each_once() -> None:
    assert len(dishes()) >= 300
    assert doubled([name for dish in dishes() for name in (dish.name, *dish.also)]) == []
    assert {dish.kind for dish in dishes()} <= KINDS
    assert all(has_han(name) for dish in dishes() for name in (dish.name, *dish.also))


@pytest.mark.parametrize("language", OTHERS)
def test_every_dish_has_a_name_of_its_own_in_every_language(language: str) -> None:
    shown = [dish.names[language][0] for dish in dishes()]
    assert doubled([name.casefold() for name in shown]) == []
    assert [name for name in shown if len(name) > 48] == []
    every = [name for dish in dishes() for name in dish.names[language]]
    assert [name for name in every if name != unicodedata.normalize("NFC", name)] == []
    assert [name for name in every if len(name) > 60 or not name.isprintable()] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_may_be_typed_for_a_dish_is_not_the_name_of_another(language: str) -> None:
    shown = {dish.names[language][0].casefold(): dish.name for dish in dishes()}
    assert [
        (dish.name, other)
        for dish in dishes()
        for other in dish.names[language][1:]
        if shown.get(other.casefold(), dish.name) != dish.name
    ] == []


def test_every_dish_is_said_whole() -> None:
    for dish in dishes():
        item = Item(original=dish.name, translated=dish.name, quantity=2, price=0)
        sentence = order_sentence(Order(store_name="店", items=(item,), language="en"))
        assert sentence.unspoken == (), dish.name
        assert "這一項" not in sentence.text, dish.name


def test_the_pages_file_has_every_dish() -> None:
    entries = json.loads(listing("en"))["dishes"]
    assert [entry[0] for entry in entries] == [dish.name for dish in dishes()]
    found = {entry[0]: entry for entry in entries}["蚵仔煎"]
    assert found[1].casefold().startswith("oyster omelet")
    assert json.loads(listing(DEFAULT))["dishes"][0][1] == dishes()[0].name


def test_the_page_knows_what_the_voice_takes_for_an_addition() -> None:
    additions = json.loads(listing("en"))["additions"]
    known = [("sizes", "l"), ("units", "顆"), ("levels", "半"), ("of", "糖"), ("options", "小辣")]
    assert [one for one in known if one[1] not in additions[one[0]]] == []


def test_the_page_knows_the_lines_of_a_menu_that_are_no_dish() -> None:
    lines = json.loads(listing("en"))["lines"]
    assert {"headings", "heading_endings", "notices", "additions", "servings"} <= lines.keys()
    for name, words in lines.items():
        assert doubled(words) == [], name
        assert all(word.strip() == word != "" for word in words), name


def test_a_menus_dish_is_named_in_all_languages_if_it_is_known() -> None:
    assert set(names_of("蚵仔煎")) == set(SUPPORTED)
    assert names_of("魯 肉飯")[DEFAULT] == "魯 肉飯"
    assert names_of("魯 肉飯")["en"] == names_of("滷肉飯")["en"]
    assert names_of("沒有這道菜") == {}

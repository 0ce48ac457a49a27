"""What is no menu is told in one clear line for each mistake, with its line and column."""

import re
from pathlib import Path
from typing import Any

import pytest

from deploy.menus.draft import MenuRefused
from deploy.menus.files import read
from tests.menus import json_file, menu

TEA, BUBBLE = "sections.0.dishes.0", "sections.0.dishes.1"


def told(file: Path) -> list[str]:
    """The lines that are told of a file, without its name."""
    try:
        read(file).checked()
    except MenuRefused as refused:
        return [line.removeprefix(f"{file}, ") for line in str(refused).splitlines()]
    return []


def test_a_menu_that_is_right_is_taken(tmp_path: Path) -> None:
    assert told(json_file(tmp_path, menu())) == []


WRONG = {
    "a price as a text": ({f"{TEA}.price": "30"}, 'price): must be a number.*found "30"'),
    "a price of a third": ({f"{TEA}.price": 30.3}, "price): must be .* multiple of 0.5"),
    "a price below nothing": ({f"{TEA}.price": -5}, "price): must be a number from 0.5"),
    "a price of 0": ({f"{TEA}.price": 0}, "price): must be a number from 0.5"),
    "a price that is true": ({f"{TEA}.price": True}, "price): must be a number"),
    "a price that nobody pays": ({f"{TEA}.price": 1_000_000}, "price): .* to 100000"),
    "no price": ({f"{TEA}.price": ...}, "says neither price nor sizes"),
    "price and sizes": ({f"{BUBBLE}.price": 50}, "has sizes: the prices are theirs"),
    "a dish's id twice": ({f"{BUBBLE}.id": "black-tea"}, "black-tea is there twice, first in line"),
    "a size's id twice": ({f"{BUBBLE}.sizes.1.id": "large"}, "large is there twice"),
    "an option's id twice": ({"option_groups.0.options.1.id": "half"}, "half is there twice"),
    "an id in capitals": ({f"{TEA}.id": "Tea 1"}, "must be of a-z, 0-9 and -"),
    "a shop's id in capitals": ({"store_id": "Tea"}, "store_id): must be of a-z"),
    "a group that is not there": ({f"{BUBBLE}.options": ["ice"]}, "there is no option group ice"),
    "a group named twice": ({f"{BUBBLE}.options": ["sweetness"] * 2}, "names sweetness twice"),
    "all of a group sold out": (
        {"option_groups.0.options.0.sold_out": True},
        r"at least 1 must be chosen, and 0 can be \(of 2",
    ),
    "more to choose than there is": (
        {"option_groups.0.min": 2, "option_groups.0.max": 2},
        "at least 2 must be chosen, and 1 can be",
    ),
    "least above most": ({"option_groups.0.min": 2}, "at least 2 and at most 1 cannot be"),
    "nothing to choose": (
        {"option_groups.0.max": 0, "option_groups.0.min": 0},
        "at most 0: nothing can be chosen",
    ),
    "required and none": ({"option_groups.0.min": 0}, "is required, so at least 1"),
    "more options than an order takes": (
        {"option_groups.0.max": 12},
        "could choose more than 12 options",
    ),
    "Thai as Japanese": ({f"{BUBBLE}.name.ja": "ชานม"}, "“ชานม” is no name in ja: .* THAI"),
    "Thai as Chinese": ({f"{TEA}.name.zh-TW": "ชาดำ"}, "is no name in zh-TW: .* THAI"),
    "English as Chinese": ({f"{TEA}.name.zh-TW": "Black tea"}, "holds no Chinese character"),
    "Korean as English": ({"name.en": "찻집"}, "no name in en: .* HANGUL"),
    "Cyrillic that looks Latin": ({"name.en": "Теа"}, "no name in en: .* CYRILLIC"),
    "no Chinese name": ({f"{TEA}.name": {"en": "Tea"}}, "zh-TW is missing"),
    "a blank name": ({f"{TEA}.name.zh-TW": "\u200b "}, "must not be empty"),
    "a name too long": ({f"{TEA}.name.zh-TW": "茶" * 101}, "may have 100 characters"),
    "a broken letter": ({f"{TEA}.name.zh-TW": "紅\ufffd"}, "U\\+FFFD, which a wrong encoding"),
    "a key misspelt": ({f"{TEA}.prise": 3}, 'nobody knows the key "prise" here; is it price'),
    "a key of nobody": ({"qwertz": 3}, 'nobody knows the key "qwertz" here; there are hours'),
    "a language misspelt": ({f"{TEA}.name.jp": "紅茶"}, 'nobody knows the key "jp"'),
    "an allergen of nobody": ({f"{TEA}.allergens": ["dust"]}, "must be one of 'crustaceans'"),
    "a diet of nobody": ({f"{TEA}.diet": "keto"}, "must be one of 'vegan'"),
    "too spicy": ({f"{TEA}.spicy": 4}, "spicy): may be 3 at most"),
    "sold out in words": ({f"{TEA}.sold_out": "yes"}, "must be true or false"),
    "an hour without its zero": ({"hours.0.opens": "9:00"}, "must be a time as 09:30"),
    "open for no time": ({"hours.0.opens": "21:00"}, "opens when it closes"),
    "a day of nobody": ({"hours.0.days": ["monday"]}, "must be one of 'mon'"),
    "no dishes": ({"sections.0.dishes": []}, "must not be empty"),
    "no sections": ({"sections": ...}, "sections is missing"),
    "sections that are no list": ({"sections": {}}, "must be a list"),
    "a dish that is a text": ({TEA: "tea"}, "must be an object"),
}


@pytest.mark.parametrize(("changes", "line"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_one_clear_line(changes: dict[str, Any], line: str, tmp_path: Path) -> None:
    [only] = told(json_file(tmp_path, menu_with(changes)))
    assert re.match(r"line \d+, column \d+ \(", only)
    assert re.search(line.replace("): ", r"\): "), only), only


def menu_with(changes: dict[str, Any]) -> dict[str, Any]:
    *_, last = changes
    if last == TEA:
        document = menu()
        document["sections"][0]["dishes"][0] = changes[last]
        return document
    return menu(**changes)


def test_all_mistakes_are_told_at_once_and_in_their_order(tmp_path: Path) -> None:
    wrong = {f"{TEA}.price": "x", f"{BUBBLE}.id": "black-tea", "name.en": "ร้าน", "extra": 1}
    lines = told(json_file(tmp_path, menu(**wrong)))
    assert len(lines) == 4
    numbers = [int(line.split(",")[0].removeprefix("line ")) for line in lines]
    assert numbers == sorted(numbers)


def test_the_line_and_column_are_those_of_the_value(tmp_path: Path) -> None:
    file = json_file(tmp_path, menu(**{f"{TEA}.price": "dear"}))
    [line] = told(file)
    number, column = (int(part.split()[-1]) for part in line.split(" (")[0].split(","))
    assert file.read_text("utf-8").splitlines()[number - 1][column - 1 :] == '"dear"'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"store_id": "a",\n "name": }', "line 2, column 10: Expecting value"),
        ('{"store_id": "a" "name": 1}', "line 1, column 18: expecting ,"),
        ("{'store_id': 1}", "line 1, column 2: expecting a key in double quotes"),
        ('{"a": NaN}', "line 1, column 7: NaN is not JSON"),
        ('{"Infinity": 1,\n "a": -Infinity}', "line 2, column 7: -Infinity is not JSON"),
        ('{"a": ' + "9" * 5000 + "}", "line 1, column 7: Exceeds the limit"),
        ("[" * 100_000, "is nested too deeply"),
        ("[1]", "must be an object"),
        ("{} {}", "line 1, column 4: there is more behind the end"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(text: str, line: str, tmp_path: Path) -> None:
    file = tmp_path / "menu.json"
    file.write_text(text)
    with pytest.raises(MenuRefused) as refused:
        read(file)
    assert line in str(refused.value)


def test_a_key_that_is_there_twice_is_told(tmp_path: Path) -> None:
    file = json_file(tmp_path, menu())
    file.write_text(file.read_text().replace('"price": 30', '"price": 30, "price": 35'))
    [line] = told(file)
    assert 'the key "price" is there twice' in line


@pytest.mark.parametrize(
    "name",
    ["BLT", "7-UP", "XO", "M1", "日の出定食", "A餐", "Pizza 披薩", "ㄍㄨㄥˋ丸湯", "代々木の麵"],
)
def test_a_chinese_name_may_hold_latin_and_kana(name: str, tmp_path: Path) -> None:
    assert told(json_file(tmp_path, menu(**{f"{TEA}.name.zh-TW": name}))) == []


def test_a_shops_own_name_may_be_latin_where_its_dishes_are_chinese(tmp_path: Path) -> None:
    names = {"name": {"zh-TW": "MOS Burger"}}
    assert told(json_file(tmp_path, menu(**names))) == []


def test_the_chinese_name_stands_in_any_language(tmp_path: Path) -> None:
    names = {
        f"{TEA}.name": dict.fromkeys(
            ("zh-TW", "en", "ja", "ko", "th", "vi", "id"), "紅茶 Coca-Cola"
        )
    }
    assert told(json_file(tmp_path, menu(**names))) == []

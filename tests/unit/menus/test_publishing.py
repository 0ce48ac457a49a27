"""A menu is published whole or not at all, and of two who publish, one is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.languages import SUPPORTED
from chalicelib.menus.model import MAX_BYTES
from deploy.menus.publishing import publish, sell_out
from deploy.menus.shelf import Shelf
from deploy.target import DeployError
from tests.menus import csv_file, json_file, menu


@pytest.fixture
def shelf(aws: None) -> Shelf:
    return Shelf(boto3.client("s3"), "voices")


def stored(store: str = "tea-corner") -> dict[str, Any]:
    body = boto3.client("s3").get_object(Bucket="voices", Key=f"menus/{store}.json")["Body"]
    loaded: dict[str, Any] = json.loads(body.read())
    return loaded


def names(tree: Any) -> Iterator[dict[str, str]]:
    if isinstance(tree, dict):
        if "zh-TW" in tree:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from names(branch)


def test_a_published_menu_has_every_name_in_seven_languages(shelf: Shelf, tmp_path: Path) -> None:
    store = publish(shelf, json_file(tmp_path, menu())).store
    assert store == "tea-corner"
    found = list(names(stored()))
    assert len(found) == 9
    assert all(list(name) == list(SUPPORTED) for name in found)
    given, known, neither = stored()["name"], stored()["option_groups"][0]["name"], found[-1]
    assert given["en"] == "Tea Corner"
    assert known["en"] == "Sweetness"
    assert stored()["sections"][0]["dishes"][0]["name"]["en"] == "Black tea"
    assert neither["ja"] == "無糖"


def test_a_published_menu_says_its_defaults_and_no_more(shelf: Shelf, tmp_path: Path) -> None:
    publish(shelf, json_file(tmp_path, menu()))
    tea, bubble = stored()["sections"][0]["dishes"]
    assert set(tea) == {"id", "name", "price", "sold_out", "spicy"}
    assert set(bubble) == {"id", "name", "sizes", "options", "sold_out", "spicy", "allergens"}
    assert [size["price"] for size in bubble["sizes"]] == [65, 55.5]
    assert [option["sold_out"] for option in stored()["option_groups"][0]["options"]] == [
        False,
        True,
    ]


def test_what_a_shop_says_is_in_nothing_of_it_is_not_what_it_has_not_said(
    shelf: Shelf, tmp_path: Path
) -> None:
    changes = {
        "sections.0.dishes.0.allergens": [],
        "option_groups.0.options.0.allergens": ["milk"],
    }
    publish(shelf, json_file(tmp_path, menu(**changes)))
    tea = stored()["sections"][0]["dishes"][0]
    half, none = stored()["option_groups"][0]["options"]
    assert (tea["allergens"], half["allergens"]) == ([], ["milk"])
    assert "allergens" not in none


def test_texts_are_cleaned_as_those_of_an_order(shelf: Shelf, tmp_path: Path) -> None:
    names = {"name": {"zh-TW": " 茶\u202e\u200b角\n店 "}}
    publish(shelf, json_file(tmp_path, menu(**names)))
    assert stored()["name"]["zh-TW"] == "茶角 店"


def test_nothing_is_published_of_a_file_with_a_mistake(shelf: Shelf, tmp_path: Path) -> None:
    publish(shelf, json_file(tmp_path, menu()))
    before = stored()
    wrong = {"sections.0.dishes.0.price": "x", "name.en": "Other"}
    with pytest.raises(DeployError, match="price"):
        publish(shelf, json_file(tmp_path, menu(**wrong)))
    assert stored() == before


def test_what_has_changed_is_told(shelf: Shelf, tmp_path: Path) -> None:
    sheet = ["店名,老王", "品名,價格,分類,售完"]
    first = csv_file(
        tmp_path, *sheet, "牛肉麵,180,麵,", "滷蛋,15,小菜,", "紅茶,20,茶,", "綠茶,20,茶,"
    )
    done = publish(shelf, first)
    assert done.store == "ming"
    assert done.changes == ["+ 牛肉麵 180", "+ 滷蛋 15", "+ 紅茶 20", "+ 綠茶 20"]
    assert publish(shelf, first).changes == []
    second = csv_file(
        tmp_path, *sheet, "牛肉麵,200,麵,", "滷蛋,15,小菜,v", "綠茶,時價,茶,", "豬腳,1200,肉,"
    )
    assert publish(shelf, second).changes == [
        "+ 豬腳 1,200",
        "- 紅茶 20",
        "~ 牛肉麵: 180 → 200",
        "~ 滷蛋: sold out",
        "~ 綠茶: 20 → not known",
    ]


def test_who_publishes_is_told_of_totals_and_of_names(shelf: Shelf, tmp_path: Path) -> None:
    sheet = csv_file(tmp_path, "店名,老王", "品名,價格", "紅茶,20", "合計,20")
    done = publish(shelf, sheet)
    assert [line.partition(": ")[2] for line in done.remarks] == [
        "“合計” is no dish: the row is passed over"
    ]
    assert done.translations[0].startswith("Names that the file does not give: 2 from")


def test_other_changes_are_told_too(shelf: Shelf, tmp_path: Path) -> None:
    publish(shelf, json_file(tmp_path, menu()))
    changes = {
        "name.en": "Corner",
        "hours.0.opens": "10:00",
        "sections.0.dishes.0.spicy": 1,
        "sections.0.dishes.1.name.zh-TW": "波霸奶茶",
        "sections.0.dishes.1.sizes.0.price": 70,
        "option_groups.0.options.1.sold_out": False,
    }
    assert publish(shelf, json_file(tmp_path, menu(**changes))).changes == [
        "~ 紅茶: spicy",
        "~ 波霸奶茶: 大杯 65, 中杯 55.5 → 大杯 70, 中杯 55.5",
        "~ 波霸奶茶: was 珍珠奶茶",
        "~ 無糖: there again",
        "~ the shop's name",
        "~ the hours",
    ]


def test_a_section_that_moves_or_is_renamed_is_told(shelf: Shelf, tmp_path: Path) -> None:
    publish(shelf, json_file(tmp_path, menu()))
    changes = {"sections.0.name.zh-TW": "好茶"}
    assert publish(shelf, json_file(tmp_path, menu(**changes))).changes == [
        "~ sections, groups of options, or their order"
    ]


def test_a_spreadsheet_says_the_shops_name_once(shelf: Shelf, tmp_path: Path) -> None:
    sheet = csv_file(tmp_path, "品名,價格", "牛肉麵,180")
    with pytest.raises(DeployError, match="name is missing"):
        publish(shelf, sheet)
    publish(shelf, sheet, store_name="老王")
    publish(shelf, csv_file(tmp_path, "品名,價格", "牛肉麵,200"))
    assert stored("ming")["name"]["zh-TW"] == "老王"


def test_what_is_sold_out_is_there_again_when_somebody_says_so(
    shelf: Shelf, tmp_path: Path
) -> None:
    publish(shelf, json_file(tmp_path, menu()))
    assert sell_out(shelf, "tea-corner", "bubble-tea") == "珍珠奶茶: sold out"
    assert stored()["sections"][0]["dishes"][1]["sold_out"] is True
    assert sell_out(shelf, "tea-corner", "珍珠奶茶") == "珍珠奶茶: was sold out already"
    assert sell_out(shelf, "tea-corner", "珍珠奶茶", back=True) == "珍珠奶茶: there again"
    assert stored()["sections"][0]["dishes"][1]["sold_out"] is False


def test_a_new_price_leaves_sold_out_what_is_and_the_file_may_say_otherwise(
    shelf: Shelf, tmp_path: Path
) -> None:
    publish(shelf, json_file(tmp_path, menu()))
    sell_out(shelf, "tea-corner", "black-tea")
    dearer = {"sections.0.dishes.0.price": 35}
    assert publish(shelf, json_file(tmp_path, menu(**dearer))).changes == ["~ 紅茶: 30 → 35"]
    assert stored()["sections"][0]["dishes"][0]["sold_out"] is True
    there = {**dearer, "sections.0.dishes.0.sold_out": False}
    assert publish(shelf, json_file(tmp_path, menu(**there))).changes == ["~ 紅茶: there again"]


def test_an_option_is_sold_out_and_stays_so(shelf: Shelf, tmp_path: Path) -> None:
    there = {"option_groups.0.options.1.sold_out": ...}
    file = json_file(tmp_path, menu(**there))
    publish(shelf, file)
    assert sell_out(shelf, "tea-corner", "sweetness/none") == "無糖: sold out"
    assert publish(shelf, file).changes == []
    assert [option["sold_out"] for option in stored()["option_groups"][0]["options"]] == [
        False,
        True,
    ]


def test_the_last_of_what_must_be_chosen_cannot_be_sold_out(shelf: Shelf, tmp_path: Path) -> None:
    publish(shelf, json_file(tmp_path, menu()))
    before = stored()
    with pytest.raises(DeployError, match=r"nobody could order: .*at least 1 must be chosen"):
        sell_out(shelf, "tea-corner", "半糖")
    assert stored() == before


@pytest.mark.parametrize(
    ("store", "dish", "line"),
    [
        ("nobody", "x", "there is no menu of nobody here"),
        (
            "tea-corner",
            "咖啡",
            "咖啡 is no dish and no option of tea-corner; there are:\n"
            r"  DISH=black-tea  紅茶 \(茶\)\n  DISH=bubble-tea  珍珠奶茶 \(茶\)\n",
        ),
        (
            "tea-corner",
            "珍珠奶",
            "there are:\n  DISH=bubble-tea  珍珠奶茶 \\(茶\\)$",
        ),
    ],
)
def test_a_dish_that_is_none_is_told_with_those_that_are(
    store: str, dish: str, line: str, shelf: Shelf, tmp_path: Path
) -> None:
    publish(shelf, json_file(tmp_path, menu()))
    with pytest.raises(DeployError, match=line):
        sell_out(shelf, store, dish)


def test_parts_of_one_name_are_told_with_their_ids_and_where_they_are(
    shelf: Shelf, tmp_path: Path
) -> None:
    rows = ["店名,老王", "品名,價格,分類,選項", "牛肉麵,180,推薦,加料=蛋+10", "牛肉麵,180,麵食,"]
    publish(shelf, csv_file(tmp_path, *rows, "蛋,10,小菜,"))
    first, second = (section["dishes"][0]["id"] for section in stored("ming")["sections"][:2])
    with pytest.raises(DeployError) as refused:
        sell_out(shelf, "ming", "牛肉麵")
    assert str(refused.value).splitlines() == [
        "牛肉麵 is more than one part of ming; say which by its id:",
        f"  DISH={first}  牛肉麵 (推薦)",
        f"  DISH={second}  牛肉麵 (麵食)",
    ]
    with pytest.raises(DeployError, match=r"  DISH=g-\w+/o-\w+  加料/蛋 \(牛肉麵\)"):
        sell_out(shelf, "ming", "蛋")
    assert sell_out(shelf, "ming", "加料/蛋") == "蛋: sold out"
    assert sell_out(shelf, "ming", second) == "牛肉麵: sold out"


def test_of_a_long_menu_not_every_dish_is_told(shelf: Shelf, tmp_path: Path) -> None:
    rows = [f"菜{number},1" for number in range(100)]
    publish(shelf, csv_file(tmp_path, "店名,老王", "品名,價格", *rows))
    with pytest.raises(DeployError, match="… and 88 more"):
        sell_out(shelf, "ming", "nobody")


@pytest.mark.parametrize("is_new", [True, False])
def test_of_two_who_publish_at_once_one_is_told_and_overwrites_nothing(
    is_new: bool, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_new:
        publish(shelf, json_file(tmp_path, menu()))
    find, is_first = Shelf.find, True

    def find_and_be_overtaken(self: Shelf, store: str) -> Any:
        nonlocal is_first
        found = find(self, store)
        if is_first:
            is_first = False
            publish(shelf, json_file(tmp_path, menu(**{"name.en": "The other's"})))
        return found

    mine = tmp_path / "mine"
    mine.mkdir()
    file = json_file(mine, menu(**{"name.en": "Mine"}))
    monkeypatch.setattr(Shelf, "find", find_and_be_overtaken)
    with pytest.raises(DeployError, match="somebody else has changed this menu meanwhile"):
        publish(shelf, file)
    assert stored()["name"]["en"] == "The other's"
    assert publish(shelf, file).changes == ["~ the shop's name"]


def test_a_menu_too_large_is_not_published(shelf: Shelf, tmp_path: Path) -> None:
    rows = [f"{'很' * 60}長的菜{number},1" for number in range(300)]
    with pytest.raises(DeployError, match=f"{MAX_BYTES:,} are allowed"):
        publish(shelf, csv_file(tmp_path, "店名,長", "品名,價格", *rows))
    assert not boto3.client("s3").list_objects_v2(Bucket="voices").get("Contents")

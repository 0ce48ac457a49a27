"""What a spreadsheet changes is still the same part of the menu: for what is sold out, and for
travellers who have chosen it."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy.menus.publishing import publish, sell_out
from deploy.menus.shelf import Shelf
from tests.menus import csv_file, json_file, menu

HEAD = ["店名,阿明茶鋪", "品名,價格,分類,選項"]
TEA = "紅茶,25,茶,甜度!=正常糖/半糖; 加料*=珍珠+10/椰果+10"
COFFEE = "拿鐵,60,咖啡,甜度!=正常糖/無糖; 加料*=珍珠+15/布丁+15"


@pytest.fixture
def shelf(aws: None) -> Shelf:
    return Shelf(boto3.client("s3"), "voices")


class Shop:
    """A shop whose spreadsheet is published again and again."""

    def __init__(self, shelf: Shelf, folder: Path) -> None:
        self.shelf, self.folder = shelf, folder

    def publish(self, *rows: str, head: list[str] = HEAD) -> list[str]:
        return publish(self.shelf, csv_file(self.folder, *head, *rows)).changes

    def sell_out(self, what: str) -> None:
        sell_out(self.shelf, "ming", what)

    @property
    def document(self) -> dict[str, Any]:
        found = self.shelf.find("ming").document
        assert found is not None
        return found

    def dishes(self) -> list[dict[str, Any]]:
        return [dish for section in self.document["sections"] for dish in section["dishes"]]

    def group(self, dish: str, name: str) -> dict[str, Any]:
        """The group of the dish, as the page finds it."""
        [had] = [d for d in self.dishes() if d["name"]["zh-TW"] == dish]
        groups = {group["id"]: group for group in self.document["option_groups"]}
        found: dict[str, Any]
        [found] = [groups[id_] for id_ in had["options"] if groups[id_]["name"]["zh-TW"] == name]
        return found

    def sold_out(self, dish: str, name: str) -> list[str]:
        options = self.group(dish, name)["options"]
        return [option["name"]["zh-TW"] for option in options if option["sold_out"]]

    def id_of(self, dish: str, name: str, option: str) -> str:
        group = self.group(dish, name)
        [found] = [o["id"] for o in group["options"] if o["name"]["zh-TW"] == option]
        return f"{group['id']}/{found}"


@pytest.fixture
def shop(shelf: Shelf, tmp_path: Path) -> Shop:
    return Shop(shelf, tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        "紅茶,25,茶,甜度!=正常糖/半糖; 加料*=珍珠+15/椰果+10",
        "紅茶,25,茶,加料*=椰果+10/珍珠+10; 甜度!=正常糖/半糖",
        "紅茶,25,茶,甜度!=正常糖/半糖; 加料*=仙草+5/珍珠+10/椰果+10",
        "紅茶,25,茶,甜度!=正常糖/半糖; 加料=珍珠+10/椰果+10",
        "紅茶,30,好茶,甜度=正常糖/半糖/無糖; 加料!=珍珠/椰果",
    ],
    ids=["a price", "the order", "a new option", "how many", "much"],
)
def test_an_option_stays_sold_out_and_chosen_whatever_else_changes(
    shop: Shop, changed: str
) -> None:
    shop.publish(TEA)
    chosen = shop.id_of("紅茶", "加料", "椰果")
    shop.sell_out("珍珠")
    shop.publish(changed)
    assert shop.sold_out("紅茶", "加料") == ["珍珠"]
    assert shop.id_of("紅茶", "加料", "椰果") == chosen


def test_groups_of_one_name_keep_their_ids_in_any_order_of_the_rows(shop: Shop) -> None:
    shop.publish(TEA, COFFEE)
    tea, coffee = shop.group("紅茶", "加料")["id"], shop.group("拿鐵", "加料")["id"]
    assert tea != coffee
    shop.sell_out(shop.id_of("拿鐵", "加料", "珍珠"))
    more = "一口茶,10,茶,加料*=珍珠+15/布丁+15"
    shop.publish(more, COFFEE.replace("+15", "+20"), TEA)
    assert shop.group("紅茶", "加料")["id"] == tea
    assert shop.group("拿鐵", "加料")["id"] == coffee
    assert (shop.sold_out("拿鐵", "加料"), shop.sold_out("紅茶", "加料")) == (["珍珠"], [])


def test_a_group_keeps_its_id_when_another_of_its_name_is_added(shop: Shop) -> None:
    shop.publish(COFFEE)
    coffee = shop.group("拿鐵", "加料")["id"]
    shop.publish(TEA, COFFEE)
    assert shop.group("拿鐵", "加料")["id"] == coffee
    shop.publish(COFFEE)
    assert shop.group("拿鐵", "加料")["id"] == coffee


def test_what_is_sold_out_is_so_for_a_dish_that_parts_from_the_others_too(shop: Shop) -> None:
    green = TEA.replace("紅茶", "綠茶")
    shop.publish(TEA, green)
    shop.sell_out("珍珠")
    shop.publish(TEA, green.replace("珍珠+10", "珍珠+15"))
    assert shop.sold_out("紅茶", "加料") == shop.sold_out("綠茶", "加料") == ["珍珠"]


def test_ids_that_were_published_before_are_kept(shelf: Shelf, shop: Shop, tmp_path: Path) -> None:
    groups = {"option_groups.0.options.1.sold_out": ..., "store_id": "ming"}
    publish(shelf, json_file(tmp_path, menu(**groups)))
    shop.publish("珍珠奶茶,65,茶,甜度!=半糖/無糖/全糖", "紅茶,30,茶,")
    assert [dish["id"] for dish in shop.dishes()] == ["bubble-tea", "black-tea"]
    assert shop.group("珍珠奶茶", "甜度")["id"] == "sweetness"


def test_a_dish_that_is_recommended_too_keeps_its_id_and_is_sold_out_twice(shop: Shop) -> None:
    shop.publish("牛肉麵,180,麵食,", "滷蛋,15,小菜,")
    shop.sell_out("牛肉麵")
    before = {dish["name"]["zh-TW"]: dish["id"] for dish in shop.dishes()}
    shop.publish("牛肉麵,180,推薦,", "牛肉麵,180,麵食,", "滷蛋,15,小菜,")
    recommended, noodles, egg = shop.dishes()
    assert (noodles["id"], egg["id"]) == (before["牛肉麵"], before["滷蛋"])
    assert recommended["id"] != noodles["id"]
    assert [dish["sold_out"] for dish in (recommended, noodles, egg)] == [True, True, False]


def test_a_dish_that_gets_an_id_of_the_owners_stays_sold_out(shop: Shop) -> None:
    shop.publish("牛肉麵,180,麵食,")
    shop.sell_out("牛肉麵")
    head = ["店名,阿明茶鋪", "品名,價格,編號"]
    shop.publish("牛肉麵,180,a1", head=head)
    assert [(dish["id"], dish["sold_out"]) for dish in shop.dishes()] == [("a1", True)]


def test_a_mark_whose_option_or_dish_is_gone_is_told(shop: Shop) -> None:
    shop.publish(TEA, COFFEE, "滷蛋,15,小菜,")
    shop.sell_out("椰果")
    shop.sell_out("滷蛋")
    assert shop.publish(TEA.replace("/椰果+10", "/黑椰果+10"), COFFEE) == [
        "+ 黑椰果 10",
        "- 滷蛋 15: its mark as sold out is gone too",
        "- 椰果 10: its mark as sold out is gone too",
    ]
    shop.sell_out("黑椰果")
    jelly = COFFEE.replace("布丁+15", "黑椰果+10")
    assert "+ 黑椰果 10, sold out" in shop.publish(TEA.replace("/椰果+10", "/黑椰果+10"), jelly)

"""What is told of options that cannot be read: the cell, and the owner's own words."""

import re
from pathlib import Path

import pytest

from deploy.menus.draft import MenuRefused
from deploy.menus.files import read
from deploy.menus.filling import published
from tests.menus import csv_file

HEAD = ["店名,阿明茶鋪", "品名,價格,分類,選項"]


def told(folder: Path, *rows: str) -> list[str]:
    file = csv_file(folder, *HEAD, *rows)
    with pytest.raises(MenuRefused) as refused:
        read(file).checked()
    return [line.removeprefix(f"{file}, ") for line in str(refused.value).splitlines()]


@pytest.mark.parametrize(
    ("option", "name", "price"),
    [
        ("珍珠", "珍珠", 0),
        ("珍珠 + 10", "珍珠", 10),
        ("珍珠＋１０元", "珍珠", 10),
        ("珍珠+NT$10", "珍珠", 10),
        ('"加料=帝王蟹+1,200"', "帝王蟹", 1200),
        ("珍珠+椰果+7.5", "珍珠+椰果", 7.5),
        ("套餐A-1", "套餐A-1", 0),
        ("50%糖", "50%糖", 0),
    ],
)
def test_what_an_option_costs_more_is_understood(
    option: str, name: str, price: float, tmp_path: Path
) -> None:
    cell = option if "=" in option else f"加料={option}"
    menu = published(read(csv_file(tmp_path, *HEAD, f"紅茶,25,茶,{cell}")).checked())
    [found] = menu["option_groups"][0]["options"]
    assert (found["name"]["zh-TW"], found["price"]) == (name, price)


def test_options_may_say_what_is_in_them(tmp_path: Path) -> None:
    cell = "加料*=起司+10[牛奶、蛋]/花生粉【花生】/仙草[]/布丁+5；甜度![]=半糖/煉乳［牛奶］"
    menu = published(read(csv_file(tmp_path, *HEAD, f"紅茶,25,茶,{cell}")).checked())
    said = [
        [(option["name"]["zh-TW"], option["price"], option.get("allergens")) for option in options]
        for options in (group["options"] for group in menu["option_groups"])
    ]
    assert said == [
        [
            ("起司", 10, ["milk", "eggs"]),
            ("花生粉", 0, ["peanuts"]),
            ("仙草", 0, []),
            ("布丁", 5, None),
        ],
        [("半糖", 0, []), ("煉乳", 0, ["milk"])],
    ]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("加料=起司[灰塵]", "“灰塵” is none of"),
        ("加料=起司[無、牛奶]", "“無、牛奶” is none, and some"),
        ("加料=起司[牛奶]+10", "“起司[牛奶]+10”: what is in it stands last, in one pair of []"),
        ("加料=起司[牛奶;蛋]", "“起司[牛奶”: what is in it stands last"),
        ("加料*=珍珠-5", "“珍珠-5”: an option makes no dish cheaper"),
        ("加料*=珍珠－５元", "“珍珠－５元”: an option makes no dish cheaper"),
        ("加料*=珍珠 - NT$5", "an option makes no dish cheaper"),
        ("加料*=珍珠+-5", "“珍珠+-5”: what is behind the + is no price: write 珍珠+10"),
        ("甜度=正常糖+abc/半糖", "“正常糖+abc”: what is behind the + is no price"),
        ("甜度=正常糖+", "“正常糖+”: what is behind the + is no price"),
        ("加料=+10", "“+10”: what is behind the + is no price"),
        ("加料=珍珠$10", "“珍珠$10”: what an option costs more is behind a +"),
        ("加料=珍珠 10元", "“珍珠 10元”: what an option costs more is behind a +"),
        ("加料=珍珠+10.3", "“珍珠+10.3”: a surcharge is at most 10,000, and a multiple of 0.5"),
        ("加料=珍珠+20000", "“珍珠+20000”: a surcharge is at most 10,000"),
        ("甜度=半糖/無糖/半糖", "“半糖” is there twice in “甜度”"),
        ("甜度=半糖;甜度=無糖", "“甜度” is there twice"),
        ("甜度=半糖/ชา", "“ชา” is no name in zh-TW"),
        ("甜度=半糖/sweet", "“sweet” holds no Chinese character"),
        ("ชา=半糖", "“ชา” is no name in zh-TW"),
        (f"甜度=半糖/{'糖' * 101}", "may have 100 characters"),
        (f"甜度={'/'.join(f'糖{n}' for n in range(61))}", "“甜度”: may have 60 entries; found 61"),
        ("甲*=一/二/三/四/五/六;乙*=一/二/三/四/五/六/七;丙=一", "more than 12 options"),
    ],
)
def test_a_mistake_in_an_option_is_one_line_at_its_cell(
    cell: str, line: str, tmp_path: Path
) -> None:
    [only] = told(tmp_path, "綠茶,25,茶,", f"紅茶,25,茶,{cell}")
    assert only.startswith("line 4, column 4 (選項): ")
    assert line in only
    assert not re.search("[og]-[0-9a-f]{10}", only)


def test_every_mistake_of_a_cell_is_told(tmp_path: Path) -> None:
    [only] = told(tmp_path, "紅茶,25,茶,甜度=正常糖+abc/半糖-5; 冰塊")
    for word in ("正常糖+abc", "半糖-5", "“冰塊” is no group"):
        assert word in only


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("ชา", "“ชา” is no name in zh-TW"),
        ("Drinks", "“Drinks” holds no Chinese character"),
        ("茶" * 101, "may have 100 characters"),
    ],
)
def test_a_mistake_in_a_section_is_told_where_it_is_first(
    section: str, line: str, tmp_path: Path
) -> None:
    [only] = told(tmp_path, "滷蛋,15,小菜,", f"紅茶,25,{section},", "綠茶,25,,")
    assert only.startswith("line 4, column 3 (分類): ")
    assert line in only


def test_too_many_sections_and_groups_are_told_at_their_columns(tmp_path: Path) -> None:
    rows = [f"茶{n},25,類{n},甜度{n}=一" for n in range(61)]
    assert told(tmp_path, *rows) == [
        "line 2, column 3 (分類): may have 60 entries; found 61",
        "line 2, column 4 (選項): may have 60 entries; found 61",
    ]


def test_a_size_in_a_row_and_in_a_column_is_told_by_its_name(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "店名,店", "品名,價格,大小,大杯", "紅茶,25,大杯,30")
    with pytest.raises(MenuRefused, match=r"line 3, column 4 \(大杯\): “大杯” is there twice"):
        read(file).checked()

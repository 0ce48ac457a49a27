"""What a shop owner's spreadsheet means, and what is told of its mistakes."""

from pathlib import Path
from typing import Any

import pytest

from deploy.menus.draft import MenuRefused
from deploy.menus.files import read
from deploy.menus.filling import published
from tests.menus import csv_file

SHOP = "店名,阿明海產"


def document(folder: Path, *lines: str) -> dict[str, Any]:
    return published(read(csv_file(folder, *lines)).checked())


def dishes(folder: Path, *lines: str) -> list[dict[str, Any]]:
    sections = document(folder, SHOP, *lines)["sections"]
    return [dish for section in sections for dish in section["dishes"]]


def told(folder: Path, *lines: str) -> list[str]:
    file = csv_file(folder, *lines)
    with pytest.raises(MenuRefused) as refused:
        read(file).checked()
    return [line.removeprefix(f"{file}, ") for line in str(refused.value).splitlines()]


def test_name_price_and_section_are_enough(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "name,price,section", "牛肉麵,180,麵食", "滷蛋,15,小菜")
    menu = published(read(file, "a-shop", "老王").checked())
    assert (menu["store_id"], menu["name"]["zh-TW"]) == ("a-shop", "老王")
    assert [section["name"]["zh-TW"] for section in menu["sections"]] == ["麵食", "小菜"]
    assert [s["dishes"][0]["price"] for s in menu["sections"]] == [180, 15]


@pytest.mark.parametrize("heading", ["品名,價格,分類", "菜名,售價,類別", "NAME, Price ,Category"])
def test_headings_may_be_chinese_or_english(heading: str, tmp_path: Path) -> None:
    [dish] = dishes(tmp_path, heading, "牛肉麵,180,麵食")
    assert (dish["name"]["zh-TW"], dish["price"]) == ("牛肉麵", 180)


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("120", 120),
        ("120元", 120),
        ("NT$120", 120),
        ('"NT$1,200"', 1200),
        ("$ 1200 元", 1200),
        ("１２０", 120),
        ("7.5", 7.5),
        ("120.0", 120),
        ("120塊", 120),
        ("時價", None),
        ("", None),
        ("-", None),
        ("另計", None),
    ],
)
def test_prices_are_understood(cell: str, price: float | None, tmp_path: Path) -> None:
    [dish] = dishes(tmp_path, "品名,價格", f"牛肉麵,{cell}")
    assert dish["price"] == price


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("12O", "“12O” is no price: write 120"),
        ("100-150", "is more than one price: give each size a row"),
        ("大55/小45", "is more than one price"),
        ("0", "0 is no price: write 時價"),
        ("-5", "“-5” is no price"),
        ("12.3", "a multiple of 0.5; found 12.3"),
        ('"1,20"', "“1,20” is more than one price"),
        ("免費", "“免費” is no price"),
        ("=SUM(A1)", "“=SUM(A1)” is a formula"),
        ("#REF!", "“#REF!” is an error of the spreadsheet"),
        ("#N/A", "“#N/A” is an error of the spreadsheet"),
        ("####", "“####” is what a column shows that is too narrow"),
    ],
)
def test_prices_that_are_not_are_told_by_line_and_column(
    cell: str, line: str, tmp_path: Path
) -> None:
    [only] = told(tmp_path, SHOP, "品名,價格", "滷蛋,15", f"牛肉麵,{cell}")
    assert only.startswith("line 4, column 2 (價格): ")
    assert line in only


def test_a_price_whose_comma_made_two_cells_is_told(tmp_path: Path) -> None:
    quotes = 'a price with a comma has to be in quotes: "NT$1,200"'
    assert told(tmp_path, SHOP, "品名,價格,分類,英文", "蝦,NT$1,200,蝦蟹") == [
        f"line 3, column 2 (價格): {quotes}"
    ]
    [line] = told(tmp_path, SHOP, "品名,價格", "蝦,NT$1,200")
    assert "has 3 cells, and there are 2 headings" in line


def test_a_blank_section_is_that_of_the_row_above(tmp_path: Path) -> None:
    sections = document(
        tmp_path,
        SHOP,
        "品名,價格,分類",
        "蝦,1,蝦蟹",
        "蟹,2,",
        ",,",
        "魚,3,魚類",
        "鰻,4,",
        "龍蝦,5,蝦蟹",
    )["sections"]
    assert [
        (section["name"]["zh-TW"], [dish["name"]["zh-TW"] for dish in section["dishes"]])
        for section in sections
    ] == [("蝦蟹", ["蝦", "蟹", "龍蝦"]), ("魚類", ["魚", "鰻"])]


def test_sizes_are_rows_or_columns(tmp_path: Path) -> None:
    [by_row] = dishes(tmp_path, "品名,價格,大小", "紅茶,25,中杯", "紅茶,30,大杯")
    [by_column] = dishes(tmp_path, "品名,中杯,大杯", "紅茶,25,30")
    assert by_row["sizes"] == by_column["sizes"]
    assert [(size["name"]["en"], size["price"]) for size in by_row["sizes"]] == [
        ("Medium", 25),
        ("Large", 30),
    ]
    assert "price" not in by_row


def test_options_are_written_in_one_cell(tmp_path: Path) -> None:
    cell = "甜度!=正常糖/半糖/無糖；加料*=珍珠+10/椰果＋10元"
    menu = document(tmp_path, SHOP, "品名,價格,選項", f"紅茶,25,{cell}", f"綠茶,25,{cell}")
    sweetness, toppings = menu["option_groups"]
    assert (sweetness["required"], sweetness["min"], sweetness["max"]) == (True, 1, 1)
    assert (toppings["required"], toppings["min"], toppings["max"]) == (False, 0, 2)
    assert sweetness["name"]["en"] == "Sweetness"
    prices = [(option["name"]["zh-TW"], option["price"]) for option in toppings["options"]]
    assert prices == [("珍珠", 10), ("椰果", 10)]
    options = [dish["options"] for dish in menu["sections"][0]["dishes"]]
    assert options == [[sweetness["id"], toppings["id"]]] * 2


def test_marks_of_a_dish_are_understood(tmp_path: Path) -> None:
    [dish, other] = dishes(
        tmp_path,
        "品名,價格,售完,過敏原,辣度,素食,英文,印尼文,編號",
        "素麵,60,v,花生、小麥,小辣,蛋奶素,Vegetable noodles,Mi sayur,A01",
        "紅茶,20,,無,,,,,",
    )
    assert (dish["sold_out"], dish["spicy"], dish["diet"]) == (True, 1, "ovo_lacto")
    assert (dish["allergens"], other["allergens"]) == (["peanuts", "gluten"], [])
    assert (dish["name"]["en"], dish["name"]["id"]) == ("Vegetable noodles", "Mi sayur")
    assert (dish["id"], other["sold_out"]) == ("a01", False)


def test_a_dish_keeps_its_id_wherever_it_stands(tmp_path: Path) -> None:
    lines = ["牛肉麵,180,麵食", "紅茶,20,飲料", "滷蛋,15,小菜"]
    before = dishes(tmp_path, "品名,價格,分類", *lines)
    after = dishes(
        tmp_path, "分類,品名,價格", "小菜,滷蛋,20", "飲料,紅茶,20", "新,雞排,90", "飯,牛肉麵,1"
    )
    ids = {dish["name"]["zh-TW"]: dish["id"] for dish in after}
    assert all(ids[dish["name"]["zh-TW"]] == dish["id"] for dish in before)
    assert len(set(ids.values())) == 4


def test_a_dish_may_be_in_two_sections(tmp_path: Path) -> None:
    found = dishes(tmp_path, "品名,價格,分類", "牛肉麵,180,推薦", "牛肉麵,180,麵食")
    assert len({dish["id"] for dish in found}) == 2


WRONG = {
    "no headings": (["牛肉麵,180,麵食"], "line 1: no heading is 品名 or name"),
    "no prices": ([SHOP, "品名,分類", "牛肉麵,麵食"], "no heading is 價格 or price"),
    "a heading of nobody": ([SHOP, "品名,價格,蔬果", "麵,1,"], "nobody knows the heading “蔬果”"),
    "a heading misspelt": ([SHOP, "品名,價錢錢,價格", "麵,1,"], "“價錢錢”: is it 價錢?"),
    "a heading twice": ([SHOP, "品名,價格,售價", "麵,1,"], "“售價” says again what another"),
    "no heading": ([SHOP, "品名,價格,", "麵,1,x"], "“x” has no heading above it"),
    "no name": ([SHOP, "品名,價格", ",180"], "line 3, column 1 (品名): the dish has no name"),
    "a dish twice": (
        [SHOP, "品名,價格", "麵,1", "麵,2"],
        "line 4, column 1 (品名): “麵” is in line 3 already",
    ),
    "a size twice": (
        [SHOP, "品名,價格,大小", "茶,1,大杯", "茶,2,大杯"],
        "line 4, column 3 (大小): “茶” in 大杯 is in line 3 already",
    ),
    "an id twice": (
        [SHOP, "品名,價格,編號", "麵,1,a", "茶,2,a"],
        "line 4, column 3 (編號): the id a is there twice, first in line 3",
    ),
    "an id of letters that ids have not": (
        [SHOP, "品名,價格,編號", "麵,1,麵一"],
        "line 3, column 3 (編號): must be of a-z, 0-9 and -",
    ),
    "Thai as Chinese": ([SHOP, "品名,價格", "ชา,1"], "line 3, column 1 (品名): “ชา” is no name"),
    "Thai as Japanese": ([SHOP, "品名,價格,日文", "茶,1,ชา"], "line 3, column 3 (日文): “ชา”"),
    "sold out, or not": ([SHOP, "品名,價格,售完", "茶,1,maybe"], "“maybe” is neither yes nor no"),
    "an allergen of nobody": ([SHOP, "品名,價格,過敏原", "茶,1,灰塵"], "“灰塵” is none of"),
    "options of no group": (
        [SHOP, "品名,價格,選項", "茶,1,少冰"],
        "“少冰” is no group of options: write 甜度=正常/半糖/無糖",
    ),
    "a mark in a second row": (
        [SHOP, "品名,價格,大小,辣度", "茶,1,大杯,", "茶,2,小杯,小辣"],
        "line 4, column 4 (辣度): belongs into line 3",
    ),
    "a price beside prices by size": (
        [SHOP, "品名,價格,大杯", "茶,1,2"],
        "has prices by size: which one is this?",
    ),
    "a line above that says nothing": (
        [SHOP, "電話,02", "品名,價格", "茶,1"],
        "“電話” is above the headings, and no word for the shop",
    ),
    "an error for a name": (
        [SHOP, "品名,價格", "#REF!,120"],
        "line 3, column 1 (品名): “#REF!” is an error of the spreadsheet",
    ),
    "a formula for a name": (
        [SHOP, "品名,價格", "=1+1,120"],
        "line 3, column 1 (品名): “=1+1” is a formula",
    ),
    "an error for a section": (
        [SHOP, "品名,價格,分類", "麵,1,#NAME?", "茶,2,"],
        "line 3, column 3 (分類): “#NAME?” is an error of the spreadsheet",
    ),
    "an error for the shop": (
        ["店名,#VALUE!", "品名,價格", "麵,1"],
        "line 1, column 2: “#VALUE!” is an error of the spreadsheet",
    ),
    "a shop of no name": (
        ["店名,", "品名,價格", "麵,1"],
        "line 1, column 2 (店名): must not be empty",
    ),
    "full-width commas": (
        ["品名，價格，分類", "麵，1，主食"],
        "line 1: the cells are parted by full-width commas (，): write half-width ones (,)",
    ),
    "full-width commas below others": (
        [SHOP, "品名,價格,分類", "麵，180，主食"],
        "line 3, column 1 (品名): the cells are parted by full-width commas",
    ),
    "full-width commas for the shop": (
        ["店名，老王", "品名,價格", "麵,1"],
        "line 1, column 1: the cells are parted by full-width commas",
    ),
    "no shop": (["品名,價格", "茶,1"], "(a row 店名,…, or STORE_NAME=…): name is missing"),
    "no dishes": ([SHOP, "品名,價格"], "must not be empty"),
}


@pytest.mark.parametrize(("lines", "line"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_one_clear_line(lines: list[str], line: str, tmp_path: Path) -> None:
    [only] = told(tmp_path, *lines)
    assert line in only


def test_a_shops_id_that_is_none_is_told(tmp_path: Path) -> None:
    file = csv_file(tmp_path, SHOP, "品名,價格", "茶,1", name="我的菜單.csv")
    with pytest.raises(MenuRefused, match=r"the shop's id: STORE=…\): must be of a-z"):
        read(file).checked()


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    lines = told(tmp_path, SHOP, "品名,價格,素食", "茶,1O,", ",2,", "麵,3,keto", "ชา,x,")
    assert [line.split(":")[0] for line in lines] == [
        "line 3, column 2 (價格)",
        "line 4, column 1 (品名)",
        "line 5, column 3 (素食)",
        "line 6, column 1 (品名)",
        "line 6, column 2 (價格)",
    ]


def test_a_cell_of_two_lines_does_not_move_the_lines_after_it(tmp_path: Path) -> None:
    [line] = told(tmp_path, SHOP, "品名,價格", '"牛肉\n麵",180', "茶,x")
    assert line.startswith("line 5, column 2")


def test_the_headings_say_what_separates_however_many_other_signs_a_cell_holds(
    tmp_path: Path,
) -> None:
    options = "甜度!=正常糖/半糖; 冰塊!=正常冰/少冰; 加料*=珍珠+10; 杯型=紙杯/塑膠杯"
    [tea] = dishes(tmp_path, "品名,價格,選項", f"紅茶,25,{options}")
    assert (tea["name"]["zh-TW"], len(tea["options"])) == ("紅茶", 4)


def test_a_quote_that_is_not_closed_is_no_dish_of_many_lines(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "品名,價格", "牛肉麵,180", '"豆漿,30', "紅茶,25")
    with pytest.raises(MenuRefused, match="a quote may not be closed"):
        read(file, "a-shop", "店")


@pytest.mark.parametrize("total", ["合計,1200,", "總計：,,", ",小計,1200", "Total,=SUM(B3:B4),"])
def test_a_total_is_no_dish_and_that_is_told(total: str, tmp_path: Path) -> None:
    file = csv_file(tmp_path, SHOP, "品名,價格,分類", "麵,180,主食", total, "茶,25,飲料")
    draft = read(file)
    names = [dish.name.zh for section in draft.checked().sections for dish in section.dishes]
    assert names == ["麵", "茶"]
    [line] = draft.remarks()
    assert line.startswith(f"{file}, line 4, column ")
    assert line.endswith("is no dish: the row is passed over")

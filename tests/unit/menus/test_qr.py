"""The codes lead to the shop and the table that stand beside them."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import segno

from deploy.menus import qr
from deploy.menus.shelf import Shelf
from deploy.menus.stage import Stage, _page
from deploy.target import DeployError

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("1-3", ["1", "2", "3"]),
        ("1,3, 5-6", ["1", "3", "5", "6"]),
        ("A1-A3", ["A1", "A2", "A3"]),
        ("A1-3", ["A1", "A2", "A3"]),
        ("08-11", ["08", "09", "10", "11"]),
        ("1、2，包廂", ["1", "2", "包廂"]),
        ("1,1-2", ["1", "2"]),
        ("1 - 3", ["1", "2", "3"]),
        ("１～３", ["1", "2", "3"]),
        ("A-1,B-2", ["A-1", "B-2"]),
        ("", []),
        (" ", []),
    ],
)
def test_tables_are_ranges_and_lists(text: str, named: list[str]) -> None:
    assert qr.tables(text) == named


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("12-1", "12-1 goes backwards"),
        ("1-999", "more than 300 tables"),
        ("the long table", None),
        (",,", "TABLES=,,: names no table; write 1-12"),
        ("A1-B3", "TABLES=A1-B3: A1-B3 is no range; write 1-12, or A1-A6,B1-B3"),
        ("1-", "1- is no range"),
        ("1-12345", "1-12345 is no range"),
        ("1,<b>", "“<b>” holds <; a table is letters, digits"),
        ("5&x=1", "holds &;"),
        ("靠窗的那一張大的圓桌子", "is longer than 10 characters"),
    ],
)
def test_tables_that_cannot_be_are_told(text: str, line: str | None) -> None:
    if line is None:
        assert qr.tables(text) == ["the", "long", "table"]
        return
    with pytest.raises(DeployError, match=line):
        qr.tables(text)


def stage(liff_url: str = "https://liff.line.me/1-Ab") -> Stage:
    return Stage(Shelf(None, "b"), liff_url)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("store", "table", "address"),
    [
        ("a", "", "https://liff.line.me/1-Ab?store=a"),
        ("a", "5", "https://liff.line.me/1-Ab?store=a&table=5"),
        ("a", "包廂 1&2", "https://liff.line.me/1-Ab?store=a&table=%E5%8C%85%E5%BB%82+1%262"),
    ],
)
def test_a_pages_address_names_the_shop_and_the_table(store: str, table: str, address: str) -> None:
    assert stage().page(store, table) == address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({"LiffUrl": "https://liff.line.me/1-Ab", "LiffId": "1-Ab"}, "https://liff.line.me/1-Ab"),
        ({"LiffUrl": "", "LiffId": "1-Ab"}, "https://liff.line.me/1-Ab"),
        ({}, "https://api.example/v1/liff"),
    ],
)
def test_a_stages_page_is_in_line_where_there_is_one(told: dict[str, str], address: str) -> None:
    assert _page(told, {"EndpointURL": "https://api.example/v1/"}) == address


def modules(path: str) -> set[tuple[int, int]]:
    """The dark modules that an SVG path draws."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path)
    return {(int(x) + step, int(y)) for x, y, width in runs for step in range(int(width))}


def test_each_code_is_that_of_the_table_beside_it() -> None:
    [sheet] = qr.sheets("福氣小吃", ["1", "2"], lambda table: stage().page("fuqi", table))
    codes = ElementTree.fromstring(sheet).findall(f"{SVG}g")  # noqa: S314
    assert len(codes) == 2
    for code, table in zip(codes, ["1", "2"], strict=True):
        words = [text.text for text in code.iter(f"{SVG}text")]
        assert words[:2] == ["福氣小吃", f"桌號 {table} · Table {table}"]
        assert words[2] == "liff.line.me/1-Ab"
        [path] = code.iter(f"{SVG}path")
        address = f"https://liff.line.me/1-Ab?store=fuqi&table={table}"
        matrix = segno.make(address, error="m", micro=False).matrix
        dark = {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
        assert modules(path.attrib["d"]) == dark


def test_many_tables_fill_several_sheets_and_none_is_one_code_for_the_shop() -> None:
    def count(tables: list[str]) -> list[int]:
        sheets = qr.sheets("店", tables, lambda table: stage().page("a", table))
        return [sheet.count("<path") for sheet in sheets]

    assert count([str(number) for number in range(25)]) == [12, 12, 1]
    assert count([]) == [1]


def test_a_name_is_text_on_the_sheet() -> None:
    [sheet] = qr.sheets("<script>&店", [], lambda _: "https://a.example/?a=1&b=2")
    assert "<script>" not in sheet
    assert "&lt;script&gt;&amp;店" in sheet
    ElementTree.fromstring(sheet)  # noqa: S314


def test_no_sheet_stays_of_tables_that_are_not_there_any_more(tmp_path: Path) -> None:
    names = ["local-tea-1.svg", "local-tea-2.svg", "local-tea-3.svg"]
    others = ["local-tea-2-1.svg", "local-tea-house-2.svg", "prod-tea-2.svg"]
    for name in others:
        (tmp_path / name).write_text("another shop's, or stage's")
    written, removed = qr.write(["a", "b", "c"], tmp_path, "local-tea")
    assert ([file.name for file in written], removed) == (names, [])
    written, removed = qr.write(["d"], tmp_path, "local-tea")
    assert [file.name for file in removed] == names[1:]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([names[0], *others])
    assert written[0].read_text() == "d"

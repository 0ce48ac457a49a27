"""A file is read in the encodings that spreadsheets write, and never wrongly."""

import codecs
from pathlib import Path

import pytest

from deploy.menus.draft import MenuRefused
from deploy.menus.files import read
from tests.menus import json_file, menu

SHEET = "店名,阿明海產\r\n品名,價格,分類\r\n胡椒蝦,420,蝦蟹\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        SHEET.encode(),
        SHEET.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + SHEET.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + SHEET.encode("utf-16-be"),
        codecs.BOM_UTF16_LE + SHEET.replace(",", "\t").encode("utf-16-le"),
        SHEET.replace(",", ";").encode(),
        SHEET.replace("\r\n", "\n").encode(),
        SHEET.replace("\r\n", "\r").encode(),
    ],
    ids=["UTF-8", "with BOM", "UTF-16 LE", "UTF-16 BE", "Excel's Unicode text", ";", "LF", "CR"],
)
def test_a_spreadsheet_is_read_as_it_was_saved(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "ming.csv"
    file.write_bytes(raw)
    menu = read(file).checked()
    assert (menu.store_id, menu.name.zh) == ("ming", "阿明海產")
    [section] = menu.sections
    assert [(dish.name.zh, dish.price) for dish in section.dishes] == [("胡椒蝦", 420)]


def test_json_may_have_a_bom(tmp_path: Path) -> None:
    file = json_file(tmp_path, menu())
    file.write_bytes(codecs.BOM_UTF8 + file.read_bytes())
    assert read(file).checked().store_id == "tea-corner"


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (SHEET.encode("cp950"), "line 1: is not in UTF-8, but in Big5, as it seems: save it as"),
        (b"name,price\n\xff\xff\xff,1\n", "line 2: is not in UTF-8: save it as"),
        (SHEET.encode("utf-16-le"), "is not in UTF-8"),
        ("name,price\nab,1\n".encode("utf-16-le"), "is not in UTF-8 (it holds NUL)"),
        (b"PK\x03\x04rest of an .xlsx", "is a whole spreadsheet, no CSV: save it as"),
        (b"\xd0\xcf\x11\xe0rest of an .xls", "is a whole spreadsheet, no CSV"),
        (b" \n\n", "is empty"),
        (b"name,price\n" + b"a" * 140_000 + b",1\n", "cannot be read as CSV: field larger than"),
        (b"a" * (4 * 1024 * 1024 + 1), "has more than 4 MB"),
    ],
    ids=[
        "Big5",
        "noise",
        "UTF-16 unmarked",
        "NUL",
        "xlsx",
        "xls",
        "nothing",
        "a long cell",
        "much",
    ],
)
def test_what_cannot_be_read_surely_says_how_to_save_it(
    raw: bytes, line: str, tmp_path: Path
) -> None:
    file = tmp_path / "ming.csv"
    file.write_bytes(raw)
    with pytest.raises(MenuRefused) as refused:
        read(file)
    assert line in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MenuRefused, match=r"nowhere\.csv: No such file"):
        read(tmp_path / "nowhere.csv")


def test_a_menu_of_another_shop_is_not_published_for_this_one(tmp_path: Path) -> None:
    with pytest.raises(MenuRefused, match="is of another shop than STORE=ming"):
        read(json_file(tmp_path, menu()), "ming").checked()

"""Who publishes a menu reads what became of the names that the file gives in Chinese only."""

from pathlib import Path

from deploy.menus.files import read
from deploy.menus.translations import MOST_ROWS, translations
from deploy.paths import ROOT
from tests.menus import csv_file


def told(folder: Path, *rows: str) -> list[list[str]]:
    """The table's rows by words, after the line above it."""
    file = csv_file(folder, "店名,Old Wang", "品名,價格,分類,日文,英文", *rows)
    _, *table = translations(read(file).checked())
    return [line.split() for line in table]


def test_each_name_says_from_which_dish_and_in_which_languages_it_was_filled(
    tmp_path: Path,
) -> None:
    assert told(tmp_path, "老王招牌,90,麵食,ラオワン,", "紅茶,25,,,", "乾拌麵,50,,,Noodles") == [
        ["Name", "Filled", "from", "As", "In", "Stays", "Chinese", "in"],
        ["老王招牌", "–", "–", "–", "en,", "ko,", "th,", "vi,", "id"],
        ["乾拌麵", "乾麵", "汁なし和え麺", "ja,", "ko,", "th,", "vi,", "id", "–"],
        ["紅茶", "紅茶", "Black", "tea", "all", "–"],
        ["麵食", "麵食", "Noodles", "all", "–"],
    ]


def test_the_line_above_counts_them(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "店名,老王", "品名,價格", "紅茶,25", "老王招牌,90")
    assert translations(read(file).checked())[0] == (
        "Names that the file does not give: 2 from the dictionary, 2 left in Chinese"
    )


def test_a_long_menus_table_is_at_most_a_screen_and_says_what_is_left_out(tmp_path: Path) -> None:
    rows = [f"{'招牌' * 20}{number},1,菜,," for number in range(100)]
    table = told(tmp_path, *rows)
    assert len(table) == 1 + MOST_ROWS + 1
    assert table[-1] == ["…", "and", f"{101 - MOST_ROWS}", "more"]
    assert all(len(row[0]) <= 12 for row in table)


def test_a_menu_in_seven_languages_has_nothing_to_tell() -> None:
    assert translations(read(ROOT / "menus" / "sample-tea.json").checked()) == []

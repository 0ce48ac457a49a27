"""A spreadsheet's CSV as rows of cells, by whatever separates them."""

import csv
import io
import re
from collections.abc import Iterator

from deploy.menus.sheet_words import meaning

_SEPARATORS = (",", "\t", ";")
_FULL_WIDTH = "，"


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with the line that each begins in. Raises `csv.Error`."""
    # Strict: a quote that is not closed is no name of many lines.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    before = 0
    for row in reader:
        if any(cell.strip() for cell in row):
            yield before + 1, [cell.strip() for cell in row]
        before = reader.line_num


def are_headings(row: list[str]) -> bool:
    """Whether it says what the columns are: one is the dish's name."""
    return any(meaning("column", cell) == "name" for cell in row)


def joined_by_full_width(row: list[str]) -> list[str]:
    """The cells of a row that is one cell, because ， and not , is between them; [] of others."""
    [first, *others] = [cell for cell in row if cell]
    return first.split(_FULL_WIDTH) if not others and _FULL_WIDTH in first else []


def _separator(text: str) -> str:
    """What parts the headings; cells may hold more of another sign: 甜度!=半糖; 冰塊!=少冰."""
    head = re.split(r"\r\n|[\r\n]", text, maxsplit=30)[:30]
    for line in head:
        parted = {sign: [cell.strip(' "') for cell in line.split(sign)] for sign in _SEPARATORS}
        named = {sign: len(cells) for sign, cells in parted.items() if are_headings(cells)}
        if named:
            return max(named, key=named.__getitem__)
    return max(_SEPARATORS, key=lambda sign: max(line.count(sign) for line in head))

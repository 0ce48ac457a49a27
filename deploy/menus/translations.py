"""What became of the names that a menu's file gives in Chinese only, for who publishes it."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chalicelib.languages import DEFAULT, SUPPORTED
from chalicelib.mandarin.han import has_han
from chalicelib.menus.dictionary import dish_of
from chalicelib.menus.model import Menu, Names
from deploy.menus.filling import names_of, source_of

MOST_ROWS = 16
"""A screen has room for them, for the changes above and for the page's address below."""
_OTHERS = [language for language in SUPPORTED if language != DEFAULT]
_WIDEST = 24
"""Columns of a terminal that a name may take."""


class _Row(NamedTuple):
    name: str
    source: str
    example: str
    """The first of the names that were filled in."""
    filled: tuple[str, ...]
    bare: tuple[str, ...]
    """Languages in which the Chinese name stays."""

    def order(self) -> int:
        """First what the owner may want to write, then what may be another dish than theirs; words
        such as 大杯 last."""
        if self.bare:
            return 0
        return 1 if self.source != self.name else 2 + (dish_of(self.name) is None)


def translations(menu: Menu) -> list[str]:
    """A table with a row for each name that the dictionary filled, or that stays Chinese.

    At most `MOST_ROWS` of them; empty where the file gives every name.
    """
    rows = sorted(dict.fromkeys(filter(None, map(_row, _names(menu)))), key=_Row.order)
    if not rows:
        return []
    filled = sum(bool(row.filled) for row in rows)
    bare = sum(bool(row.bare) for row in rows)
    table = [
        ("Name", "Filled from", "As", "In", "Stays Chinese in"),
        *map(_cells, rows[:MOST_ROWS]),
    ]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    left = len(rows) - MOST_ROWS
    return [
        f"Names that the file does not give: {filled} from the dictionary, {bare} left in Chinese",
        *("  " + _line(cells, widths) for cells in table),
        *([f"  … and {left} more"] if left > 0 else []),
    ]


def _names(menu: Menu) -> Iterator[Names]:
    yield menu.name
    for section in menu.sections:
        yield section.name
        for dish in section.dishes:
            yield dish.name
            yield from (size.name for size in dish.sizes)
    for group in menu.option_groups:
        yield group.name
        yield from (option.name for option in group.options)


def _row(names: Names) -> _Row | None:
    given = names.model_dump(by_alias=True, exclude_none=True)
    missing = [language for language in _OTHERS if language not in given]
    if not missing or not has_han(names.zh):
        return None
    known = names_of(names.zh)
    return _Row(
        names.zh,
        source_of(names.zh),
        next((known[language] for language in missing if language in known), ""),
        tuple(language for language in missing if language in known),
        tuple(language for language in missing if language not in known),
    )


def _cells(row: _Row) -> tuple[str, ...]:
    texts = [_cut(text) or "–" for text in (row.name, row.source, row.example)]
    return *texts, _listed(row.filled), _listed(row.bare)


def _listed(languages: Iterable[str]) -> str:
    listed = list(languages)
    return "all" if listed == _OTHERS else ", ".join(listed) or "–"


def _line(cells: Iterable[str], widths: Iterable[int]) -> str:
    padded = (
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def _cut(text: str) -> str:
    while _width(text) > _WIDEST:
        text = text.removesuffix("…")[:-1] + "…"
    return text


def _width(text: str) -> int:
    """In a terminal, where Chinese characters take two columns."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)

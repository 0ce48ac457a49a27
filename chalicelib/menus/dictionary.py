"""The dictionary: common dishes and drinks of Taiwan in seven languages (`dishes.tsv`).

What a menu does not name in a language is filled from here when it is published; and the page
tells a traveller what a typed Chinese name is, and finds it by their own words.
"""

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from chalicelib.languages import DEFAULT
from chalicelib.mandarin.vocabulary import meanings, words

_DISHES: Final = Path(__file__).with_name("dishes.tsv")
_LINES: Final = Path(__file__).with_name("menu_lines.json")


class Dish(NamedTuple):
    name: str
    """Chinese, as Taiwan's menus print it."""
    kind: str
    """noodles, milk_tea and so on: what the page asks of it. The file's head lists them."""
    also: tuple[str, ...]
    """The same dish as other menus write it."""
    names: dict[str, tuple[str, ...]]
    """Language → what a traveller is shown, then what else they may type."""


@cache
def dishes() -> tuple[Dish, ...]:
    """Every dish, in the file's order."""
    rows = [
        line.split("\t")
        for line in _DISHES.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    (_, _, _, *languages), *rows = rows
    return tuple(
        Dish(
            name,
            kind,
            _listed(also),
            {language: _listed(cell) for language, cell in zip(languages, cells, strict=True)},
        )
        for name, kind, also, *cells in rows
    )


def names_of(chinese: str) -> dict[str, str]:
    """The dish's name by language, the Chinese one as it was given; empty if it is not known."""
    dish = dish_of(chinese)
    if dish is None:
        return {}
    return {DEFAULT: chinese} | {language: names[0] for language, names in dish.names.items()}


def dish_of(chinese: str) -> Dish | None:
    """The dish of that name, or of another way to write it."""
    return _by_name().get(_plain(chinese))


def listing(language: str) -> str:
    """The page's file for `language`, JSON: `dishes`, `[[Chinese, shown, kind, [other Chinese…],
    [other names…]], …]`; `additions`, what a menu writes behind a dish's name; and `lines`, what
    stands on a menu and is no dish (`menu_lines.json`)."""
    entries = [
        [dish.name, shown, dish.kind, dish.also, others]
        for dish in dishes()
        for shown, *others in [dish.names.get(language, (dish.name,))]
    ]
    file = {"dishes": entries, "additions": _additions(), "lines": _lines()}
    return json.dumps(file, ensure_ascii=False, separators=(",", ":"))


def _lines() -> dict[str, list[str]]:
    known = json.loads(_LINES.read_text("utf-8"))
    return {name: words for name, words in known.items() if not name.endswith("about")}


def _additions() -> dict[str, list[str]]:
    """L, 大杯, 10顆, 半糖, 去冰: by the words of the voice's own grammar."""
    units = [*words("serving"), *words("piece"), *words("counted")]
    return {
        "sizes": [*meanings("size")],
        "temperatures": [*meanings("temperature")],
        "units": units,
        "levels": [*words("level")],
        "of": [*words("of")],
        "options": [*words("spice"), *words("whole_option")],
    }


@cache
def _by_name() -> dict[str, Dish]:
    return {_plain(name): dish for dish in dishes() for name in (dish.name, *dish.also)}


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part for text in cell.split(" / ") if (part := text.strip()))

"""A checked menu as it is published: every name in seven languages, every default said."""

from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.languages import SUPPORTED
from chalicelib.menus import dictionary
from chalicelib.menus.model import Dish, Menu, Names, OptionGroup, Section, Size

_WORDS = Path(__file__).with_name("words.tsv")


def published(menu: Menu) -> dict[str, Any]:
    """The document of `menu`. A name that is missing is the dictionary's, else the Chinese one."""
    document: dict[str, Any] = {"store_id": menu.store_id, "name": _names(menu.name)}
    if menu.hours:
        document["hours"] = [hours.model_dump() for hours in menu.hours]
    document["sections"] = [_section(section) for section in menu.sections]
    document["option_groups"] = [_group(group) for group in menu.option_groups]
    return document


def _section(section: Section) -> dict[str, Any]:
    dishes = [_dish(dish) for dish in section.dishes]
    return {"id": section.id, "name": _names(section.name), "dishes": dishes}


def _dish(dish: Dish) -> dict[str, Any]:
    said = dish.model_dump(exclude={"name", "price", "sizes"}, exclude_none=True)
    price = {"sizes": [_size(size) for size in dish.sizes]} if dish.sizes else {"price": dish.price}
    # No allergens is what the shop says; without the field it has not said.
    kept = {name: value for name, value in said.items() if value != [] or name == "allergens"}
    return {"id": dish.id, "name": _names(dish.name), **price, **kept}


def _size(size: Size) -> dict[str, Any]:
    return {"id": size.id, "name": _names(size.name), "price": size.price}


def _group(group: OptionGroup) -> dict[str, Any]:
    options = [
        {**option.model_dump(exclude={"name"}, exclude_none=True), "name": _names(option.name)}
        for option in group.options
    ]
    least = max(group.min, int(group.required))
    said = group.model_dump(exclude={"name", "options"})
    return {**said, "min": least, "name": _names(group.name), "options": options}


def _names(names: Names) -> dict[str, str]:
    given = names.model_dump(by_alias=True, exclude_none=True)
    known = {**dict.fromkeys(SUPPORTED, names.zh), **names_of(names.zh), **given}
    return {language: known[language] for language in SUPPORTED}


def names_of(zh: str) -> dict[str, str]:
    """The names by language of a word that menus have, or of a dish; {} if it is not known."""
    return dictionary.names_of(zh) | _words().get(zh, {})


def source_of(zh: str) -> str:
    """The dish or word whose names `names_of` gives; empty if it is not known."""
    if zh in _words():
        return zh
    dish = dictionary.dish_of(zh)
    return dish.name if dish else ""


@cache
def _words() -> dict[str, dict[str, str]]:
    lines = [line for line in _WORDS.read_text("utf-8").splitlines() if not line.startswith("#")]
    heading, *rows = (line.split("\t") for line in lines)
    return {zh: dict(zip(heading[1:], names, strict=True)) for zh, *names in rows}

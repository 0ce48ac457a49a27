"""Whether a document is a menu: all of its mistakes, each in one line."""

import json
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from chalicelib.menus import model
from chalicelib.menus.model import Menu
from chalicelib.menus.rules import Mistake, broken

_LONGEST_SHOWN = 40
_PARTS: dict[str, type[model.Part]] = {
    "name": model.Names,
    "hours": model.Hours,
    "sections": model.Section,
    "dishes": model.Dish,
    "sizes": model.Size,
    "option_groups": model.OptionGroup,
    "options": model.Option,
}


def menu_of(document: Any) -> tuple[Menu | None, list[Mistake]]:
    """The menu that `document` is, and its mistakes: one of both is empty."""
    found = list(broken(document))
    menu = None
    try:
        menu = Menu.model_validate(document)
    except ValidationError as error:
        found += [_in_words(dict(entry)) for entry in error.errors(include_url=False)]
    return (None if found else menu), found


def _in_words(error: dict[str, Any]) -> Mistake:
    kind, place = error["type"], error["loc"]
    sentence = _SENTENCES.get(kind)
    message = sentence(error) if sentence else error["msg"]
    if kind not in {"missing", "extra_forbidden"}:
        value = error["input"]
        is_counted = kind == "too_long" and isinstance(value, list)
        message += f"; found {len(value) if is_counted else _shown(value)}"
    return Mistake(place, message)


def _unknown(error: dict[str, Any]) -> str:
    *above, key = error["loc"]
    part = next((step for step in reversed(above) if isinstance(step, str)), "")
    fields = _PARTS.get(part, Menu).model_fields
    known = sorted(field.alias or name for name, field in fields.items())
    [nearest] = get_close_matches(str(key), known, n=1, cutoff=0.0)
    is_near = bool(get_close_matches(str(key), known, n=1, cutoff=0.6))
    hint = f"{nearest}?" if is_near else f"{', '.join(known)}."
    return f"nobody knows the key {_shown(key)} here; {'is it ' if is_near else 'there are '}{hint}"


def _things(error: dict[str, Any]) -> str:
    return "characters" if isinstance(error["input"], str) else "entries"


def _pattern(error: dict[str, Any]) -> str:
    if error["ctx"]["pattern"] == model.ID_PATTERN:
        return "must be of a-z, 0-9 and -, at most 64 characters"
    if error["loc"][-1] in {"opens", "closes"}:
        return "must be a time as 09:30"
    return "must be of a-z and _"


_SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda error: f"{error['loc'][-1]} is missing",
    "extra_forbidden": _unknown,
    "string_pattern_mismatch": _pattern,
    "string_type": lambda _: "must be a text",
    "model_type": lambda _: "must be an object",
    "list_type": lambda _: "must be a list",
    "bool_type": lambda _: "must be true or false",
    "int_type": lambda _: "must be a whole number",
    "too_short": lambda _: "must not be empty",
    "too_long": lambda error: f"may have {error['ctx']['max_length']} {_things(error)}",
    "less_than_equal": lambda error: f"may be {error['ctx']['le']} at most",
    "greater_than_equal": lambda error: f"must be {error['ctx']['ge']} or more",
    "literal_error": lambda error: f"must be one of {error['ctx']['expected']}",
}


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def path_of(place: tuple[str | int, ...]) -> str:
    """`sections[0].dishes[2].price`."""
    return "".join(_steps(place)).lstrip(".") or "the menu"


def _steps(place: tuple[str | int, ...]) -> Iterator[str]:
    for step in place:
        yield f"[{step}]" if isinstance(step, int) else f".{step}"

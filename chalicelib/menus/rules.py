"""What a menu's document must hold to beyond the fields of `model.py`.

Every rule reads the document as it was written, right or wrong, so that one look finds all of its
mistakes: a part that has not the form of one is passed over here, and told by its field.
"""

import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

from chalicelib.languages import SUPPORTED
from chalicelib.mandarin.han import has_han
from chalicelib.orders.text import Place, places_of_lost_letters

MOST_OPTIONS = 12
"""That one item of an order may have; its size is one of them."""

_EVERYWHERE = {"LATIN", "GREEK", "CJK"}
"""Brands, and the Chinese name where there is no other."""
SCRIPTS = {
    "zh-TW": {*_EVERYWHERE, "BOPOMOFO", "HIRAGANA", "KATAKANA"},
    "ja": {*_EVERYWHERE, "HIRAGANA", "KATAKANA"},
    "ko": {*_EVERYWHERE, "HANGUL"},
    "th": {*_EVERYWHERE, "THAI"},
} | dict.fromkeys(("en", "vi", "id"), _EVERYWHERE)
"""By language: what its letters may be, as Unicode names them."""


class Mistake(NamedTuple):
    """One broken rule."""

    place: Place
    message: str
    first: Place | None = None
    """Where the other of two is that must not be equal."""


def broken(document: Any) -> Iterator[Mistake]:
    """The rules that `document` breaks."""
    for place in places_of_lost_letters(document):
        yield Mistake(place, "holds U+FFFD, which a wrong encoding leaves in place of letters")
    yield from _ids(document)
    yield from _prices(document)
    yield from _references(document)
    yield from _groups(document)
    yield from _names(document)
    yield from _hours(document)


def _parts(tree: Any, *keys: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The objects in the lists that `keys` lead to, with their places."""
    found: list[tuple[Place, Any]] = [((), tree)]
    for key in keys:
        found = [
            ((*place, key, number), part)
            for place, parent in found
            if isinstance(parent, dict) and isinstance(parent.get(key), list)
            for number, part in enumerate(parent[key])
        ]
    yield from ((place, part) for place, part in found if isinstance(part, dict))


def _listed(part: dict[str, Any], key: str) -> list[Any]:
    return part[key] if isinstance(part.get(key), list) else []


def _ids(document: Any) -> Iterator[Mistake]:
    """Ids name one section, dish (of the whole menu), group, size of a dish, option of a group."""
    for keys, whole in (
        (("sections",), True),
        (("sections", "dishes"), True),
        (("sections", "dishes", "sizes"), False),
        (("option_groups",), True),
        (("option_groups", "options"), False),
    ):
        seen: dict[tuple[Place, str], Place] = {}
        for place, part in _parts(document, *keys):
            if not isinstance(part.get("id"), str):
                continue
            key = (() if whole else place[:-2], part["id"])
            if key in seen:
                yield Mistake((*place, "id"), f"the id {part['id']} is there twice", seen[key])
            seen.setdefault(key, place)


def _prices(document: Any) -> Iterator[Mistake]:
    for place, dish in _parts(document, "sections", "dishes"):
        if "price" in dish and _listed(dish, "sizes"):
            yield Mistake((*place, "price"), "has sizes: the prices are theirs")
        if "price" not in dish and not _listed(dish, "sizes"):
            yield Mistake(place, "says neither price nor sizes; null is a price that is not known")


def _references(document: Any) -> Iterator[Mistake]:
    groups = {
        group["id"]: group
        for _, group in _parts(document, "option_groups")
        if isinstance(group.get("id"), str)
    }
    for place, dish in _parts(document, "sections", "dishes"):
        named = [name for name in _listed(dish, "options") if isinstance(name, str)]
        for number, name in enumerate(named):
            if name not in groups:
                yield Mistake((*place, "options", number), f"there is no option group {name}")
            elif name in named[:number]:
                yield Mistake((*place, "options", number), f"names {name} twice")
        most = [groups[name].get("max", 1) for name in named if name in groups]
        chosen = sum(number for number in most if isinstance(number, int))
        if chosen + bool(_listed(dish, "sizes")) > MOST_OPTIONS:
            yield Mistake(
                (*place, "options"),
                f"a traveller could choose more than {MOST_OPTIONS} options, which no order takes",
            )


def _groups(document: Any) -> Iterator[Mistake]:
    for place, group in _parts(document, "option_groups"):
        is_required = group.get("required") is True
        least, most = group.get("min", 1 if is_required else 0), group.get("max", 1)
        if not isinstance(least, int) or not isinstance(most, int):
            continue
        there = [
            option
            for option in _listed(group, "options")
            if isinstance(option, dict) and option.get("sold_out") is not True
        ]
        if least > most:
            yield Mistake((*place, "min"), f"at least {least} and at most {most} cannot be")
        elif most == 0:
            yield Mistake((*place, "max"), "at most 0: nothing can be chosen")
        elif is_required and least == 0:
            yield Mistake((*place, "min"), "is required, so at least 1 has to be chosen")
        elif least > len(there):
            yield Mistake(
                (*place, "options"),
                f"at least {least} must be chosen, and {len(there)} can be "
                f"(of {len(_listed(group, 'options'))}; the others are sold out)"
                if len(there) < len(_listed(group, "options"))
                else f"at least {least} must be chosen, and there are {len(there)}",
            )


def _names(document: Any) -> Iterator[Mistake]:
    places: list[tuple[Place, dict[str, Any]]] = [((), document)]
    for keys in (
        ("sections",),
        ("sections", "dishes"),
        ("sections", "dishes", "sizes"),
        ("option_groups",),
        ("option_groups", "options"),
    ):
        places += _parts(document, *keys)
    for place, part in places:
        name = part.get("name") if isinstance(part, dict) else None
        if not isinstance(name, dict):
            continue
        for language in SUPPORTED:
            text = name.get(language)
            if not isinstance(text, str):
                continue
            wrong = _wrong_script(language, text)
            # Of the shop's own name nothing is said: MOS Burger is one.
            if not wrong and place and language == "zh-TW" and _is_foreign(text):
                wrong = (
                    f"“{text}” holds no Chinese character: the staff read it, and the voice says it"
                )
            if wrong:
                yield Mistake((*place, "name", language), wrong)


def _wrong_script(language: str, text: str) -> str:
    """What is wrong with the letters of `text` as a name in `language`; empty if nothing is."""
    strange = sorted({_script(letter) for letter in text if _is_letter(letter)} - SCRIPTS[language])
    if strange:
        return f"“{text}” is no name in {language}: it is written in {' and '.join(strange)}"
    return ""


def _is_foreign(text: str) -> bool:
    """Whether it is no Chinese name; capitals and digits are, as BLT."""
    return not has_han(text) and any(letter.islower() for letter in text)


def _is_letter(character: str) -> bool:
    """Not so a sign that several scripts have, as ー, 々 and ˋ (Unicode's Lm)."""
    return unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lo"}


def _script(letter: str) -> str:
    """LATIN, CJK (Han), THAI, …: the first word of the letter's name in Unicode."""
    plain = unicodedata.normalize("NFKC", letter)[0]
    return unicodedata.name(plain, "UNKNOWN").partition(" ")[0].partition("-")[0]


def _hours(document: Any) -> Iterator[Mistake]:
    for place, hours in _parts(document, "hours"):
        if hours.get("opens") == hours.get("closes") and isinstance(hours.get("opens"), str):
            yield Mistake(place, "opens when it closes; all day is 00:00 to 24:00")

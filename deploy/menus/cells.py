"""What one cell of a menu's spreadsheet says. Each function raises `ValueError` with the reason."""

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeVar

from chalicelib.menus.model import HIGHEST_SURCHARGE
from deploy.menus.sheet_words import meaning, words

T = TypeVar("T")

MOST_OF_MANY = 6
"""How many of a group marked * may be chosen."""

_CURRENCY = re.compile(r"^(?:nt\$?|ntd|twd|\$)\s*|\s*(?:元|圓|塊|ntd|twd)$")
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_SEVERAL = re.compile(r"\d\D{0,3}[/~\-–—,、到至]\D{0,3}\d")
_SURCHARGE = re.compile(r"(?:nt)?\$?\s*((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?:元|圓|塊)?")
_CHEAPER = re.compile(r"(?:.*[^0-9a-z])?[-−–—]\s*(?:nt)?\$?\s*\d+(?:\.\d+)?\s*(?:元|圓|塊)?")
_IN_BRACKETS = re.compile(r"(.*?)[\[［【]([^\[\]［］【】]*)[\]］】]\s*")
_BRACKET = re.compile(r"[\[\]［］【】]")
_BETWEEN_OPTIONS = re.compile(r"[/／、](?![^\[\]［］【】]*[\]］】])")
_BARE_PRICE = re.compile(r".*(?:\$\s*\d+(?:\.\d+)?|\d(?:元|圓|塊)).*")


def broken(text: str) -> str:
    """Why `text` is not what the owner meant a cell to show; empty where it may be."""
    written = unicodedata.normalize("NFKC", text).strip()
    if meaning("error", written):
        return f"“{text}” is an error of the spreadsheet: mend the cell, and save the file again"
    if written and not written.strip("#"):
        return f"“{text}” is what a column shows that is too narrow: widen it, and save again"
    if written.startswith("="):
        return f"“{text}” is a formula, and not what it comes to: write that"
    return ""


def price(text: str) -> int | float | None:
    """TWD; None where the cell says that it is not known, or nothing."""
    written = unicodedata.normalize("NFKC", text).strip().lower()
    if not written or set(written) <= set("-–—") or meaning("price", written):
        return None
    bare = _CURRENCY.sub("", _CURRENCY.sub("", written)).strip()
    if not _NUMBER.fullmatch(bare):
        if _SEVERAL.search(bare):
            raise ValueError(f"“{text}” is more than one price: give each size a row, or a column")
        raise ValueError(f"“{text}” is no price: write 120, NT$1,200 or 時價, or leave it blank")
    amount = float(bare.replace(",", ""))
    if amount == 0:
        raise ValueError("0 is no price: write 時價, or leave it blank, where it is not known")
    return int(amount) if amount.is_integer() else amount


def truth(text: str) -> bool:
    """Yes or no."""
    if meaning("yes", text):
        return True
    if meaning("no", text):
        return False
    raise ValueError(f"“{text}” is neither yes nor no: write 售完, or leave it blank")


def one_of(kind: str, text: str) -> str:
    """The meaning of a word of `kind`."""
    meant = meaning(kind, text)
    if meant is None:
        raise ValueError(f"“{text}” is none of {'、'.join(words(kind))}")
    return meant


def allergens(text: str) -> list[str]:
    """Those of the words between commas and the like; [] for 無, which stands alone."""
    written = re.split(r"[\s,，、;；/]+", text)
    found = list(dict.fromkeys(_all(partial(one_of, "allergen"), written)))
    if "none" not in found:
        return found
    if len(found) > 1:
        raise ValueError(f"“{text}” is none, and some")
    return []


class Group(NamedTuple):
    """A group of options as a cell defines it."""

    name: str
    is_required: bool
    most: int
    options: tuple["Option", ...]


class Option(NamedTuple):
    name: str
    price: int | float
    """TWD, on top of the dish's."""
    allergens: tuple[str, ...] | None
    """None where the cell does not say."""


def groups(text: str) -> list[Group]:
    """甜度!=正常/半糖/無糖; 加料*=珍珠+10/起司+10[牛奶]: ! must be chosen, * may be several.

    In [] is what is in an option; behind the group's name, in all of its options that do not say.
    """
    written = text.replace("；", ";").replace("\n", ";").split(";")
    found = _all(_group, written)
    if twice := _twice([group.name for group in found]):
        raise ValueError(f"“{twice}” is there twice: one dish has each group once")
    return found


def _group(text: str) -> Group:
    name, sign, choices = re.sub("[：:＝]", "=", text).partition("=")
    name, in_all = _with_allergens(name)
    name = name.replace("！", "!").replace("＊", "*")
    mark = name[-1:] if name[-1:] in ("!", "*") else ""
    name = name.removesuffix(mark).strip()
    written = _BETWEEN_OPTIONS.split(choices)
    if not sign or not name or not any(part.strip() for part in written):
        raise ValueError(f"“{text}” is no group of options: write 甜度=正常/半糖/無糖")
    options = _all(partial(_option, in_all=in_all), written)
    if twice := _twice([option.name for option in options]):
        raise ValueError(f"“{twice}” is there twice in “{name}”")
    most = min(len(options), MOST_OF_MANY) if mark == "*" else 1
    return Group(name, mark == "!", most, tuple(options))


def _with_allergens(text: str) -> tuple[str, tuple[str, ...] | None]:
    """起司+10 [牛奶] as 起司+10, and what the brackets say; None without them."""
    found = _IN_BRACKETS.fullmatch(text)
    if not found and _BRACKET.search(text):
        raise ValueError(f"“{text}”: what is in it stands last, in one pair of []: 起司+10[牛奶]")
    return (found[1].strip(), tuple(allergens(found[2]))) if found else (text.strip(), None)


def _option(text: str, in_all: tuple[str, ...] | None) -> Option:
    """珍珠+10: the name, and what it costs more. A sign of a price is never part of the name."""
    text, said = _with_allergens(text)
    inside = in_all if said is None else said
    *names, cost = re.split("[+＋]", text)
    name = "+".join(names).strip()
    written = unicodedata.normalize("NFKC", cost).strip().lower()
    found = _SURCHARGE.fullmatch(written)
    if names and name and found:
        amount = float(found[1].replace(",", ""))
        if amount > HIGHEST_SURCHARGE or amount * 2 % 1:
            raise ValueError(
                f"“{text}”: a surcharge is at most {HIGHEST_SURCHARGE:,}, and a multiple of 0.5"
            )
        return Option(name, int(amount) if amount.is_integer() else amount, inside)
    if names:
        raise ValueError(f"“{text}”: what is behind the + is no price: write 珍珠+10, or 珍珠")
    if _CHEAPER.fullmatch(written):
        raise ValueError(
            f"“{text}”: an option makes no dish cheaper; let the dish cost the lower price, "
            "and the other options more (+5), or make the cheaper one a dish of its own"
        )
    if _BARE_PRICE.fullmatch(written):
        raise ValueError(f"“{text}”: what an option costs more is behind a +: write 珍珠+10")
    return Option(text, 0, inside)


def _all(reader: Callable[[str], T], texts: list[str]) -> list[T]:
    """What each of the texts says that is not blank. Raises `ValueError` with every reason."""
    found, wrong = [], []
    for text in filter(None, map(str.strip, texts)):
        try:
            found.append(reader(text))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return found


def _twice(names: list[str]) -> str:
    """The first that is there again; empty where none is."""
    return next((name for at, name in enumerate(names) if name in names[:at]), "")

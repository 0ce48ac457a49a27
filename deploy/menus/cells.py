"""What one cell of a menu's spreadsheet says. Each function raises `ValueError` with the reason."""

import re
import unicodedata
from typing import NamedTuple

from deploy.menus.sheet_words import meaning, words

MOST_OF_MANY = 6
"""How many of a group marked * may be chosen."""

_CURRENCY = re.compile(r"^(?:nt\$?|ntd|twd|\$)\s*|\s*(?:元|圓|塊|ntd|twd)$")
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_SEVERAL = re.compile(r"\d\D{0,3}[/~\-–—,、到至]\D{0,3}\d")
_SURCHARGE = re.compile(r"(.+?)\s*\+\s*(?:nt\$|\$)?(\d+(?:\.\d+)?)\s*(?:元|圓|塊)?")


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


def several_of(kind: str, text: str) -> list[str]:
    """The meanings of words of `kind`, between commas and the like."""
    parts = [part for part in re.split(r"[\s,，、;；/]+", text) if part]
    return list(dict.fromkeys(one_of(kind, part) for part in parts))


class Group(NamedTuple):
    """A group of options as a cell defines it."""

    name: str
    is_required: bool
    most: int
    options: tuple[tuple[str, int | float], ...]
    """Names, and what they cost more."""


def groups(text: str) -> list[Group]:
    """甜度!=正常/半糖/無糖; 加料*=珍珠+10/椰果+10: ! must be chosen, * may be several."""
    written = text.replace("；", ";").replace("\n", ";").split(";")
    return [_group(part.strip()) for part in written if part.strip()]


def _group(text: str) -> Group:
    name, sign, choices = re.sub("[：:＝]", "=", text).partition("=")
    name = name.strip().replace("！", "!").replace("＊", "*")
    mark = name[-1:] if name[-1:] in ("!", "*") else ""
    name = name.removesuffix(mark).strip()
    options = [_option(part.strip()) for part in re.split("[/／、]", choices) if part.strip()]
    if not sign or not name or not options:
        raise ValueError(f"“{text}” is no group of options: write 甜度=正常/半糖/無糖")
    most = min(len(options), MOST_OF_MANY) if mark == "*" else 1
    return Group(name, mark == "!", most, tuple(options))


def _option(text: str) -> tuple[str, int | float]:
    found = _SURCHARGE.fullmatch(text.replace("＋", "+"))
    if not found:
        return text, 0
    amount = float(found[2])
    return found[1], int(amount) if amount.is_integer() else amount

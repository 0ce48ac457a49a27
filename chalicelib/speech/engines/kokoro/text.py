"""A sentence → runs of one kind: Chinese characters, Latin words, pauses.

Digits and signs become the words that people say for them: 12吋 十二吋, 2入 兩入, 7-11 Seven
Eleven, 0.5 零點五, 500ml 五百毫升, 買1送1 買一送一, 100% 百分之百, 1-2人 一到兩人.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Literal, NamedTuple

from chalicelib.mandarin.han import is_han
from chalicelib.speech.engines.kokoro.numerals import decimal, digits, integer
from chalicelib.speech.engines.kokoro.readings import MEASURE


class UnreadableError(ValueError):
    """The text holds letters that this voice has no sounds for; the message names one."""


class Run(NamedTuple):
    kind: Literal["han", "latin", "pause", "nothing"]
    text: str


_UNITS = {
    "ml": "毫升", "cc": "CC", "l": "公升", "g": "公克", "kg": "公斤", "cm": "公分",
    "oz": "盎司", "pcs": "個", "°c": "度", "°": "度",
}  # fmt: skip
_SIGNS = {"の": "的", "+": "加", "&": "和", "×": "乘", "=": "等於"}
# What these do is a pause; which one says how long and with what melody.
_PAUSES = {"。": ".", "!": "!", "?": "?", ":": ":", ";": ";"} | dict.fromkeys(
    ",、.()[]【】|/\n", ","
)

_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
_RULES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    # 7-11 is a name, whatever its digits.
    (r"7-(?:11|eleven)(?![A-Za-z0-9])", "Seven Eleven"),
    (r"(?<=[A-Za-z])\s*&\s*(?=[A-Za-z])", " and "),
    (rf"({_NUMBER})\s*%", lambda m: "百分之" + ("百" if m[1] == "100" else decimal(m[1]))),
    (r"(\d+)[/⁄](\d+)", lambda m: f"{integer(int(m[2]))}分之{integer(int(m[1]))}"),
    (rf"({_NUMBER})\s*[-~]\s*(?={_NUMBER})", lambda m: decimal(m[1]) + "到"),
    (rf"({_NUMBER})\s*({_UNIT})(?![A-Za-z])", lambda m: _count(m[1]) + _UNITS[m[2].lower()]),
    (rf"\$\s*({_NUMBER})", lambda m: decimal(m[1]) + "元"),
    (rf"({_NUMBER})(?={MEASURE})", lambda m: _count(m[1])),
    (r"(?<!\d)0\d+|\d{5,}", lambda m: digits(m[0])),
    (_NUMBER, lambda m: decimal(m[0])),
)


def _count(number: str) -> str:
    """A number in front of what it counts: 2 is 兩 there, and 12 is still 十二."""
    return "兩" if number == "2" else decimal(number)


def runs(text: str) -> Iterator[Run]:
    """The runs of `text`. Raises `UnreadableError` for letters that are neither Han nor Latin."""
    text = unicodedata.normalize("NFKC", text)
    for pattern, spoken in _RULES:
        text = re.sub(pattern, spoken, text, flags=re.IGNORECASE)
    text = "".join(_SIGNS.get(character, character) for character in text)
    for kind, characters in groupby(text, key=_kind):
        if kind != "nothing":
            yield Run(kind, "".join(_PAUSES.get(c, c) for c in characters))


def _kind(character: str) -> Literal["han", "latin", "pause", "nothing"]:
    if is_han(character):
        return "han"
    if character in _PAUSES:
        return "pause"
    if character in " '" or character == "-":
        return "latin"
    if not character.isalpha():
        # Emoji, quotation marks, hearts and stars are not read out.
        return "nothing"
    if unicodedata.name(character, "").startswith("LATIN"):
        return "latin"
    raise UnreadableError(f"no sounds for {character!r}")

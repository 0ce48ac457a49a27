"""Numbers and signs as people in Taiwan say them."""

import re
from typing import Final

from chalicelib.mandarin.han import HAN, LATIN
from chalicelib.mandarin.vocabulary import any_of, words

_DIGITS: Final = "零一二三四五六七八九"
_PLACES: Final = ("", "十", "百", "千")


def integer(number: int) -> str:
    """The bare number, 0 to 9999: 2 二, 10 十, 15 十五, 105 一百零五, 200 兩百, 2020 兩千零二十.

    Raises `ValueError` outside that range.
    """
    if not 0 <= number <= 9999:
        raise ValueError(f"{number} is not between 0 and 9999")
    if number < 10:
        return _DIGITS[number]
    said = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            two_as_liang = digit == 2 and place >= 2
            said += ("兩" if two_as_liang else _DIGITS[digit]) + _PLACES[place]
        elif said and not said.endswith("零"):
            said += "零"
    said = said.rstrip("零")
    return said.removeprefix("一") if number < 20 else said


def count(number: int) -> str:
    """The number before a measure word: a lone 2 is 兩, but 12 stays 十二 and 22 二十二."""
    return "兩" if number == 2 else integer(number)


def digits(text: str) -> str:
    """One by one, as in a year or a serial number: `"1987"` → 一九八七."""
    return "".join(_DIGITS[int(digit)] for digit in text)


def decimal(text: str) -> str:
    """`"2.5"` → 二點五; whole numbers as `integer` does, longer ones digit by digit."""
    whole, _, fraction = text.partition(".")
    said = integer(int(whole)) if len(whole) <= 4 else digits(whole)
    return f"{said}點{digits(fraction)}" if fraction else said


def amount(text: str) -> str:
    """`decimal` before a unit: `"2"` → 兩, `"1.5"` → 一點五."""
    return "兩" if text == "2" else decimal(text)


_UNIT: Final = any_of(
    unit for kind in ("serving", "piece", "counted", "amount") for unit in words(kind)
)
_SEVEN_ELEVEN: Final = re.compile(r"(?<!\d)7-11(?!\d)|7-eleven", re.IGNORECASE)
_NUMBERS: Final = (
    (
        re.compile(r"(\d+(?:\.\d+)?) ?%"),
        lambda m: "百分之" + ("百" if m[1] == "100" else decimal(m[1])),
    ),
    (re.compile(r"(\d+)到(\d+)"), lambda m: f"{amount(m[1])}到{amount(m[2])}"),
    (re.compile(r"(?<!\d)(\d{4}|\d+(?=年代))(?=年)"), lambda m: digits(m[1])),
    (re.compile(rf"(\d+(?:\.\d+)?) ?(?={_UNIT})"), lambda m: amount(m[1])),
    (re.compile(r"(?<!\d)(\d{1,4})(?=號)"), lambda m: integer(int(m[1]))),
    (re.compile(r"(?<!\d)0\d+|(?<![\d.])\d{3,}(?!\.\d)"), lambda m: digits(m[0])),
    (re.compile(r"\d+(?:\.\d+)?"), lambda m: decimal(m[0])),
)


def in_words(text: str) -> str:
    """`text` in letters alone: 六百毫升, 一九八七, 百分之百, A and B, 加, 和."""
    text = re.sub(rf"(?<=[{LATIN}]) *& *(?=[{LATIN}])", " and ", text)
    text = re.sub(r"(?<=\w) *& *(?=牛)", "跟", text)  # 和牛 is wagyu.
    text = re.sub(r" *& *", "和", text)
    text = re.sub(r" *\+ *", "加", text)
    kept = _SEVEN_ELEVEN.split(text)
    for pattern, said in _NUMBERS:
        kept = [pattern.sub(said, part) for part in kept]
    text = "7-11".join(kept)
    text = re.sub(rf"(?<![{LATIN}0-9])['.-]|['.-](?![{LATIN}0-9])|[/%]", " ", text)
    return re.sub(rf"(?<=[{HAN}]) +| +(?=[{HAN}])", "", " ".join(text.split()))

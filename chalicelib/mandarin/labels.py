"""Words that are a wish by themselves, and what stands with them may say what of it.

    (收據:不要)                →  REQUEST 不要收據
    (收據:捐贈) (統編 12345678)  →  shown: no table knows the value
    牛肉麵刷卡                 →  牛肉麵, and 刷卡 is shown
    牛肉麵要刷卡               →  牛肉麵, REQUEST 我要刷卡

The word alone would ask for what the value refuses, or leave the value out.
"""

import re
from collections.abc import Sequence
from typing import Final

from chalicelib.mandarin import menu_rules, tail, wishes
from chalicelib.mandarin.tokens import Kind, Token
from chalicelib.mandarin.vocabulary import any_of, table

MOST_COUNTED: Final = 20
"""A larger number by itself is a price."""
LONGEST_PRICE: Final = 6
"""Digits. A longer number is a telephone's or a company's."""
_NUMBER: Final = re.compile("[0-9:]+")
_NOUN: Final = re.compile(any_of(table("wish_signs")["noun"]), re.IGNORECASE)
_NOUN_AT_END: Final = re.compile(f"(?:{_NOUN.pattern})$", re.IGNORECASE)
_GLUED: Final = re.compile(
    rf"(?P<name>[^\s(),:]{{2,}}?)(?P<shown>(?P<verb>[我要請用打開付存收只可以能不]*)"
    rf"(?:{_NOUN.pattern})[^\s(),]*(?:(?<=:)\s[^\s(),]+)?)",
    re.IGNORECASE,
)
_KNOWN: Final = {
    Kind.REQUEST,
    Kind.OPTION,
    Kind.ADDITION,
    Kind.SIZE,
    Kind.TEMPERATURE,
    Kind.STYLE,
}


def may_be_price(number: str) -> bool:
    return int(number) > MOST_COUNTED and len(number) <= LONGEST_PRICE


def is_one(text: str) -> bool:
    """Whether `text` is a label with a value, which says something else than both by themselves."""
    label, _, value = (part.strip() for part in text.partition(":"))
    if not label or not value or wishes.known(text):
        return False
    known = wishes.known(label)
    kinds = {token.kind for token in [known] if token} or _kinds(label)
    if kinds & {Kind.REQUEST, Kind.ADDITION}:
        # One that refuses, or tells of an allergy, stays a wish whatever follows it.
        return not (known and re.search("[不沒別]|過敏", known.text))
    if _NUMBER.fullmatch(value):  # 餐具:2, 桌號:12, 辣:0; but 大杯:60
        return not (kinds and value.isdecimal() and may_be_price(value))
    if kinds:  # 少糖:改全糖
        is_said = wishes.known(value) or _kinds(value) & _KNOWN
        return not (is_said or tail.is_answer(value))
    return _allergy(label, value) is not None


def read(text: str) -> Token:
    """What a label asks for with its value; both are shown where no table knows it."""
    label, value = (part.strip() for part in text.split(":", 1))
    if allergy := _allergy(label, value):
        return allergy
    known = wishes.known(f"{value} {label}") or wishes.known(f"{label} {value}")
    return known if known and known.kind is Kind.REQUEST else Token(Kind.UNSPOKEN, text)


def _allergy(label: str, value: str) -> Token | None:
    """香菜:過敏"""
    known = wishes.known(f"{label} {value}")
    return known if known and "過敏" in known.text else None


def _kinds(text: str) -> set[Kind]:
    return {token.kind for token in menu_rules.whole(text)}


def may_tell_of(before: str, tokens: Sequence[Token]) -> bool:
    """統編 12345678, 收據 作廢: whether `tokens`, known to no rule, may be the value."""
    is_noun = _NOUN.fullmatch(before.strip()) is not None
    is_thanks = any(t.kind is Kind.REMARK and not t.text.isdecimal() for t in tokens)
    return is_noun and not is_thanks and not {token.kind for token in tokens} & _KNOWN


def has_noun(text: str) -> bool:
    return _NOUN.search(text) is not None


def ends_with_noun(text: str) -> bool:
    return _NOUN_AT_END.search(text) is not None


def without_glued(text: str) -> tuple[str, list[Token]]:
    """A line without what is glued to its name, and that: a wish only where it has a verb."""
    glued = _GLUED.match(text)
    if glued is None:
        return text, []
    asked = wishes.known(glued["shown"]) if glued["verb"] else None
    rest = f"{glued['name']}{text[glued.end() :]}"
    return rest, [asked or Token(Kind.UNSPOKEN, glued["shown"])]

"""Words that are a wish by themselves, and what stands with them may say what of it.

    (載具:手機) (ice: less)     →  REQUEST 我要用手機載具, OPTION 少冰
    (收據:不要) (蔥:不要)       →  shown: an answer
    (發票:捐贈) (統編 12345678)  →  shown: no table knows the value
    牛肉麵刷卡                 →  牛肉麵, and 刷卡 is shown
    牛肉麵要刷卡               →  牛肉麵, REQUEST 我要刷卡

The word alone would ask for what the value refuses, or leave the value out.
"""

import re
from collections.abc import Sequence
from typing import Final

from chalicelib.mandarin import menu_rules, tail, wishes
from chalicelib.mandarin.han import HAN
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
# 刷卡 牛肉麵, 統編:12345678 牛肉麵
_FIRST: Final = re.compile(
    rf"(?P<shown>(?:{_NOUN.pattern})(?::\s*\S+)?)\s+(?=[^\s(]*[{HAN}])", re.IGNORECASE
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
    is_said = known is not None and known.kind in (Kind.REQUEST, Kind.OPTION)
    # 收據:不用, like 蔥:不要
    is_answer = tail.is_answer(value)
    return known if known and is_said and not is_answer else Token(Kind.UNSPOKEN, text)


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


def without_payment(text: str) -> tuple[str, list[Token]]:
    """A line without what is before its name or glued to it, and that: glued, a wish only with a
    verb."""
    if first := _FIRST.match(text):
        alone = wishes.known(first["shown"])
        return text[first.end() :], [alone or Token(Kind.UNSPOKEN, first["shown"])]
    glued = _GLUED.match(text)
    if glued is None:
        return text, []
    asked = wishes.known(glued["shown"]) if glued["verb"] else None
    rest = f"{glued['name']}{text[glued.end() :]}"
    return rest, [asked or Token(Kind.UNSPOKEN, glued["shown"])]

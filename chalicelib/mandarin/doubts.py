"""Lines whose tokens leave in doubt what is wanted: that is shown, never said.

    noodles with peanuts? no   →  noodles, and the line is shown: the "no" may take them back
    奶茶 加珍珠(免)            →  奶茶, and the line is shown
    麵加花生：否               →  shown: the name asks for what is answered
    牛肉麵 不要(蔥)            →  牛肉麵, and the line is shown: 蔥 may be what is refused
    紅茶 一杯 奶茶 兩杯        →  shown: two dishes

A refusal stays said, whatever follows it: left out, it would be the worse mistake.
"""

import re
from collections.abc import Iterator
from typing import Final

from chalicelib.mandarin import tail, wishes
from chalicelib.mandarin.han import HAN, has_han
from chalicelib.mandarin.measure_words import is_topping, known_measure_word
from chalicelib.mandarin.tokens import Kind, Token
from chalicelib.mandarin.vocabulary import any_of, words


def settled(tokens: list[Token], line: str) -> list[Token]:
    """`tokens` without what is in doubt; for it, the whole of `line` is shown."""
    shown = Token(Kind.UNSPOKEN, line.strip())
    if _is_two_dishes(tokens, line) or _is_name_answered(tokens):
        return [shown]
    asked = next((at for at, token in enumerate(tokens) if _asks(token)), len(tokens))
    refused = next((at for at, token in enumerate(tokens) if _answers(token)), len(tokens))
    in_doubt = {*_unread(tokens, asked), *_names(tokens, refused)}
    if not in_doubt:
        return tokens
    in_doubt |= {at for at, token in enumerate(tokens) if _asks(token)}
    return [*(token for at, token in enumerate(tokens) if at not in in_doubt), shown]


def _unread(tokens: list[Token], asked: int) -> Iterator[int]:
    """What stands unread behind what is asked for: remove, 刪."""
    for at in range(asked + 1, len(tokens)):
        if tokens[at].kind in (Kind.UNSPOKEN, Kind.DISH):
            yield at


def _names(tokens: list[Token], refused: int) -> Iterator[int]:
    """What looks like a part of the name beside a bare refusal: 不要(蔥), 卵(なし)."""
    if not 0 < refused < len(tokens):
        return
    found = [at for at in range(refused, len(tokens)) if tokens[at].kind is Kind.DISH]
    before = tokens[refused - 1]
    if refused > 1 and before.kind is Kind.DISH and wishes.is_ingredient(before.text):
        found.append(refused - 1)
    yield from [refused, *found] if found else []


def _is_two_dishes(tokens: list[Token], line: str) -> bool:
    """A count, another name, another count; but 貢丸(2)/竹輪(3) is a choice."""
    parts = [token for token in tokens if token.kind in _COUNTS or token.kind is Kind.DISH]
    if any("或" in token.text for token in parts):
        return False
    names = "".join("N" if token.kind is Kind.DISH else "#" for token in parts)
    return bool(re.search("N#+N+#", names) or _COUNTED_TWICE.search(line))


_NUMBER: Final = r"(?:[1-9]\d?|[一二兩三四五六七八九十]{1,2})"
_UNIT: Final = f"(?:{any_of((*words('serving'), *words('piece')))})"
_HAN: Final = f"(?-i:[{HAN}])"
"""Without regard to case, which a hundred thousand characters would be looked up for."""
_OTHER: Final = f"[^()/或]*{_HAN}[^()/或]*?"
_COUNTED_TWICE: Final = re.compile(
    rf"(?<={_HAN}){_NUMBER}{_UNIT}{_NUMBER}{_UNIT}"
    rf"|(?<={_HAN}){_NUMBER}{_UNIT}{_OTHER}(?<={_HAN}){_NUMBER}{_UNIT}$"
    rf"|^{_NUMBER}{_UNIT}{_OTHER}\s{_NUMBER}{_UNIT}(?={_HAN})"
    rf"|(?<={_HAN})\s?[1-9]\s?{_HAN}{{2,}}\s?[1-9]$"
    r"|^[1-9] [a-z ]+ [1-9] [a-z ]+$|^[a-z ]+ x[1-9][, ][a-z ]+ x[1-9]$",
    re.IGNORECASE,
)
"""紅茶兩杯奶茶一杯; 一碗牛肉麵 兩顆水餃; 紅茶2奶茶1; 2 beef noodles 1 coke."""


def _is_name_answered(tokens: list[Token]) -> bool:
    name = "".join(token.text for token in tokens if token.kind is Kind.DISH)
    behind = tokens[1:]
    if any(map(_answers, behind)) and _NAME_MAY_ASK.search(name):
        return True
    if tokens and tokens[0].kind is Kind.DISH and _NAME_ASKS.search(tokens[0].text):
        return any(_may_answer(token) for token in behind)
    return False


def _may_answer(token: Token) -> bool:
    text = token.text
    if token.kind is Kind.DISH:
        is_food = known_measure_word(text) or is_topping(text)
        return len(text) <= _LONGEST_ANSWER and not is_food
    if token.kind is Kind.REQUEST:
        return text in ("過敏", "我有食物過敏")
    is_foreign = not has_han(text) and not text.isascii()
    return token.kind is Kind.UNSPOKEN and (
        is_foreign or wishes.refuses(text) or any(map(tail.is_answer, text.split()))
    )


_COUNTS: Final = {Kind.UNIT, Kind.PIECES}
_LONGEST_ANSWER: Final = 4
_NAME_ASKS: Final = re.compile(r"(?<![不別免勿毋拒少能以都])加.|\+.")
_NAME_MAY_ASK: Final = re.compile(f"{_NAME_ASKS.pattern}|[a-z] +[a-z]", re.IGNORECASE)
"""Of Latin words, one may ask: noodles spicy."""


def _asks(token: Token) -> bool:
    """加蛋, 多加麵, 我要香菜; but 不要加蛋 and 我對蛋過敏 do not."""
    return token.kind is Kind.ADDITION or (
        token.kind is Kind.REQUEST and _REFUSES.search(token.text) is None
    )


_REFUSES: Final = re.compile("[不沒別免少]|過敏")


def _answers(token: Token) -> bool:
    is_zero = re.match("x?0", token.text) is not None
    return token.kind is Kind.UNSPOKEN and (is_zero or tail.is_answer(token.text))

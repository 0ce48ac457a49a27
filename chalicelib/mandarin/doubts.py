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
from chalicelib.mandarin.measure_words import is_topping, known_measure_word
from chalicelib.mandarin.tokens import Kind, Token


def settled(tokens: list[Token], line: str) -> list[Token]:
    """`tokens` without what is in doubt; for it, the whole of `line` is shown."""
    shown = Token(Kind.UNSPOKEN, line.strip())
    if _is_two_dishes(tokens) or _is_name_answered(tokens):
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
    """What looks like a part of the name behind a refusal of nobody knows what: 不要(蔥)."""
    if 0 < refused < len(tokens):
        found = [at for at in range(refused, len(tokens)) if tokens[at].kind is Kind.DISH]
        yield from [refused, *found] if found else []


def _is_two_dishes(tokens: list[Token]) -> bool:
    """A count, another name, another count; but 貢丸(2)/竹輪(3) is a choice."""
    parts = [token for token in tokens if token.kind in _COUNTS or token.kind is Kind.DISH]
    names = "".join("N" if token.kind is Kind.DISH else "#" for token in parts)
    is_choice = any("或" in token.text for token in parts)
    return not is_choice and re.search("N#+N+#", names) is not None


def _is_name_answered(tokens: list[Token]) -> bool:
    name = "".join(token.text for token in tokens if token.kind is Kind.DISH)
    behind = tokens[1:]
    if any(map(_answers, behind)) and _NAME_MAY_ASK.search(name):
        return True
    if tokens and tokens[0].kind is Kind.DISH and _NAME_ASKS.search(tokens[0].text):
        return any(_may_answer(token) for token in behind)
    return False


def _may_answer(token: Token) -> bool:
    if token.kind is Kind.DISH:
        is_food = known_measure_word(token.text) or is_topping(token.text)
        return len(token.text) <= _LONGEST_ANSWER and not is_food
    return token.kind is Kind.UNSPOKEN and wishes.refuses(token.text)


_COUNTS: Final = {Kind.UNIT, Kind.PIECES}
_LONGEST_ANSWER: Final = 4
_NAME_ASKS: Final = re.compile("(?<![不別免勿毋拒少能以都])加.")
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

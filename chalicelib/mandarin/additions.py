"""What is asked for, and what stands unread behind it: that may take it back.

    noodles with peanuts? no   →  noodles, and the line is shown
    奶茶 加珍珠(免)            →  奶茶, and the line is shown
    麵加花生：否, noodles spicy: no   →  the line is shown: its name asks

Said without it, it would be ordered. A refusal stays said, whatever follows it.
"""

import re
from typing import Final

from chalicelib.mandarin import tail, wishes
from chalicelib.mandarin.tokens import Kind, Token


def settled(tokens: list[Token], line: str) -> list[Token]:
    """`tokens` without what may be taken back; the whole of `line` is shown for it."""
    shown = Token(Kind.UNSPOKEN, line.strip())
    asked = next((at for at, token in enumerate(tokens) if _asks(token)), len(tokens))
    if any(token.kind in _UNREAD for token in tokens[asked:]):
        read = [token for token in tokens[asked:] if token.kind not in _UNREAD]
        return [*tokens[:asked], *(token for token in read if not _asks(token)), shown]
    name = "".join(token.text for token in tokens if token.kind is Kind.DISH)
    unread = [token.text for token in tokens[1:] if token.kind is Kind.UNSPOKEN]
    is_answered = any(map(_answers, unread)) and _NAME_MAY_ASK.search(name)
    is_refused = any(map(wishes.refuses, unread)) and _NAME_ASKS.search(name)
    return [shown] if is_answered or is_refused else tokens


_UNREAD: Final = {Kind.UNSPOKEN, Kind.DISH}
_NAME_ASKS: Final = re.compile("(?<![不別免勿毋拒少能以都])加.")
_NAME_MAY_ASK: Final = re.compile(f"{_NAME_ASKS.pattern}|[a-z] +[a-z]", re.IGNORECASE)
"""Of Latin words, one may ask: noodles spicy."""


def _asks(token: Token) -> bool:
    """加蛋, 多加麵, 我要香菜; but 不要加蛋 and 我對蛋過敏 do not."""
    return token.kind is Kind.ADDITION or (
        token.kind is Kind.REQUEST and _REFUSES.search(token.text) is None
    )


_REFUSES: Final = re.compile("[不沒別免少]|過敏")


def _answers(text: str) -> bool:
    return tail.is_answer(text) or re.match("x?0", text) is not None

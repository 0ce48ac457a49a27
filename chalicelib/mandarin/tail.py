"""What stands behind a name without brackets, where a list may go on behind a space.

    鹹酥雞 大份 不要蔥 蒜      →  SIZE 大 UNIT 份 · REQUEST 不要蔥和大蒜
    炒飯 蝦 蟹 過敏            →  REQUEST 我對蝦子和螃蟹過敏
    鹹酥雞 蔥:不要 蒜:要       →  shown: which of them is the answer to which?
    牛肉麵 兩碗 一碗不要蔥     →  shown: one of the two
    雞排 甘梅x1 原味x1         →  shown: one each
    牛肉麵 半筋半肉 不要蔥     →  DISH 半筋半肉 · REQUEST 不要蔥

What may belong to a wish is never taken for the name: then 蒜 would be ordered. Where the tables do
not know all of it together, all of it is shown.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from chalicelib.mandarin import wishes
from chalicelib.mandarin.tokens import Kind, Token
from chalicelib.mandarin.vocabulary import any_of, table, words


class Piece(NamedTuple):
    """A piece of a line, and what it says by itself."""

    text: str
    tokens: list[Token]


def read(pieces: Sequence[Piece]) -> list[Token]:
    """The tokens of a tail."""
    tokens = [token for piece in pieces for token in piece.tokens]
    wished = [piece for piece in pieces if not {token.kind for token in piece.tokens} <= _PLAIN]
    counts = [token for token in tokens if token.kind is Kind.PIECES]
    if len(counts) > 1 or any(_is_for_one_or_an_answer(piece) for piece in pieces):
        wished = list(pieces)
    elif not _may_be_a_list(wished):
        return tokens
    together = wishes.known("、".join(piece.text for piece in wished))
    is_said = together is not None and together.kind is Kind.REQUEST
    shown = Token(Kind.UNSPOKEN, " ".join(piece.text for piece in wished))
    plain = [token for piece in pieces if piece not in wished for token in piece.tokens]
    return [*plain, together if together and is_said else shown]


_PLAIN: Final = {
    Kind.SIZE,
    Kind.TEMPERATURE,
    Kind.PIECES,
    Kind.AMOUNT,
    Kind.UNIT,
    Kind.PACKING,
    Kind.REMARK,
}


def is_answer(text: str) -> bool:
    """Whether `text` answers what stands before it, or behind: 要, 不要, なし."""
    return _ANSWER.fullmatch(text.strip()) is not None


def is_divided(tokens: Sequence[Token]) -> bool:
    """珍珠不要加布丁: does the refusal belong to what stands before it, or behind?"""
    kinds = [token.kind for token in tokens]
    return kinds[:1] == [Kind.DISH] and Kind.REQUEST in kinds


def _is_for_one_or_an_answer(piece: Piece) -> bool:
    return is_answer(piece.text) or _OF_ONE.search(piece.text) is not None


def _may_be_a_list(pieces: Sequence[Piece]) -> bool:
    asks = [at for at, piece in enumerate(pieces) if _asks(piece)]
    names = [at for at, piece in enumerate(pieces) if _names_something(piece)]
    if any(_IS_GENERAL.search(pieces[at].text) for at in asks):
        return any(wishes.known(text) is None for text, _ in pieces)
    if not asks or not names:
        return False
    return names[-1] > asks[0] or all(wishes.is_ingredient(pieces[at].text) for at in names)


_ANSWER: Final = re.compile(any_of(table("wish_signs")["answer"]) + "|.*[^不都]要", re.IGNORECASE)
_UNIT: Final = any_of(words("serving") + words("piece"))
_OF_ONE: Final = re.compile(
    rf"其中|[第每].?(?:{_UNIT})|^(?:[只另各]|一半|(?:[\d一兩二三四五半](?:{_UNIT}))+"
    r"(?=[不要加去少多半無正大小中辣原微熱冰全都]))"
)
"""一碗不要蔥: of one, not of all."""
_IS_GENERAL: Final = re.compile(
    "^(?:食物)?過敏(?:[源原]|食物)?$|アレルギー|allerg|알레르기|알러지", re.IGNORECASE
)


def _asks(piece: Piece) -> bool:
    return any(token.kind in (Kind.REQUEST, Kind.UNSPOKEN) for token in piece.tokens)


def _names_something(piece: Piece) -> bool:
    return any(token.kind in (Kind.DISH, Kind.GLOSS) for token in piece.tokens)

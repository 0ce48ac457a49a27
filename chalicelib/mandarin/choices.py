"""What was chosen for a dish, and what was noted, as tokens of its grammar.

    半糖 · 少冰 · Half Sugar · 甜度: 半糖     OPTION: 珍珠奶茶半糖少冰兩杯
    大杯 · Size: L · 熱                       SIZE, TEMPERATURE: 大杯熱紅茶一杯
    加蛋 · 加料: 珍珠 · 珍珠                  ADDITION: 珍珠奶茶加珍珠一杯
    不要香菜 · no cilantro · 寬麵             REQUEST: 牛肉麵一碗，寬麵，不要香菜

What is Chinese is said, if every engine can read it; of other languages what the tables of wishes
know whole. The rest is for the screen.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from chalicelib.mandarin import tail, wishes
from chalicelib.mandarin.han import HAN, has_han, is_readable
from chalicelib.mandarin.measure_words import is_topping
from chalicelib.mandarin.menu_text import canonical
from chalicelib.mandarin.numbers import in_words
from chalicelib.mandarin.scanner import scan
from chalicelib.mandarin.tokens import HIDDEN, Kind, Token
from chalicelib.mandarin.vocabulary import meanings
from chalicelib.order import Item, Twd

LONGEST_OPTION: Final = 20
"""Characters. A longer one is a description: it is shown, and not said."""
LONGEST_NOTE: Final = 60
"""Characters of a dish's note that are spoken."""

_DISH: Final = "餐點"
_LABEL: Final = re.compile(r"([^:：]{1,20})[:：]\s*(.+)")
_LISTED: Final = {
    Kind.SIZE,
    Kind.TEMPERATURE,
    Kind.STYLE,
    Kind.OPTION,
    Kind.ADDITION,
    Kind.REQUEST,
    Kind.PACKING,
}


class Wanted(NamedTuple):
    """An option or a note of a dish."""

    field: str
    text: str
    """In the shop's words."""
    tokens: list[Token]
    """What says it; none where it cannot be said whole."""


def wanted(item: Item) -> Iterator[Wanted]:
    """Options and note of `item`, as they are said; a bare "no" leaves in doubt what follows it."""
    is_refused = False
    for at, chosen in enumerate(item.options):
        is_answer = tail.is_answer(chosen.original)
        in_doubt = is_refused or is_answer
        said = [] if in_doubt else option(chosen.original, item.price)
        yield Wanted(f"options[{at}]", chosen.original, said)
        is_refused = is_answer
    if item.note:
        text = item.note.original
        yield Wanted("note", text, note(text, LONGEST_NOTE))


def option(text: str, price: Twd = 0) -> list[Token]:
    """The tokens that say an option; none if it cannot be said whole."""
    if _MINUS.match(text):
        return []
    labelled = _LABEL.fullmatch(text.strip())
    if labelled is None:
        return _whole(text) or _listed(text, price) or _chinese(text, LONGEST_OPTION)
    label, value = (part.strip() for part in labelled.groups())
    kind = meanings("label").get(label.casefold())
    if _answers(value):  # 加蛋: 是, 加蛋: 0
        return option(label, price) if _AGREES.fullmatch(value) else _whole(text, f"{value}{label}")
    if kind is None:
        return _whole(text) or _chinese(_joined(label, value), LONGEST_OPTION)
    if kind == "topping" and has_han(value) and value[0] not in "加多少不無免去":
        value = f"加{value}"
    # Without a gap in Chinese only: "ice: less" is not "iceless".
    joined = (f"{label}{value}", f"{value}{label}") if has_han(label) else (f"{value} {label}",)
    if kind == "spice" and (level := _SPICE.get(value.casefold())):
        return _listed(level, price)
    if kind in ("spice", "sugar", "ice") and value.casefold() in meanings("size"):
        return _whole(*joined)
    return (
        _whole(value, *joined, f"{value} {kind}")
        or _listed(value, price)
        or _chinese(_joined(label, value), LONGEST_OPTION)
    )


def note(text: str, longest: int) -> list[Token]:
    """The tokens that say a remark of at most `longest` characters; none if it cannot be said."""
    plain = _THANKS.sub("", text)
    if _MINUS.match(plain):
        return []
    return _whole(plain) or _several(plain, longest) or _chinese(plain, longest)


def _several(text: str, longest: int) -> list[Token]:
    """no egg, extra noodles: each is said. What is Chinese alone is said as it was written."""
    if _IN_CHINESE.fullmatch(text):
        return []
    found = _listed(_END_OF_SENTENCE.sub(", ", text), 0)
    return found if sum(len(token.text) for token in found) <= longest else []


def _whole(*phrases: str) -> list[Token]:
    return next(([found] for phrase in phrases if (found := wishes.known(phrase))), [])


def _listed(text: str, price: Twd) -> list[Token]:
    """As the same words in brackets behind a dish's name: 大杯,少冰 and 加蛋+10 and 珍珠 (+10)."""
    inside = scan(canonical(f"{_DISH}({text})"), price=price)[1:]
    if not all(is_readable(in_words(token.text).translate(_PAUSES)) for token in inside):
        return []
    if all(token.kind in _LISTED for token in inside):
        return inside
    names = [token.text for token in inside if token.kind is Kind.DISH]
    if len(inside) == len(names) == 1 and is_topping(names[0]):
        return [Token(Kind.ADDITION, f"加{names[0]}")]
    return []


def _joined(label: str, value: str) -> str:
    """辣度正常, 不要香菜; a label of another language says nothing, unless it may refuse."""
    if has_han(label):
        return value if value.endswith(label) else f"{label}{value}"
    return "" if wishes.sounds_like_one(label) else value


def _chinese(text: str, longest: int) -> list[Token]:
    """What is in Chinese as it is written."""
    if len(text) > longest or not has_han(text):
        return []
    if any(map(_answers, _PIECE.split(text)[1:])):  # 加蛋(取消), 加蛋 no
        return []
    plain = canonical(text)
    said = in_words(_PAUSE.sub("，", plain).strip("，"))
    if HIDDEN in plain or not is_readable(said.translate(_PAUSES)):
        return []
    return [Token(Kind.REQUEST, said)]


def _answers(text: str) -> bool:
    return tail.is_answer(text) or _ANSWERS_BY_NUMBER.fullmatch(text) is not None


_ANSWERS_BY_NUMBER: Final = re.compile("[xX×]?\\d+|[yn]|true|false", re.IGNORECASE)
_AGREES: Final = re.compile("是|要|有|加|好|yes|y|ok|true|1", re.IGNORECASE)
_MINUS: Final = re.compile(r"\s*[-－−–—‑➖﹣]\s*\S")
_PIECE: Final = re.compile(rf"[\s\W]+|(?<=[{HAN}])(?=[A-Za-z\d])")
_SPICE: Final = {
    **dict.fromkeys(("小", "small", "s"), "小辣"),
    **dict.fromkeys(("中", "medium", "m"), "中辣"),
    **dict.fromkeys(("大", "large", "l"), "大辣"),
    "微": "微辣",
}
_THANKS: Final = re.compile(r"[，,、。！!\s]*(?:謝謝|感謝|麻煩)(?:您|你|了|老闆)*[。！!～~\s]*$")
_IN_CHINESE: Final = re.compile(rf"[{HAN}\W\d_]*")
_END_OF_SENTENCE: Final = re.compile(r"[.!;]?\s*\n\s*|[.!;]\s+")
_PAUSE: Final = re.compile(rf"\s*[。！!？?；;：:,，、\n()（）]+\s*|(?<=[{HAN}])\s+(?=[{HAN}])")
_PAUSES: Final = str.maketrans("", "", "、，")

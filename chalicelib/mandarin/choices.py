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

from chalicelib.mandarin import wishes
from chalicelib.mandarin.han import HAN, has_han, is_foreign, is_readable
from chalicelib.mandarin.measure_words import is_topping
from chalicelib.mandarin.menu_text import HIDDEN, canonical
from chalicelib.mandarin.numbers import in_words
from chalicelib.mandarin.scanner import scan
from chalicelib.mandarin.tokens import Kind, Token
from chalicelib.mandarin.vocabulary import meanings
from chalicelib.order import Item, Order, Part, Twd

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
    """Options and note of `item`, as they are said."""
    for at, chosen in enumerate(item.options):
        yield Wanted(f"options[{at}]", chosen.original, option(chosen.original, item.price))
    if item.note:
        text = item.note.original
        yield Wanted("note", text, note(text, LONGEST_NOTE))


def readings(order: Order) -> Iterator[Part]:
    """What is said for options and notes that are not in Chinese: 不要辣 for "no spicy".

    The staff read it beside the words. Those that cannot be said have none.
    """
    for number, item in enumerate(order.items):
        for field, text, tokens in wanted(item):
            yield from _reading(f"items[{number}].{field}", text, tokens)
    if order.note:
        text = order.note.original
        yield from _reading("note", text, note(text, LONGEST_NOTE))


def _reading(field: str, text: str, tokens: list[Token]) -> Iterator[Part]:
    said = "、".join(dict.fromkeys(token.text for token in tokens))
    if said.replace(" ", "") not in text.replace(" ", "") and is_foreign(text):
        yield Part(field, said)


def option(text: str, price: Twd = 0) -> list[Token]:
    """The tokens that say an option; none if it cannot be said whole."""
    labelled = _LABEL.fullmatch(text.strip())
    if labelled is None:
        return _whole(text) or _listed(text, price) or _chinese(text, LONGEST_OPTION)
    label, value = (part.strip() for part in labelled.groups())
    kind = meanings("label").get(label.casefold())
    if kind is None:
        return _whole(text) or _chinese(_joined(label, value), LONGEST_OPTION)
    if kind == "topping" and has_han(value) and value[0] not in "加多少不無免去":
        value = f"加{value}"
    # Without a gap in Chinese only: "ice: less" is not "iceless".
    joined = (f"{label}{value}", f"{value}{label}") if has_han(label) else (f"{value} {label}",)
    return (
        _whole(value, *joined, f"{value} {kind}")
        or _listed(value, price)
        or _chinese(_joined(label, value), LONGEST_OPTION)
    )


def note(text: str, longest: int) -> list[Token]:
    """The tokens that say a remark of at most `longest` characters; none if it cannot be said."""
    plain = _THANKS.sub("", text)
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
    plain = canonical(text)
    said = in_words(_PAUSE.sub("，", plain).strip("，"))
    if HIDDEN in plain or not is_readable(said.translate(_PAUSES)):
        return []
    return [Token(Kind.REQUEST, said)]


_THANKS: Final = re.compile(r"[，,、。！!\s]*(?:謝謝|感謝|麻煩)(?:您|你|了|老闆)*[。！!～~\s]*$")
_IN_CHINESE: Final = re.compile(rf"[{HAN}\W\d_]*")
_END_OF_SENTENCE: Final = re.compile(r"[.!;]?\s*\n\s*|[.!;]\s+")
_PAUSE: Final = re.compile(rf"\s*[。！!？?；;：:,，、\n()（）]+\s*|(?<=[{HAN}])\s+(?=[{HAN}])")
_PAUSES: Final = str.maketrans("", "", "、，")

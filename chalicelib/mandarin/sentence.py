"""The sentence that the shop staff hear, and what of the order it leaves to the screen."""

import re
from typing import Final

from chalicelib.mandarin import GREETING, wishes
from chalicelib.mandarin.dish_name import SpokenDish, spoken_dish
from chalicelib.mandarin.measure_words import PORTION
from chalicelib.mandarin.numbers import count
from chalicelib.mandarin.tokens import Kind
from chalicelib.order import Item, Order, Part, Sentence

LONGEST_ITEM_TEXT: Final = 600
"""Characters of items that are spoken, about two and a half minutes."""

_THIS_ONE: Final = SpokenDish("這一項", PORTION, requests=("請看畫面",))
"""For a name that cannot be said whole."""


def order_sentence(order: Order, *, longest: int = LONGEST_ITEM_TEXT) -> Sentence:
    """「老闆您好，我要點：牛肉麵兩碗，不要辣；珍珠奶茶一杯，謝謝。」

    Plain text without markup; the items in the order's own order. A dish that comes twice is
    said twice, the second time with 再加, so that it is not taken for a repetition. Items beyond
    `longest` characters are counted instead (「……其他三項請看畫面」), never cut; the first is
    always said. Raises `ValueError` if there are no items.
    """
    items = order.items
    if not items:
        raise ValueError("an order without items cannot be said")
    spoken = ""
    unspoken: list[Part] = []
    rest: list[Part] = []
    shown: list[Part] = []
    undecided: list[Part] = []
    said: set[str] = set()
    for number, item in enumerate(items):
        dish, left_out = _dish(item)
        phrase = ("再加" if dish.name in said else "") + _counted(dish, item.quantity)
        # A pause that is longer than those inside an item.
        joined = (
            f"{spoken}{'；' if '，' in spoken + phrase else '、'}{phrase}" if spoken else phrase
        )
        if spoken and len(joined) > longest:
            for at, left in enumerate(items[number:], number):
                rest.append(Part(f"items[{at}]", left.original))
                shown += [Part(f"items[{at}].{f}", text) for f, text in _shown_only(left)]
            break
        spoken = joined
        said.add(dish.name)
        unspoken += [
            Part(f"items[{number}].{field}", text)
            for field, text in (*left_out, *_shown_only(item))
        ]
        undecided += [Part(f"items[{number}].name", text) for text in dish.open_choices]
    more = f"……其他{count(len(rest))}項請看畫面" if rest else ""
    notes = [Part("note", order.note.original)] if order.note else []
    return Sentence(
        f"{GREETING}{spoken}{more}，謝謝。",
        unspoken=(*unspoken, *rest, *shown, *notes),
        undecided=tuple(undecided),
    )


_PARTS_OF_TRANSLATION: Final = re.compile(r"[(（\[【,，、;；+]| -+ | [–—] ")


def _may_wish(translated: str, dish: SpokenDish) -> bool:
    """Whether a translation, which is no source of what is said, has a wish that `dish` has not."""
    said = dish.name + "".join(dish.requests)
    for part in _PARTS_OF_TRANSLATION.split(translated):
        wish = wishes.known(part.strip(" )）]】"))
        is_said = wish is not None and wish.text.strip("要加的") in said
        if not is_said and (wishes.refuses(part) or (wish and wish.kind in _ASKING)):
            return True
    return False


_ASKING: Final = {Kind.REQUEST, Kind.ADDITION, Kind.OPTION}


def _dish(item: Item) -> tuple[SpokenDish, list[tuple[str, str]]]:
    """An item as it is said; and, by field, what of it is not."""
    for name in dict.fromkeys((item.original, item.translated)):
        other = item.translated if name == item.original else item.original
        dish = spoken_dish(name, item.price, translated=other)
        if dish is not None:
            left_out = [("name", text) for text in dish.unspoken]
            if name != item.original:
                left_out.append(("name", item.original))
            elif other != name and _may_wish(other, dish):
                left_out.append(("name.translated", other))
            return dish, left_out
    return _THIS_ONE, [("name", item.original)]


def _shown_only(item: Item) -> list[tuple[str, str]]:
    """What is on the screen alone, by field."""
    options = [(f"options[{at}]", option.original) for at, option in enumerate(item.options)]
    return [*options, *([("note", item.note.original)] if item.note else [])]


def _counted(dish: SpokenDish, quantity: int) -> str:
    """牛肉麵兩碗，不要辣; but 兩份套餐二, because 套餐二兩份 sounds like 22."""
    counted = count(quantity) + dish.measure_word
    ends_in_a_number = dish.name[-1] in "0123456789一二三四五六七八九十百零兩"
    phrase = counted + dish.name if ends_in_a_number else dish.name + counted
    # A wish with pauses inside would run into the next.
    wishes = ("，" if re.search("[、，]", "".join(dish.requests)) else "、").join(dish.requests)
    return "，".join(filter(None, (phrase, *dish.choices, wishes)))

"""The sentence that the shop staff hear, and what of the order it leaves to the screen."""

import re
from dataclasses import replace
from typing import Final

from chalicelib.mandarin import HELLO, choices, wishes
from chalicelib.mandarin.dish_name import SpokenDish, spoken_dish
from chalicelib.mandarin.han import HAN, is_readable
from chalicelib.mandarin.measure_words import PORTION
from chalicelib.mandarin.needs import needs_said
from chalicelib.mandarin.numbers import count, in_words
from chalicelib.mandarin.tokens import Kind
from chalicelib.order import Item, Order, Part, Sentence

LONGEST_ITEM_TEXT: Final = 600
"""Characters of items that are spoken, about two and a half minutes; with the order's note."""

_THIS_ONE: Final = SpokenDish("這一項", PORTION, requests=("請看畫面",))
"""For a name that cannot be said whole."""


def order_sentence(order: Order, *, longest: int = LONGEST_ITEM_TEXT) -> Sentence:
    """「老闆您好，外帶，我要點：牛肉麵兩碗，不要辣；珍珠奶茶一杯。請特別注意，我對花生過敏……謝謝。」

    Plain text without markup; the items in the order's own order. A dish that comes twice is
    said twice, the second time with 再加, so that it is not taken for a repetition. Items beyond
    `longest` characters are counted instead (「……其他三項請看畫面」), never cut, and the order's
    note is left to the screen with them; the first item is always said, allergies and diets too.
    Whatever else the voice leaves out, the staff are told to look at the screen.
    Raises `ValueError` if there are no items.
    """
    items = order.items
    if not items:
        raise ValueError("an order without items cannot be said")
    spoken = ""
    unspoken: list[Part] = []
    rest: list[Part] = []
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
            rest = [Part(f"items[{at}]", items[at].original) for at in range(number, len(items))]
            break
        spoken = joined
        said.add(dish.name)
        unspoken += [Part(f"items[{number}].{field}", text) for field, text in left_out]
        undecided += [Part(f"items[{number}].name", text) for text in dish.open_choices]
    shown = [
        Part(f"items[{at}].{field}", text)
        for at in range(len(items) - len(rest), len(items))
        for field, text, _ in choices.wanted(items[at])
    ]
    more = f"……其他{count(len(rest))}項請看畫面" if rest else ""
    opening, not_opened = _opening(order)
    noted, not_noted = _noted(order, 0 if rest else longest - len(spoken))
    unspoken += [*rest, *shown, *not_opened, *not_noted]
    look = "；還有備註，請看畫面" if unspoken and "請看畫面" not in spoken + more else ""
    needs = needs_said(order.allergies, order.diets)
    # At 謝謝 the staff turn away: it comes after what they must not miss.
    thanks = f"。{needs}謝謝。" if needs else "，謝謝。"
    return Sentence(
        f"{HELLO}{opening}我要點：{spoken}{more}{noted}{look}{thanks}",
        unspoken=tuple(unspoken),
        undecided=tuple(undecided),
    )


_DINING: Final = {"eat_in": "內用，", "takeaway": "外帶，"}
_TABLE: Final = re.compile(
    rf"(?:[{HAN}]{{1,4}}(?<![號桌]))?[A-Za-z]{{0,2}}-?(?:\d{{1,3}}|[一二三四五六七八九十]{{1,3}})"
    r"(?:-?[A-Za-z])?號?桌?"
)


def _opening(order: Order) -> tuple[str, list[Part]]:
    """「內用，三位，五號桌，」; and what of it is on the screen alone."""
    unspoken = []
    said = _DINING.get(order.dining, "")
    if order.dining and not said:
        unspoken.append(Part("dining", order.dining))
    if order.people:
        said += f"{count(order.people)}位，"
    if order.table:
        is_plain = _TABLE.fullmatch(order.table)
        named = (
            re.sub("號?桌?$", "號桌", order.table.replace("-", ""), count=1)
            if is_plain
            else order.table
        )
        if is_plain and is_readable(spoken := in_words(named)):
            said += f"{spoken}，"
        else:
            unspoken.append(Part("table", order.table))
    return said, unspoken


def _noted(order: Order, longest: int) -> tuple[str, list[Part]]:
    """「；另外，請快一點」, where that is sayable and at most `longest` characters."""
    if not order.note:
        return "", []
    said = choices.note(order.note.original, longest)
    if not said or not {token.kind for token in said} <= _CLEAR:
        return "", [Part("note", order.note.original)]
    return f"；另外，{in_words('、'.join(token.text for token in said))}", []


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
    asked = [*choices.wanted(item)]
    wanted = [(field, text) for field, text, _ in asked]
    tokens = [part.tokens for part in asked]
    chosen = [token for found in tokens for token in found]
    twice = [part for at, part in enumerate(wanted) if part[1] in [text for _, text in wanted[:at]]]
    unsaid = [
        part for part, found in zip(wanted, tokens, strict=True) if not found or part in twice
    ]
    for name in dict.fromkeys((item.original, item.translated)):
        other = item.translated if name == item.original else item.original
        dish = spoken_dish(name, item.price, translated=other, chosen=chosen)
        if dish is not None:
            left_out = [("name", text) for text in dish.unspoken]
            if name != item.original:
                left_out.append(("name", item.original))
            elif other != name and _may_wish(other, dish):
                left_out.append(("name.translated", other))
            return dish, [*left_out, *unsaid]
    wishes_said = tuple(token.text for token in chosen if token.kind in _CLEAR)
    dish = replace(_THIS_ONE, requests=(*_THIS_ONE.requests, *map(in_words, wishes_said)))
    unclear = [
        part
        for part, found in zip(wanted, tokens, strict=True)
        if not {token.kind for token in found} <= _CLEAR
    ]
    return dish, [
        ("name", item.original),
        *(part for part in wanted if part in [*unsaid, *unclear]),
    ]


_CLEAR: Final = {Kind.REQUEST, Kind.ADDITION, Kind.OPTION}
"""What is understood without a dish's name."""


def _counted(dish: SpokenDish, quantity: int) -> str:
    """牛肉麵兩碗，不要辣"""
    places = {wishes.place(text) for text in dish.requests}
    # A wish with pauses inside would run into the next, and one without a verb into a refusal.
    is_apart = len(places) > 1 or re.search("[、，]", "".join(dish.requests))
    wished = ("，" if is_apart else "、").join(dish.requests)
    return "，".join(filter(None, (dish.counted(quantity), *dish.choices, wished)))

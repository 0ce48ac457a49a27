"""The sentence that the shop staff hear."""

from collections.abc import Sequence
from typing import Final

from chalicelib.mandarin.dish_name import SpokenDish, spoken_dish
from chalicelib.mandarin.measure_words import PORTION
from chalicelib.mandarin.numbers import spoken_count
from chalicelib.order import Item

GREETING: Final = "老闆您好，我要點："
LONGEST_ITEM_TEXT: Final = 600
"""Characters of items that are spoken, about two and a half minutes."""

_UNSPEAKABLE: Final = SpokenDish("這一項", PORTION)


def order_sentence(items: Sequence[Item], *, longest: int = LONGEST_ITEM_TEXT) -> str:
    """「老闆您好，我要點：牛肉麵兩碗、珍珠奶茶一杯，謝謝。」

    Plain text without markup; the items in the order's own order. A dish that comes twice is
    said twice, the second time with 再加, so that it is not taken for a repetition. Items beyond
    `longest` characters are counted instead (「……其他三項請看畫面」), never cut; the first is
    always said. Raises `ValueError` if there are no items.
    """
    if not items:
        raise ValueError("an order without items cannot be said")
    phrases: list[str] = []
    said: set[str] = set()
    for item in items:
        dish = _dish(item)
        phrase = ("再加" if dish.name in said else "") + _counted(dish, item.quantity)
        if phrases and len("、".join((*phrases, phrase))) > longest:
            break
        phrases.append(phrase)
        said.add(dish.name)
    unsaid = len(items) - len(phrases)
    rest = f"……其他{spoken_count(unsaid)}項請看畫面" if unsaid else ""
    return f"{GREETING}{'、'.join(phrases)}{rest}，謝謝。"


def _dish(item: Item) -> SpokenDish:
    return (
        spoken_dish(item.original, item.price)
        or spoken_dish(item.translated, item.price)
        or _UNSPEAKABLE
    )


def _counted(dish: SpokenDish, quantity: int) -> str:
    """牛肉麵兩碗; but 兩份套餐2, because 套餐2兩份 sounds like 22."""
    count = spoken_count(quantity) + dish.measure_word
    if dish.name[-1] in "0123456789一二三四五六七八九十百兩":
        return count + dish.name
    return dish.name + count

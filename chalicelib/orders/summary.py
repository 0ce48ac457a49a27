"""The order in writing: Chinese for the shop staff, and the traveller's own language.

The templates are the section `summary` of `chalicelib/locales/<language>.json`. The names have
come through `orders.text.clean`: one line each, nothing invisible in them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.languages import DEFAULT, texts
from chalicelib.order import Item, Order

STAFF_LANGUAGE: Final = DEFAULT


@dataclass(frozen=True, slots=True)
class Summary:
    """One order for two readers. Plain text, one line per item."""

    chinese: str
    translated: str
    language: str
    """Of `translated`; one of `chalicelib.languages.SUPPORTED`."""


def summarise(order: Order) -> Summary:
    """Both summaries of `order`: the store, every item as ordered, and what it all costs."""
    return Summary(
        chinese=_written(order, STAFF_LANGUAGE, _original_name),
        translated=_written(order, order.language, _both_names),
        language=order.language,
    )


def amount(twd: int) -> str:
    """Whole TWD as Taiwan writes them: NT$1,234."""
    return f"NT${twd:,}"


def count_key(key: str, count: int) -> str:
    """Which of the texts `<key>_one` and `<key>_other` goes with `count`.

    Of our languages only English tells them apart (CLDR plural rules); the other files hold the
    same text twice.
    """
    return f"{key}_one" if count == 1 else f"{key}_other"


def _written(order: Order, language: str, name_of: Callable[[Item, str], str]) -> str:
    templates: dict[str, str] = texts(language)["summary"]
    portions = sum(item.quantity for item in order.items)
    store = templates["store"].format(store=order.store_name)
    items = [
        templates["item"].format(
            name=name_of(item, templates["both_names"]),
            quantity=item.quantity,
            amount=amount(item.subtotal),
        )
        for item in order.items
    ]
    total = templates[count_key("total", portions)].format(
        count=portions, amount=amount(order.total_amount)
    )
    return "\n".join((store, *items, total))


def _original_name(item: Item, _both_names: str) -> str:
    return item.original


def _both_names(item: Item, template: str) -> str:
    """The translated name, with the shop's own behind it where the two differ."""
    if item.translated == item.original:
        return item.original
    return template.format(translated=item.translated, original=item.original)

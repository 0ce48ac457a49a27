"""The order in writing: Chinese for the shop staff, and the traveller's own language.

The templates are the section `summary` of `chalicelib/locales/<language>.json`.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.languages import DEFAULT, texts
from chalicelib.orders.order import Item, Order

STAFF_LANGUAGE: Final = DEFAULT

# Invisible characters that would tear a line apart or turn its direction: controls, bidi
# overrides, lone surrogates. Zero-width joiners stay, as emoji and Thai are written with them.
_HARMFUL: Final = frozenset(("Cc", "Cs", "Zl", "Zp"))
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


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
    store = templates["store"].format(store=_one_line(order.store_name))
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


def _original_name(item: Item, _both_names_template: str) -> str:
    return _one_line(item.original)


def _both_names(item: Item, template: str) -> str:
    """The translated name, with the shop's own behind it where the two differ."""
    original, translated = _one_line(item.original), _one_line(item.translated)
    if not translated or translated == original:
        return original
    return template.format(translated=translated, original=original)


def _one_line(text: str) -> str:
    """`text` without what would tear its line apart or turn its direction."""
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace()
        or (character not in _BIDI and unicodedata.category(character) not in _HARMFUL)
    )
    return " ".join("".join(kept).split())

"""The order in writing: Chinese for the shop staff, and the traveller's own language.

The templates are the section `summary` of `chalicelib/locales/<language>.json`. The names have
come through `orders.text.clean`: one line each, nothing invisible in them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from chalicelib.languages import DEFAULT, texts
from chalicelib.mandarin.han import is_foreign
from chalicelib.order import Item, Order, Part, Twd, Wording

STAFF_LANGUAGE: Final = DEFAULT
BETWEEN: Final = " · "


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
        chinese=_written(for_staff(order), STAFF_LANGUAGE, lambda said: said.original),
        translated=_written(order, order.language, lambda said: in_both(said, order.language)),
        language=order.language,
    )


@lru_cache(maxsize=64)
def readings(order: Order) -> tuple[Part, ...]:
    """What the voice says for wishes that are not in Chinese, by field.

    An order is asked for again every two seconds: it is read once.
    """
    notes = [note for note in (order.note, *(item.note for item in order.items)) if note]
    wishes = [*notes, *(option for item in order.items for option in item.options)]
    names = [item.original for item in order.items]
    if not any(map(is_foreign, [*names, *(wish.original for wish in wishes)])):
        return ()
    # Its tables take the API a quarter of a second.
    from chalicelib.mandarin.readings import readings as read

    return tuple(read(order))


def for_staff(order: Order) -> Order:
    """The order with the Chinese of its options and notes before them, 不要辣（no spicy）, and of
    what a name asks for, 不要花生 of beef noodles no peanuts, among the options."""
    read = {part.field: part.text for part in readings(order)}
    if not read:
        return order

    def beside(field: str, said: Wording) -> Wording:
        chinese = read.get(field)
        return said._replace(original=f"{chinese}（{said.original}）") if chinese else said

    items = [
        replace(
            item,
            options=(
                *(Wording(said, said) for said in [read.get(f"items[{at}].name")] if said),
                *(
                    beside(f"items[{at}].options[{n}]", option)
                    for n, option in enumerate(item.options)
                ),
            ),
            note=item.note and beside(f"items[{at}].note", item.note),
        )
        for at, item in enumerate(order.items)
    ]
    return replace(order, items=tuple(items), note=order.note and beside("note", order.note))


def amount(twd: Twd | None, unknown: str) -> str:
    """TWD as Taiwan writes them, NT$1,234 or NT$7.5; `unknown` where they are not known."""
    return unknown if twd is None else f"NT${twd:,}"


def in_both(said: Wording, language: str) -> str:
    """In the traveller's words, with the shop's own behind them where the two differ."""
    if said.translated == said.original:
        return said.original
    template: str = texts(language)["summary"]["both_names"]
    return template.format(translated=said.translated, original=said.original)


def count_key(key: str, count: int) -> str:
    """Which of the texts `<key>_one` and `<key>_other` goes with `count`.

    Of our languages only English tells them apart (CLDR plural rules); the other files hold the
    same text twice.
    """
    return f"{key}_one" if count == 1 else f"{key}_other"


def details(item: Item, worded: Callable[[Wording], str] = lambda said: said.original) -> str:
    """The item's options and note in one line; empty where there are none."""
    return "、".join(map(worded, (*item.options, *([item.note] if item.note else []))))


def circumstances(order: Order, language: str) -> str:
    """外帶・3 位・桌號 5, in one line; empty where nothing is said of it."""
    said = texts(language)
    templates = said["summary"]
    parts = [said["dining"].get(order.dining, order.dining)] if order.dining else []
    if order.people:
        key = count_key("people", order.people)
        parts.append(templates[key].format(count=order.people))
    if order.table:
        parts.append(templates["table"].format(table=order.table))
    return BETWEEN.join(parts)


def needs(order: Order, language: str) -> list[str]:
    """What the traveller must not or does not eat, in a line each: allergies, diets."""
    said = texts(language)
    return [
        said["summary"][name].format(listed=BETWEEN.join(said[name][need] for need in listed))
        for name, listed in (("allergies", order.allergies), ("diets", order.diets))
        if listed
    ]


def _written(order: Order, language: str, worded: Callable[[Wording], str]) -> str:
    templates: dict[str, str] = texts(language)["summary"]
    portions = sum(item.quantity for item in order.items)
    store = templates["store"].format(store=worded(order.store))
    about = circumstances(order, language)
    # Where nothing that cuts a long text can reach it.
    lines = [*([about] if about else []), *needs(order, language)]
    for item in order.items:
        name = worded(Wording(item.original, item.translated))
        lines.append(
            templates["item"].format(
                name=name,
                quantity=item.quantity,
                amount=amount(item.subtotal, templates["price_unknown"]),
            )
        )
        if item.options or item.note:
            lines.append(f"\u3000{details(item, worded)}")
    note = [templates["note"].format(note=worded(order.note))] if order.note else []
    key = "total" if order.total_amount is not None else "total_unknown"
    total = templates[count_key(key, portions)].format(
        count=portions, amount=amount(order.total_amount, "")
    )
    return "\n".join((store, *lines, *note, total))

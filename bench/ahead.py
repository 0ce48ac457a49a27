"""`python -m bench.ahead`: what speaking ahead saves and wastes, the table of docs/speech.md.

    python -m bench.ahead [--orders 1000]

Travellers of three sample shops look their order over, some change it, most confirm it. What they
order is drawn by Zipf's law and said by the grammar; which sentences are spoken, for whom and in
vain, is counted. What people do is assumed (`Habits`): nobody has been watched.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from bench.cost import GB_SECOND_ARM, INVOCATION, MESSAGE, REQUEST, WRITE
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.menus.model import Dish, Menu
from chalicelib.order import Item, Order, Wording
from deploy.menus.files import read
from deploy.paths import ROOT

T = TypeVar("T")

SHOPS = ("sample-tea.json", "sample-breakfast.json", "sample-fuqi.json")
CONFIRMED = (0.95, 0.8, 0.5)
"""How many reviews end in an order."""
SPEAKING_SECONDS = 2.5
"""Of a new sentence by Kokoro, its queue included."""

# USD for one sentence of 33 characters: docs/speech.md.
ENGINES = {"Kokoro": 97e-6, "Polly, neural": 530e-6}
ASKING = REQUEST + 2 * INVOCATION + 2 * WRITE + 3 * MESSAGE + 0.2 * GB_SECOND_ARM
"""USD for a request, its counters, its message and a worker, but for its speech."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What travellers do."""

    confirm: float
    change: float = 0.3
    """Who changes something in the review, and lets it rest; the same again after that."""
    look_seconds: float = 8.0
    """How long they look at what rests: the median of a lognormal distribution, sigma 0.6."""
    lines: tuple[float, ...] = (0.5, 0.3, 0.15, 0.05)
    """One dish, two, three, four."""
    amounts: tuple[float, ...] = (0.75, 0.2, 0.05)
    """Of a dish one, two, three."""


@dataclass(slots=True)
class Count:
    """What became of the orders, and of what was asked for."""

    asked: int = 0
    spoken: int = 0
    """Sentences that were new when they were asked for."""
    wasted: int = 0
    """Of those: in no order."""
    orders: int = 0
    known: int = 0
    """Whose sentence somebody had ordered before."""
    prepared: int = 0
    """Of the others: whose voice was there at Confirm."""


def count(habits: Habits, orders: int) -> Count:
    """So many orders, and the reviews that they took."""
    chance = random.Random(1)
    found = Count()
    ordered: set[str] = set()
    ahead: set[str] = set()
    while found.orders < orders:
        menu = menu_of(chance.choice(SHOPS))
        while True:
            sentence = order_sentence(order(menu, habits, chance)).text
            looks = chance.lognormvariate(0, 0.6) * habits.look_seconds
            is_new = sentence not in ordered and sentence not in ahead
            found.asked += 1
            found.spoken += is_new
            ahead.add(sentence)
            if chance.random() > habits.change:
                break
        if chance.random() > habits.confirm:
            continue
        found.orders += 1
        if sentence in ordered:
            found.known += 1
        elif not is_new or looks >= SPEAKING_SECONDS:
            found.prepared += 1
        ordered.add(sentence)
    found.wasted = len(ahead - ordered)
    return found


def order(menu: Menu, habits: Habits, chance: random.Random) -> Order:
    [lines] = chance.choices(range(1, len(habits.lines) + 1), habits.lines)
    items = tuple(item(menu, habits, chance) for _ in range(lines))
    return Order(store_name=menu.name.zh, items=items, language="en")


def item(menu: Menu, habits: Habits, chance: random.Random) -> Item:
    dish: Dish = zipf([dish for section in menu.sections for dish in section.dishes], chance)
    groups = [group for group in menu.option_groups if group.id in dish.options]
    wanted = [zipf(group.options, chance) for group in groups if group.required]
    names = [option.name.zh for option in wanted]
    if dish.sizes:
        names.insert(0, zipf(dish.sizes, chance).name.zh)
    options = tuple(Wording(name, name) for name in names)
    [quantity] = chance.choices(range(1, len(habits.amounts) + 1), habits.amounts)
    name = dish.name.zh
    return Item(original=name, translated=name, quantity=quantity, price=0, options=options)


def zipf(these: Sequence[T], chance: random.Random) -> T:
    """One of them, the first twice as often as the second (Zipf's law, exponent 1)."""
    [one] = chance.choices(these, [1 / rank for rank in range(1, len(these) + 1)])
    return one


@cache
def menu_of(file: str) -> Menu:
    return read(ROOT / "menus" / file).checked()


def rows(orders: int) -> Iterator[Sequence[object]]:
    counts = [count(Habits(confirm), orders) for confirm in CONFIRMED]
    yield "of 100 reviews confirmed", *(f"{confirm:.0%}" for confirm in CONFIRMED)
    yield "asked for, an order", *(f"{one.asked / one.orders:.2f}" for one in counts)
    yield "spoken ahead, an order", *(f"{one.spoken / one.orders:.2f}" for one in counts)
    yield "of these in no order", *(f"{one.wasted / one.spoken:.0%}" for one in counts)
    yield "orders whose sentence was known", *(f"{one.known / one.orders:.0%}" for one in counts)
    yield "heard at once by speaking ahead", *(f"{one.prepared / one.orders:.0%}" for one in counts)
    for engine, usd in ENGINES.items():
        more = (one.asked * ASKING + one.wasted * usd for one in counts)
        yield (
            f"{engine}: USD more, a million orders",
            *(f"{usd / orders * 1e6:.0f}" for usd in more),
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1000)
    head, *others = rows(parser.parse_args().orders)
    rule = ["---", *["--:"] * len(CONFIRMED)]
    for row in (head, rule, *others):
        sys.stdout.write(f"| {' | '.join(map(str, row))} |\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

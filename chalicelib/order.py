"""The values of an order: what was asked for, how it was spoken. Imports nothing of ours."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

Status = Literal["pending", "processing", "completed", "failed"]
Notification = Literal["pending", "sent", "skipped", "failed"]
"""What became of the LINE message; a guest's is skipped. `sent`: handed to LINE, no more."""
NotificationDetail = Literal[
    "quota_used_up", "rejected", "not_reachable", "not_asked", "turned_off"
]
"""Why the LINE message is not in the chat: this month's quota is used up; LINE refuses the message,
or has taken it and seems to have nobody to give it to; nobody has asked for it; or this service
sends none."""
Trouble = Literal[
    "speech_unavailable",
    "speech_impossible",
    "storage_unavailable",
    "line_unavailable",
    "fulfilment_timed_out",
    "internal_error",
]
"""Why an attempt, or the order, has failed. `line_unavailable` never fails an order: by then
there is a voice to play."""


Allergen = Literal[
    "crustaceans",
    "mango",
    "peanuts",
    "milk",
    "eggs",
    "nuts",
    "sesame",
    "gluten",
    "soy",
    "fish",
    "sulphites",
    "molluscs",
]
"""What Taiwan's food labels have to name (Regulations Governing Food Allergen Labeling, 2020), and
molluscs."""
Diet = Literal["vegan", "ovo_lacto", "five_pungent", "no_beef", "no_pork", "no_alcohol"]

Twd = int | Decimal
"""An amount in TWD, exact: an `int` where it is whole, else a `Decimal` that ends in .5."""


def twd(amount: float | Decimal) -> Twd:
    """A multiple of 0.5 as `Twd`."""
    return int(amount) if amount == int(amount) else Decimal(amount)


def total_of(subtotals: Iterable[Twd | None]) -> Twd | None:
    """Their sum; None where any of them is not known."""
    total: Twd = 0
    for subtotal in subtotals:
        if subtotal is None:
            return None
        total += subtotal
    return twd(total)


class Wording(NamedTuple):
    """Something in the shop's words, and in the traveller's; equal where only one was given."""

    original: str
    translated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an order."""

    original: str
    """The dish as the shop writes it; spoken if it can be read."""
    translated: str
    """The dish in the traveller's language; equals `original` where none was given."""
    quantity: int
    price: Twd
    """Of one; 0 where it is not known."""
    menu_item_id: str | None = None
    options: tuple[Wording, ...] = ()
    """半糖, 少冰: what was chosen for this dish."""
    note: Wording | None = None

    @property
    def subtotal(self) -> Twd | None:
        """None where the price is not known."""
        return twd(self.price * self.quantity) if self.price else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the traveller asked for."""

    store_name: str
    """As the shop writes it."""
    items: tuple[Item, ...]
    language: str
    """One of `chalicelib.languages.SUPPORTED`."""
    store_id: str | None = None
    note: Wording | None = None
    store_translated: str = ""
    """The shop in the traveller's language; empty where none was given."""
    dining: str = ""
    """`eat_in`, `takeaway`, or what else the client said; empty where it said nothing."""
    people: int | None = None
    table: str = ""
    allergies: tuple[Allergen, ...] = ()
    diets: tuple[Diet, ...] = ()
    notify: bool | None = None
    """Whether the traveller wants it in their LINE chat; None where the client did not say."""

    @property
    def store(self) -> Wording:
        return Wording(self.store_name, self.store_translated or self.store_name)

    @property
    def total_amount(self) -> Twd | None:
        """None where the price of any item is not known."""
        return total_of(item.subtotal for item in self.items)


class Notified(NamedTuple):
    """What became of the LINE message."""

    notification: Notification
    detail: NotificationDetail | None = None
    """None where there is nothing more to say, and where nothing more is known."""


class Part(NamedTuple):
    """A part of an order, or of how it is said."""

    field: str
    """Its path in the request: `items[0].name`."""
    text: str


class Sentence(NamedTuple):
    """What the staff hear, and what of the order it leaves to the screen."""

    text: str
    unspoken: tuple[Part, ...]
    undecided: tuple[Part, ...] = ()
    """Choices that a menu leaves open and nobody has made: 乾或湯. The staff will ask."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A spoken sentence that lies in S3."""

    key: str
    """S3 object key."""
    duration_ms: int
    engine: str
    was_there: bool = field(default=False, compare=False)
    """Whether it was found, and not made."""


class SignedUrl(NamedTuple):
    """A presigned URL: it opens for whoever has it, for a while."""

    url: str
    expires_at: int
    """Epoch seconds."""

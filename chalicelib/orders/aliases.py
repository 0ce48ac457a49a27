"""The names that clients give to one thing: brought to one, or refused where they disagree."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from chalicelib.orders.fields import number, said, says_nothing

ITEM_ALIASES = {
    "quantity": ("qty",),
    "price": ("price_unit",),
    "note": ("notes", "remark", "remarks"),
}
ORDER_ALIASES = {
    "total_amount": ("total",),
    "note": ("notes", "remark", "remarks"),
    "dining": ("dining_option", "order_type"),
}
DINING = {
    "eat_in": ("eat in", "dine in", "for here", "內用", "内用"),
    "takeaway": ("take away", "take out", "takeout", "to go", "pick up", "pickup", "外帶", "外带"),
}
_AMOUNTS = {"price", "total_amount"}
"""Of which 0 says nothing."""
_NUMBERS = {*_AMOUNTS, "quantity"}
NAMES = ("name", "item_name", "original_name", "translated_name")


def read(data: dict[str, Any], aliases: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What `data` says, by canonical names; two different values of one are refused."""
    told = {name: value for name, value in data.items() if not says_nothing(value)}
    for name, others in aliases.items():
        given = [told.pop(key) for key in (name, *others) if key in told]
        if name == "dining":
            given = [*map(dining, given)]
        if name in _NUMBERS:
            given = [*map(number, given)]
        if name in _AMOUNTS:
            given = [amount for amount in given if amount != 0] or given[:1]
        if any(said(value) != said(given[0]) for value in given):
            raise _ambiguous(name, *others)
        if given:
            told[name] = given[0]
    return told


def dining(told: Any) -> Any:
    """`eat_in` or `takeaway` where the tables know the word; else as it is."""
    text = (
        told.replace("_", " ").replace("-", " ").strip().casefold() if isinstance(told, str) else ""
    )
    known = (kind for kind, words in DINING.items() if text in (kind.replace("_", " "), *words))
    return next(known, told)


def _ambiguous(*names: str) -> PydanticCustomError:
    listed = " and ".join(names)
    return PydanticCustomError("ambiguous", "{names} say different things.", {"names": listed})


def dish_name(given: dict[str, Any]) -> Any:
    """The dish in both languages, of every form in which clients write it.

    An object wins. Beside it, and beside each other, flat names are taken that repeat the
    original or the translation; one that is neither is refused.
    """
    forms = [given[key] for key in ("name", "item_name") if key in given]
    objects = [form for form in forms if not isinstance(form, str)]
    if any(form != objects[0] for form in objects):
        raise _ambiguous("name", "item_name")
    name = objects[0] if objects else {}
    if not isinstance(name, dict):
        return name
    texts = [form for form in forms if isinstance(form, str)]
    flat = {"original": given.get("original_name"), "translated": given.get("translated_name")}
    sides = {side: flat[side] if says_nothing(name.get(side)) else name[side] for side in flat}
    if sides["original"] is None and texts:
        others = [text for text in texts if said(text) != said(sides["translated"])]
        sides["original"] = (others or texts)[0]
    known = [said(side) for side in sides.values()]
    if any(said(text) not in known for text in (*texts, *flat.values()) if text is not None):
        raise _ambiguous(*(key for key in NAMES if key in given))
    return {side: text for side, text in sides.items() if text is not None}

"""What a menu changes against the one that is published, in lines for whoever publishes it."""

from collections.abc import Iterator
from typing import Any


def changes(before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    """A line for each dish that is new, gone or other than it was, and for what else is."""
    if before is None:
        return [f"+ {_name(dish)} {_price(dish)}" for dish in _dishes(after).values()]
    old, new = _dishes(before), _dishes(after)
    lines = [f"+ {_name(dish)} {_price(dish)}" for id_, dish in new.items() if id_ not in old]
    lines += [f"- {_name(dish)} {_price(dish)}" for id_, dish in old.items() if id_ not in new]
    for id_, dish in new.items():
        if id_ in old:
            lines += _of_dish(old[id_], dish)
    for key, what in (("name", "the shop's name"), ("hours", "the hours"), ("option_groups", "")):
        if before.get(key) != after.get(key):
            lines.append(f"~ {what or 'the options'}")
    if not lines and before != after:
        lines.append("~ the order of the dishes, or the sections")
    return lines


def _of_dish(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    name = _name(new)
    if _price(old) != _price(new):
        yield f"~ {name}: {_price(old)} → {_price(new)}"
    if old.get("sold_out") != new.get("sold_out"):
        yield f"~ {name}: {'sold out' if new.get('sold_out') else 'there again'}"
    if _name(old) != name:
        yield f"~ {name}: was {_name(old)}"
    passed_over = {"price", "sizes", "sold_out"}
    others = sorted(
        key
        for key in old.keys() | new.keys()
        if key not in passed_over and old.get(key) != new.get(key)
    )
    if others and _name(old) == name:
        yield f"~ {name}: {', '.join(others)}"


def _dishes(menu: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {dish["id"]: dish for section in menu["sections"] for dish in section["dishes"]}


def _name(part: dict[str, Any]) -> str:
    return str(part["name"]["zh-TW"])


def _price(dish: dict[str, Any]) -> str:
    if "sizes" in dish:
        return ", ".join(f"{_name(size)} {_price(size)}" for size in dish["sizes"])
    return "時價" if dish["price"] is None else f"{dish['price']:,}"

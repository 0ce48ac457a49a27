"""What a menu changes against the one that is published, in lines for whoever publishes it."""

from collections.abc import Iterator
from typing import Any

from deploy.menus.parts import parts


def changes(before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    """A line for each dish or option that is new, gone or other than it was, and for what else is.

    Of a menu that is new, its dishes.
    """
    old, new = parts(before or {}), parts(after)
    if before is None:
        return [f"+ {_told(dish)}" for id_, dish in new.items() if "/" not in id_]
    lines = [
        f"+ {_told(part)}" + (", sold out" if part["sold_out"] else "")
        for id_, part in new.items()
        if id_ not in old
    ]
    lines += [
        f"- {_told(part)}" + (": its mark as sold out is gone too" if part["sold_out"] else "")
        for id_, part in old.items()
        if id_ not in new
    ]
    for id_, part in new.items():
        if id_ in old:
            lines += _of_part(old[id_], part)
    lines += [
        f"~ the {what}"
        for key, what in (("name", "shop's name"), ("hours", "hours"))
        if before.get(key) != after.get(key)
    ]
    if not lines and before != after:
        lines.append("~ sections, groups of options, or their order")
    return lines


def _of_part(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    name = _name(new)
    if _price(old) != _price(new):
        yield f"~ {name}: {_price(old)} → {_price(new)}"
    if old["sold_out"] != new["sold_out"]:
        yield f"~ {name}: {'sold out' if new['sold_out'] else 'there again'}"
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


def _told(part: dict[str, Any]) -> str:
    return f"{_name(part)} {_price(part)}"


def _name(part: dict[str, Any]) -> str:
    return str(part["name"]["zh-TW"])


def _price(part: dict[str, Any]) -> str:
    if "sizes" in part:
        return ", ".join(map(_told, part["sizes"]))
    return "not known" if part["price"] is None else f"{part['price']:,}"

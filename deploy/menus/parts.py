"""What of a menu's document can be sold out: its dishes, and the options of its groups."""

from typing import Any

from chalicelib.orders.text import Place


def parts(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The dishes by their ids, and the options by those of group and option: `toppings/pearls`."""
    dishes = {
        dish["id"]: dish for section in document.get("sections", []) for dish in section["dishes"]
    }
    options = {
        f"{group['id']}/{option['id']}": option
        for group in document.get("option_groups", [])
        for option in group["options"]
    }
    return {**dishes, **options}


def names(document: dict[str, Any]) -> dict[str, str]:
    """What the owner calls each of the `parts`: 珍珠奶茶, of an option 加料/珍珠."""
    groups = {group["id"]: _name(group) for group in document.get("option_groups", [])}
    return {
        id_: "/".join([groups[above] for above in id_.split("/")[:-1]] + [_name(part)])
        for id_, part in parts(document).items()
    }


def surroundings(document: dict[str, Any]) -> dict[str, str]:
    """What tells each of the `parts` from another of its name: a dish's section, and of an option
    the dishes that have it."""
    dishes = [
        (section, dish) for section in document.get("sections", []) for dish in section["dishes"]
    ]
    having = {
        group["id"]: [_name(dish) for _, dish in dishes if group["id"] in dish.get("options", [])]
        for group in document.get("option_groups", [])
    }
    return {dish["id"]: _name(section) for section, dish in dishes} | {
        id_: "、".join(having[id_.partition("/")[0]]) for id_ in parts(document) if "/" in id_
    }


def named(document: Any, place: Place) -> str:
    """What the owner calls what is at `place`, with what it is in: 加料/珍珠. Empty at the top."""
    found = []
    part = document
    for step in place:
        try:
            part = part[step]
            found.append(_name(part))
        except (KeyError, IndexError, TypeError):
            continue
    return "/".join(found)


def _name(part: dict[str, Any]) -> str:
    return str(part["name"]["zh-TW"])

"""What of a menu's document can be sold out: its dishes, and the options of its groups."""

from typing import Any


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

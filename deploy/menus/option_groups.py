"""The groups of options that a spreadsheet's cells define: equal ones are one group."""

from dataclasses import dataclass, field
from typing import Any

from deploy.menus.cells import Group, Option
from deploy.menus.made_ids import id_of
from deploy.spot import Spot


@dataclass(frozen=True, slots=True)
class Groups:
    """Every group with the dishes that have it, and where it is first."""

    _dishes: dict[Group, list[str]] = field(default_factory=dict)
    _spots: dict[Group, Spot] = field(default_factory=dict)

    def add(self, group: Group, dish_id: str, spot: Spot) -> None:
        self._dishes.setdefault(group, []).append(dish_id)
        self._spots.setdefault(group, spot)

    @property
    def spots(self) -> list[Spot]:
        return list(self._spots.values())

    def ids(self) -> dict[Group, str]:
        """By the group's name alone: prices, options and the order of rows are no part of it.

        Of several with one name, the others by one of their dishes too.
        """
        found: dict[Group, str] = {}
        for dish, group in sorted((min(dishes), group) for group, dishes in self._dishes.items()):
            plain = id_of("g", group.name)
            found[group] = id_of("g", group.name, dish) if plain in found.values() else plain
        return found

    def documents(self) -> list[dict[str, Any]]:
        ids = self.ids()
        return [
            {
                "id": ids[group],
                "name": {"zh-TW": group.name},
                "required": group.is_required,
                "min": int(group.is_required),
                "max": group.most,
                "options": [_document(option) for option in group.options],
            }
            for group in self._dishes
        ]


def _document(option: Option) -> dict[str, Any]:
    said = {} if option.allergens is None else {"allergens": [*option.allergens]}
    return {
        "id": id_of("o", option.name),
        "name": {"zh-TW": option.name},
        "price": option.price,
        **said,
    }

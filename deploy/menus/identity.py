"""Which part of a spreadsheet is which of the published menu, so that it keeps its id.

Ids are made from names. Where one name is there several times, as a dish in two sections, or two
groups of options that differ, a part is the one that most resembles it: a dish by its section, a
group by the dishes that have it and by its options.
"""

from collections.abc import Collection, Iterator
from itertools import chain, count
from typing import Any, NamedTuple

from chalicelib.orders.fields import LONGEST_RAW
from chalicelib.orders.text import clean


class _Part(NamedTuple):
    id: str
    name: str
    traits: set[str]
    """What tells it from others of its name."""


def keep_ids(document: dict[str, Any], made: Collection[str], before: dict[str, Any]) -> None:
    """Give what `before` has already, as it is published, the id that it has there.

    Only ids that are `made`, and not the owner's own, are replaced in `document`.
    """
    if not made:
        return
    ids = _kept(list(_dishes(document)), list(_dishes(before)), made)
    for dish in _all_dishes(document):
        dish["id"] = ids[dish["id"]]
    ids = _kept(list(_groups(document)), list(_groups(before)), made)
    for group in document["option_groups"]:
        group["id"] = ids[group["id"]]
    for dish in _all_dishes(document):
        if "options" in dish:
            dish["options"] = [ids[id_] for id_ in dish["options"]]


def _kept(now: list[_Part], before: list[_Part], made: Collection[str]) -> dict[str, str]:
    """The ids to come by those that are; each is there once."""
    ids = {part.id: part.id for part in now if part.id not in made}
    taken = set(ids)
    pairs = [
        (-len(new.traits & old.traits), new.id != old.id, new.id, old.id)
        for new in now
        for old in before
        if new.name == old.name
    ]
    for _, _, new, old in sorted(pairs):
        if new not in ids and old not in taken:
            ids[new] = old
            taken.add(old)
    for id_ in (part.id for part in now if part.id not in ids):
        others = (f"{id_}-{number}" for number in count(2))
        ids[id_] = next(other for other in chain([id_], others) if other not in taken)
        taken.add(ids[id_])
    return ids


def _all_dishes(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in document["sections"]:
        yield from section["dishes"]


def _dishes(document: dict[str, Any]) -> Iterator[_Part]:
    for section in document["sections"]:
        for dish in section["dishes"]:
            yield _Part(dish["id"], _name(dish), {_name(section)})


def _groups(document: dict[str, Any]) -> Iterator[_Part]:
    for group in document["option_groups"]:
        having = {d["id"] for d in _all_dishes(document) if group["id"] in d.get("options", [])}
        options = {_name(option) for option in group["options"]}
        yield _Part(group["id"], _name(group), having | options)


def _name(part: dict[str, Any]) -> str:
    """As it is published."""
    return clean(part["name"]["zh-TW"][:LONGEST_RAW])

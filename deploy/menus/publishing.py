"""From a file to the published menu, and what is sold out in it."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.menus.check import menu_of
from chalicelib.menus.model import ID_PATTERN
from deploy.menus import files
from deploy.menus.changes import changes
from deploy.menus.draft import Draft
from deploy.menus.filling import published
from deploy.menus.identity import keep_ids
from deploy.menus.parts import named, names, parts, surroundings
from deploy.menus.shelf import Found, Shelf
from deploy.menus.translations import translations
from deploy.target import DeployError

MOST_TOLD = 12
"""Parts of a menu, where a name is none of them or several."""


class Publication(NamedTuple):
    """What was published; lines for who published it."""

    store: str
    changes: list[str]
    """Empty where nothing has changed."""
    remarks: list[str]
    """On what the file says that is no part of a menu."""
    translations: list[str]
    """What became of the names that the file does not give."""


def publish(shelf: Shelf, file: Path, store: str = "", store_name: str = "") -> Publication:
    """Publish the menu of `file`.

    What was marked as sold out stays so, where the file does not say. Raises `DeployError` with a
    line for each mistake; nothing is published then.
    """
    draft = files.read(file, store, store_name)
    before = _before(shelf, draft)
    if before.document is not None:
        keep_ids(draft.document, draft.made_ids, before.document)
    menu = draft.checked()
    after = published(menu)
    if before.document is not None:
        _keep_sold_out(after, draft.document, before.document)
    changed = changes(before.document, after) if after != before.document else []
    if changed:
        shelf.put(after, instead_of=before)
    return Publication(menu.store_id, changed, draft.remarks(), translations(menu))


def _before(shelf: Shelf, draft: Draft) -> Found:
    """What is published for the draft's shop, whose name a spreadsheet needs to say only once."""
    store = str(draft.document.get("store_id"))
    if not re.fullmatch(ID_PATTERN, store):
        return Found(None)
    found = shelf.find(store)
    if found.document is not None:
        draft.document.setdefault("name", found.document["name"])
    return found


def _keep_sold_out(after: dict[str, Any], draft: dict[str, Any], before: dict[str, Any]) -> None:
    """Somebody said so at the counter, and a new price in the file does not unsay it.

    What is new is sold out too, where what is called the same is: a dish in another section, or
    an option for another dish.
    """
    said = {id_ for id_, part in parts(draft).items() if "sold_out" in part}
    known, called = parts(before), names(before)
    gone = {id_ for id_, part in known.items() if part["sold_out"]}
    gone_names = {called[id_] for id_ in gone}
    now = names(after)
    for id_, part in parts(after).items():
        is_gone = id_ in gone or (id_ not in known and now[id_] in gone_names)
        part["sold_out"] = part["sold_out"] or (is_gone and id_ not in said)
    _require_choices(after)


def sell_out(shelf: Shelf, store: str, what: str, *, back: bool = False) -> str:
    """Mark a dish, or an option, as sold out or as there again; returns a line.

    `what` is its id (of an option `group/option`) or its Chinese name. Raises `DeployError` where
    there is no such menu or part, and where nothing would be left to choose that must be chosen.
    """
    found = shelf.find(store)
    if found.document is None:
        raise DeployError(f"there is no menu of {store} here: make menu publishes one")
    part = parts(found.document)[_meant(found.document, store, what)]
    name = part["name"]["zh-TW"]
    if part["sold_out"] is not back:
        return f"{name}: was {'there' if back else 'sold out'} already"
    part["sold_out"] = not back
    _require_choices(found.document)
    shelf.put(found.document, instead_of=found)
    return f"{name}: {'there again' if back else 'sold out'}"


def _meant(document: dict[str, Any], store: str, what: str) -> str:
    """The id of the part that `what` is: its id or its name, with its group's or without. Raises
    `DeployError`, with those that it may be."""
    called = names(document)
    meant = [id_ for id_, name in called.items() if what in (id_, name, name.rpartition("/")[2])]
    if len(meant) == 1:
        return meant[0]
    if meant:
        told = f"{what} is more than one part of {store}; say which by its id:"
    else:
        told = f"{what} is no dish and no option of {store}; there are:"
        near = get_close_matches(what, called.values(), n=MOST_TOLD, cutoff=0.3)
        # None that is alike is none to leave out.
        meant = [id_ for id_, name in called.items() if not near or name in near]
    around = surroundings(document)
    lines = [f"  DISH={id_}  {called[id_]} ({around[id_]})" for id_ in meant[:MOST_TOLD]]
    left = len(meant) - MOST_TOLD
    raise DeployError("\n".join([told, *lines, *([f"  … and {left} more"] if left > 0 else [])]))


def _require_choices(document: dict[str, Any]) -> None:
    _, found = menu_of(document)
    if found:
        told = "; ".join(
            f"{named(document, mistake.place)}: {mistake.message}" for mistake in found
        )
        raise DeployError(f"with what is sold out, nobody could order: {told}")

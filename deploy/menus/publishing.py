"""From a file to the published menu, and what is sold out in it."""

import re
from pathlib import Path
from typing import Any

from chalicelib.menus.model import ID_PATTERN
from deploy.menus import files
from deploy.menus.changes import changes
from deploy.menus.draft import Draft
from deploy.menus.filling import published
from deploy.menus.shelf import Found, Shelf
from deploy.target import DeployError


def publish(
    shelf: Shelf, file: Path, store: str = "", store_name: str = ""
) -> tuple[str, list[str]]:
    """Publish the menu of `file`; returns the shop's id, and what has changed.

    What was marked as sold out stays so, where the file does not say. Raises `DeployError` with a
    line for each mistake; nothing is published then.
    """
    draft = files.read(file, store, store_name)
    before = _before(shelf, draft)
    menu = draft.checked()
    after = published(menu)
    if before.document is not None:
        _keep_sold_out(after, draft.document, before.document)
    if after == before.document:
        return menu.store_id, []
    shelf.put(after, instead_of=before)
    return menu.store_id, changes(before.document, after)


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
    """Somebody said so at the counter, and a new price in the file does not unsay it."""
    said = {dish["id"] for dish in _dishes(draft) if "sold_out" in dish}
    gone = {dish["id"] for dish in _dishes(before) if dish.get("sold_out")} - said
    for dish in _dishes(after):
        dish["sold_out"] = dish["sold_out"] or dish["id"] in gone


def sell_out(shelf: Shelf, store: str, dish: str, *, back: bool = False) -> str:
    """Mark a dish, by its id or its Chinese name, as sold out or as there again; returns a line.

    Raises `DeployError` where there is no such menu or dish.
    """
    found = shelf.find(store)
    if found.document is None:
        raise DeployError(f"there is no menu of {store} here: make menu publishes one")
    dishes = list(_dishes(found.document))
    meant = [entry for entry in dishes if dish in (entry["id"], entry["name"]["zh-TW"])]
    if len(meant) != 1:
        known = ", ".join(f"{entry['name']['zh-TW']} ({entry['id']})" for entry in meant or dishes)
        why = "is more than one dish" if meant else "is no dish"
        raise DeployError(f"{dish} {why} of {store}; take one of: {known}")
    name = meant[0]["name"]["zh-TW"]
    if meant[0]["sold_out"] is not back:
        return f"{name}: was {'there' if back else 'sold out'} already"
    meant[0]["sold_out"] = not back
    shelf.put(found.document, instead_of=found)
    return f"{name}: {'there again' if back else 'sold out'}"


def _dishes(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [dish for section in document["sections"] for dish in section["dishes"]]

"""A menu in JSON."""

import json

from deploy.json_reader import Reader
from deploy.menus.draft import Draft, MenuRefused


def draft_of(text: str, file: str, store: str) -> Draft:
    """The menu that `text` says; of shop `store`, if that is not empty. Raises `MenuRefused`."""
    reader = Reader(text)
    try:
        document = reader.whole()
    except json.JSONDecodeError as error:
        raise MenuRefused(f"{file}, {reader.spot(error.pos)}: {error.msg}") from error
    except ValueError as error:
        raise MenuRefused(f"{file}, {reader.spot(reader.at)}: {error}") from error
    except RecursionError as error:
        raise MenuRefused(f"{file}: is nested too deeply") from error
    if not isinstance(document, dict):
        raise MenuRefused(f"{file}: must be an object, as docs/menus.md shows")
    mistakes = [(reader.spot(at), text) for at, text in reader.mistakes]
    if store and document.get("store_id", store) != store:
        at = reader.places[("store_id",)]
        mistakes.append((reader.spot(at), f"is of another shop than STORE={store}"))
    if store:
        document.setdefault("store_id", store)
    spots = {place: reader.spot(at) for place, at in reader.places.items()}
    return Draft(file, document, spots, mistakes)

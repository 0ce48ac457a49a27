"""A shop's own menu, on any stage: docs/menus.md.

python -m deploy.menus publish STAGE --file FILE [--store ID] [--name NAME]
python -m deploy.menus sold-out STAGE --store ID --dish ID_OR_NAME [--back]
python -m deploy.menus qr STAGE --store ID [--tables 1-12]
python -m deploy.menus schema          prints docs/menu.schema.json
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.menus.model import Menu
from deploy.menus import qr
from deploy.menus.publishing import publish, sell_out
from deploy.menus.stage import Stage, stage
from deploy.paths import LOCAL
from deploy.refusals import in_words
from deploy.target import STAGES, DeployError


def schema() -> dict[str, Any]:
    """The form of a menu's file (JSON Schema 2020-12), as far as a schema can say it."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **Menu.model_json_schema()}


def _publish(where: Stage, arguments: argparse.Namespace) -> str:
    if not arguments.file:
        raise DeployError("say which file: FILE=menus/sample-tea.json")
    done = publish(where.shelf, Path(arguments.file), arguments.store, arguments.name)
    told = [*done.remarks, *(done.changes or [f"{done.store}: nothing has changed"])]
    return "\n".join([*told, *done.translations, f"Page: {where.page(done.store)}"])


def _sold_out(where: Stage, arguments: argparse.Namespace) -> str:
    if not arguments.store or not arguments.dish:
        raise DeployError("say which dish of which shop: STORE=sample-tea DISH=珍珠奶茶")
    return sell_out(where.shelf, arguments.store, arguments.dish, back=arguments.back)


def _qr(where: Stage, arguments: argparse.Namespace) -> str:
    store = arguments.store
    if not store:
        raise DeployError("say which shop: STORE=sample-tea")
    named = qr.tables(arguments.tables)
    found = where.shelf.find(store).document
    if found is None:
        raise DeployError(f"there is no menu of {store} here: make menu publishes one")
    shop = found["name"]["zh-TW"]
    sheets = qr.sheets(shop, named, lambda table: where.page(store, table))
    written, removed = qr.write(sheets, LOCAL / "qr", f"{arguments.stage}-{store}")
    told = [f"Sheet: {file.relative_to(LOCAL.parent)}" for file in written]
    if removed:
        told.append(f"Removed, from before: {', '.join(file.name for file in removed)}")
    if where.is_on_this_machine:
        told.append(
            "These codes lead to this machine: for a phone, start the stack with PUBLIC_URL="
        )
    return "\n".join([*told, f"Print it in a browser (A4, 100 %). Page: {where.page(store)}"])


_DEEDS = {"publish": _publish, "sold-out": _sold_out, "qr": _qr}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=[*_DEEDS, "schema"])
    parser.add_argument("stage", nargs="?", choices=STAGES)
    parser.add_argument("--file", default="")
    parser.add_argument("--store", default="", help="the shop's id")
    parser.add_argument("--name", default="", help="of the shop, where a spreadsheet has none")
    parser.add_argument("--dish", default="", help="its id, or its Chinese name")
    parser.add_argument("--back", action="store_true", help="it is there again")
    parser.add_argument("--tables", default="", help="1-12, A1-A6, 1,3,5")
    parser.add_argument("--port", default="", help="of the local stack; default: the last started")
    arguments = parser.parse_args()
    try:
        if arguments.command == "schema":
            sys.stdout.write(json.dumps(schema(), ensure_ascii=False, indent=2) + "\n")
            return 0
        if arguments.stage is None:
            parser.error(f"say the stage: {', '.join(STAGES)}")
        where = stage(arguments.stage, arguments.port)
        sys.stdout.write(_DEEDS[arguments.command](where, arguments) + "\n")
    except KeyboardInterrupt:
        return 130
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Names of dishes and what is said for two of each: `menu_names.tsv`, `said_wrong_once.tsv`.

The heads of the tables say what they are.
"""

import csv
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent


class Line(NamedTuple):
    name: str
    price: str
    """Of one, in TWD; empty where it is not known."""
    spoken: str
    """What is said when two are ordered."""
    unspoken: str
    """What is shown and not said, parted by `|`."""
    source: str = ""
    """Where the name was found."""
    kind: str = ""
    """What was once wrong with it."""


def menu_lines() -> list[Line]:
    return _lines("menu_names.tsv")


def said_wrong_once() -> list[Line]:
    return _lines("said_wrong_once.tsv")


def _lines(file: str) -> list[Line]:
    rows = (
        row for row in (_FOLDER / file).read_text("utf-8").splitlines() if not row.startswith("#")
    )
    return [
        Line(**row) for row in csv.DictReader(rows, dialect="excel-tab", quoting=csv.QUOTE_NONE)
    ]

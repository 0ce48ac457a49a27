"""The names of real menus in `menu_names.tsv`; its head says what they are."""

import csv
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_suffix(".tsv")


class Line(NamedTuple):
    name: str
    price: str
    """Of one, in TWD; empty where it is not known."""
    spoken: str
    """What is said when two are ordered."""
    unspoken: str
    source: str


def menu_lines() -> list[Line]:
    rows = (row for row in TABLE.read_text("utf-8").splitlines() if not row.startswith("#"))
    return [Line(*row) for row in list(csv.reader(rows, "excel-tab", quoting=csv.QUOTE_NONE))[1:]]

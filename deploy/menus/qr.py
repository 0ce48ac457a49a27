"""QR codes on A4 sheets (SVG), to print and cut: one for each table, or one for the shop.

The shop's name and the table stand beside each code, and the address below it, so that a sticker
that somebody has put over it shows.
"""

import re
from collections.abc import Callable, Sequence
from html import escape
from textwrap import wrap
from urllib.parse import urlsplit

import segno

from chalicelib.orders.text import clean
from deploy.target import DeployError

MOST_TABLES = 300
LONGEST_TABLE = 10
"""Characters, as in an order."""
ACROSS, DOWN = 3, 4
"""Codes on a sheet."""
_WIDTH, _HEIGHT, _MARGIN = 210, 297, 8
"""Of A4, in mm."""
_CODE = 44
"""The side of a code in mm; around it is its quiet zone of four modules or more."""
_RANGE = re.compile(r"(\D*)(\d{1,4})\s*[-–~]\s*(?:\1)?(\d{1,4})")


def tables(text: str) -> list[str]:
    """1-12, A1-A6, 1,3,5: the tables that `text` names; [] if it is blank. Raises `DeployError`."""
    found: list[str] = []
    for part in re.split(r"[,，、;\s]+", text.strip()):
        span = _RANGE.fullmatch(part)
        if span:
            first, last = int(span[2]), int(span[3])
            if last < first:
                raise DeployError(f"TABLES={text}: {part} goes backwards")
            digits = len(span[2]) if span[2].startswith("0") else 0
            numbers = range(first, min(last, first + MOST_TABLES) + 1)
            found += [f"{span[1]}{number:0{digits}}" for number in numbers]
        elif part:
            found.append(part)
    found = [clean(table) for table in dict.fromkeys(found)]
    for table in found:
        if not 1 <= len(table) <= LONGEST_TABLE:
            raise DeployError(f"TABLES={text}: “{table}” is longer than {LONGEST_TABLE} characters")
    if len(found) > MOST_TABLES:
        raise DeployError(f"TABLES={text}: more than {MOST_TABLES} tables")
    return found


def sheets(shop: str, named: Sequence[str], address_of: Callable[[str], str]) -> list[str]:
    """A4 sheets with a code for each of the tables, or one without a table where there are none."""
    codes = [_code(shop, table, address_of(table)) for table in named or [""]]
    a_sheet = ACROSS * DOWN
    return [_sheet(codes[at : at + a_sheet]) for at in range(0, len(codes), a_sheet)]


def _sheet(codes: Sequence[str]) -> str:
    width, height = (_WIDTH - 2 * _MARGIN) / ACROSS, (_HEIGHT - 2 * _MARGIN) / DOWN
    placed = "".join(
        f'<g transform="translate({_MARGIN + at % ACROSS * width:.2f} '
        f'{_MARGIN + at // ACROSS * height:.2f})">'
        f'<rect width="{width:.2f}" height="{height:.2f}" class="cut"/>'
        f'<g transform="translate({width / 2:.2f} 0)">{code}</g></g>'
        for at, code in enumerate(codes)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}mm" height="{_HEIGHT}mm" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}"><style>'
        "@page{size:A4;margin:0}"
        "text{font-family:'Noto Sans TC','Noto Sans CJK TC','Microsoft JhengHei','PingFang TC',"
        "sans-serif;text-anchor:middle;fill:#000}"
        ".cut{fill:none;stroke:#bbb;stroke-width:.2;stroke-dasharray:1 1}"
        f'</style><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>{placed}</svg>\n'
    )


def _code(shop: str, table: str, address: str) -> str:
    """One code with its words, centred on x = 0, from y = 0 down."""
    at_table = f"桌號 {table} · Table {table}" if table else "掃描點餐 · Scan to order"
    parts = urlsplit(address)
    below = wrap(f"{parts.netloc}{parts.path}", 44, break_on_hyphens=False)[:2]
    lines = [
        _line(shop, y=7, size=min(5.0, 58 / max(1, _wide(shop)))),
        _line(at_table, y=13, size=4.2),
        _modules(address),
        *(_line(text, y=63.5 + 2.4 * number, size=2) for number, text in enumerate(below)),
    ]
    return "".join(lines)


def _line(text: str, *, y: float, size: float) -> str:
    return f'<text y="{y:.2f}" font-size="{size:.2f}">{escape(text)}</text>'


def _wide(text: str) -> float:
    """The width of a text in em, as far as that can be told without its font."""
    return sum(0.6 if character.isascii() else 1 for character in text)


def _modules(address: str) -> str:
    """The code: its dark modules, row by row, as one path."""
    matrix = segno.make(address, error="m", micro=False).matrix
    rows = ("".join("1" if module else "0" for module in row) for row in matrix)
    path = "".join(
        f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(rows)
        for run in re.finditer("1+", row)
    )
    scale = _CODE / len(matrix)
    return (
        f'<path transform="translate({-_CODE / 2} 16) scale({scale:.5f})" '
        f'shape-rendering="crispEdges" d="{path}"/>'
    )

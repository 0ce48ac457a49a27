"""QR codes on A4 sheets (SVG), to print and cut: one for each table, or one for the shop.

The shop's name and the table stand beside each code, and the address below it, so that a sticker
that somebody has put over it shows.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
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
_RANGE = re.compile(r"(\D*)(\d{1,4})-(?:\1)?(\d{1,4})")
_LIKE_A_RANGE = re.compile(r"-.*|.*-|\D*\d+-\D*\d+")
_DASH = re.compile(r"\s*[-–—~〜]\s*")


def tables(text: str) -> list[str]:
    """1-12, A1-A6, 1,3,5: the tables that `text` names; [] if it is blank. Raises `DeployError`."""
    written = _DASH.sub("-", unicodedata.normalize("NFKC", text))
    parts = [part for part in re.split(r"[,、;\s]+", written) if part]
    if text.strip() and not parts:
        raise DeployError(f"TABLES={text}: names no table; write 1-12, A1-A6 or 1,3,包廂")
    found = list(dict.fromkeys(table for part in parts for table in _named(text, part)))
    if len(found) > MOST_TABLES:
        raise DeployError(f"TABLES={text}: more than {MOST_TABLES} tables")
    return found


def _named(text: str, part: str) -> list[str]:
    """The tables of one part of `text`: a range, or a table."""
    if span := _RANGE.fullmatch(part):
        before, first, last = span[1], int(span[2]), int(span[3])
        if last < first:
            raise DeployError(f"TABLES={text}: {part} goes backwards")
        digits = len(span[2]) if span[2].startswith("0") else 0
        numbers = range(first, min(last, first + MOST_TABLES) + 1)
        return [_table(text, f"{before}{number:0{digits}}") for number in numbers]
    if _LIKE_A_RANGE.fullmatch(part):
        raise DeployError(f"TABLES={text}: {part} is no range; write 1-12, or A1-A6,B1-B3")
    return [_table(text, part)]


def _table(text: str, table: str) -> str:
    if strange := next((sign for sign in table if not _is_of_a_name(sign)), ""):
        raise DeployError(
            f"TABLES={text}: “{table}” holds {strange}; a table is letters, digits and - . _ #"
        )
    if not 1 <= len(clean(table)) <= LONGEST_TABLE:
        raise DeployError(f"TABLES={text}: “{table}” is longer than {LONGEST_TABLE} characters")
    return clean(table)


def _is_of_a_name(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNM" or sign in "-._#"


def sheets(shop: str, named: Sequence[str], address_of: Callable[[str], str]) -> list[str]:
    """A4 sheets with a code for each of the tables, or one without a table where there are none."""
    codes = [_code(shop, table, address_of(table)) for table in named or [""]]
    a_sheet = ACROSS * DOWN
    return [_sheet(codes[at : at + a_sheet]) for at in range(0, len(codes), a_sheet)]


def write(sheets: Sequence[str], folder: Path, name: str) -> tuple[list[Path], list[Path]]:
    """Write `name`-1.svg and so on; returns them, and those of before that are removed, so that
    nobody prints a table that is not there any more."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{name}-{number}.svg" for number in range(1, len(sheets) + 1)]
    for file, sheet in zip(written, sheets, strict=True):
        file.write_text(sheet, "utf-8")
    ours = re.compile(rf"{re.escape(name)}-\d+\.svg")
    removed = sorted({file for file in folder.iterdir() if ours.fullmatch(file.name)} - {*written})
    for file in removed:
        file.unlink()
    return written, removed


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

"""The runs that are kept, and what docs/bench.md shows of them: a table and a plot."""

import json
import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bench.measuring import Measured
from deploy.paths import ROOT

RESULTS = Path(__file__).parent / "results"
PAGE = ROOT / "docs" / "bench.md"
PLOT = ROOT / "docs" / "bench" / "ratios.svg"
BEFORE, NOW, ONE_CORE = "before", "now", "one-core"
"""The runs that the page compares."""
_TABLE = re.compile(r"(?<=<!-- table of python -m bench -->\n).*?(?=<!-- end -->)", re.DOTALL)
_ROW, _LEFT, _SCALE, _MOST = 34, 330, 90, 6.0
"""Of the plot, in pixels: a line's height, where 0 is, what 1 takes; and the most it shows."""

Run = dict[str, Any]


def save(name: str, results: Sequence[Measured]) -> None:
    run = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, shared with other work",
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "lines": [each.as_json() for each in results],
    }
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(run, ensure_ascii=False, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", "utf-8")
    write_page()


def write_page() -> None:
    """Put both kept runs into docs/bench.md and its plot."""
    before, now, one_core = map(lines_of, (BEFORE, NOW, ONE_CORE))
    page = _TABLE.sub(lambda _: table(before, now, one_core), PAGE.read_text("utf-8"))
    PAGE.write_text(page, "utf-8")
    PLOT.parent.mkdir(exist_ok=True)
    PLOT.write_text(plot(before, now), "utf-8")


def lines_of(name: str) -> dict[str, Run]:
    """A kept run by the names of its lines; nothing where there is none."""
    file = RESULTS / f"{name}.json"
    run: Run = json.loads(file.read_text("utf-8")) if file.exists() else {"lines": []}
    return {each["line"]["name"]: each for each in run["lines"]}


def table(before: dict[str, Run], now: dict[str, Run], one_core: dict[str, Run]) -> str:
    rows = [
        "| measured: ours / floor | before | now (quartiles) | on one core | goal | ours | floor |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, each in now.items():
        line, ratio = each["line"], each["ratio"]
        then, pinned = (
            f"{run[name]['ratio']['median']:.2f}" if name in run else ""
            for run in (before, one_core)
        )
        cells = (
            name,
            then,
            f"**{ratio['median']:.2f}** ({ratio['lower']:.2f}–{ratio['upper']:.2f})",
            pinned,
            f"{line['goal']:.2f}, {each['verdict']}" if line["goal"] else "",
            _told(each["ours"]["median"], line["unit"]),
            _told(each["floor"]["median"], line["unit"]),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _told(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def plot(before: dict[str, Run], now: dict[str, Run]) -> str:
    """A line for each ratio: then (hollow) and now (full) with their quartiles, and the goal."""
    width, height = _LEFT + int(_SCALE * _MOST) + 30, _ROW * (len(now) + 2)
    marks = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>Ratios to the floor: before and now, with quartiles, and the goals</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for tick in range(int(_MOST) + 1):
        x, colour = _x(tick), "#888" if tick == 1 else "#ddd"
        marks.append(f'<path d="M{x} 20V{height - _ROW}" stroke="{colour}"/>')
        marks.append(f'<text x="{x}" y="{height - 14}" text-anchor="middle">{tick}</text>')
    for number, (name, each) in enumerate(now.items()):
        y = _ROW * (number + 1)
        marks.append(f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        if name in before:
            marks.append(_dot(before[name]["ratio"], y - 5, "#fff"))
        marks.append(_dot(each["ratio"], y + 5, "#06c755"))
        if goal := each["line"]["goal"]:
            marks.append(f'<path d="M{_x(goal)} {y - 12}v24" stroke="#d00" stroke-width="2"/>')
    return "\n".join([*marks, "</svg>", ""])


def _dot(ratio: dict[str, float], y: int, fill: str) -> str:
    lower, middle, upper = (_x(ratio[name]) for name in ("lower", "median", "upper"))
    whisker = f'<path d="M{lower} {y}H{upper}" stroke="#555"/>'
    return f'{whisker}<circle cx="{middle}" cy="{y}" r="4" fill="{fill}" stroke="#555"/>'


def _x(ratio: float) -> float:
    return round(_LEFT + min(ratio, _MOST) * _SCALE, 1)

"""Bars on a logarithmic scale as SVG, readable on light and on dark pages."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

LEFT, RIGHT, TOP, ROW = 330, 40, 56, 22
WIDTH = 860


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    until: float
    """Where it ends."""
    raised: float | None
    """Where it could be moved to; None: an arrow, no end is known."""


STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.bar { fill: #0969da } .raised { fill: #0969da; opacity: .25 } .grid { stroke: #d0d7de }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .bar, .raised { fill: #4493f8 } .grid { stroke: #3d444d }
  .page { fill: #0d1117 }
}
.page { fill: #fff }
"""


def chart(bars: Sequence[Bar], *, title: str, top: float) -> str:
    """`bars` from 1 to `top`; what is more ends at the edge."""

    def x(value: float) -> float:
        share = math.log10(min(max(value, 1.0), top)) / math.log10(top)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    height = TOP + ROW * len(bars) + 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="12" y="22">{escape(title)}</text>',
    ]
    for power in range(round(math.log10(top)) + 1):
        at = x(10**power)
        lines += [
            f'<line class="grid" x1="{at:.0f}" y1="{TOP - 6}" x2="{at:.0f}" y2="{height - 10}"/>',
            f'<text x="{at:.0f}" y="{TOP - 12}" text-anchor="middle">{10**power:,}</text>',
        ]
    for number, bar in enumerate(bars):
        y = TOP + ROW * number
        end, beyond = x(bar.until), x(top if bar.raised is None else bar.raised)
        lines += [
            f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(bar.name)}</text>',
            f'<rect class="raised" x="{LEFT}" y="{y + 5}" width="{beyond - LEFT:.1f}" height="8"/>',
            f'<rect class="bar" x="{LEFT}" y="{y + 3}" width="{end - LEFT:.1f}" height="12"/>',
        ]
    return "\n".join([*lines, "</svg>", ""])

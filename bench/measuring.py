"""Two ways of doing one thing, side by side: alternating rounds, medians, their spread.

Machines differ and are shared, so the ratio is the result; the times are only what it came from.
Each round takes both, one right after the other, and in the next round the other one first: a busy
machine is busy for both. The ratio is the median of the rounds' ratios.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to measure. `ours` and `floor` name what is compared, for the reader."""

    name: str
    unit: str
    ours: str
    floor: str
    goal: float | None = None
    """The ratio that is not to be passed; None where there is none."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Of one number in all rounds."""

    median: float
    lower: float
    upper: float
    """Its quartiles."""


@dataclass(frozen=True, slots=True)
class Measured:
    line: Line
    rounds: int
    ours: Spread
    floor: Spread
    ratio: Spread

    @property
    def verdict(self) -> str:
        if self.line.goal is None:
            return ""
        return "met" if round(self.ratio.median, 2) <= self.line.goal else "missed"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.verdict}


def alternate(ours: Callable[[], T], floor: Callable[[], T], *, rounds: int) -> list[tuple[T, T]]:
    """What both took in `rounds` alternating rounds, after one that does not count."""
    takes = (ours, floor)
    pairs: list[tuple[T, T]] = []
    for number in range(rounds + 1):
        first = number % 2
        taken = {first: takes[first](), 1 - first: takes[1 - first]()}
        pairs.append((taken[0], taken[1]))
    return pairs[1:]


def measured(line: Line, pairs: Sequence[tuple[float, float]]) -> Measured:
    """`pairs` of what ours and the floor took, in the line's unit."""
    return Measured(
        line,
        len(pairs),
        ours=_spread([a for a, _ in pairs]),
        floor=_spread([b for _, b in pairs]),
        ratio=_spread([a / b for a, b in pairs]),
    )


def _spread(values: Sequence[float]) -> Spread:
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, lower, upper)

"""What travellers of `make load` order, what became of it, and whether that is good.

Standard library alone: bench/travellers.py imports it in Locust's own environment.
"""

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

DIGITS = str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸")
DISHES = ("牛肉麵", "滷肉飯", "珍珠奶茶", "蚵仔煎", "小籠包", "雞排", "豆花", "臭豆腐", "鳳梨酥")


def order(number: int, run: str) -> dict[str, Any]:
    """An order that nobody has placed before: it has to be spoken, and is not found in S3."""
    dish = DISHES[number % len(DISHES)] + f"{number}".translate(DIGITS) + run.translate(DIGITS)
    item = {"name": dish, "quantity": number % 12 + 1, "price": 50}
    return {"store_name": "夜市", "items": [item], "language": "en"}


@dataclass(frozen=True, slots=True)
class Journey:
    """One traveller's order, in seconds."""

    order_id: str
    user_id: str
    accepted: float
    """The request that was accepted."""
    polls: tuple[float, ...]
    """Each request for the status."""
    heard: float | None
    """From Confirm to the MP3 on the phone; None where there was none."""
    status: str
    """The last that was seen: `completed`, `failed`, or what it hung at."""
    listened: bool
    """Whether it was told by a WebSocket."""

    def line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, line: str) -> "Journey":
        told = json.loads(line)
        return cls(**{**told, "polls": tuple(told["polls"])})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run is held to."""

    late: float
    """Seconds from Confirm to the MP3, of every order."""
    growth: float
    """MB that a function's process may grow by, from the second quarter of the run to its last."""


def complaints(
    journeys: Sequence[Journey], pushes: Mapping[str, int], limits: Limits
) -> Iterator[str]:
    """What is wrong with the orders; `pushes` are those that each user has received."""
    if not journeys:
        yield "no order was placed"
    lost = [one for one in journeys if one.status not in {"completed", "failed"}]
    failed = [one for one in journeys if one.status == "failed"]
    unheard = [one for one in journeys if one.status == "completed" and one.heard is None]
    late = [one for one in journeys if one.heard is not None and one.heard > limits.late]
    twice = [one for one in journeys if pushes.get(one.user_id, 0) > 1]
    untold = [
        one for one in journeys if one.status == "completed" and not pushes.get(one.user_id, 0)
    ]
    for what, found in (
        ("did not end", lost),
        ("failed", failed),
        ("completed without an MP3 that could be fetched", unheard),
        (f"heard later than {limits.late:g} s after Confirm", late),
        ("pushed twice", twice),
        ("completed without a push", untold),
    ):
        if found:
            names = ", ".join(one.order_id for one in found[:3])
            yield f"{len(found)} of {len(journeys)} orders {what}: {names}"


LEAST_SAMPLES = 240


def growth(samples: Sequence[int]) -> float | None:
    """MB that a process has grown by, of its resident bytes at even times: the median of the last
    quarter less that of the second, before which it is still loading. None for fewer than
    `LEAST_SAMPLES`: what loads then is not known from what leaks."""
    quarter = len(samples) // 4
    if len(samples) < LEAST_SAMPLES:
        return None
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    return (statistics.median(late) - statistics.median(early)) / 1e6


def leaks(memory: Mapping[str, Sequence[int]], limits: Limits) -> Iterator[str]:
    """The processes that grow, by name."""
    for name, samples in memory.items():
        grown = growth(samples)
        if grown is not None and grown > limits.growth:
            yield f"{name} has grown by {grown:.0f} MB, more than {limits.growth:g}"

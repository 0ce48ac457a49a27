"""How many orders a second each part bears, and what they cost: tables and chart of docs/scale.md.

    python -m bench.scale [--chart docs/scale.svg]

Limits are calculated: a quota, by what one order uses of it. Queue and workers are simulated
(bench/simulation.py). Quotas are those of docs/scale.md's sources, November 2026, to be confirmed.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import cost
from bench.chart import Bar, chart
from bench.simulation import Engine, Outcome, Setting, lognormal, simulate

POLLS, PAGE, VOICES = 3, 10, 1.8
"""Requests of an order: for its status, for a first visit of the page, ahead of Confirm
(`python -m bench.ahead`, 80 of 100 reviews confirmed)."""
PLACING = 1 + POLLS + VOICES
ALL = PLACING + PAGE
SOCKET = 1 + 2 + 1
"""Connecting, being told twice, leaving."""
API_SECONDS = cost.API_SECONDS
RATES = (1, 10, 100, 1_000, 10_000)

# What a sentence takes: of gtts and kokoro docs/speech.md; of the others it is assumed.
GTTS = Engine("gtts", lognormal(1.5, 0.3), in_a_worker=3)
KOKORO = Engine("kokoro", lognormal(2.5, 0.2), in_a_worker=1)
POLLY = Engine("polly, neural", lognormal(0.5, 0.3), at_once=18, a_second=8)
GOOGLE = Engine("google", lognormal(0.5, 0.3), a_second=1_000 / 60)
AZURE = Engine("azure", lognormal(0.5, 0.3), a_second=200)
RAISED = Engine("an API whose quota is raised", lognormal(0.5, 0.3))
USD_A_MILLION = {"gtts": 0.0, "kokoro": 97.0, "polly, neural": 530.0, "azure": 1_440.0}
"""For a million orders, of docs/speech.md; gtts has no price."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota, and what one order uses of it."""

    name: str
    quota: float
    an_order: float
    raised: float | None
    """The quota after asking, or after a parameter; None: no end is published."""

    @property
    def orders(self) -> float:
        """A second."""
        return self.quota / self.an_order

    @property
    def orders_raised(self) -> float | None:
        return None if self.raised is None else self.raised / self.an_order


LIMITS = (
    Limit("ThrottlingRate, with a first visit each", 50, ALL, 10_000),
    Limit("Lambda in a new account: 10 at once, 4 for the API", 4, ALL * API_SECONDS, None),
    Limit("FulfilConcurrency 5, gtts", 5 * 3, 1.5, None),
    Limit("FulfilConcurrency 5, kokoro", 5, 2.5, 1_000),
    Limit("Polly, neural", 8, 1, None),
    Limit("Google Cloud Text-to-Speech", 1_000 / 60, 1, None),
    Limit("Azure AI Speech, S0", 200, 1, None),
    Limit("Lambda: 1,000 at once, kokoro", 1_000, 2.8 + ALL * API_SECONDS, None),
    Limit("Parameter Store: more orders in one second", 40, 3 * API_SECONDS * ALL, 10_000),
    Limit("the index of open orders, one shard", 1_000, 4, 40_000),
    Limit("WebSocket: new connections", 500, 1, None),
    Limit("API Gateway, with a first visit each", 10_000, ALL + SOCKET, None),
    Limit("DynamoDB: a new table's writes", 4_000, 4, 40_000),
    Limit("the guests' lid: one item", 1_000, 1, 1_000),
    Limit("S3: reads of one prefix", 5_500, 4, None),
    Limit("API Gateway, the page elsewhere, no WebSocket", 10_000, PLACING, None),
    Limit("LINE: pushes of a channel", 2_000, 1, 2_000),
    Limit("S3: writes of one prefix", 3_500, 1, None),
    Limit("SQS: in flight, 20 s each", 120_000, 20, None),
)


def count(value: float) -> str:
    """Two significant digits."""
    if value < 10:
        return f"{value:.1f}"
    step = 10 ** (math.floor(math.log10(value)) - 1)
    return f"{round(value / step) * step:,.0f}"


def limits() -> Iterator[Sequence[str]]:
    yield "limit", "quota", "an order uses", "orders a second", "raised"
    for one in sorted(LIMITS, key=lambda limit: limit.orders):
        raised = "–" if one.orders_raised is None else count(one.orders_raised)
        yield one.name, f"{one.quota:,.0f}", f"{one.an_order:.2f}", count(one.orders), raised


def seconds(value: float) -> str:
    return "never" if value == math.inf else f"{value:.1f} s"


def outcome(found: Outcome) -> Sequence[str]:
    voice = (seconds(found.within(share)) for share in (0.5, 0.95))
    return (
        *voice,
        f"{found.handed_back:.0%}",
        f"{found.failed:.0%}",
        f"{found.longest_queue:,}",
    )


OUTCOME = ("half have their voice in", "95 % in", "handed back", "failed", "longest queue")
AS_SHIPPED = (
    (GTTS, 5, 10, (1, 5, 8, 10, 15)),
    (POLLY, 5, 10, (1, 5, 7, 8, 10, 15)),
    (POLLY, 2, 4, (5, 7, 10, 15)),
    (GOOGLE, 5, 10, (1, 10, 15, 20)),
    (KOKORO, 5, 1, (0.5, 1, 1.5, 2, 3)),
)
SHIPPED_SECONDS = 600.0


def as_shipped() -> Iterator[Sequence[str]]:
    """What becomes of orders at the defaults, below and above what their engine bears."""
    yield "engine", "workers × batch", "orders a second", *OUTCOME
    for engine, workers, batch, rates in AS_SHIPPED:
        for rate in rates:
            found = simulate(Setting([engine], workers, batch), rate, SHIPPED_SECONDS)
            yield engine.name, f"{workers} × {batch}", f"{rate:g}", *outcome(found)


LADDER = (5, 10, 20, 50, 100, 200, 300, 500, 700, 1_000)
"""`FulfilConcurrency`: of the template 1,000 at the most."""
SLOW = 2.0
"""95 of 100 have their voice within so many times what half of them take of an idle stack."""


def workers_for(engine: Engine, rate: float, batch: int) -> tuple[int, Outcome] | None:
    """The fewest of `LADDER` with which nobody waits much; None where the most are too few."""
    idle = simulate(Setting([engine], 1_000, batch), 1, 60).within(0.5)
    for workers in LADDER:
        if workers * batch < rate * idle:
            continue
        # Long enough for a queue to show: ten times what an order takes, and 20,000 orders.
        length = max(10 * idle, min(300.0, 20_000 / rate))
        found = simulate(Setting([engine], workers, batch), rate, length)
        if found.within(0.95) <= SLOW * idle:
            return workers, found
    return None


def needed() -> Iterator[Sequence[str]]:
    """How many workers, where the engine's quota is no limit."""
    yield "engine", "FulfilBatch", "orders a second", "FulfilConcurrency", *OUTCOME
    for engine, batch in ((RAISED, 10), (KOKORO, 1)):
        for rate in RATES:
            found = workers_for(engine, rate, batch)
            shown = (f"{found[0]:,}", *outcome(found[1])) if found else ("more than 1,000",)
            yield engine.name, str(batch), f"{rate:,}", *shown, *[""] * (6 - len(shown))


def ahead() -> Iterator[Sequence[str]]:
    """How many voices come in the eight seconds that a traveller looks, by two workers."""
    yield "orders a second", "voices asked for", "kokoro", "an API whose quota is raised"
    for rate in (0.1, 0.3, 0.5, 1, 3, 10):
        asked = rate * 1.09
        shares = []
        for engine in (KOKORO, RAISED):
            setting = Setting([engine], workers=2, batch=1, pushed=0.0)
            found = simulate(setting, asked, 1_800)
            in_time = sum(took <= 8 for took in found.to_voice)
            shares.append(f"{in_time / len(found.orders):.0%}")
        yield f"{rate:g}", f"{asked:.2f}", *shares


def an_hour(rate: float) -> Iterator[tuple[str, float]]:
    """USD of an hour with so many orders a second, each a first visit and a push."""
    orders = rate * 3_600
    each = [*cost.cost_of_an_order(POLLS, PAGE), *cost.cost_of_bytes(POLLS, PAGE)]
    yield "AWS, the page's requests and bytes among it", orders * sum(usd for _, usd in each)
    yield "WebSocket (docs/push.md)", orders * 5.43e-6
    yield "LINE, a push each, beyond the plan", orders * cost.LINE_PUSH
    for name, usd in USD_A_MILLION.items():
        if usd:
            yield f"voices, nothing known: {name}", orders * usd / 1e6


def hours() -> Iterator[Sequence[str]]:
    yield "USD an hour", *(f"{rate:,} orders a second" for rate in RATES)
    columns = [list(an_hour(rate)) for rate in RATES]
    for row in zip(*columns, strict=True):
        yield row[0][0], *(f"{usd:,.2f}" if usd < 100 else f"{usd:,.0f}" for _, usd in row)


def markdown(rows: Iterator[Sequence[str]]) -> Iterator[str]:
    head = next(rows)
    for row in (head, ["---", *["--:"] * (len(head) - 1)], *rows):
        yield f"| {' | '.join(row)} |"


def drawing() -> str:
    """The chart of the limits, as SVG."""
    ordered = sorted(LIMITS, key=lambda limit: limit.orders)
    bars = [Bar(one.name, one.orders, one.orders_raised) for one in ordered]
    return chart(bars, title="Orders a second that each limit bears", top=RATES[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chart", type=Path, help="where to draw the limits")
    arguments = parser.parse_args()
    for rows in (limits(), as_shipped(), needed(), ahead(), hours()):
        sys.stdout.writelines(f"{line}\n" for line in [*markdown(rows), ""])
    if arguments.chart:
        arguments.chart.write_text(drawing(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

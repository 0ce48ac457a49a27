"""What a month costs, by how many orders a day: the tables of docs/operations.md.

    python -m bench.cost [--polls 3]

List prices of us-east-1, on demand and without free tiers. What an order asks for is of `make load`
on the local stack, November 2026; bytes are of that stack, compressed as the gateway does.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

from chalicelib.settings import MOST_OPEN_SHARDS

# USD in us-east-1, on demand, November 2026; to be confirmed before quoting.
REQUEST = 3.50 / 1e6
INVOCATION = 0.20 / 1e6
GB_SECOND_ARM = 13.33 / 1e6
WRITE = 0.625 / 1e6
READ = 0.125 / 1e6
MESSAGE = 0.40 / 1e6
S3_PUT = 5.00 / 1e6
S3_GET = 0.40 / 1e6
TRACE = 5.00 / 1e6
LOGGED_GB = 0.50
SENT_GB = 0.09
"""From AWS to the internet, up to 10 TB."""
METRIC, ALARM, DASHBOARD = 0.30, 0.10, 3.00
"""A month each."""

LINE_PUSH = 0.20 / 32
"""NT$0.2 for a message beyond a plan's (Taiwan, November 2026), at NT$32 for a dollar."""
LINE_PLANS = ((0, 200), (800, 3_000), (1_200, 6_000))
"""NT$ a month, and the messages in it; of third parties' pages. Only the last sells more."""
LINE_MORE = 0.20

API_GB, API_SECONDS = 0.5, 0.02
WORKER_GB, WORKER_SECONDS = 1.0, 2.0
SWEEP_GB, SWEEP_SECONDS = 1.0, 0.4
SWEEP_READS = MOST_OPEN_SHARDS / 2
"""Each shard's Query, which is eventually consistent: half a read."""
WRITES = 9
"""A PutItem and three updates, and what they change in two indexes; and the counting."""
MESSAGES = 3
"""Sent, received, deleted."""

DAYS = 30
ORDERS_A_DAY = (100, 1_000, 10_000)
POLLS = 3
PAGE_REQUESTS = 10
PAGE_KB = 90
"""A first visit with all that comes in idle time, and a menu."""
VOICE_KB = 70
LOGGED_KB = 5
"""All that an order's requests and its worker log, Lambda's own lines among it."""
METRICS, ALARMS, DASHBOARDS = 63, 14, 1
"""Of metrics as many as there can be, by each value of their dimensions; a stage where nothing
fails writes about half. Of alarms the metrics in them."""
RECEIVES = 15
"""A minute, of an empty queue: Lambda's five pollers wait 20 s each."""

Line = tuple[str, float]


def cost_of_an_order(polls: float, page: int) -> list[Line]:
    """USD of AWS for one order with so many polls and requests of the page."""
    requests = 1 + polls
    request = REQUEST + INVOCATION + API_GB * API_SECONDS * GB_SECOND_ARM
    return [
        (f"the page, a first visit ({page} requests)", page * request),
        ("API Gateway", requests * REQUEST),
        ("API function", requests * (INVOCATION + API_GB * API_SECONDS * GB_SECOND_ARM)),
        ("worker", INVOCATION + WORKER_GB * WORKER_SECONDS * GB_SECOND_ARM),
        ("DynamoDB", WRITES * WRITE + (polls + 1) * READ),
        ("SQS", MESSAGES * MESSAGE),
        ("S3", S3_PUT + 3 * S3_GET),
    ]


def cost_of_bytes(polls: float, page: int) -> list[Line]:
    """USD for what one order has AWS write down and send out; a request leaves a trace, a second
    at the most."""
    return [
        ("logs", LOGGED_KB / 1e6 * LOGGED_GB),
        ("traces (X-Ray)", (page + 1 + polls + 1) * TRACE),
        ("sent to phones: page and voice", (PAGE_KB + VOICE_KB) / 1e6 * SENT_GB),
    ]


def cost_of_being_there() -> list[Line]:
    """USD of a month without an order."""
    minutes = DAYS * 24 * 60
    sweep = INVOCATION + SWEEP_GB * SWEEP_SECONDS * GB_SECOND_ARM + SWEEP_READS * READ + TRACE
    return [
        ("sweeper, and asking two empty queues", minutes * (sweep + 2 * RECEIVES * MESSAGE)),
        (
            "metrics, alarms, dashboard",
            METRICS * METRIC + ALARMS * ALARM + DASHBOARDS * DASHBOARD,
        ),
    ]


def months(polls: float) -> Iterator[tuple[str, Sequence[float]]]:
    """USD a month of AWS, a line each, for each of `ORDERS_A_DAY`; the last is the sum."""
    each = [*cost_of_an_order(polls, PAGE_REQUESTS), *cost_of_bytes(polls, PAGE_REQUESTS)]
    lines = [(name, [usd * DAYS * orders for orders in ORDERS_A_DAY]) for name, usd in each]
    lines += [(name, [usd] * len(ORDERS_A_DAY)) for name, usd in cost_of_being_there()]
    yield from lines
    yield "**AWS, USD**", [sum(column) for column in zip(*(row for _, row in lines), strict=True)]


def line_month(pushes: float) -> float:
    """NT$ of the cheapest of LINE's plans for so many pushes in a month."""
    enough = [price for price, held in LINE_PLANS if pushes <= held]
    price, held = LINE_PLANS[-1]
    return min([*enough, price + max(0.0, pushes - held) * LINE_MORE])


def tables(polls: float) -> Iterator[str]:
    """Both tables in Markdown, a line each."""
    head = "".join(f" {orders:,} orders a day |" for orders in ORDERS_A_DAY)
    rule = "---|" + "---:|" * len(ORDERS_A_DAY)
    yield f"| USD a month |{head}"
    yield f"|{rule}"
    for name, values in months(polls):
        yield f"| {name} |" + "".join(f" {value:,.2f} |" for value in values)
    yield ""
    yield f"| NT$ a month |{head}"
    yield f"|{rule}"
    for share in (100, 50, 10):
        costs = [line_month(orders * DAYS * share / 100) for orders in ORDERS_A_DAY]
        cells = "".join(f" {cost:,.0f} |" for cost in costs)
        yield f"| LINE, {share} % of the orders pushed |{cells}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=float, default=POLLS, help="requests for the status, each")
    sys.stdout.writelines(f"{line}\n" for line in tables(parser.parse_args().polls))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

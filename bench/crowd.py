"""`python -m bench.crowd`: what many hear who order at one moment, each a sentence of their own.

    python -m bench.crowd [--orders 10] [--times 5] [--port 4566]

Against the running stack. Whose voice each order got, how soon, and at which attempt; the seconds
are those of this machine with all that runs on it.
"""

import argparse
import random
import statistics
import time
from collections import Counter

from rich.console import Console
from rich.table import Table

from bench.voiced import Voiced, new_order, place_together
from localstack.errors import StackError
from localstack.stack import read_environment

console = Console()


def row(table: Table, name: str, orders: list[Voiced]) -> None:
    seconds = [order.seconds for order in orders]
    engines = Counter(order.engine for order in orders)
    table.add_row(
        name,
        ", ".join(f"{engine} {count}" for engine, count in engines.most_common()),
        *(f"{value:.1f}" for value in (min(seconds), statistics.median(seconds), max(seconds))),
        str(max(order.attempts for order in orders)),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--port", type=int)
    arguments = parser.parse_args()
    dice = random.Random(time.time_ns())
    table = Table(
        *("", "spoken by", "first s", "median s", "slowest s", "attempts"),
        title=f"{arguments.orders} new orders at one moment, until each has its voice",
    )
    heard: list[Voiced] = []
    try:
        environment = read_environment(arguments.port)
        place_together(environment, [new_order(dice)])  # The voice is loaded with it.
        for turn in range(arguments.times):
            orders = [new_order(dice) for _ in range(arguments.orders)]
            with console.status(f"Ordering, {turn + 1} of {arguments.times} …"):
                voiced = place_together(environment, orders)
            row(table, str(turn + 1), voiced)
            heard += voiced
    except StackError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        return 1
    row(table, "all", heard)
    console.print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

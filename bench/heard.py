"""`python -m bench.heard`: from Confirm to the voice, prepared, new and known; docs/speech.md.

    python -m bench.heard [--rounds 6] [--port PORT]

On a stack of its own, which speaks with Kokoro. A tap is the moment in which an order is sent; it
is heard when a status answer holds the voice's address, asked for every 50 ms. Each order is
another signed-in traveller's. First alone, in turn with sentences that this process speaks without
a stack: what a machine's pace is at that time; then beside others' orders; then ten at one moment.
The result is kept in `bench/results/heard.json`.
"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from bench.voiced import (
    PATIENCE_SECONDS,
    Environment,
    Voiced,
    new_order,
    place_together,
    sign_in,
)
from chalicelib.errors import OrderRefused
from chalicelib.languages import SPOKEN
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.orders.request import parse_order
from chalicelib.speech.engines.kokoro.engine import KokoroEngine
from chalicelib.speech.store import voice_key
from deploy import kokoro_model
from deploy.package import PackageError
from deploy.paths import ROOT
from deploy.target import DeployError
from localstack import emulators
from localstack.api import call
from localstack.errors import StackError
from localstack.stack import UNLIMITED, Stack
from tests.ports import free_port_pair

RESULTS = ROOT / "bench" / "results" / "heard.json"
ROUNDS = 6
AT_ONCE = 10
REVIEWS = (1, 3)
"""Seconds between asking for a voice and Confirm, where nobody waits for the voice."""
ALONE = "spoken by one process, without the stack"
KNOWN_EVERY, NEW_EVERY = 1.0, 10.0
"""Seconds between others' orders, of known sentences and of new ones."""
HEARD_AT_ONCE, HEARD_SOON = 0.5, 2.5
"""Seconds that a prepared, and a new sentence may take: what is aimed at."""
PREPARED_WITHIN = 30.0
"""Seconds. What is prepared gives way to all else on a machine, and is not tried again."""

console = Console(highlight=False)
Order = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. In seconds."""

    name: str
    heard: Sequence[Voiced]
    goal: float | None = None
    unprepared: int = 0
    """Those whose voice was not there before Confirm as it should have been; not in `heard`."""

    @property
    def median(self) -> float:
        return statistics.median(one.seconds for one in self.heard)

    @property
    def high(self) -> float:
        """95 % are heard before; of few orders nearly the slowest."""
        seconds = [one.seconds for one in self.heard]
        if len(seconds) == 1:
            return seconds[0]
        return statistics.quantiles(seconds, n=20, method="inclusive")[-1]

    @property
    def engines(self) -> dict[str, int]:
        return dict(Counter(one.engine for one in self.heard).most_common())

    @property
    def values(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "orders": len(self.heard),
            "unprepared": self.unprepared,
            "median_s": round(self.median, 3) if self.heard else None,
            "p95_s": round(self.high, 3) if self.heard else None,
            "engines": self.engines,
            "most_attempts": max((one.attempts for one in self.heard), default=0),
            "goal_s": self.goal,
        }


class Shop:
    """Where travellers order, each something that nobody has ordered before."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._dice = random.Random(time.time_ns())
        self._s3 = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"])
        self._engine = KokoroEngine(str(kokoro_model.cache_folder()))

    def order(self) -> Order:
        return new_order(self._dice)

    def hear(self, *orders: Order) -> list[Voiced]:
        return place_together(self._environment, orders)

    def speak(self, order: Order) -> Voiced:
        """By this process, without the stack, which waits meanwhile."""
        began = time.monotonic()
        self._engine.speak(_sentence(order), SPOKEN, deadline=began + PATIENCE_SECONDS)
        return Voiced(self._engine.name, time.monotonic() - began, attempts=1)

    def place(self, order: Order) -> None:
        """Without waiting for what becomes of it."""
        url = f"{self._environment['API_URL']}/api/orders/quick"
        call("POST", url, order, **sign_in(self._environment))

    def review(self, order: Order, seconds: float | None = None) -> bool:
        """Ask for the voice; look for so many seconds, or until it is in S3. Whether that is so."""
        url = f"{self._environment['API_URL']}/api/voices"
        call("POST", url, order, **sign_in(self._environment))
        if seconds is not None:
            time.sleep(seconds)
            return True
        deadline = time.monotonic() + PREPARED_WITHIN
        while not (is_spoken := self._is_spoken(order)) and time.monotonic() < deadline:
            time.sleep(0.05)
        return is_spoken

    def _is_spoken(self, order: Order) -> bool:
        # Behind it is the number of the period in which it was recorded.
        prefix = voice_key(self._engine, _sentence(order), SPOKEN).removesuffix(".mp3") + "-"
        bucket = self._environment["VOICE_BUCKET"]
        return bool(self._s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["KeyCount"])


def _sentence(order: Order) -> str:
    return order_sentence(parse_order(order, None).order).text


@contextmanager
def shop(port: int) -> Iterator[Shop]:
    """A stack that speaks with Kokoro, with all that speaks loaded. Raises `StackError`."""
    folder = kokoro_model.cache_folder()
    if not (kokoro_model.is_installed(folder) or kokoro_model.install_if_possible(folder)):
        raise StackError("Nothing is measured without the Kokoro voice.")
    stack = Stack(port, emulators.named(os.environ.get("EMULATOR", "")), keeps_stack_env=True)
    stack.options.update(SpeechEngines="kokoro,espeak", **UNLIMITED)
    try:
        opened = Shop(stack.up(dies_with_us=True))
        with console.status("Loading the voices …"):
            opened.review(opened.order(), 1)
            opened.hear(*(opened.order() for _ in range(4)))
            opened.speak(opened.order())
        yield opened
    finally:
        stack.down()


@contextmanager
def others_order(at: Shop) -> Iterator[None]:
    """Others' orders come in meanwhile. Raises what goes wrong with one of them."""
    over = Event()
    known = at.order()
    placed: list[Future[None]] = []

    def come_in() -> None:
        began, count = time.monotonic(), 0
        while not over.wait(max(0.0, began + count * KNOWN_EVERY - time.monotonic())):
            placed.append(pool.submit(at.place, known))
            if count % (NEW_EVERY / KNOWN_EVERY) == 0:
                placed.append(pool.submit(at.place, at.order()))
            count += 1

    at.hear(known)
    with ThreadPoolExecutor(8) as pool:
        coming = pool.submit(come_in)
        try:
            yield
        finally:
            over.set()
    for one in (coming, *placed):
        one.result()


def rows(at: Shop, rounds: int) -> Iterator[Row]:
    """What is measured, kind after kind of order; those of a round take turns."""
    kinds = ("new", "known", "prepared")
    reviews = {f"confirmed {seconds} s after it was asked for": seconds for seconds in REVIEWS}
    goals = {"new": HEARD_SOON, "prepared": HEARD_AT_ONCE}

    def taps(names: Sequence[str]) -> Iterator[Row]:
        heard: dict[str, list[Voiced]] = {name: [] for name in names}
        unprepared = 0
        for _ in range(rounds):
            order = at.order()
            for name in names:
                if name != "known":  # The one that was new just now.
                    order = at.order()
                if name == ALONE:
                    heard[name].append(at.speak(order))
                elif name in ("new", "known") or at.review(order, reviews.get(name)):
                    heard[name] += at.hear(order)
                else:
                    unprepared += 1
        for name in names:
            lost = unprepared if name == "prepared" else 0
            yield Row(name, heard[name], goals.get(name), lost)

    yield from taps([*kinds, ALONE, *reviews])
    with others_order(at):
        beside = list(taps(kinds))
    for row in beside:
        yield replace(row, name=f"{row.name}, others ordering")
    yield Row(f"new, {AT_ONCE} at one moment", at.hear(*(at.order() for _ in range(AT_ONCE))))


def ours(by_name: Mapping[str, Row]) -> float:
    """Which share of a new sentence's time is not speaking: what a known one takes."""
    return by_name["known"].median / by_name["new"].median


def measure(rounds: int = ROUNDS, port: int | None = None) -> dict[str, Any]:
    """Named values of a run. Raises `StackError` and what `Stack.up` raises."""
    before = os.getloadavg()[0]
    found: list[Row] = []
    with shop(port or free_port_pair()) as at, console.status("Ordering …") as status:
        for row in rows(at, rounds):
            found.append(row)
            status.update(f"Measured: {row.name}")
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load_average_before": round(before, 1),
        "others_order_every_s": {"known": KNOWN_EVERY, "new": NEW_EVERY},
        "rows": [row.values for row in found],
        "share_of_a_new_one_that_is_not_speaking": round(ours({r.name: r for r in found}), 3),
    }


def table(values: Mapping[str, Any]) -> Iterator[str]:
    """The table of docs/speech.md, line by line."""
    yield "| tap to voice | orders | median | 95 % | goal | spoken by |"
    yield "|---|--:|--:|--:|--:|---|"
    for row in values["rows"]:
        goal = f"{row['goal_s']} s" if row["goal_s"] else ""
        engines = ", ".join(f"{engine} {count}" for engine, count in row["engines"].items())
        again = f"at most {row['most_attempts']} attempts" if row["most_attempts"] > 1 else ""
        lost = f"{row['unprepared']} not prepared in time" if row["unprepared"] else ""
        remarks = "; ".join(filter(None, (engines, again, lost)))
        yield (
            f"| {row['name']} | {row['orders']} | {_seconds(row['median_s'])} "
            f"| {_seconds(row['p95_s'])} | {goal} | {remarks} |"
        )


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--port", type=int, help="of its stack; else any that is free")
    parser.add_argument("--save", type=Path, default=RESULTS, metavar="FILE")
    told = parser.parse_args()
    try:
        values = measure(told.rounds, told.port)
    except (
        StackError,
        PackageError,
        DeployError,
        OrderRefused,
        BotoCoreError,
        ClientError,
    ) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    told.save.parent.mkdir(exist_ok=True)
    told.save.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.write("\n".join(table(values)) + "\n")
    share = values["share_of_a_new_one_that_is_not_speaking"]
    sys.stdout.write(f"Of a new one's time {share:.0%} is not speaking: a known one's.\n")
    others = sum(
        sum(row["engines"].values()) - row["engines"].get("kokoro", 0) for row in values["rows"]
    )
    if others:
        console.print(f"{others} voices are not Kokoro's.", style="yellow")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

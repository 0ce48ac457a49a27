"""`python -m bench.scale_check`: the simulation beside the stack, for the same orders.

    python -m bench.scale_check [--port 4800] [--orders 100] [--rate 0.9]

A stack of its own, with two workers that take two orders each. Its engine is gTTS before a stand-in
that takes 2.5 s a sentence, so that workers wait rather than compute. Orders that come one after
another, before and afterwards, tell what this machine takes around a sentence; in between, as many
as said come by chance, and wait for each other. The simulation is given that, and the moments at
which they came. Exit status 1 where its median or its 95 % are off by more than `TOLERANCE`.
"""

import argparse
import math
import os
import random
import re
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

from bench.journeys import order
from bench.simulation import Engine, Setting, Stack, poisson
from deploy import package
from deploy.paths import ROOT
from localstack import stack as local
from localstack.api import call
from localstack.errors import StackError
from soak.trouble import Trouble, google_proxy

WORKERS, BATCH = 2, 2
SERVICE_SECONDS = 2.5
WAKING = 12
"""Orders at once to begin with, so that every worker is awake."""
ALONE = 8
TOLERANCE = 0.25
ENDS_WITHIN_SECONDS = 180.0

console = Console(highlight=False)


class Run:
    """Orders at one stack, and what its functions say of them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._run = str(time.time_ns() // 10**6)[-7:]
        self._number = 0

    def place(self) -> None:
        self._number += 1
        url = f"{self._environment['API_URL']}/api/orders/quick"
        call("POST", url, order(self._number, self._run))

    def place_at(self, moments: Sequence[float]) -> None:
        """An order at each moment, in seconds from now, and wait until all have ended."""
        with ThreadPoolExecutor(20) as pool:
            began = time.monotonic()
            for at in moments:
                time.sleep(max(0.0, began + at - time.monotonic()))
                pool.submit(self.place)
        self.wait()

    def alone(self) -> tuple[float, float]:
        """One order: its seconds to the voice, and until its worker is free again."""
        self.place()
        began = time.monotonic()
        self.wait()
        took = time.monotonic() - began
        return self.said("SecondsToVoice")[-1], took

    def wait(self) -> None:
        """Until the queue holds nothing, in nobody's hands either."""
        sqs, url = boto3.client("sqs"), self._environment["ORDERS_QUEUE_URL"]
        deadline = time.monotonic() + ENDS_WITHIN_SECONDS
        while time.monotonic() < deadline:
            told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            waiting = int(told["ApproximateNumberOfMessages"])
            if not waiting + int(told["ApproximateNumberOfMessagesNotVisible"]):
                return
            time.sleep(0.02)
        raise StackError("the orders do not end")

    def said(self, metric: str) -> list[float]:
        """What the worker has measured so far, in its order."""
        pattern = self._environment["FUNCTION_LOGS"]
        logs = sorted((ROOT / pattern).parent.glob(Path(pattern).name))
        text = "".join(log.read_text("utf-8", errors="replace") for log in logs)
        return [float(value) for value in re.findall(rf'"{metric}":([\d.]+)', text)]

    def opened(self) -> list[float]:
        """When each order was accepted, epoch seconds, in that order."""
        pages = boto3.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self._environment["ORDERS_TABLE"], ConsistentRead=True)
        items: list[dict[str, Any]] = [item for page in found for item in page["Items"]]
        return sorted(int(item["opened_at"]["N"]) / 1000 for item in items)


def measured(port: int, orders: int, rate: float) -> tuple[Setting, list[float], list[float]]:
    """A setting like the stack's, when orders came, and their seconds to the voice."""
    trouble = Trouble({})
    trouble.google_seconds = SERVICE_SECONDS
    package.build(local.STAGE)  # Before the proxy is all the internet there is.
    local.voice_layers()
    options = {
        **local.UNLIMITED,
        "SpeechEngines": "gtts",
        "FulfilConcurrency": str(WORKERS),
        "FulfilBatch": str(BATCH),
    }
    stack = local.Stack(port, options=options, keeps_stack_env=True)
    with google_proxy(trouble) as google:
        os.environ["HTTPS_PROXY"] = google
        try:
            run = Run(stack.up(dies_with_us=True))
            del os.environ["HTTPS_PROXY"]
            run.place_at([0.0] * WAKING)
            before = [run.alone() for _ in range(ALONE)]
            first = len(run.said("SecondsToVoice"))
            run.place_at(list(islice(poisson(rate, math.inf, random.Random(2)), orders)))
            voices = run.said("SecondsToVoice")[first:]
            opened = run.opened()[first:]
            alone = [*before, *(run.alone() for _ in range(ALONE))]
            to_voice, all_in_all = (statistics.median(times) for times in zip(*alone, strict=True))
        finally:
            stack.down()
    engine = Engine("stand-in", lambda _: SERVICE_SECONDS, in_a_worker=3)
    setting = Setting(
        [engine],
        WORKERS,
        BATCH,
        pushed=0.0,
        around=to_voice - SERVICE_SECONDS,
        after=max(0.0, all_in_all - to_voice),
    )
    return setting, [at - opened[0] for at in opened], voices


def deviations(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, tuple[float, float]]:
    """Median and 95 % of both, by name."""

    def shares(values: Sequence[float]) -> tuple[float, float]:
        return statistics.median(values), statistics.quantiles(values, n=20)[-1]

    names = ("median", "95 %")
    return dict(zip(names, zip(shares(ours), shares(theirs), strict=True), strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=4800)
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--rate", type=float, default=0.9, help="orders a second")
    arguments = parser.parse_args()
    setting, arrivals, voices = measured(arguments.port, arguments.orders, arguments.rate)
    simulated = Stack(setting, random.Random(1)).run(iter(arrivals))
    title = (
        f"seconds to the voice of {len(voices)} orders; "
        f"{setting.around:.2f} s before it, {setting.after:.2f} s after it"
    )
    table = Table("", "stack", "simulation", "ratio", title=title)
    is_good = True
    for name, (real, ours) in deviations(voices, simulated.to_voice).items():
        table.add_row(name, f"{real:.2f}", f"{ours:.2f}", f"{ours / real:.2f}")
        is_good &= abs(ours / real - 1) <= TOLERANCE
    console.print(table)
    return 0 if is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())

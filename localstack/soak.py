"""`make soak`: hundreds of orders on the deployed stack, on the worst day it will ever have.

    python -m localstack.soak [--orders 500] [--seconds 150] [--port 4800]

A stack of its own; its functions reach AWS and Google through `trouble.py`. While orders come in,
30 % of what is sent to LINE, Google and S3 fails, before or after it takes effect; DynamoDB and
SQS fail now and then; Lambda processes get SIGKILL; the LINE stand-in is killed and started
again; messages come twice. Then the trouble ends, every order is read, and the promises checked.
"""

import argparse
import json
import os
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from localstack import kokoro_model, layers, package
from localstack.deploy import DeployError
from localstack.order import call
from localstack.package import PackageError
from localstack.processes import Process, StackError
from localstack.soak_verdict import Verdict, report
from localstack.stack import STAGE, Stack
from localstack.trouble import Trouble, aws_proxy, google_proxy

FAULTY = 0.3
RATES = {"s3": FAULTY, "google": FAULTY, "dynamodb": 0.03, "sqs": 0.03}
LINE_FAULTS = [500, 429, 503, "drop", "500-after-accept", "drop-after-accept", "hang-after-accept"]
LINE_FAULTS_AHEAD = 5_000
KILL_EVERY_SECONDS = 4.0
RESTART_LINE_EVERY_SECONDS = 25.0
DUPLICATED = 0.2
AFTERMATH_SECONDS = 20.0
"""How long the trouble lasts after the last order has come in."""
AT_ONCE = 6
ENDS_WITHIN_SECONDS = 240.0
DISHES = ["牛肉麵", "滷肉飯", "珍珠奶茶", "蚵仔煎", "小籠包", "雞排", "豆花", "臭豆腐", "鳳梨酥"]

console = Console(highlight=False)


@dataclass(slots=True)
class Placed:
    """An order that the API has accepted."""

    order_id: str
    user_id: str | None
    ended_after: float = 0.0
    """Seconds."""


@dataclass
class Day:
    """One soak against one stack."""

    stack: Stack
    environment: dict[str, str]
    trouble: Trouble
    orders: int
    """How many come in."""
    placed: list[Placed] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)

    # Travellers

    def order(self, number: int) -> None:
        """Place one order, and try again with the same key until it is accepted."""
        user_id = f"U{number // 2:032x}" if number % 5 < 3 else None
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if user_id is not None:
            headers["Authorization"] = f"Bearer {self._token(user_id)}"
        item = {"name": DISHES[number % 9], "quantity": number // 9 % 99 + 1, "price": 50}
        body = {"store_name": f"店家{number}", "items": [item], "language": "en"}
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            answer = attempt("POST", self._api("/api/orders/quick"), body, **headers)
            if answer is not None:
                self.placed.append(Placed(answer["order_id"], user_id))
                return
            self.did["requests tried again"] += 1
            time.sleep(0.5)

    def _token(self, user_id: str) -> str:
        url = f"{self.environment['LINE_URL']}/standin/id-token"
        return str(until(lambda: attempt("POST", url, {"user_id": user_id}))["id_token"])

    def _api(self, path: str) -> str:
        return self.environment["API_URL"] + path

    # Trouble

    def kill_a_function(self) -> None:
        """SIGKILL to one process that the emulator has started for a function."""
        emulator = Process.running("emulator", self.stack.folder)
        children = _children(emulator.pid) if emulator else []
        if children:
            os.kill(random.choice(children), signal.SIGKILL)  # noqa: S311
            self.did["functions killed"] += 1

    def restart_line(self, token: str) -> None:
        process = Process.running("line", self.stack.folder)
        if process is not None:
            os.kill(process.pid, signal.SIGKILL)
            process.stop()
        self.stack.start_line(token, dies_with_us=True)
        self.did["LINE restarts"] += 1

    def send_again(self) -> None:
        """The message of some order that was placed, once more."""
        if not self.placed:
            return
        order_id = random.choice(self.placed).order_id  # noqa: S311
        boto3.client("sqs").send_message(
            QueueUrl=self.environment["ORDERS_QUEUE_URL"],
            MessageBody=json.dumps({"version": 1, "order_id": order_id}),
        )
        self.did["messages duplicated"] += 1

    def make_trouble_at_line(self, share: float) -> None:
        faults = [
            random.choice(LINE_FAULTS) if random.random() < share else None  # noqa: S311
            for _ in range(LINE_FAULTS_AHEAD if share else 0)
        ]
        url = f"{self.environment['LINE_URL']}/standin/faults"
        until(lambda: attempt("POST", url, {"push": faults}))

    def happenings(self, seconds: float) -> list[tuple[float, Callable[[], None]]]:
        """What goes wrong, and when (seconds), a little longer than orders come in."""
        until = seconds + AFTERMATH_SECONDS
        token = boto3.client("ssm").get_parameter(
            Name=f"/order-voice/{STAGE}/line-channel-access-token", WithDecryption=True
        )["Parameter"]["Value"]
        regular: list[tuple[float, Callable[[], None]]] = [
            (KILL_EVERY_SECONDS, self.kill_a_function),
            (RESTART_LINE_EVERY_SECONDS, lambda: self.restart_line(token)),
            (seconds / (self.orders * DUPLICATED), self.send_again),
        ]
        return [
            (pause * number, what)
            for pause, what in regular
            for number in range(1, int(until / pause))
        ]

    # The end

    def wait_for_all(self) -> None:
        """Until every order has ended, or for `ENDS_WITHIN_SECONDS`."""
        deadline = time.monotonic() + ENDS_WITHIN_SECONDS
        waiting = list(self.placed)
        while waiting and time.monotonic() < deadline:
            items = self.items()
            for placed in list(waiting):
                item = items.get(placed.order_id)
                if item and "completed_at" in item:
                    began, ended = int(item["created_at"]["N"]), int(item["completed_at"]["N"])
                    placed.ended_after = (ended - began) / 1000
                    waiting.remove(placed)
            time.sleep(1)

    def items(self) -> dict[str, dict[str, Any]]:
        """Every order, as the table holds it."""
        pages = boto3.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.environment["ORDERS_TABLE"], ConsistentRead=True)
        return {item["order_id"]["S"]: item for page in found for item in page["Items"]}


def attempt(method: str, url: str, body: Any, **headers: str) -> Any:
    """The JSON answer, or None where there is no good one."""
    try:
        return call(method, url, body, **headers)
    except StackError:
        return None


def until(answer: Callable[[], Any]) -> Any:
    """The first answer there is. Raises `StackError` after half a minute."""
    deadline = time.monotonic() + 30
    while (found := answer()) is None:
        if time.monotonic() > deadline:
            raise StackError("the LINE stand-in does not answer")
        time.sleep(0.2)
    return found


def _children(parent: int) -> list[int]:
    """The processes whose parent is `parent`."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(file.parent.name))
    return found


def soak(orders: int, seconds: float, port: int) -> bool:
    """Whether every promise was kept. Raises `StackError` and what `Stack.up` raises."""
    trouble = Trouble({})
    package.build(STAGE)  # Before there is no way to the outside any more.
    layers.build("espeak")
    if kokoro_model.is_installed(kokoro_model.cache_folder()):
        layers.build("kokoro")  # The stack brings it, though no order here is spoken by it.
    stack = Stack(port, is_aside=True)
    with aws_proxy(stack.aws_url, trouble) as aws, google_proxy(trouble) as google:
        os.environ["HTTPS_PROXY"] = google
        stack.options.update(
            EmulatorEndpointUrl=aws,
            SpeechEngines="gtts,espeak",
            OrdersPerMinute="100000",
            ThrottlingRate="1000",
        )
        try:
            day = Day(stack, stack.up(dies_with_us=True), trouble, orders)
            del os.environ["HTTPS_PROXY"]
            with console.status(f"{orders} orders on a bad day …"):
                have_a_bad_day(day, seconds)
            with console.status("The trouble is over; waiting for every order to end …"):
                day.wait_for_all()
            return report(day, Verdict.of(day))
        finally:
            stack.down()


def have_a_bad_day(day: Day, seconds: float) -> None:
    """Orders come in, and everything goes wrong. Starts processes, so it is for the main thread."""
    day.make_trouble_at_line(FAULTY)
    day.trouble.rates = RATES
    with ThreadPoolExecutor(AT_ONCE) as pool:
        arrivals: list[tuple[float, Callable[[], Any]]] = [
            (seconds * number / day.orders, partial(pool.submit, day.order, number))
            for number in range(day.orders)
        ]
        began = time.monotonic()
        happenings = arrivals + day.happenings(seconds)
        for at, what in sorted(happenings, key=lambda happening: happening[0]):
            time.sleep(max(0.0, began + at - time.monotonic()))
            what()
    day.trouble.rates = {}
    day.make_trouble_at_line(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=150.0, help="in which they come in")
    parser.add_argument("--port", type=int, default=4800)
    arguments = parser.parse_args()
    try:
        kept = soak(arguments.orders, arguments.seconds, arguments.port)
    except (StackError, PackageError, DeployError, BotoCoreError, ClientError) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    console.print("[green]Every promise was kept.[/]" if kept else "[red]A promise was broken.[/]")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""One day: the travellers that order, and what goes wrong meanwhile."""

import os
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3

from chalicelib.orders import queue
from localstack.api import call
from localstack.errors import StackError
from localstack.processes import Process
from localstack.stack import STAGE, Stack
from soak.trouble import Trouble

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
        functions = list(self.stack.emulator.functions(self.stack.folder))
        if functions:
            random.choice(functions).kill()  # noqa: S311
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
            QueueUrl=self.environment["ORDERS_QUEUE_URL"], MessageBody=queue.body_of(order_id)
        )
        self.did["messages duplicated"] += 1

    def make_trouble_at_line(self, share: float) -> None:
        faults = [
            random.choice(LINE_FAULTS) if random.random() < share else None  # noqa: S311
            for _ in range(LINE_FAULTS_AHEAD if share else 0)
        ]
        url = f"{self.environment['LINE_URL']}/standin/faults"
        until(lambda: attempt("POST", url, {"push": faults}))

    def faults(self, seconds: float) -> list[tuple[float, Callable[[], None]]]:
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

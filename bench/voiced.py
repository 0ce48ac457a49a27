"""Orders that nobody has placed before, and how soon each had its voice: for benchmarks.

From the moment in which an order is sent until the worker has written that its voice is in S3, by
this machine's clock. What a page needs to learn of it comes on top: `bench.push`.
"""

import json
import random
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.paths import ROOT
from localstack.api import NothingAnswers, call
from localstack.errors import StackError
from tests.dishes import DISHES

PATIENCE_SECONDS = 240.0
DISHES_EACH = 3
"""Of an order: its sentence then has about 33 characters, as the median of real ones."""


@dataclass(frozen=True, slots=True)
class Voiced:
    """How one order came to its voice."""

    engine: str
    seconds: float
    attempts: int


def new_order(dice: random.Random) -> dict[str, Any]:
    """Dishes and counts by lot, so that its sentence is new, as most are."""
    items = [
        {"name": dish.name, "quantity": dice.randint(1, 9)}
        for dish in dice.sample(DISHES, DISHES_EACH)
    ]
    return {"store_name": "店", "items": items, "language": "en"}


def place_together(
    environment: Mapping[str, str], orders: Sequence[Mapping[str, Any]]
) -> list[Voiced]:
    """Place them at one moment, each by another traveller; see all of them to their ends.

    Raises `StackError`, also for an order that has no voice in the end.
    """
    travellers = [_sign_in(environment) for _ in orders]
    with ThreadPoolExecutor(len(orders)) as pool:
        # As many functions of the API as there are travellers, started beforehand.
        list(pool.map(lambda _: _wait_for_the_api(environment), orders))
        placed = list(pool.map(lambda *given: _place(environment, *given), orders, travellers))
    for order_id, _, headers in placed:
        _follow(environment, order_id, headers)
    ready = _ready_at(environment, {order_id for order_id, *_ in placed})
    return [
        Voiced(engine, at - began, attempts)
        for order_id, began, _ in placed
        for engine, at, attempts in [ready[order_id]]
    ]


def _sign_in(environment: Mapping[str, str]) -> dict[str, str]:
    user = {"user_id": "U" + uuid.uuid4().hex}
    token = call("POST", f"{environment['LINE_URL']}/standin/id-token", user)["id_token"]
    return {"Authorization": f"Bearer {token}"}


def _wait_for_the_api(environment: Mapping[str, str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            call("GET", f"{environment['API_URL']}/api/health")
        except NothingAnswers:
            if time.monotonic() > deadline:
                raise
        else:
            return


def _place(
    environment: Mapping[str, str], order: Mapping[str, Any], headers: dict[str, str]
) -> tuple[str, float, dict[str, str]]:
    began = time.time()
    url = f"{environment['API_URL']}/api/orders/quick"
    return call("POST", url, order, **headers)["order_id"], began, headers


def _follow(environment: Mapping[str, str], order_id: str, headers: dict[str, str]) -> None:
    url = f"{environment['API_URL']}/api/orders/status/{order_id}"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (status := call("GET", url, **headers))["processing"]:
        if time.monotonic() > deadline:
            raise StackError(f"order {order_id} has not ended in {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.5)
    if not status["voice_ready"]:
        raise StackError(f"order {order_id} ended without a voice: {status['error']}")


def _ready_at(
    environment: Mapping[str, str], order_ids: set[str]
) -> dict[str, tuple[str, float, int]]:
    """Engine, epoch seconds and the number of the attempt, by order, from the worker's log.

    An emulator writes what a function logs when the function has returned."""
    deadline = time.monotonic() + 30
    while True:
        attempts: dict[str, int] = {}
        ready: dict[str, tuple[str, float, int]] = {}
        for line in _lines(environment):
            order_id = line.get("order_id", "")
            attempts[order_id] = line.get("attempt", attempts.get(order_id, 0))
            if line.get("message") == "voice ready" and order_id in order_ids:
                at = datetime.fromisoformat(line["timestamp"]).timestamp()
                ready[order_id] = line["engine"], at, attempts[order_id]
        if ready.keys() == order_ids:
            return ready
        if time.monotonic() > deadline:
            raise StackError("the worker's log does not say when the voices were ready")
        time.sleep(0.5)


def _lines(environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    pattern = ROOT / environment["FUNCTION_LOGS"]
    for log in pattern.parent.glob(pattern.name):
        for line in Path(log).read_text("utf-8", errors="replace").splitlines():
            if line.startswith('{"level"'):
                yield json.loads(line)

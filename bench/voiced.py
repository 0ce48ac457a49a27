"""Orders that nobody has placed before, and how soon each is heard: for benchmarks.

From the moment in which an order is sent until a status answer holds its voice's address, by this
machine's clock. What a page needs to show it comes on top: `bench.push`.
"""

import json
import random
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.paths import ROOT
from localstack.api import NothingAnswers, call
from localstack.errors import StackError
from tests.dishes import DISHES

PATIENCE_SECONDS = 240.0
POLL_SECONDS = 0.05
"""Between two looks; a look takes its own time."""
DISHES_EACH = 3
"""Of an order: its sentence then has about 33 characters, as the median of real ones."""

Environment = Mapping[str, str]
Traveller = dict[str, str]
"""The headers that say who asks."""


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


def place_together(environment: Environment, orders: Sequence[Mapping[str, Any]]) -> list[Voiced]:
    """Place them at one moment, each by another traveller, and wait until all are heard.

    Raises `StackError`, also for an order that has no voice in the end.
    """
    travellers = [sign_in(environment) for _ in orders]
    with ThreadPoolExecutor(len(orders)) as pool:
        # As many functions of the API as there are travellers, started beforehand.
        list(pool.map(lambda _: _wait_for_the_api(environment), orders))
        heard = list(pool.map(lambda *told: hear(environment, *told), orders, travellers))
    spoken = _spoken(environment, {order_id for order_id, _ in heard})
    return [
        Voiced(engine, seconds, attempts)
        for order_id, seconds in heard
        for engine, attempts in [spoken[order_id]]
    ]


def sign_in(environment: Environment) -> Traveller:
    """A traveller who has ordered nothing yet."""
    user = {"user_id": "U" + uuid.uuid4().hex}
    token = call("POST", f"{environment['LINE_URL']}/standin/id-token", user)["id_token"]
    return {"Authorization": f"Bearer {token}"}


def _wait_for_the_api(environment: Environment) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            call("GET", f"{environment['API_URL']}/api/health")
        except NothingAnswers:
            if time.monotonic() > deadline:
                raise
        else:
            return


def hear(
    environment: Environment, order: Mapping[str, Any], traveller: Traveller
) -> tuple[str, float]:
    """Place an order; its id, and the seconds until its voice has an address."""
    api = environment["API_URL"]
    began = time.monotonic()
    accepted = call("POST", f"{api}/api/orders/quick", order, **traveller)
    while True:
        status = call("GET", api + accepted["polling_url"], **traveller)
        seconds = time.monotonic() - began
        if status["voice_url"]:
            return accepted["order_id"], seconds
        if not status["processing"]:
            raise StackError(f"an order ended without a voice: {status['error']}")
        if seconds > PATIENCE_SECONDS:
            raise StackError(f"an order has no voice after {PATIENCE_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)


def _spoken(environment: Environment, order_ids: set[str]) -> dict[str, tuple[str, int]]:
    """Engine and number of the attempt, by order, from the worker's log.

    An emulator writes what a function logs when the function has returned."""
    deadline = time.monotonic() + 30
    while True:
        attempts: dict[str, int] = {}
        spoken: dict[str, tuple[str, int]] = {}
        for line in _lines(environment):
            order_id = line.get("order_id", "")
            attempts[order_id] = line.get("attempt", attempts.get(order_id, 0))
            if line.get("message") == "voice ready" and order_id in order_ids:
                spoken[order_id] = line["engine"], attempts[order_id]
        if spoken.keys() == order_ids:
            return spoken
        if time.monotonic() > deadline:
            raise StackError("the worker's log does not say who spoke")
        time.sleep(0.5)


def _lines(environment: Environment) -> Iterator[dict[str, Any]]:
    pattern = ROOT / environment["FUNCTION_LOGS"]
    for log in pattern.parent.glob(pattern.name):
        for line in Path(log).read_text("utf-8", errors="replace").splitlines():
            if line.startswith('{"level"'):
                yield json.loads(line)

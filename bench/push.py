"""`python -m bench.push`: how soon a page shows a voice, told and polling, and what each costs.

    python -m bench.push [--orders 20]

Against the running stack, on one phone in Chromium. Orders are spoken anew and take turns: one is
told by the WebSocket, the next one's page is not given the address. How long the voice has existed
is from its record in DynamoDB until the frame that shows Play is drawn, by this machine's clock.
"""

import argparse
import json
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Route, WebSocket, sync_playwright
from rich.console import Console
from rich.table import Table

from bench.cost import API_GB, API_SECONDS, GB_SECOND_ARM, INVOCATION, READ, REQUEST, WRITE
from deploy.paths import ROOT
from localstack.errors import StackError
from localstack.stack import read_environment
from tests.browser.phone import QUIET, find_chromium
from tests.browser.traveller import QUICK, STATUS, Traveller, requests_to
from tests.stack.client import Client

console = Console()

# USD in us-east-1, November 2026; to be confirmed before quoting.
TOLD = 1.00 / 1e6
CONNECTED_MINUTE = 0.25 / 1e6

FUNCTION = INVOCATION + API_GB * API_SECONDS * GB_SECOND_ARM
LOOK = REQUEST + FUNCTION + READ
JOIN_AND_LEAVE_WRITES = 4
PATIENCE_SECONDS = 120.0

SEES_THE_VOICE = """addEventListener("DOMContentLoaded", () => {
  const look = () => {
    if (!globalThis.shownAt && document.querySelector("button.play:not(:disabled)"))
      globalThis.shownAt = Date.now();
  };
  new MutationObserver(() => requestAnimationFrame(look)).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true,
  });
});"""


@dataclass(frozen=True, slots=True)
class Order:
    """One that was followed to its end, in seconds."""

    shown_after: float
    """From the voice's record."""
    took: float
    """From its acceptance to its end, as the page saw it."""
    looks: int
    told: int


class Phone:
    """A page that places orders which nobody has placed before."""

    def __init__(self, page: Page, environment: dict[str, str]) -> None:
        self._traveller = Traveller(page, environment["LIFF_URL"])
        self._environment = environment
        self._log = ROOT / environment["FUNCTION_LOGS"]
        self._told: list[object] = []
        self._is_told = True
        self._voices = 0
        page.add_init_script(SEES_THE_VOICE)
        page.route(QUICK, self._place)
        page.on("websocket", self._listen)

    def order(self, *, is_told: bool) -> Order:
        self._is_told, page = is_told, self._traveller.page
        self._told.clear()
        self._voices = len(self._seconds_to_voice())
        self._traveller.open()
        looks = requests_to(page, STATUS, "GET")
        began = time.monotonic()
        self._traveller.order()
        self._traveller.sees_the_end(PATIENCE_SECONDS, patiently=True)
        took = time.monotonic() - began
        # The frame may be drawn after the words are there.
        shown_at = page.wait_for_function("globalThis.shownAt").json_value() / 1000
        shown_after = shown_at - self._recorded_at(self._traveller.order_id)
        return Order(shown_after, took, len(looks), len(self._told))

    def _place(self, route: Route) -> None:
        order = json.loads(route.request.post_data or "")
        number = str(time.time_ns()).translate(str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸"))
        order["items"] = [{"name": f"牛肉麵{number}", "quantity": 1}]
        order.pop("total_amount", None)
        answer = route.fetch(post_data=json.dumps(order))
        accepted = answer.json()
        if not self._is_told:
            del accepted["push_url"]
        route.fulfill(response=answer, json=accepted)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda said: self._told.append(said))

    def _recorded_at(self, order_id: str) -> float:
        """Epoch seconds: the worker measures from acceptance, in the moment after the write."""
        deadline = time.monotonic() + 10
        while len(seconds := self._seconds_to_voice()) <= self._voices:
            assert time.monotonic() < deadline, "the worker has measured no voice"
            time.sleep(0.05)
        table, key = self._environment["ORDERS_TABLE"], {"order_id": {"S": order_id}}
        item = Client(self._environment).aws("dynamodb").get_item(TableName=table, Key=key)["Item"]
        return int(item["opened_at"]["N"]) / 1000 + seconds[-1]

    def _seconds_to_voice(self) -> list[float]:
        logs = self._log.parent.glob(self._log.name)
        text = "".join(Path(log).read_text("utf-8", errors="replace") for log in logs)
        return [float(value) for value in re.findall(r'"SecondsToVoice":([\d.]+)', text)]


@contextmanager
def phone(environment: dict[str, str]) -> Iterator[Phone]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET])
        yield Phone(browser.new_context(locale="en-US").new_page(), environment)
        browser.close()


def cost(order: Order) -> float:
    """USD of what a page asks for after its order was accepted, and of telling it."""
    if not order.told:
        return order.looks * LOOK
    connection = 2 * FUNCTION + JOIN_AND_LEAVE_WRITES * WRITE
    told = order.told * (TOLD + READ)
    return order.looks * LOOK + connection + told + order.took / 60 * CONNECTED_MINUTE


def report(told: list[Order], polling: list[Order]) -> None:
    table = Table("", "told", "polling", "ratio", title=f"medians of {len(told)} orders each")
    for name, of, unit in (
        ("voice shown after it exists", lambda one: one.shown_after * 1000, "ms"),
        ("order followed", lambda one: one.took * 1000, "ms"),
        ("requests for the status", lambda one: one.looks, "an order"),
    ):
        ours, other = (statistics.median(map(of, orders)) for orders in (told, polling))
        table.add_row(name, f"{ours:.0f} {unit}", f"{other:.0f} {unit}", f"{ours / other:.2f}")
    for name, of, unit in (
        ("requests for the status", lambda one: one.looks, "an order"),
        ("times told", lambda one: one.told, "an order"),
        ("both, a million orders", lambda one: cost(one) * 1e6, "USD"),
    ):
        ours, other = (statistics.mean(map(of, orders)) for orders in (told, polling))
        ratio = f"{ours / other:.2f}" if other else ""
        table.add_row(f"{name} (mean)", f"{ours:.2f} {unit}", f"{other:.2f} {unit}", ratio)
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20, help="each way")
    arguments = parser.parse_args()
    told: list[Order] = []
    polling: list[Order] = []
    try:
        environment = read_environment()
    except StackError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        return 1
    with phone(environment) as traveller, console.status("Ordering …"):
        traveller.order(is_told=True)  # Starts the function behind the socket.
        for _ in range(arguments.orders):
            told.append(traveller.order(is_told=True))
            polling.append(traveller.order(is_told=False))
    report(told, polling)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

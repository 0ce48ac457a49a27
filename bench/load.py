"""`make load`: travellers at once against the running stack, and what as many cost on AWS.

    python -m bench.load [--travellers 40] [--at-once 8]

Each places an order as a LINE user and polls as the page does until it ends. The latencies are
those of the emulator on this machine; the counts are what AWS and LINE would bill. What a first
visit of the page asks for is counted on the page that is served.
"""

import argparse
import re
import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

from rich.console import Console
from rich.table import Table

from bench.cost import LINE_PUSH, cost_of_an_order
from localstack.api import call, http
from localstack.errors import StackError
from localstack.order import ORDER
from localstack.stack import read_environment

console = Console()


@dataclass(frozen=True, slots=True)
class Journey:
    """One traveller's order, in seconds."""

    accepted: float
    polls: tuple[float, ...]
    heard: float
    status: str
    pushes: int


def travel(environment: dict[str, str]) -> Journey:
    user = {"user_id": "U" + uuid.uuid4().hex}
    token = call("POST", f"{environment['LINE_URL']}/standin/id-token", user)["id_token"]
    headers = {"Authorization": f"Bearer {token}"}
    api = environment["API_URL"]
    began = time.monotonic()
    accepted: dict[str, Any] = call("POST", f"{api}/api/orders/quick", ORDER, **headers)
    took = time.monotonic() - began
    polls: list[float] = []
    heard = 0.0
    while True:
        time.sleep(accepted["poll_after_ms"] / 1000)
        asked = time.monotonic()
        status = call("GET", api + accepted["polling_url"], **headers)
        polls.append(time.monotonic() - asked)
        if status["voice_ready"] and not heard:
            heard = time.monotonic() - began
        if not status["processing"] or time.monotonic() - began > 120:
            received = call("GET", f"{environment['LINE_URL']}/standin/messages?{urlencode(user)}")
            return Journey(took, tuple(polls), heard, status["status"], received["pushes"])


def first_visit(page: str) -> int:
    """The requests of somebody who has never opened the page at that address: itself, its scripts,
    at once or when there is nothing else to do; dishes in their language, options, a shop's menu.
    Later visits ask for page and menu alone."""
    unread = {
        urljoin(page, name) for name in re.findall(r'(?:href|src)="(liff/[^"]+)"', read(page))
    }
    found: set[str] = set()
    while unread:
        found |= unread
        imported = {
            urljoin(address, name)
            for address in unread
            for name in re.findall(r'(?:\bfrom|\bimport\()"(\./[^"]+)"', read(address))
        }
        unread = imported - found
    return 1 + len(found) + len(("dishes", "options", "menu"))


def read(address: str) -> str:
    return http.request("GET", address).data.decode()


def cost_per_million(polls: float, pushes: float, page: int) -> list[tuple[str, float]]:
    """USD for a million orders with so many polls, pushes and requests of the page each."""
    line = ("LINE, beyond the messages of its plan", pushes * LINE_PUSH)
    return [(name, dollars * 1e6) for name, dollars in (*cost_of_an_order(polls, page), line)]


def report(journeys: list[Journey], page: int) -> None:
    polls = [poll for journey in journeys for poll in journey.polls]
    table = Table("", "median", "95 %", title=f"{len(journeys)} orders on this machine")
    for name, values in (
        ("accepted", [journey.accepted for journey in journeys]),
        ("one poll", polls),
        ("voice ready", [journey.heard for journey in journeys]),
    ):
        high = statistics.quantiles(values, n=20)[-1]
        table.add_row(name, f"{statistics.median(values) * 1000:.0f} ms", f"{high * 1000:.0f} ms")
    console.print(table)
    per_order = len(polls) / len(journeys)
    pushes = sum(journey.pushes for journey in journeys) / len(journeys)
    costs = cost_per_million(per_order, pushes, page)
    title = f"on AWS and LINE, with {per_order:.1f} polls and {pushes:.1f} pushes an order"
    bill = Table("per million orders", "USD", title=title)
    for name, dollars in [*costs, ("all", sum(dollars for _, dollars in costs))]:
        bill.add_row(name, f"{dollars:.2f}")
    console.print(bill)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--travellers", type=int, default=40)
    parser.add_argument("--at-once", type=int, default=8)
    arguments = parser.parse_args()
    try:
        environment = read_environment()
        page = first_visit(environment["LIFF_URL"])
        with ThreadPoolExecutor(arguments.at_once) as pool, console.status("Ordering …"):
            journeys = list(pool.map(travel, [environment] * arguments.travellers))
    except StackError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        return 1
    report(journeys, page)
    unheard = [journey for journey in journeys if journey.status != "completed"]
    console.print(f"{len(journeys) - len(unheard)} of {len(journeys)} orders completed")
    return 1 if unheard else 0


if __name__ == "__main__":
    raise SystemExit(main())

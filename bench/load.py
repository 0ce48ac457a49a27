"""`make load`: travellers at once against the running stack, and what as many cost on AWS.

    python -m bench.load [--travellers 8] [--orders 100 | --seconds 60] [--late 30] [--growth 30]

Locust plays the travellers (bench/travellers.py) and writes `.local/load/report.html`. Then every
order is looked after: whether one was lost, failed, was heard late or pushed twice, and whether a
function's process grew. The latencies are those of the emulator on this machine; the counts are
what AWS and LINE would bill. What a first visit of the page asks for is counted on the page that is
served.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from urllib.parse import urlencode, urljoin

import psutil
from rich.console import Console
from rich.table import Table

from bench.cost import LINE_PUSH, cost_of_an_order
from bench.journeys import Journey, Limits, complaints, growth, leaks
from deploy.paths import LOCAL, ROOT
from localstack import emulators
from localstack.api import call, http
from localstack.errors import StackError
from localstack.stack import read_environment

console = Console(highlight=False)

LOAD = LOCAL / "load"
"""Locust's own environment, and what a run leaves."""
JOURNEYS, REPORT, MEMORY = LOAD / "journeys.jsonl", LOAD / "report.html", LOAD / "memory.json"
ENDS_WITHIN_SECONDS = 150
"""What a traveller may need after the time is up, a little more than their patience."""
SAMPLE_SECONDS = 1.0
JUDGED = ("APIHandler", "FulfilOrders")
"""Functions whose memory has to stay. The sweeper loads LINE's library in some tenth minute, 50 MB,
and the others are shown."""

Memory = dict[str, list[int]]
"""Of each process of a function its resident bytes, second by second."""


def travel(environment: dict[str, str], arguments: argparse.Namespace) -> list[Journey]:
    """Have Locust play the travellers. Raises `StackError` if it does not get through."""
    JOURNEYS.write_text("")
    travellers = str(arguments.travellers)
    command = [
        *(str(LOAD / "bin" / "locust"), "--locustfile", str(ROOT / "bench" / "travellers.py")),
        *("--headless", "--users", travellers, "--spawn-rate", travellers),
        *("--html", str(REPORT), "--only-summary", "--skip-log-setup"),
        *("--host", environment["API_URL"], "--stop-timeout", str(ENDS_WITHIN_SECONDS)),
        # What fails is judged by its order, not by its request.
        *("--exit-code-on-error", "0"),
        *(("--run-time", f"{arguments.seconds}s") if arguments.seconds else ()),
    ]
    told = {
        "PYTHONPATH": str(ROOT),
        "LOAD_LINE_URL": environment["LINE_URL"],
        "LOAD_JOURNEYS": str(JOURNEYS),
        "LOAD_ORDERS": str(0 if arguments.seconds else arguments.orders),
    }
    log = LOAD / "locust.log"
    with log.open("w") as output:
        status = subprocess.run(
            command, env={**os.environ, **told}, stdout=output, stderr=output, check=False
        ).returncode
    if status:
        raise StackError(f"Locust failed ({status}): {log.read_text()[-2000:]}")
    return [Journey.of(line) for line in JOURNEYS.read_text("utf-8").splitlines()]


@contextmanager
def memory_of(environment: dict[str, str]) -> Iterator[Memory]:
    """The functions' processes, looked at each second meanwhile."""
    emulator = emulators.named(environment["EMULATOR"])
    folder = LOCAL / environment["AWS_ENDPOINT_URL"].rpartition(":")[2]
    memory: Memory = defaultdict(list)
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            for process in emulator.functions(folder):
                with suppress(psutil.Error, LookupError):
                    name = process.environ()["AWS_LAMBDA_FUNCTION_NAME"].split("-")[-2]
                    memory[f"{name} {process.pid}"].append(process.memory_info().rss)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield memory
    finally:
        ended.set()
        looking.join()


def pushes_of(environment: dict[str, str], journeys: Sequence[Journey]) -> dict[str, int]:
    """How many pushes each traveller has received, by user id."""
    at = f"{environment['LINE_URL']}/standin/messages?"
    users = [one.user_id for one in journeys]
    return {user: call("GET", at + urlencode({"user_id": user}))["pushes"] for user in users}


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


def report(journeys: list[Journey], pushes: int, page: int) -> None:
    polls = [poll for journey in journeys for poll in journey.polls]
    table = Table("", "median", "95 %", title=f"{len(journeys)} orders on this machine")
    told = [one.heard for one in journeys if one.heard is not None and one.listened]
    polling = [one.heard for one in journeys if one.heard is not None and not one.listened]
    for name, values in (
        ("accepted", [journey.accepted for journey in journeys]),
        ("one poll", polls),
        ("MP3 there, told by WebSocket", told),
        ("MP3 there, polling", polling),
    ):
        if len(values) > 1:
            high = statistics.quantiles(values, n=20)[-1]
            middle = statistics.median(values)
            table.add_row(name, f"{middle * 1000:.0f} ms", f"{high * 1000:.0f} ms")
    console.print(table)
    if not journeys:
        return
    per_order, pushed = len(polls) / len(journeys), pushes / len(journeys)
    costs = cost_per_million(per_order, pushed, page)
    title = f"on AWS and LINE, with {per_order:.1f} polls and {pushed:.1f} pushes an order"
    bill = Table("per million orders", "USD", title=title)
    for name, dollars in [*costs, ("all", sum(dollars for _, dollars in costs))]:
        bill.add_row(name, f"{dollars:.2f}")
    console.print(bill)


def report_memory(memory: Memory) -> None:
    table = Table("process", "samples", "MB at the end", "MB grown", title="memory of functions")
    for name, samples in sorted(memory.items()):
        grown = growth(samples)
        shown = "too short a life" if grown is None else f"{grown:+.1f}"
        table.add_row(name, str(len(samples)), f"{samples[-1] / 1e6:.0f}", shown)
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--travellers", type=int, default=8, help="at once")
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=0, help="as many orders as these bring")
    parser.add_argument("--late", type=float, default=30.0, help="seconds from Confirm to the MP3")
    parser.add_argument("--growth", type=float, default=30.0, help="MB that a process may grow by")
    parser.add_argument("--port", type=int, default=None, help="of the stack")
    arguments = parser.parse_args()
    limits = Limits(late=arguments.late, growth=arguments.growth)
    try:
        environment = read_environment(arguments.port)
        page = first_visit(environment["LIFF_URL"])
        with memory_of(environment) as memory, console.status("Ordering …"):
            journeys = travel(environment, arguments)
        pushes = pushes_of(environment, journeys)
    except StackError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    report(journeys, sum(pushes.values()), page)
    report_memory(memory)
    MEMORY.write_text(json.dumps(memory))
    judged = {name: samples for name, samples in memory.items() if name.startswith(JUDGED)}
    wrong = [*complaints(journeys, pushes, limits), *leaks(judged, limits)]
    for each in wrong:
        console.print(each, style="red", markup=False, soft_wrap=True)
    good = sum(one.status == "completed" for one in journeys)
    console.print(f"{good} of {len(journeys)} orders completed; {REPORT.relative_to(ROOT)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""`make soak`: hundreds of orders on the deployed stack, on the worst day it will ever have.

    python -m soak [--orders 500] [--seconds 150] [--port 4800]

A stack of its own; its functions reach AWS and Google through `trouble.py`. While orders come in,
30 % of what is sent to LINE, Google and S3 fails, before or after it takes effect; DynamoDB and
SQS fail now and then; Lambda processes get SIGKILL; the LINE stand-in is killed and started
again; messages come twice. Then the trouble ends, every order is read, and the promises checked.
"""

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from deploy import package
from deploy.package import PackageError
from deploy.target import DeployError
from localstack import emulators
from localstack.errors import StackError
from localstack.stack import STAGE, UNLIMITED, Stack, voice_layers
from soak.day import AT_ONCE, FAULTY, RATES, Day
from soak.trouble import Trouble, aws_proxy, google_proxy
from soak.verdict import Verdict, report

console = Console(highlight=False)


def soak(orders: int, seconds: float, port: int) -> bool:
    """Whether every promise was kept. Raises `StackError` and what `Stack.up` raises."""
    trouble = Trouble({})
    package.build(STAGE)  # Before there is no way to the outside any more.
    voice_layers()
    stack = Stack(port, emulators.named(os.environ.get("EMULATOR", "")), keeps_stack_env=True)
    with aws_proxy(stack.aws_url, trouble) as aws, google_proxy(trouble) as google:
        os.environ["HTTPS_PROXY"] = google
        stack.options.update(
            EmulatorEndpointUrl=aws,
            SpeechEngines="gtts,espeak",
            **UNLIMITED,
        )
        try:
            day = Day(stack, stack.up(dies_with_us=True), trouble, orders)
            del os.environ["HTTPS_PROXY"]
            with console.status(f"{orders} orders while everything fails …"):
                run(day, seconds)
            with console.status("The trouble is over; waiting for every order to end …"):
                day.wait_for_all()
            return report(day, Verdict.of(day))
        finally:
            stack.down()


def run(day: Day, seconds: float) -> None:
    """Orders come in, and everything goes wrong. Starts processes, so it is for the main thread."""
    day.make_trouble_at_line(FAULTY)
    day.trouble.rates = RATES
    with ThreadPoolExecutor(AT_ONCE) as pool:
        arrivals: list[tuple[float, Callable[[], Any]]] = [
            (seconds * number / day.orders, partial(pool.submit, day.order, number))
            for number in range(day.orders)
        ]
        began = time.monotonic()
        events = arrivals + day.faults(seconds)
        for at, what in sorted(events, key=lambda event: event[0]):
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

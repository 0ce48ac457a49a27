"""`up`, `run` and `down` at a terminal: what is said while a stack comes and goes."""

import signal
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from deploy import kokoro_model
from deploy.package import PackageError
from deploy.paths import LOCAL
from deploy.target import DeployError
from localstack.errors import StackEnded, StackError
from localstack.processes import Process, end_of_log, end_with
from localstack.stack import PARTS, Stack, being_set_up, console, is_being_set_up, sample_menus

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def install_voice() -> None:
    """The Kokoro voice, once for this machine; where it cannot be had, that is said."""
    with being_set_up():
        kokoro_model.install_if_possible(kokoro_model.cache_folder())


def welcome(stack: Stack, environment: dict[str, str]) -> None:
    public = environment.get("PUBLIC_LIFF_URL")
    on_a_phone = f"\n  [bold]On a phone[/]    {public}" if public else ""
    page = public or environment["LIFF_URL"]
    shops = f"\n{' ' * 16}".join(f"{page}?store={store}" for store in sample_menus())
    console.print(
        f"""
  [bold]Page[/]          {environment["LIFF_URL"]}{on_a_phone}
  [bold]Shops[/]         {shops}
  [bold]Chat view[/]     {environment["LINE_URL"]}
  [bold]What goes on[/]  {environment["LINE_URL"]}/glance
  [bold]API[/]           {environment["API_URL"]}

  Settings for curl and scripts: .local/stack.env   Logs: .local/{stack.port}/
""",
        soft_wrap=True,  # An address that is broken in two opens nothing.
    )


def run(stack: Stack, parent: int | None) -> None:
    """Serve until Ctrl-C, or until somebody ends this process, or `parent`."""
    for number in ENDING:
        # SIGINT too: where a script started us with `&`, it is ignored so far.
        signal.signal(number, signal.default_int_handler)
    if parent is not None:
        end_with(parent)
    environment = stack.up(dies_with_us=True)
    try:
        welcome(stack, environment)
        console.print("Serving. [bold]make order[/] in a second terminal; Ctrl-C ends.")
        while not (dead := stack.dead_parts()):
            time.sleep(0.5)
        if stack.was_ended:
            raise StackEnded("Ended by make down.")
        # Read now: the log goes with the stack.
        last_words = end_of_log(dead[0], stack.folder)
        raise StackError(f"{last_words}The part '{dead[0]}' has ended, and the stack with it.")
    finally:
        # A second Ctrl-C must not leave half of the stack behind.
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        if not stack.was_ended:
            stack.down()
            console.print("Stopped.")


def down(stack: Stack) -> None:
    """End the stack; where there is none, say where there are others.

    Raises `StackError` where none runs because it is still being set up.
    """
    if len(stack.dead_parts()) == len(PARTS):
        if is_being_set_up():
            raise StackError("a set-up is under way; Ctrl-C in its terminal ends it")
        pid_files = LOCAL.glob("*/emulator.pid")
        others = [
            file.parent.name for file in pid_files if Process.running("emulator", file.parent)
        ]
        console.print(f"Nothing runs on port {stack.port}.")
        for port in sorted(others):
            console.print(f"A stack runs on port {port}: make down PORT={port} ends it.")
        stack.down()
    else:
        stack.end()
        console.print(f"The stack on port {stack.port} is ended.")


def up(stack: Stack) -> None:
    """Start it in the background."""
    welcome(stack, stack.up(dies_with_us=False))


def status_of(command: Callable[[], None]) -> int:
    """0; or 1, and what went wrong in red."""
    try:
        command()
    except StackEnded:
        raise
    except (StackError, PackageError, DeployError) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    except (BotoCoreError, ClientError, OSError) as error:
        console.print(
            f"The stack did not come up: {error}", style="red", markup=False, soft_wrap=True
        )
        return 1
    return 0

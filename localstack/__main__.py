"""Starts and ends the stack on this machine.

python -m localstack up|run|down [--port 4566] [--origins http://localhost:5173,…]
                                [--public-url https://a.tunnel.example]
"""

import argparse
import signal
import time

from botocore.exceptions import BotoCoreError, ClientError

from deploy.package import PackageError
from deploy.paths import LOCAL
from deploy.target import DeployError
from localstack import addresses
from localstack.processes import Process, StackEnded, StackError, end_of_log, end_with
from localstack.stack import PARTS, Stack, console, is_being_set_up

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _welcome(stack: Stack, environment: dict[str, str]) -> None:
    public = environment.get("PUBLIC_LIFF_URL")
    on_a_phone = f"\n  [bold]On a phone[/]  {public}" if public else ""
    console.print(f"""
  [bold]Page[/]        {environment["LIFF_URL"]}{on_a_phone}
  [bold]Chat view[/]   {environment["LINE_URL"]}
  [bold]API[/]         {environment["API_URL"]}

  Settings for curl and scripts: .local/stack.env   Logs: .local/{stack.port}/
""")


def _run(stack: Stack, parent: int | None) -> None:
    """Serve until Ctrl-C, or until somebody ends this process, or `parent`."""
    for number in ENDING:
        # SIGINT too: where a script started us with `&`, it is ignored so far.
        signal.signal(number, signal.default_int_handler)
    if parent is not None:
        end_with(parent)
    environment = stack.up(dies_with_us=True)
    try:
        _welcome(stack, environment)
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


def _down(stack: Stack) -> None:
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["up", "run", "down"])
    parser.add_argument("--port", default="4566")
    parser.add_argument("--origins", default="", help="of front ends that may use the stack")
    parser.add_argument("--public-url", default="", help="of a tunnel to the port")
    parser.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="of the template"
    )
    parser.add_argument(
        "--keep-stack-env", action="store_true", help="leave .local/stack.env alone"
    )
    parser.add_argument("--enforce-iam", action="store_true", help="refuse what no policy allows")
    parser.add_argument("--parent", type=int, metavar="PID", help="run: end when this process does")
    arguments = parser.parse_args()
    options = dict(pair.split("=", 1) for pair in arguments.parameter)
    try:
        port = addresses.port(arguments.port)
        if arguments.command == "down":
            _down(Stack(port))
            return 0
        addresses.require_browsable(port)
        stack = Stack(
            port,
            options,
            keeps_stack_env=arguments.keep_stack_env,
            enforces_iam=arguments.enforce_iam,
            origins=addresses.origins(arguments.origins),
            public_url=addresses.public_url(arguments.public_url),
        )
        if arguments.command == "run":
            _run(stack, arguments.parent)
        else:
            _welcome(stack, stack.up(dies_with_us=False))
    except StackEnded as ended:
        console.print(str(ended))
        return 0 if arguments.command == "run" else 1
    except (StackError, PackageError, DeployError) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 130
    except (BotoCoreError, ClientError, OSError) as error:
        console.print(
            f"The stack did not come up: {error}", style="red", markup=False, soft_wrap=True
        )
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

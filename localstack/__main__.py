"""Starts and ends the stack on this machine.

python -m localstack up|run|down [--port 4566] [--origins http://localhost:5173,…]
                                [--public-url https://a.tunnel.example]
                                [--emulator ministack|localstack]
python -m localstack check …     only says what of these will not do; needs no set-up
"""

import argparse
import sys

from localstack import addresses
from localstack.errors import StackEnded, StackError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["check", "up", "run", "down"])
    parser.add_argument("--port", default="4566")
    parser.add_argument("--emulator", default="", help="ministack (the default) or localstack")
    parser.add_argument("--origins", default="", help="of front ends that may use the stack")
    parser.add_argument("--public-url", default="", help="of a tunnel to the port")
    parser.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="of the template"
    )
    parser.add_argument(
        "--keep-stack-env", action="store_true", help="leave .local/stack.env alone"
    )
    parser.add_argument("--enforce-iam", action="store_true", help="refuse what no policy allows")
    parser.add_argument(
        "--install-voice", action="store_true", help="up, run: the one that needs no internet"
    )
    parser.add_argument("--parent", type=int, metavar="PID", help="run: end when this process does")
    arguments = parser.parse_args()
    try:
        return _do(arguments)
    except StackEnded as ended:
        sys.stdout.write(f"{ended}\n")
        return 0 if arguments.command == "run" else 1
    except StackError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _do(arguments: argparse.Namespace) -> int:
    port = addresses.port(arguments.port)
    emulator = addresses.emulator(arguments.emulator)
    if arguments.command != "down":
        addresses.require_browsable(port)
    origins = addresses.origins(arguments.origins)
    public_url = addresses.public_url(arguments.public_url)
    if arguments.command == "check":
        return 0

    # Only here: they need what the set-up installs, and Ctrl-C may come while they load.
    from localstack import emulators, serving
    from localstack.stack import Stack

    stack = Stack(
        port,
        emulators.named(emulator),
        dict(pair.split("=", 1) for pair in arguments.parameter),
        keeps_stack_env=arguments.keep_stack_env,
        enforces_iam=arguments.enforce_iam,
        origins=origins,
        public_url=public_url,
    )
    if arguments.install_voice:
        serving.install_voice()
    commands = {
        "up": lambda: serving.up(stack),
        "run": lambda: serving.run(stack, arguments.parent),
        "down": lambda: serving.down(stack),
    }
    return serving.status_of(commands[arguments.command])


if __name__ == "__main__":
    raise SystemExit(main())

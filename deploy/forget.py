"""Erases the orders of one LINE user, who has asked for it: `make forget USER=U… STAGE=prod`.

    USER=U… AWS_ENDPOINT_URL=http://localhost:4566 python -m deploy.forget local

The same as the user's own `DELETE /api/orders`. The id comes in the environment and is never
written: a terminal's output ends in logs, and so do arguments of programs. Interrupted, it is run
again: what is erased is not found any more.
"""

import argparse
import os
import sys
from math import inf

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.clock import now_ms
from chalicelib.errors import TransientError
from chalicelib.orders.erasing import erase_orders
from chalicelib.orders.identity import is_line_user_id, line_owner
from chalicelib.orders.record import ask, table
from chalicelib.orders.transitions import CLOCK_SKEW_MS
from deploy.app_settings import use_settings_of
from deploy.cloudformation import outputs
from deploy.refusals import in_words
from deploy.target import STAGES, DeployError, choose_target, stack_name
from deploy.terminal import Terminal

AGAIN = "What was erased is erased: run it again for the rest."


def user_id_of(text: str) -> str:
    """LINE's form of a user id, or a refusal that does not repeat it. Raises `DeployError`."""
    if not is_line_user_id(text):
        raise DeployError("say whose: USER=U…, a U and 32 digits of 0-9a-f, as LINE's user ids are")
    return text


def forget(user_id: str, terminal: Terminal) -> bool:
    """Erase a user's orders, once that is agreed to; whether it was. Raises `TransientError`."""
    until = now_ms() + CLOCK_SKEW_MS
    found = ask(lambda: table().orders_by_owner.count(line_owner(user_id)))
    terminal.say(f"Orders of this user: {found}")
    if not found:
        return True
    if not terminal.agrees("Erase them? Nobody can bring them back."):
        return False
    erased = under_way = 0
    left = True
    while left:
        some = erase_orders(user_id, until=until, deadline=inf)
        erased, under_way, left = erased + some.erased, some.under_way, some.left
    terminal.say(f"Erased: {erased}")
    if under_way:
        terminal.say(f"Being worked on, and erased as soon as they have ended: {under_way}")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    told = parser.parse_args()
    terminal = Terminal(says_yes=told.yes)
    try:
        user_id = user_id_of(os.environ.get("USER", ""))
        choose_target(told.stage)
        use_settings_of(outputs(told.stage))
        terminal.say(f"Stack: {stack_name(told.stage)}")
        return 0 if forget(user_id, terminal) else 1
    except KeyboardInterrupt:
        return 130
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\n{AGAIN}\n")
    except TransientError as error:
        sys.stderr.write(f"{error}\n{AGAIN}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

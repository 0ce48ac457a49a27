"""Gives the orders among the dead letters another life: `make redrive STAGE=prod`.

    AWS_ENDPOINT_URL=http://localhost:4566 python -m deploy.redrive local

SQS's own redrive would bring back messages of orders that have failed, and the worker, which
leaves ended orders alone, would send them to the dead letters again. So each message's order is
reopened first, as by the traveller's own "try again", then queued, and only then is the dead
letter deleted. Killed between two of these steps, it is run again: reopening is conditional, and
the sweeper queues what was reopened and not queued. A message that asks to erase a user's orders is
queued as it is. What no version of ours has sent is shown, and deleted where that is agreed to:
nothing else would silence the alarm of dead letters for as long as SQS keeps it.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.clock import now_ms
from chalicelib.errors import PermanentError, TransientError
from chalicelib.orders import queue, transitions
from deploy.app_settings import use_settings_of
from deploy.cloudformation import outputs, parameters
from deploy.refusals import in_words
from deploy.target import STAGES, DeployError, choose_target
from deploy.terminal import Terminal

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

HIDDEN_SECONDS = 60
"""How long a dead letter is ours; longer than one takes."""
WAIT_SECONDS = 1
"""Without waiting, SQS asks some of its servers only, and an empty answer means nothing."""


SHOWN = 80
"""Characters of a message that is none of ours."""


class Redriven(NamedTuple):
    """How many dead letters became what, and those that are none of ours by their ids."""

    outcomes: Counter[str]
    strange: "dict[str, MessageTypeDef]"


def redrive(sqs: "SQSClient", dead_letters_url: str) -> Redriven:
    """Go through all dead letters once. Raises `TransientError`."""
    redriven = Redriven(Counter(), {})
    while True:
        answer = sqs.receive_message(
            QueueUrl=dead_letters_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
        )
        messages = answer.get("Messages", [])
        if not messages:
            return redriven
        for message in messages:
            outcome = _give_another_life(message["Body"])
            redriven.outcomes[outcome] += 1
            if outcome == KEPT:
                redriven.strange[message["MessageId"]] = message
            else:
                sqs.delete_message(
                    QueueUrl=dead_letters_url, ReceiptHandle=message["ReceiptHandle"]
                )


QUEUED = "queued again"
ENDED = "dropped: its order has ended well, cannot be cured, or is gone"
UNDER_WAY = "dropped: its order is being worked on"
OPEN = (
    "dropped: its order is still open: if no worker takes it, the sweeper queues it within a minute"
)
KEPT = "kept so far: not a message of ours; SQS deletes it after 14 days"


def _give_another_life(body: str) -> str:
    erasing = queue.erasing_of(body)
    if erasing:
        queue.send(erasing)
        return QUEUED
    try:
        order_id = queue.order_id_of(body)
    except PermanentError:
        return KEPT
    record = transitions.find(order_id, now=now_ms())
    if record is None or record.status == "completed":
        return ENDED
    if record.open:
        # Whether or not its worker lives: the sweeper looks after it.
        return UNDER_WAY if record.status == "processing" else OPEN
    if transitions.reopen(record, now=now_ms()) is None:
        return ENDED
    queue.send(order_id)
    return QUEUED


def drop(
    sqs: "SQSClient",
    dead_letters_url: str,
    strange: "Mapping[str, MessageTypeDef]",
    terminal: Terminal,
) -> None:
    """Show what is none of ours, and delete it once that is agreed to. Raises `DeployError` where
    nobody can be asked."""
    if not strange:
        return
    for message_id, message in strange.items():
        body = message["Body"]
        cut = f" … of {len(body)} characters" if len(body) > SHOWN else ""
        terminal.say(f"        {message_id}: {body[:SHOWN]!r}{cut}")
    if not terminal.agrees("Delete what is not ours? Nobody can bring it back."):
        return
    for message in strange.values():
        sqs.delete_message(QueueUrl=dead_letters_url, ReceiptHandle=message["ReceiptHandle"])
    terminal.say(f"Deleted: {len(strange)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--yes", action="store_true", help="delete what is not ours unasked")
    told = parser.parse_args()
    try:
        choose_target(told.stage)
        found = outputs(told.stage)
        use_settings_of(found)
        os.environ["OPEN_SHARDS"] = parameters(told.stage).get("OpenShards", "1")
        sqs, url = boto3.client("sqs"), found["DeadLetterQueueUrl"]
        redriven = redrive(sqs, url)
        _tell(redriven.outcomes)
        drop(sqs, url, redriven.strange, Terminal(says_yes=told.yes))
    except KeyboardInterrupt:
        return 130
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\nNothing is lost: run it again.\n")
        return 1
    except TransientError as error:
        sys.stderr.write(f"{error}\nNothing is lost: run it again.\n")
        return 1
    return 0


def _tell(outcomes: Counter[str]) -> None:
    for outcome, count in sorted(outcomes.items()):
        sys.stdout.write(f"{count:>6}  {outcome}\n")
    if not outcomes:
        sys.stdout.write(
            "There are no dead letters, but for those that were kept in the last minute.\n"
        )
    sys.stdout.flush()  # Before what is asked, which goes to the error stream.


if __name__ == "__main__":
    raise SystemExit(main())

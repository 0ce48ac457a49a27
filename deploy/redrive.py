"""Gives the orders among the dead letters another life: `make redrive STAGE=prod`.

    AWS_ENDPOINT_URL=http://localhost:4566 python -m deploy.redrive local

SQS's own redrive would bring back messages of orders that have failed, and the worker, which
leaves ended orders alone, would send them to the dead letters again. So each message's order is
reopened first, as by the traveller's own "try again", then queued, and only then is the dead
letter deleted. Killed between two of these steps, it is run again: reopening is conditional, and
the sweeper queues what was reopened and not queued. A message that asks to erase a user's orders is
queued as it is.
"""

import argparse
import sys
from collections import Counter
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.clock import now_ms
from chalicelib.errors import PermanentError, TransientError
from chalicelib.orders import queue, transitions
from deploy.app_settings import use_settings_of
from deploy.cloudformation import outputs
from deploy.refusals import in_words
from deploy.target import STAGES, DeployError, choose_target

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HIDDEN_SECONDS = 60
"""How long a dead letter is ours; longer than one takes."""
WAIT_SECONDS = 1
"""Without waiting, SQS asks some of its servers only, and an empty answer means nothing."""


def redrive(sqs: "SQSClient", dead_letters_url: str) -> Counter[str]:
    """Go through all dead letters once. Returns what became of them. Raises `TransientError`."""
    outcomes: Counter[str] = Counter()
    while True:
        answer = sqs.receive_message(
            QueueUrl=dead_letters_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
        )
        messages = answer.get("Messages", [])
        if not messages:
            return outcomes
        for message in messages:
            outcome = _give_another_life(message["Body"])
            outcomes[outcome] += 1
            if outcome != KEPT:
                sqs.delete_message(
                    QueueUrl=dead_letters_url, ReceiptHandle=message["ReceiptHandle"]
                )


QUEUED = "queued again"
ENDED = "dropped: its order has ended well, cannot be cured, or is gone"
UNDER_WAY = "dropped: its order is being worked on"
KEPT = "kept: not a message of ours; SQS deletes it after 14 days"


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
        return UNDER_WAY  # The sweeper looks after it.
    if transitions.reopen(record, now=now_ms()) is None:
        return ENDED
    queue.send(order_id)
    return QUEUED


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    stage = parser.parse_args().stage
    try:
        choose_target(stage)
        found = outputs(stage)
        use_settings_of(found)
        outcomes = redrive(boto3.client("sqs"), found["DeadLetterQueueUrl"])
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
    for outcome, count in sorted(outcomes.items()):
        sys.stdout.write(f"{count:>6}  {outcome}\n")
    if not outcomes:
        sys.stdout.write(
            "There are no dead letters, but for those that were kept in the last minute.\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""One order's story in one screen: `make logs STAGE=prod ORDER=…`.

    AWS_ENDPOINT_URL=http://localhost:4566 python -m deploy.story local --order 57RK…

What the table says of the order, then every line that the functions have logged of it, by time:
the order's id is in each of them, from the API through the queue to LINE's answer. What the lines
never hold (names, users, addresses that open something) is not shown of the table either.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import InvalidIdempotencyKey
from chalicelib.orders.identity import is_order_id, order_id_for_key
from deploy.cloudformation import outputs
from deploy.function_logs import Line, logged
from deploy.refusals import in_words
from deploy.running import reach
from deploy.target import STAGES, DeployError

LONGEST_MS = 14 * 24 * 3600 * 1000
"""How far back logs are looked through for an order that the table does not hold any more."""
SHOWN = (
    *("status", "attempts", "retries", "requeues", "trouble", "voice_engine"),
    *("notification", "notification_detail"),
)


def lines_of(order_id: str, stage: str, since_ms: int) -> list[Line]:
    """What the stage's functions have logged of an order, by time."""
    found = logged(stage, since_ms, f'"{order_id}"')
    return [line for line in found if line.said.get("order_id") == order_id]


def told(lines: Sequence[Line]) -> Iterator[str]:
    """The story, a line each; polls that follow one another are one."""
    began = lines[0].at_ms if lines else 0
    for is_poll, group in groupby(lines, key=lambda line: line.is_a_poll):
        several = list(group)
        for line in several[-1:] if is_poll else several:
            clock = datetime.fromtimestamp(line.at_ms / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]
            after = f"+{(line.at_ms - began) / 1000:.2f}"
            mark = {"WARNING": "!", "ERROR": "✗"}.get(str(line.said.get("level")), " ")
            times = f"  ({len(several)} times)" if is_poll and len(several) > 1 else ""
            yield f"{clock}  {after:>8} s  {line.function:<8}{mark} {line.text}{times}"


def item_of(order_id: str, table: str) -> dict[str, Any]:
    """What the table holds of the order; {} if that is nothing."""
    answer = boto3.client("dynamodb").get_item(
        TableName=table, Key={"order_id": {"S": order_id}}, ConsistentRead=True
    )
    return {key: next(iter(value.values())) for key, value in answer.get("Item", {}).items()}


def summary(item: Mapping[str, Any]) -> str:
    """The order's state, and how long it took; of an erased one, its id is all that is left."""
    if "owner" not in item:
        return "erased"
    values = [f"{key}={item[key]}" for key in SHOWN if item.get(key) not in (None, "", "0")]
    if "completed_at" in item:
        seconds = (int(item["completed_at"]) - int(item["opened_at"])) / 1000
        values.append(f"seconds={seconds:.1f}")
    return "  ".join(values)


def meant(text: str) -> str:
    """The id of the order that its id or a page's `Idempotency-Key` names. Raises `DeployError`."""
    if is_order_id(text):
        return text
    try:
        return order_id_for_key(None, text)
    except InvalidIdempotencyKey as error:
        raise DeployError(
            f"ORDER={text} is no order's id, 26 letters and digits, and no page's "
            "Idempotency-Key, a UUID"
        ) from error


def show(order_id: str, stage: str) -> Iterable[str]:
    """Raises `DeployError` if nothing is known of the order."""
    item = item_of(order_id, outputs(stage)["OrdersTableName"])
    longest_ago_ms = int(time.time() * 1000) - LONGEST_MS
    since_ms = int(item["created_at"]) - 60_000 if "created_at" in item else longest_ago_ms
    lines = lines_of(order_id, stage, since_ms)
    if not item and not lines:
        raise DeployError(
            f"nothing is known of {order_id} here: its time is over, or it is another stage's"
        )
    gone = "no longer in the table: its time is over"
    return [f"{order_id}  {summary(item) if item else gone}", *told(lines)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--order", required=True)
    parser.add_argument("--port", default="", help="of the local stack; default: the last started")
    arguments = parser.parse_args()
    try:
        order_id = meant(arguments.order)
        reach(arguments.stage, arguments.port)
        if order_id != arguments.order:
            sys.stdout.write(f"The key {arguments.order} stands for {order_id}\n")
        for line in show(order_id, arguments.stage):
            sys.stdout.write(f"{line}\n")
    except KeyboardInterrupt:
        return 130
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

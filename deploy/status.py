"""How a stage is, in one screen: `make status STAGE=prod`.

    AWS_ENDPOINT_URL=http://localhost:4566 python -m deploy.status rehearsal

Which alarms ring, what is switched off, what waits in the queues, and what the functions have
warned of in the last hour, or in `SINCE=` minutes: like things together, the newest in full, with
orders whose story `make logs` tells.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deploy import recipients
from deploy.cloudformation import outputs
from deploy.function_logs import FUNCTIONS, Line, logged
from deploy.refusals import in_words
from deploy.running import reach
from deploy.target import STAGES, DeployError, aws_command, find_target, is_on_aws, stack_name

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackResourceTypeDef

SINCE_MINUTES = 60
WARNED = '{ $.level = "WARNING" || $.level = "ERROR" }'
KINDS = ("code", "engine", "outcome")
"""Values that make one warning another kind than the next."""
MOST_ORDERS = 3
NAMES = {function: name for name, (_, function) in FUNCTIONS.items()}
"""The functions' names here, by those in the template."""
QUEUES = {
    "OrdersQueueUrl": "queue: {} waiting, {} being worked on",
    "AheadQueueUrl": "voices to prepare: {} waiting, {} being spoken",
    "DeadLetterQueueUrl": "dead letters: {}, and {} just looked at",
}
"""By the outputs of the stack that name them; the second is there with `SpeakAhead` alone."""


def alarms(
    resources: Iterable["StackResourceTypeDef"], *, on_an_emulator: bool = False
) -> Iterator[str]:
    """Those that ring, a line each, with where the runbook speaks of them; then how many do not."""
    names = {
        resource["PhysicalResourceId"]: resource["LogicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == "AWS::CloudWatch::Alarm" and "PhysicalResourceId" in resource
    }
    states: defaultdict[str, list[Any]] = defaultdict(list)
    if names:
        answer = boto3.client("cloudwatch").describe_alarms(AlarmNames=list(names))
        for alarm in answer["MetricAlarms"]:
            states[alarm["StateValue"]].append(alarm)
    for alarm in states["ALARM"]:
        name = names[alarm["AlarmName"]]
        since = alarm["StateUpdatedTimestamp"].astimezone(UTC)
        yield f"  ✗ {name} since {since:%d %b %H:%M} UTC: docs/operations.md#{name.lower()}"
    if on_an_emulator and not (states["ALARM"] or states["OK"]):
        yield "alarms: not evaluated here; the glance of make up does that for its own stack"
        return
    unknown = ", ".join(sorted(names[alarm["AlarmName"]] for alarm in states["INSUFFICIENT_DATA"]))
    counted = f"alarms: {len(states['ALARM'])} ringing, {len(states['OK'])} silent"
    without = "; never measured yet, or no longer, which is how SweeperSilentAlarm rings: "
    yield f"{counted}{without}{unknown}" if unknown else counted


def switched_off(resources: Iterable["StackResourceTypeDef"]) -> Iterator[str]:
    """What calls the worker and the sweeper, and what may not run, where somebody has switched it
    off."""
    for resource in resources:
        name = resource.get("PhysicalResourceId")
        if name is None:
            continue  # It could not be made.
        if resource["ResourceType"] == "AWS::Lambda::EventSourceMapping":
            state = boto3.client("lambda").get_event_source_mapping(UUID=name)["State"]
            if state.startswith("Disabl"):
                yield f"  ✗ the worker takes no orders: its event source {name} is {state}"
        elif resource["ResourceType"] == "AWS::Events::Rule":
            state = boto3.client("events").describe_rule(Name=name)["State"]
            if state == "DISABLED":
                yield f"  ✗ the sweeper is not called: its rule {name} is {state}"
        elif resource["LogicalResourceId"] in NAMES:
            # "Throttle" in Lambda's console.
            reserved = boto3.client("lambda").get_function_concurrency(FunctionName=name)
            if reserved.get("ReservedConcurrentExecutions") == 0:
                mend = aws_command(f"lambda delete-function-concurrency --function-name {name}")
                who = NAMES[resource["LogicalResourceId"]]
                yield f"  ✗ the {who} may not run: reserved concurrency 0; {mend}"


def queues(found: Mapping[str, str]) -> Iterator[str]:
    sqs = boto3.client("sqs")
    for output, words in QUEUES.items():
        if output not in found:
            continue
        try:
            attributes = sqs.get_queue_attributes(
                QueueUrl=found[output],
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )["Attributes"]
        except sqs.exceptions.QueueDoesNotExist:
            yield f"  ✗ the stack's {output} is gone: {found[output]}"
            continue
        visible = attributes["ApproximateNumberOfMessages"]
        taken = attributes["ApproximateNumberOfMessagesNotVisible"]
        yield words.format(visible, taken)


def warnings(lines: Iterable[Line]) -> Iterator[str]:
    """Warnings and errors of one kind in a line: how many, the newest, and whose they were."""
    kinds: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.said.get("level") in {"WARNING", "ERROR"}:
            said = {key: line.said.get(key) for key in ("level", "message", *KINDS)}
            kinds[json.dumps([line.function, said], sort_keys=True)].append(line)
    for several in sorted(kinds.values(), key=lambda found: found[-1].at_ms, reverse=True):
        newest = several[-1]
        clock = datetime.fromtimestamp(newest.at_ms / 1000, UTC).strftime("%H:%M:%S")
        mark = "✗" if newest.said["level"] == "ERROR" else "!"
        orders = dict.fromkeys(
            order for line in reversed(several) if (order := line.said.get("order_id"))
        )
        whose = f"  ORDER={' '.join(list(orders)[:MOST_ORDERS])}" if orders else ""
        yield f"{clock} {len(several):>5} × {newest.function:<8}{mark} {newest.text}{whose}"


def show(stage: str, since_minutes: int = SINCE_MINUTES) -> Iterator[str]:
    """Raises `DeployError` where there is no such stage."""
    found = outputs(stage)
    yield f"Stack {stack_name(stage)}: {find_target()}"
    answer = boto3.client("cloudformation").describe_stack_resources(StackName=stack_name(stage))
    yield from alarms(answer["StackResources"], on_an_emulator=not is_on_aws(stage))
    yield from (f"  ! {trouble}" for trouble in recipients.troubles(stage))
    yield from switched_off(answer["StackResources"])
    yield from queues(found)
    since_ms = int((time.time() - since_minutes * 60) * 1000)
    told = list(warnings(logged(stage, since_ms, WARNED)))
    back = f"In the last {since_minutes} minutes the functions have warned of"
    yield f"{back}:" if told else f"{back} nothing."
    yield from (f"  {line}" for line in told)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--since", type=int, default=SINCE_MINUTES, help="minutes")
    parser.add_argument("--port", default="", help="of the local stack; default: the last started")
    arguments = parser.parse_args()
    try:
        reach(arguments.stage, arguments.port)
        with suppress(BrokenPipeError):
            for line in show(arguments.stage, arguments.since):
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

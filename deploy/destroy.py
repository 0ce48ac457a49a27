"""Deletes the stack of a stage, and says what stays in the account and how to remove it.

python -m deploy.destroy prod [--confirm order-voice-prod]
"""

import argparse
import sys
from collections.abc import Iterator

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deploy import artifacts
from deploy.cloudformation import require_not_of_make_run
from deploy.leftovers import Left
from deploy.refusals import in_words
from deploy.states import delete, find
from deploy.target import DeployError, Target, choose_target, find_target, stack_name
from deploy.terminal import Terminal


def destroy(stage: str, terminal: Terminal) -> list[str]:
    """Delete the stack of `stage`, after its name was typed; what stays, a line each.

    Raises `DeployError`.
    """
    name, target = stack_name(stage), find_target()
    terminal.say(f"Stack {name}: {target}", "bold")
    stack = find(name)
    if stack is None:
        terminal.say("There is no such stack here.")
        return [*_others(stage, target)]
    if stack.get("EnableTerminationProtection"):
        raise DeployError(
            f"{name} is protected: aws cloudformation update-termination-protection "
            f"--no-enable-termination-protection --stack-name {name}"
        )
    if not terminal.names(name, "to delete it", "CONFIRM"):
        raise DeployError("nothing is deleted")
    left = delete(stack, terminal)
    terminal.say(f"{name} is deleted.")
    return [*_told(left), *_others(stage, target)]


def _told(left: list[Left]) -> Iterator[str]:
    for resource in left:
        yield f"{resource}, removed with all that it holds by:"
        yield from (f"    {command}" for command in resource.commands)


def _others(stage: str, target: Target) -> Iterator[str]:
    """What no stack has made."""
    parameters = boto3.client("ssm").get_paginator("get_parameters_by_path")
    for page in parameters.paginate(Path=f"/order-voice/{stage}"):
        for parameter in page["Parameters"]:
            yield f"the parameter {parameter['Name']}:"
            yield f"    aws ssm delete-parameter --name {parameter['Name']}"
    # Where a function logs before its own group is there.
    groups = boto3.client("logs").get_paginator("describe_log_groups")
    prefix = f"/aws/lambda/{stack_name(stage)}-"
    for found in groups.paginate(logGroupNamePrefix=prefix):
        for group in found["logGroups"]:
            yield f"the log group {group['logGroupName']}:"
            yield f"    aws logs delete-log-group --log-group-name {group['logGroupName']}"
    if artifacts.exists(target):
        yield f"the bucket {target.bucket}, which every stage's code was uploaded to:"
        yield f"    aws s3 rb --force s3://{target.bucket}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=["local", "prod"])
    parser.add_argument("--confirm", default="", help="the stack's name, where nobody can type")
    told = parser.parse_args()
    terminal = Terminal(says_yes=bool(told.confirm), named=[told.confirm])
    try:
        choose_target(told.stage)
        require_not_of_make_run(told.stage)
        stays = destroy(told.stage, terminal)
    except KeyboardInterrupt:
        return 130
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\n")
        return 1
    sys.stdout.write("What stays, until you remove it:\n")
    sys.stdout.writelines(f"  {line}\n" for line in stays)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

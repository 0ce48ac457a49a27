"""Deletes the stack of a stage, and says what stays in the account and how to remove it.

python -m deploy.destroy prod [--confirm order-voice-prod]
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from chalice.package import YAMLTemplateSerializer

from deploy import artifacts, cloudformation
from deploy.changes import HOLDS_DATA
from deploy.cloudformation import require_not_of_make_run
from deploy.leftovers import Left
from deploy.refusals import in_words
from deploy.states import delete, find
from deploy.target import (
    STAGES,
    DeployError,
    Target,
    aws_command,
    choose_target,
    find_target,
    is_on_aws,
    stack_name,
)
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
            f"{name} is protected: "
            + aws_command(
                "cloudformation update-termination-protection "
                f"--no-enable-termination-protection --stack-name {name}"
            )
        )
    terminal.say("\n".join(_fates(stage, cloudformation.template(name))))
    if not terminal.names(name, "to delete it", "CONFIRM"):
        raise DeployError("nothing is deleted")
    left = delete(stack, terminal)
    terminal.say(f"{name} is deleted.")
    return [*_told(left), *_others(stage, target)]


def _fates(stage: str, template: str) -> Iterator[str]:
    """What becomes of the data, as the template says."""
    deleted: list[str] = []
    kept: list[str] = []
    resources = YAMLTemplateSerializer().load_template(template)["Resources"]
    for logical_id, resource in resources.items():
        if resource["Type"] in HOLDS_DATA:
            of_them = kept if _policy(resource, stage) == "Retain" else deleted
            of_them.append(f"{logical_id} ({HOLDS_DATA[resource['Type']]})")
    if deleted:
        yield f"Deleted with all that they hold: {', '.join(deleted)}"
    if kept:
        yield f"Kept in the account: {', '.join(kept)}"


def _policy(resource: Mapping[str, Any], stage: str) -> str:
    match resource.get("DeletionPolicy"):
        case {"Fn::If": ["IsProd", in_production, elsewhere]}:
            return str(in_production if stage == "prod" else elsewhere)
        case told:
            return str(told)


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
            yield "    " + aws_command(f"ssm delete-parameter --name {parameter['Name']}")
    # Where a function logs before its own group is there.
    groups = boto3.client("logs").get_paginator("describe_log_groups")
    prefix = f"/aws/lambda/{stack_name(stage)}-"
    for found in groups.paginate(logGroupNamePrefix=prefix):
        for group in found["logGroups"]:
            yield f"the log group {group['logGroupName']}:"
            delete = f"logs delete-log-group --log-group-name {group['logGroupName']}"
            yield f"    {aws_command(delete)}"
    if artifacts.exists(target):
        yield f"the bucket {target.bucket}, which every stage's code was uploaded to:"
        yield "    " + aws_command(f"s3 rb --force s3://{target.bucket}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--confirm", default="", help="the stack's name, where nobody can type")
    told = parser.parse_args()
    terminal = Terminal(says_yes=bool(told.confirm), named=[told.confirm])
    try:
        choose_target(told.stage)
        require_not_of_make_run(told.stage, "make down ends it, with all that it holds")
        stays = destroy(told.stage, terminal)
    except KeyboardInterrupt:
        return 130
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\n")
        return 1
    until = "you remove it" if is_on_aws(told.stage) else "you remove it, or the emulator ends"
    sys.stdout.write(f"What stays, until {until}:\n" if stays else "Nothing stays.\n")
    sys.stdout.writelines(f"  {line}\n" for line in stays)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

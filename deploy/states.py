"""The states that CloudFormation has for a stack, and the way on from each."""

from enum import Enum
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from deploy import leftovers
from deploy.events import Events, failures
from deploy.target import DeployError, aws_command
from deploy.terminal import Terminal

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef


class Way(Enum):
    """What has to be done before a stack takes a change set."""

    CREATE = "there is none, or none yet that was created"
    UPDATE = "it stands"
    WAIT = "something is being done to it"
    DELETE = "it can only be deleted"
    ROLL_BACK = "an update was stopped half-way, on somebody's wish"
    CONTINUE = "going back to what it was has failed"
    BY_HAND = "somebody imported resources into it, which nothing here does"


WAYS = {
    "CREATE_IN_PROGRESS": Way.WAIT,
    "CREATE_FAILED": Way.DELETE,
    "CREATE_COMPLETE": Way.UPDATE,
    "ROLLBACK_IN_PROGRESS": Way.WAIT,
    "ROLLBACK_FAILED": Way.DELETE,
    "ROLLBACK_COMPLETE": Way.DELETE,
    "DELETE_IN_PROGRESS": Way.WAIT,
    "DELETE_FAILED": Way.DELETE,
    "DELETE_COMPLETE": Way.CREATE,
    "UPDATE_IN_PROGRESS": Way.WAIT,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": Way.WAIT,
    "UPDATE_COMPLETE": Way.UPDATE,
    "UPDATE_FAILED": Way.ROLL_BACK,
    "UPDATE_ROLLBACK_IN_PROGRESS": Way.WAIT,
    "UPDATE_ROLLBACK_FAILED": Way.CONTINUE,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": Way.WAIT,
    "UPDATE_ROLLBACK_COMPLETE": Way.UPDATE,
    "REVIEW_IN_PROGRESS": Way.CREATE,
    "IMPORT_IN_PROGRESS": Way.WAIT,
    "IMPORT_COMPLETE": Way.UPDATE,
    "IMPORT_ROLLBACK_IN_PROGRESS": Way.WAIT,
    "IMPORT_ROLLBACK_FAILED": Way.BY_HAND,
    "IMPORT_ROLLBACK_COMPLETE": Way.UPDATE,
}
WHY_DELETED = {
    "DELETE_FAILED": "its deletion did not come to its end",
}
"""Why a stack can only be deleted, where it is not that its creation failed."""


def find(name: str) -> "StackTypeDef | None":
    """The stack as CloudFormation describes it; a deleted one has no name any more."""
    try:
        answer = boto3.client("cloudformation").describe_stacks(StackName=name)
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return answer["Stacks"][0]


def settle(name: str, terminal: Terminal) -> "StackTypeDef | None":
    """The stack once it takes a change set; None if there is none that could be updated.

    What is in the way is mended after asking. Raises `DeployError` where that is refused, or
    does not help.
    """
    while (stack := find(name)) is not None:
        match WAYS[stack["StackStatus"]]:
            case Way.CREATE:
                return None
            case Way.UPDATE:
                return stack
            case Way.WAIT:
                _wait(stack, terminal)
            case Way.DELETE:
                _delete_to_create_anew(stack, terminal)
            case Way.ROLL_BACK:
                _roll_back(stack, terminal)
            case Way.CONTINUE:
                _continue_rollback(stack, terminal)
            case Way.BY_HAND:
                raise DeployError(
                    f"{name} is in {stack['StackStatus']}: somebody imported resources into it; "
                    "CloudFormation's console shows which, and goes back"
                )
    return None


def delete(stack: "StackTypeDef", terminal: Terminal) -> list[leftovers.Left]:
    """Delete the stack; what cannot be deleted is left in the account, after asking.

    Returns all that is left of it. Raises `DeployError` if it is still there.
    """
    cloudformation = boto3.client("cloudformation")
    events = Events(stack["StackId"])
    cloudformation.delete_stack(StackName=stack["StackId"])
    if events.wait(terminal.show) == "DELETE_FAILED":
        undeletable = sorted(
            event["LogicalResourceId"]
            for event in events.all
            if event["ResourceStatus"] == "DELETE_FAILED"
            and event.get("PhysicalResourceId") != stack["StackId"]
        )
        terminal.say("These could not be deleted:\n" + "\n".join(failures(events.all)))
        if not terminal.agrees("Leave them in the account, and delete the stack without them?"):
            raise DeployError(f"{stack['StackName']} is still there, in DELETE_FAILED")
        cloudformation.delete_stack(StackName=stack["StackId"], RetainResources=undeletable)
        if (status := events.wait(terminal.show)) != "DELETE_COMPLETE":
            raise DeployError(f"{stack['StackName']} is still there, in {status}")
    return leftovers.of(stack["StackId"])


def _wait(stack: "StackTypeDef", terminal: Terminal) -> None:
    since = stack.get("LastUpdatedTime", stack["CreationTime"]).astimezone()
    terminal.say(
        f"Somebody is at work on {stack['StackName']}: {stack['StackStatus']}, begun {since:%H:%M}."
        " Waiting for its end; Ctrl-C waits no longer and stops nothing."
    )
    Events(stack["StackId"]).wait(terminal.show, has_begun=True)


def _delete_to_create_anew(stack: "StackTypeDef", terminal: Terminal) -> None:
    """A stack whose first creation failed has nothing to go back to, and takes no update."""
    name, status = stack["StackName"], stack["StackStatus"]
    why = WHY_DELETED.get(status, "its first creation failed")
    terminal.say(f"{name} is in {status}: {why}, and nothing can be done but to delete it.")
    if reason := stack.get("StackStatusReason"):
        terminal.say(f"CloudFormation says: {reason}")
    _require(terminal.agrees(f"Delete {name}, and create it anew?"), stack)
    leftovers.offer(delete(stack, terminal), terminal)


def _roll_back(stack: "StackTypeDef", terminal: Terminal) -> None:
    name = stack["StackName"]
    terminal.say(f"{name} is in UPDATE_FAILED: an update was stopped half-way.")
    _require(terminal.agrees("Bring it back to what it was before?"), stack)
    events = Events(stack["StackId"])
    boto3.client("cloudformation").rollback_stack(StackName=name)
    _require_back(events, terminal)


def _continue_rollback(stack: "StackTypeDef", terminal: Terminal) -> None:
    name = stack["StackName"]
    terminal.say(
        f"{name} is in UPDATE_ROLLBACK_FAILED: going back to what it was has failed. "
        f"CloudFormation says: {stack.get('StackStatusReason', 'no reason')}"
    )
    _require(terminal.agrees("Try once more to go back?"), stack)
    events = Events(stack["StackId"])
    boto3.client("cloudformation").continue_update_rollback(StackName=name)
    _require_back(events, terminal)


def _require_back(events: Events, terminal: Terminal) -> None:
    status = events.wait(terminal.show)
    if WAYS[status] is not Way.UPDATE:
        stuck = sorted(
            event["LogicalResourceId"]
            for event in events.all
            if event["ResourceStatus"].endswith("FAILED")
            and event.get("PhysicalResourceId") != events.stack_id
        )
        raise DeployError(
            "\n".join([f"it could not go back ({status}):", *failures(events.all)])
            + "\nMend what they name and run it again; or leave them as they are: "
            + aws_command(
                f"cloudformation continue-update-rollback --stack-name {events.stack_id}"
                f" --resources-to-skip {' '.join(stuck)}"
            )
        )


def _require(agreed: bool, stack: "StackTypeDef") -> None:
    if not agreed:
        raise DeployError(f"{stack['StackName']} stays in {stack['StackStatus']}")

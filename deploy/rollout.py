"""A deployment as an operator goes through it: shown, asked, done, tried, and taken back."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deploy import artifacts, cloudformation, smoke
from deploy.cloudformation import ChangeSet, Watched, given, propose, with_code
from deploy.package import Package
from deploy.secure_strings import ensure_secrets, require_line_token
from deploy.states import WAYS, Way, find, settle
from deploy.target import DeployError, Target, find_target, require_services, stack_name
from deploy.terminal import Terminal

WATCHED_ALARMS = ("DeadLetterAlarm", "WaitingAlarm", "FailedOrdersAlarm", "NobodySweepsAlarm")
"""Those that a bad deployment sets off. What guests order is none of its doing."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an operator may say beforehand."""

    is_preview: bool = False
    """Whether to show, and to change nothing."""
    watch_minutes: int = 0
    """How long CloudFormation watches the alarms after its changes, and goes back if one rings."""
    has_smoke_test: bool = True


@dataclass(frozen=True, slots=True)
class Before:
    """What a stack was made from, to be made from it again."""

    template: str
    parameters: Mapping[str, str]


def roll_out(
    stage: str,
    pack: Callable[[], Package],
    told: Mapping[str, str],
    terminal: Terminal,
    wishes: Wishes,
) -> None:
    """Bring the stack of `stage` to what `pack` makes. Raises `DeployError`; then all is as
    before, or the message says what is not."""
    name, target = stack_name(stage), find_target()
    terminal.say(f"Stack {name}: {target}", "bold")
    if wishes.is_preview:
        _require_settled(name)
    else:
        require_line_token(stage)
    terminal.say("Packaging the functions …", "dim")  # No spinner: what packs shows its own.
    built = pack()
    template = built.template
    require_services(_engines(template, told), target.region)
    stack = settle(name, terminal)
    before = stack and Before(cloudformation.template(name), cloudformation.parameters(stage))
    watched = watched_alarms(name, template, wishes.watch_minutes) if stack else Watched()
    body = with_code(template, target.bucket, artifacts.key_of(built.zip_file))
    change_set = propose(name, body, given(stage, told), watched)
    if change_set is None:
        terminal.say("There is nothing to change.")
    elif not _is_wanted(change_set, terminal, wishes):
        return
    else:
        try:
            ensure_secrets(stage)
            _upload(target, built, terminal)
        except BaseException:
            change_set.withdraw()
            raise
        _execute(change_set, watched, terminal)
    if wishes.has_smoke_test and not wishes.is_preview:
        _try(stage, before if change_set is not None else None, terminal)


def _engines(template: Mapping[str, Any], told: Mapping[str, str]) -> list[str]:
    default = template["Parameters"].get("SpeechEngines", {}).get("Default", "")
    return [engine.strip() for engine in told.get("SpeechEngines", default).split(",")]


def _require_settled(name: str) -> None:
    """A preview mends nothing."""
    stack = find(name)
    if stack and WAYS[stack["StackStatus"]] not in {Way.CREATE, Way.UPDATE}:
        raise DeployError(
            f"{name} is in {stack['StackStatus']}: without PREVIEW=1, make deploy says "
            "what to do about it"
        )


def watched_alarms(name: str, template: Mapping[str, Any], minutes: int) -> Watched:
    """The stack's alarms that stay and are silent: one that rings already would forbid its own
    remedy, and one that is not there any more fails the deployment."""
    if not minutes:
        return Watched()
    resources = boto3.client("cloudformation").describe_stack_resources(StackName=name)
    names = [
        found["PhysicalResourceId"]
        for found in resources["StackResources"]
        if found["LogicalResourceId"] in WATCHED_ALARMS
        and found["LogicalResourceId"] in template["Resources"]
        and "PhysicalResourceId" in found
    ]
    if not names:
        return Watched()
    alarms = boto3.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    silent = tuple(sorted(alarm["AlarmArn"] for alarm in alarms if alarm["StateValue"] != "ALARM"))
    return Watched(silent, minutes if silent else 0)


def _is_wanted(change_set: ChangeSet, terminal: Terminal, wishes: Wishes) -> bool:
    """Show what would change, and ask. What is not wanted is withdrawn."""
    is_wanted = False
    try:
        _show(change_set, terminal)
        if wishes.is_preview:
            terminal.say("This was a preview: nothing is changed.")
            return False
        is_wanted = _may(change_set, terminal)
        if not is_wanted:
            terminal.say("Nothing is changed.")
        return is_wanted
    finally:
        if not is_wanted:
            change_set.withdraw()


def _show(change_set: ChangeSet, terminal: Terminal) -> None:
    terminal.say("The stack is created:" if change_set.is_first else "The stack is updated:")
    for key, (old, new) in change_set.parameters.items():
        terminal.say(f"  ~ parameter   {key}: {old or '(empty)'} → {new or '(empty)'}")
    for change in change_set.changes:
        terminal.say(f"  {change}", "bold red" if change.loses_data else "")
    for change in change_set.changes:
        if change.loses_data:
            terminal.say(change.warning, "bold red")


def _may(change_set: ChangeSet, terminal: Terminal) -> bool:
    for change in change_set.changes:
        if change.loses_data and not terminal.names(change.logical_id, "to lose it", "LOSE"):
            return False
    return terminal.agrees("Deploy this?")


def _upload(target: Target, built: Package, terminal: Terminal) -> None:
    bucket = artifacts.ensure_bucket(target)
    if artifacts.is_there(bucket, artifacts.key_of(built.zip_file)):
        return
    with terminal.sending(built.zip_file) as sent:
        artifacts.upload(bucket, built.zip_file, sent)


def _execute(change_set: ChangeSet, watched: Watched, terminal: Terminal) -> None:
    if watched.alarms:
        terminal.say(
            f"{len(watched.alarms)} alarms are watched, for {watched.minutes} min after the "
            "changes too; if one rings, CloudFormation goes back by itself."
        )
    try:
        change_set.execute(terminal)
    except (KeyboardInterrupt, BotoCoreError, ClientError):
        terminal.say("CloudFormation goes on by itself; make deploy, again, waits for it.")
        raise


def _try(stage: str, before: Before | None, terminal: Terminal) -> None:
    """A guest's order; where it fails, the stack as it was `before`, if it was deployed just now.

    Raises `DeployError` if the order failed.
    """
    trouble = _trouble(stage, terminal)
    if not trouble:
        return
    terminal.say(f"The trial order failed: {trouble}", "red")
    if before is None:
        raise DeployError(
            "there is nothing to go back to, so the stack stays as it is; the log groups of "
            "its functions say more, and SMOKE=no deploys without a trial order"
        )
    terminal.say("Going back to the template and the parameters before.")
    try:
        change_set = propose(stack_name(stage), before.template, before.parameters)
        if change_set is not None:
            change_set.execute(terminal)
    except DeployError as error:
        raise DeployError(f"what fails stays deployed, for going back failed: {error}") from error
    again = _trouble(stage, terminal)
    raise DeployError(
        "the stack is what it was before, and the trial order "
        + (
            f"fails there too, so the cause is not in what was deployed: {again}"
            if again
            else "comes to its voice there"
        )
    )


def _trouble(stage: str, terminal: Terminal) -> str:
    """What a trial order meets, nothing if it is heard."""
    with terminal.console.status("A guest's order is tried …"):
        try:
            heard = smoke.try_order(api_url(cloudformation.outputs(stage)))
        except smoke.SmokeFailed as failed:
            return str(failed)
        except smoke.NotTried as reason:
            terminal.say(f"No trial order: {reason}", "yellow")
            return ""
    terminal.say(
        f"Trial order {heard.order_id} (shop {smoke.SHOP}): heard after {heard.took_seconds:.0f} s,"
        f" {heard.voice_seconds:.1f} s of voice"
    )
    return ""


def api_url(outputs: Mapping[str, str]) -> str:
    """Where the API answers: emulators have it below their own address."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        return f"{endpoint.rstrip('/')}/restapis/{outputs['RestAPIId']}/v1/_user_request_"
    return outputs["EndpointURL"].rstrip("/")

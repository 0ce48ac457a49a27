"""A deployment as an operator goes through it: shown, asked, done, tried, and taken back."""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from deploy import artifacts, cloudformation, recipients, smoke
from deploy.changes import Change
from deploy.cloudformation import ChangeSet, Watched, api_url, given, propose, with_code
from deploy.kokoro import require_voice
from deploy.package import Package
from deploy.secure_strings import ensure_secrets, require_engine_keys, require_line_token
from deploy.states import WAYS, Way, find, settle
from deploy.target import (
    DeployError,
    Target,
    aws_command,
    find_target,
    is_on_aws,
    require_access_logs,
    require_services,
    stack_name,
)
from deploy.terminal import Terminal
from deploy.trial_voice import not_the_first, spoken_by

WATCHED_ALARMS = (
    *("DeadLetterAlarm", "WaitingAlarm", "FailedOrdersAlarm"),
    *("CreateErrorsAlarm", "ServerErrorsAlarm"),
)
"""Those that a bad deployment sets off within minutes; CloudFormation watches five at most. What
guests order and what LINE's plan holds is none of its doing, slowness comes of cold functions, and
a silent sweeper is told by a lack of data, which takes nothing back.

What is watched keeps its state when an update changes its dimensions. So an alarm that rings for
want of data, were there one, would need a new logical id with new dimensions: what is not in the
stack before is not watched."""


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


@dataclass(frozen=True, slots=True)
class WayBack:
    """From what was deployed just now."""

    before: Before
    losses: Sequence[Change]
    """What it lost of the data, or may have."""

    def lost(self, name: str) -> list[Change]:
        """What of the data is not there after going back to `before`."""
        resources = boto3.client("cloudformation").describe_stack_resources(StackName=name)
        there = {resource.get("PhysicalResourceId") for resource in resources["StackResources"]}
        return [
            loss
            for loss in self.losses
            if loss.verb != "may replace" or loss.physical_id not in there
        ]


class StaysDeployed(DeployError):
    """What was deployed does not work, and stays."""


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
    engines = _engines(template, told)
    require_services(engines, target.region)
    require_engine_keys(engines, told)
    require_voice(engines, told, stage)
    if told.get("AccessLogs") == "on" and is_on_aws(stage):
        require_access_logs()
    stack = settle(name, terminal)
    before = stack and Before(cloudformation.template(name), cloudformation.parameters(stage))
    require_a_way_back_for_orders(before, told)
    watched = watched_alarms(name, template, wishes.watch_minutes) if stack else Watched()
    body = with_code(template, target.bucket, artifacts.key_of(built.zip_file))
    change_set = propose(name, body, given(stage, told), watched)
    if change_set is None:
        terminal.say("There is nothing to change.")
        _require_losses((), terminal)
    elif wishes.is_preview:
        _preview(change_set, terminal)
    else:
        _agree(change_set, terminal)
        try:
            ensure_secrets(stage)
            _upload(target, built, terminal)
        except BaseException:
            change_set.withdraw()
            raise
        if watched.alarms:
            terminal.say(
                f"{len(watched.alarms)} alarms are watched, for {watched.minutes} min after the "
                "changes too; if one rings, CloudFormation goes back by itself."
                + (" MiniStack cannot: it evaluates none." if _is_an_emulator() else "")
            )
        change_set.execute(terminal)
        cloudformation.tell_what_is_passed_over(name, terminal.say)
    if wishes.is_preview:
        return
    for trouble in recipients.troubles(stage):
        terminal.say(trouble, "yellow")
    if wishes.has_smoke_test:
        back = WayBack(before, change_set.losses) if before and change_set else None
        _try(stage, back, terminal, was_deployed=change_set is not None)


def require_a_way_back_for_orders(before: Before | None, told: Mapping[str, str]) -> None:
    """Raise `DeployError` where going back to what is `before` would lose orders: its sweeper reads
    one shard of the index of open orders, and others would be written."""
    reads_all = before is None or "OpenShards" in json.loads(before.template)["Parameters"]
    if not reads_all and int(told.get("OpenShards", 1)) > 1:
        raise DeployError(
            "OpenShards: what is deployed now reads one shard, and going back to it would lose "
            "orders. Deploy with 1, and raise it with the next deployment"
        )


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


def _preview(change_set: ChangeSet, terminal: Terminal) -> None:
    try:
        _show(change_set, terminal)
        _require_losses(change_set.losses, terminal)
    finally:
        change_set.withdraw()
    terminal.say("This was a preview: nothing is changed.")


def _agree(change_set: ChangeSet, terminal: Terminal) -> None:
    """Show what would change, and ask. What is not wanted is withdrawn: `DeployError`."""
    try:
        _show(change_set, terminal)
        _require_losses(change_set.losses, terminal)
        if not _may(change_set, terminal):
            raise DeployError("nothing is changed")
    except BaseException:
        change_set.withdraw()
        raise


def _show(change_set: ChangeSet, terminal: Terminal) -> None:
    terminal.say("The stack is created:" if change_set.is_first else "The stack is updated:")
    for key, (old, new) in change_set.parameters.items():
        terminal.say(f"  ~ parameter   {key}: {old or '(empty)'} → {new or '(empty)'}")
    for change in change_set.changes:
        terminal.say(f"  {change}", "bold red" if change.loses_data else "")
    if _is_an_emulator():
        terminal.say(
            "  (An emulator's list: it may name what conditions leave out, and changes that AWS "
            "would not make.)",
            "dim",
        )
    for change in change_set.losses:
        terminal.say(change.warning, "bold red")
    if change_set.losses:
        terminal.say(
            "Once this is deployed, no way back brings back what was in "
            f"{_names(change_set.losses)}: where the trial order fails, going back makes new, "
            "empty ones.",
            "bold red",
        )


def _is_an_emulator() -> bool:
    return bool(os.environ.get("AWS_ENDPOINT_URL"))


def _names(losses: Iterable[Change]) -> str:
    return ",".join(change.logical_id for change in losses)


def _require_losses(losses: Sequence[Change], terminal: Terminal) -> None:
    """What is named to be lost is: else it is a slip, or not what was expected of this."""
    wrong = sorted(set(terminal.named) - {change.logical_id for change in losses})
    if wrong:
        there_are = _names(losses) or "nothing"
        raise DeployError(
            f"LOSE names {','.join(wrong)}, but what would be lost is {there_are}: "
            "nothing is changed"
        )


def _may(change_set: ChangeSet, terminal: Terminal) -> bool:
    left = [loss.logical_id for loss in change_set.losses if loss.logical_id not in terminal.named]
    if left:
        terminal.require_somebody(f"LOSE={_names(change_set.losses)}")
    return all(terminal.types(name, "to lose it") for name in left) and terminal.agrees(
        "Deploy this?"
    )


def _upload(target: Target, built: Package, terminal: Terminal) -> None:
    bucket = artifacts.ensure_bucket(target)
    if artifacts.is_there(bucket, artifacts.key_of(built.zip_file)):
        return
    with terminal.sending(built.zip_file) as sent:
        artifacts.upload(bucket, built.zip_file, sent)


def _try(stage: str, back: "WayBack | None", terminal: Terminal, *, was_deployed: bool) -> None:
    """A guest's order; where it fails, the stack goes `back`, if there is a way.

    Raises `DeployError` if the order failed.
    """
    trouble = _trouble(stage, terminal)
    if not trouble:
        return
    terminal.say(f"The trial order failed: {trouble}", "red")
    if not was_deployed:
        raise StaysDeployed(_not_of_this(stack_name(stage)))
    if back is None:
        raise StaysDeployed(
            "there is nothing to go back to, so the stack stays as it is; "
            "SMOKE=no deploys without a trial order"
        )
    terminal.say("Going back to the template and the parameters before.")
    try:
        before = back.before
        change_set = propose(stack_name(stage), before.template, before.parameters)
        if change_set is not None:
            change_set.execute(terminal)
    except DeployError as error:
        raise DeployError(f"what fails stays deployed, for going back failed: {error}") from error
    again = _trouble(stage, terminal)
    lost = back.lost(stack_name(stage))
    raise DeployError(
        (
            "the stack has the template and the parameters of before, but not the data"
            if lost
            else "the stack is what it was before"
        )
        + ", and the trial order "
        + (
            f"fails there too, so the cause is not in what was deployed: {again}"
            if again
            else "comes to its voice there"
        )
        + "".join(f"\n  {change.loss}" for change in lost)
    )


def _not_of_this(name: str) -> str:
    """Where to look, when what fails was not deployed just now."""
    drift = aws_command(f"cloudformation detect-stack-drift --stack-name {name}")
    drifts = aws_command(
        f"cloudformation describe-stack-resource-drifts --stack-name {name}"
        " --stack-resource-drift-status-filters MODIFIED DELETED"
    )
    return (
        "nothing was deployed, so what fails was changed by hand since, or is outside. What "
        "somebody has changed:\n"
        f"  {drift}\n  {drifts}\n"
        "docs/operations.md#what-was-changed-by-hand puts it back"
    )


def _trouble(stage: str, terminal: Terminal) -> str:
    """What a trial order meets, nothing if it is heard."""
    outputs = cloudformation.outputs(stage)
    try:
        with terminal.waiting("A guest's order is tried"):
            heard = smoke.try_order(api_url(outputs), terminal.say)
    except smoke.SmokeFailed as failed:
        return f"{failed}{_log_of(failed.log, stage)}{_story_of(failed.order_id, stage)}"
    except smoke.NotTried as reason:
        terminal.say(f"No trial order: {reason}", "yellow")
        return ""
    except KeyboardInterrupt:
        terminal.say("What is deployed stays; nobody waits for its trial order any more.")
        raise
    engine = spoken_by(heard.order_id, outputs)
    waited = f", once {heard.waited_seconds:.0f} s were waited" if heard.waited_seconds else ""
    terminal.say(
        f"Trial order {heard.order_id} (shop {smoke.SHOP}): heard after {heard.took_seconds:.0f} s"
        f"{waited}, {heard.voice_seconds:.1f} s of voice" + (f", by {engine}" if engine else "")
    )
    chain = cloudformation.parameters(stage).get("SpeechEngines", "")
    if warning := not_the_first(engine, chain, _story_command(heard.order_id, stage)):
        terminal.say(warning, "yellow")
    return ""


def _log_of(group: smoke.Part, stage: str) -> str:
    """A line that shows what a function has logged, where the stack has such a log group."""
    name = stack_name(stage)
    resources = boto3.client("cloudformation").describe_stack_resources(StackName=name)
    there = {found["LogicalResourceId"]: found for found in resources["StackResources"]}
    if group not in there:
        return ""
    tail = aws_command(f"logs tail {there[group]['PhysicalResourceId']} --since 15m")
    return f"\n  What it logged: {tail}"


def _story_of(order_id: str, stage: str) -> str:
    """A line that tells the order's story, where there is an order."""
    return f"\n  Its story: {_story_command(order_id, stage)}" if order_id else ""


def _story_command(order_id: str, stage: str) -> str:
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    where = f"AWS_ENDPOINT_URL={endpoint} " if endpoint else ""
    return f"{where}make logs STAGE={stage} ORDER={order_id}"

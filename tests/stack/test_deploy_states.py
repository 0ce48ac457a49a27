"""Every state that a stack can be in, on the emulator: what an operator reads, and the way on."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy import cloudformation, smoke
from deploy.destroy import destroy
from deploy.events import Events
from deploy.package import Package
from deploy.rollout import Wishes, roll_out
from deploy.states import find, settle
from deploy.target import DeployError
from deploy.terminal import unattended
from localstack.emulators.emulator import Gap
from tests.deploy_support import (
    ALARM,
    IMPOSSIBLE,
    QUEUE,
    UNDELETABLE,
    Screen,
    after,
    packed,
    table,
    template,
)
from tests.emulators import rests_on
from tests.stack.client import until

NAME = "order-voice-local"
UNTRIED = Wishes(has_smoke_test=False)
ADDED = {"Queue": QUEUE, "Other": QUEUE, "New": QUEUE}
BUCKET = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}
Pack = Callable[..., Callable[[], Package]]


@pytest.fixture(autouse=True)
def _clean(bare_emulator: str) -> Iterator[None]:
    yield
    for listed in boto3.client("dynamodb").list_tables()["TableNames"]:
        boto3.client("dynamodb").update_table(TableName=listed, DeletionProtectionEnabled=False)
    if found := find(NAME):
        boto3.client("cloudformation").delete_stack(StackName=found["StackId"])
        boto3.client("cloudformation").get_waiter("stack_delete_complete").wait(
            StackName=found["StackId"], WaiterConfig={"Delay": 1}
        )
    for listed in boto3.client("dynamodb").list_tables()["TableNames"]:
        boto3.client("dynamodb").delete_table(TableName=listed)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    return Screen(monkeypatch)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return lambda **resources: packed(tmp_path, template(**resources))


def status() -> str:
    found = find(NAME)
    return found["StackStatus"] if found else ""


def deploy(pack: Callable[[], Package], wishes: Wishes = UNTRIED) -> None:
    roll_out("local", pack, {}, unattended(), wishes)


def tables() -> list[str]:
    return boto3.client("dynamodb").list_tables()["TableNames"]


def test_what_is_deployed_where_is_shown_and_asked(screen: Screen, pack: Pack) -> None:
    with pytest.raises(DeployError, match="nobody is here to be asked: say YES=1"):
        roll_out("local", pack(Queue=QUEUE), {}, screen.terminal(), UNTRIED)
    assert not status()
    assert "Stack order-voice-local: account 000000000000, region us-east-1" in screen.text
    assert "+ add         Queue  (AWS::SQS::Queue)" in screen.text

    with pytest.raises(DeployError, match="nothing is changed"):
        roll_out("local", pack(Queue=QUEUE), {}, screen.terminal("n"), UNTRIED)
    assert not status()

    roll_out("local", pack(Queue=QUEUE), {}, screen.terminal("y"), UNTRIED)
    assert status() == "CREATE_COMPLETE"
    assert "CREATE_COMPLETE      Queue" in screen.text
    roll_out("local", pack(Queue=QUEUE), {}, screen.terminal(), UNTRIED)
    assert screen.text.endswith("There is nothing to change.\n")


def test_a_template_that_is_too_long_for_a_request_is_deployed_all_the_same(
    screen: Screen, pack: Pack
) -> None:
    """CloudFormation takes 51,200 bytes as they are; the rest it reads where it lies."""
    built = pack(Queue={**QUEUE, "Metadata": {"Why": "x" * cloudformation.LONGEST_BODY}})
    roll_out("local", built, {}, screen.terminal(), Wishes(is_preview=True))
    assert find(NAME) is None
    roll_out("local", built, {}, screen.terminal("y"), UNTRIED)
    assert status() == "CREATE_COMPLETE"


def test_a_preview_leaves_no_trace(screen: Screen, pack: Pack) -> None:
    def buckets() -> list[str]:
        return [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]

    before = buckets()
    preview = Wishes(is_preview=True)
    roll_out("local", pack(Queue=QUEUE), {}, screen.terminal(), preview)
    assert find(NAME) is None
    assert buckets() == before
    deploy(pack(Queue=QUEUE))
    roll_out("local", pack(Other=QUEUE), {}, screen.terminal(), preview)
    assert "- remove      Queue" in screen.text
    assert "An emulator's list: it may name what conditions leave out" in screen.text
    assert screen.text.endswith("This was a preview: nothing is changed.\n")
    sets = boto3.client("cloudformation").list_change_sets(StackName=NAME)["Summaries"]
    assert not [one for one in sets if one["ExecutionStatus"] == "AVAILABLE"]
    assert status() == "CREATE_COMPLETE"


@rests_on(Gap.REPLACEMENT)
def test_a_table_is_not_replaced_by_a_yes(screen: Screen, pack: Pack) -> None:
    deploy(pack(Orders=table(policy="Retain")))
    changed = pack(Orders=table(policy="Retain", key="other"))
    [orders] = tables()
    with pytest.raises(DeployError, match="say LOSE=Orders"):
        roll_out("local", changed, {}, screen.terminal(says_yes=True), UNTRIED)
    assert "THE TABLE Orders MAY BE REPLACED by a new, empty one. " in screen.text
    assert f"The old one, {orders}, is kept or deleted" in screen.text
    with pytest.raises(DeployError, match="nothing is changed"):
        roll_out("local", changed, {}, screen.terminal("yes"), UNTRIED)
    assert tables() == [orders]
    roll_out("local", changed, {}, screen.terminal("Orders", "y"), UNTRIED)
    assert status() == "UPDATE_COMPLETE"


def test_a_removed_queue_can_be_named_beforehand(screen: Screen, pack: Pack) -> None:
    deploy(pack(Queue=QUEUE, Other=QUEUE))
    terminal = screen.terminal(says_yes=True, named=("Queue",))
    roll_out("local", pack(Other=QUEUE), {}, terminal, UNTRIED)
    assert "THE QUEUE Queue IS REMOVED." in screen.text
    assert status() == "UPDATE_COMPLETE"


@rests_on(Gap.POLICIES)
def test_of_what_is_removed_it_is_told_whether_it_is_deleted(screen: Screen, pack: Pack) -> None:
    deploy(pack(Queue=QUEUE, Orders=table(policy="Retain"), Other=QUEUE))
    roll_out("local", pack(Other=QUEUE), {}, screen.terminal(), Wishes(is_preview=True))
    assert re.search(r"THE QUEUE Queue .* is deleted with all that it holds", screen.text)
    assert re.search(r"THE TABLE Orders .* stays in the account", screen.text)


def test_all_that_would_be_lost_is_named_at_once(screen: Screen, pack: Pack) -> None:
    deploy(pack(Queue=QUEUE, Other=QUEUE, Third=QUEUE))
    third = pack(Third=QUEUE)
    for named in ((), ("Queue",)):
        with pytest.raises(DeployError, match="say LOSE=Other,Queue before"):
            roll_out("local", third, {}, screen.terminal(named=named), UNTRIED)
    with pytest.raises(DeployError, match="nothing is changed"):
        roll_out("local", third, {}, screen.terminal("Other", "Other"), UNTRIED)
    assert status() == "CREATE_COMPLETE"
    roll_out("local", third, {}, screen.terminal("Other", "Queue", "y"), UNTRIED)
    assert status() == "UPDATE_COMPLETE"


@pytest.mark.parametrize("wishes", [UNTRIED, Wishes(is_preview=True)], ids=["deployed", "preview"])
def test_a_slip_in_what_may_be_lost_is_told(wishes: Wishes, screen: Screen, pack: Pack) -> None:
    deploy(pack(Queue=QUEUE, Other=QUEUE))
    for resources, would_be_lost in (({"Other": QUEUE}, "Queue"), (ADDED, "nothing")):
        terminal = screen.terminal(says_yes=True, named=("Qeue",))
        told = f"LOSE names Qeue, but what would be lost is {would_be_lost}: nothing is changed"
        with pytest.raises(DeployError, match=told):
            roll_out("local", pack(**resources), {}, terminal, wishes)
    assert status() == "CREATE_COMPLETE"


def lose_two_tables_and_go_back(screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the operator reads whose trial order has failed."""
    deploy(pack(Orders=table(policy="Retain"), Limits=table(), Queue=QUEUE))
    trials = ["502", ""]
    monkeypatch.setattr(smoke, "try_order", lambda *_: tried(trials.pop(0)))
    terminal = screen.terminal("Limits", "Orders", "y")
    with pytest.raises(DeployError) as failed:
        roll_out("local", pack(Queue=QUEUE), {}, terminal, Wishes())
    return str(failed.value)


def test_data_that_no_way_back_brings_back_is_told_before_and_after(
    screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = lose_two_tables_and_go_back(screen, pack, monkeypatch)
    asked = screen.text.index("Type Limits to lose it")
    assert "no way back brings back what was in Limits,Orders: " in screen.text[:asked]
    assert "the stack is what it was before" not in told
    assert "the template and the parameters of before, but not the data" in told
    assert "the table Limits is a new, empty one. The old one, order-voice-local-Limits-" in told
    assert "the table Orders is a new, empty one. The old one, order-voice-local-Orders-" in told


@rests_on(Gap.POLICIES)
def test_where_the_data_is_that_no_way_back_brings_back_is_told(
    screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = lose_two_tables_and_go_back(screen, pack, monkeypatch)
    assert re.search(r"The old one, order-voice-local-Limits-\S+, is deleted", told)
    [kept] = re.findall(r"The old one, (order-voice-local-Orders-\S+), stays in", told)
    assert kept in tables()


@rests_on(Gap.ROLLBACK)
def test_only_what_failed_now_is_told(pack: Pack) -> None:
    deploy(pack(Queue=QUEUE))
    with pytest.raises(DeployError, match="First: "):
        deploy(pack(Queue=QUEUE, First=IMPOSSIBLE))
    assert status() == "UPDATE_ROLLBACK_COMPLETE"
    with pytest.raises(DeployError, match="Second: ") as failed:
        deploy(pack(Queue=QUEUE, Second=IMPOSSIBLE))
    assert "First" not in str(failed.value)


def test_a_first_creation_that_failed_is_made_anew_without_its_orphans(
    screen: Screen, pack: Pack
) -> None:
    kept = {"Orders": table(policy="Retain", is_protected=True), "Voices": BUCKET}
    with pytest.raises(DeployError, match="Bad: "):
        deploy(pack(**kept, Bad=after(IMPOSSIBLE, *kept)))
    assert status() == "ROLLBACK_COMPLETE"
    [orphan] = tables()

    with pytest.raises(DeployError, match="order-voice-local stays in ROLLBACK_COMPLETE"):
        roll_out("local", pack(**kept), {}, screen.terminal("n"), UNTRIED)
    assert "nothing can be done but to delete it" in screen.text

    roll_out("local", pack(**kept), {}, screen.terminal("y", "y", "y"), UNTRIED)
    assert f"Orders  {orphan}  (AWS::DynamoDB::Table)" in screen.text
    assert status() == "CREATE_COMPLETE"
    assert len(tables()) == 1


def test_an_orphan_that_holds_something_is_not_offered(screen: Screen, pack: Pack) -> None:
    kept = table(policy="Retain", is_protected=True)
    with pytest.raises(DeployError):
        deploy(pack(Orders=kept, Bad=after(IMPOSSIBLE, "Orders")))
    boto3.client("dynamodb").put_item(TableName=tables()[0], Item={"k": {"S": "an order"}})
    assert settle(NAME, screen.terminal(says_yes=True)) is None
    assert "Left of it" not in screen.text
    assert tables()


@rests_on(Gap.ROLLBACK)
def test_a_first_creation_that_could_not_even_go_back_is_made_anew(
    screen: Screen, pack: Pack
) -> None:
    with pytest.raises(DeployError, match="ROLLBACK_FAILED"):
        deploy(pack(**UNDELETABLE, Bad=after(IMPOSSIBLE, "Part")))
    assert status() == "ROLLBACK_FAILED"
    roll_out("local", pack(Queue=QUEUE), {}, screen.terminal("y", "y"), UNTRIED)
    assert "is in ROLLBACK_FAILED: its first creation failed" in screen.text
    assert status() == "CREATE_COMPLETE"


@rests_on(Gap.UNDELETABLE)
def test_what_cannot_be_deleted_is_left_after_asking(screen: Screen, pack: Pack) -> None:
    deploy(pack(**UNDELETABLE))
    with pytest.raises(DeployError, match="is still there, in DELETE_FAILED"):
        destroy("local", screen.terminal(NAME, "n"))
    assert "These could not be deleted:\n  Network: " in screen.text
    assert status() == "DELETE_FAILED"
    with pytest.raises(DeployError, match="is still there, in DELETE_FAILED"):
        settle(NAME, screen.terminal("y", "n"))
    assert "its deletion did not come to its end" in screen.text
    assert settle(NAME, screen.terminal("y", "y")) is None
    assert not status()


@rests_on(Gap.WAIT_CONDITIONS, Gap.ROLLBACK)
def test_an_update_that_cannot_go_back_is_tried_again_and_names_the_culprit(
    screen: Screen, pack: Pack
) -> None:
    """Somebody deletes an API by hand while its answers are being changed."""
    gateway, stacks = boto3.client("apigateway"), boto3.client("cloudformation")
    api = gateway.create_rest_api(name="by-hand")["id"]

    def answer(status: str) -> dict[str, Any]:
        told = {"RestApiId": api, "ResponseType": "DEFAULT_4XX", "StatusCode": status}
        return {"Type": "AWS::ApiGateway::GatewayResponse", "Properties": told}

    def told() -> object:
        found = gateway.get_gateway_response(restApiId=api, responseType="DEFAULT_4XX")
        return found.get("statusCode")

    deploy(pack(Answer=answer("404")))
    stacks.update_stack(
        StackName=NAME, TemplateBody=body(Answer=answer("410"), **held_up(after="Answer"))
    )
    until(lambda: told() == "410")
    gateway.delete_rest_api(restApiId=api)
    until(lambda: status() == "UPDATE_ROLLBACK_FAILED")

    with pytest.raises(DeployError, match="stays in UPDATE_ROLLBACK_FAILED"):
        settle(NAME, screen.terminal("n"))
    with pytest.raises(
        DeployError, match=r"  Answer: .*\n.*--resources-to-skip Answer --endpoint-url"
    ):
        settle(NAME, screen.terminal("y"))
    assert "going back to what it was has failed" in screen.text

    # As the message says.
    stacks.continue_update_rollback(StackName=NAME, ResourcesToSkip=["Answer"])
    assert settle(NAME, screen.terminal())
    assert status() == "UPDATE_ROLLBACK_COMPLETE"


@rests_on(Gap.STOPPED_UPDATES)
def test_an_update_that_was_stopped_half_way_is_brought_back(screen: Screen, pack: Pack) -> None:
    deploy(pack(Queue=QUEUE))
    boto3.client("cloudformation").update_stack(
        StackName=NAME,
        TemplateBody=body(Queue=QUEUE, Bad=IMPOSSIBLE),
        DisableRollback=True,
    )
    with pytest.raises(DeployError, match="stays in UPDATE_FAILED"):
        settle(NAME, screen.terminal("n"))
    assert settle(NAME, screen.terminal("y"))
    assert status() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_creation_without_rollback_is_made_anew(screen: Screen, pack: Pack) -> None:
    boto3.client("cloudformation").create_stack(
        StackName=NAME, TemplateBody=body(Bad=IMPOSSIBLE), DisableRollback=True
    )
    roll_out("local", pack(Queue=QUEUE), {}, screen.terminal("y", "y"), UNTRIED)
    assert "is in CREATE_FAILED: its first creation failed" in screen.text
    assert status() == "CREATE_COMPLETE"


def test_who_waits_no_longer_reads_that_it_goes_on(
    screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Events, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            roll_out("local", pack(Queue=QUEUE), {}, screen.terminal("y"), UNTRIED)
    assert "CloudFormation goes on by itself; make deploy, again, waits for it." in screen.text
    deploy(pack(Queue=QUEUE))
    assert status() == "CREATE_COMPLETE"


@rests_on(Gap.WAIT_CONDITIONS)
def test_what_somebody_else_does_is_waited_for(screen: Screen, pack: Pack) -> None:
    boto3.client("cloudformation").create_stack(StackName=NAME, TemplateBody=body(**held_up()))
    assert status() == "CREATE_IN_PROGRESS"
    with pytest.raises(DeployError, match="is in CREATE_IN_PROGRESS: without PREVIEW=1"):
        deploy(pack(Queue=QUEUE), Wishes(is_preview=True))
    roll_out("local", pack(Queue=QUEUE), {}, screen.terminal("y", "y"), UNTRIED)
    assert "Somebody is at work on order-voice-local: CREATE_IN_PROGRESS, begun " in screen.text
    assert status() == "CREATE_COMPLETE"


def test_a_change_set_that_somebody_left_is_no_obstacle(pack: Pack) -> None:
    boto3.client("cloudformation").create_change_set(
        StackName=NAME, ChangeSetName="left", ChangeSetType="CREATE", TemplateBody=body(A=QUEUE)
    )
    assert status() == "REVIEW_IN_PROGRESS"
    deploy(pack(Queue=QUEUE))
    assert status() == "CREATE_COMPLETE"


@rests_on(Gap.OVERTAKEN)
def test_of_two_deployments_the_later_one_is_told_that_it_came_too_late(pack: Pack) -> None:
    deploy(pack(Queue=QUEUE))
    first, second = (
        cloudformation.propose(NAME, body(Queue=QUEUE, **{name: QUEUE}), {"Stage": "local"})
        for name in ("First", "Second")
    )
    assert first
    assert second
    first.execute(unattended())
    with pytest.raises(DeployError, match="somebody else has changed the stack since"):
        second.execute(unattended())


@pytest.mark.parametrize(
    ("trials", "told"),
    [
        (["502", ""], "the trial order comes to its voice there"),
        (["502", "503"], "so the cause is not in what was deployed: 503"),
    ],
    ids=["its fault", "not its fault"],
)
def test_a_deployment_whose_trial_order_fails_is_taken_back(
    trials: list[str], told: str, screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(pack(Queue=QUEUE))
    monkeypatch.setattr(smoke, "try_order", lambda *_: tried(trials.pop(0)))
    with pytest.raises(DeployError, match="the stack is what it was before") as failed:
        roll_out("local", pack(Queue=QUEUE, New=QUEUE), {}, screen.terminal("y"), Wishes())
    assert told in str(failed.value)
    assert "The trial order failed: 502" in screen.text
    assert "Going back to the template and the parameters before." in screen.text
    resources = boto3.client("cloudformation").list_stack_resources(StackName=NAME)
    assert [one["LogicalResourceId"] for one in resources["StackResourceSummaries"]] == ["Queue"]


def test_a_watch_on_an_emulator_says_that_it_may_see_nothing(screen: Screen, pack: Pack) -> None:
    deploy(pack(WaitingAlarm=ALARM))
    watching = Wishes(watch_minutes=1, has_smoke_test=False)
    roll_out("local", pack(WaitingAlarm=ALARM, New=QUEUE), {}, screen.terminal("y"), watching)
    assert "1 alarms are watched" in screen.text
    assert "MiniStack cannot: it evaluates none." in screen.text


def test_who_waits_no_longer_for_the_trial_reads_that_it_stays(
    screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> smoke.Heard:
        raise KeyboardInterrupt

    monkeypatch.setattr(smoke, "try_order", interrupted)
    with pytest.raises(KeyboardInterrupt):
        roll_out("local", pack(Queue=QUEUE), {}, screen.terminal("y"), Wishes())
    assert screen.text.endswith(
        "What is deployed stays; nobody waits for its trial order any more.\n"
    )
    assert status() == "CREATE_COMPLETE"


def test_where_going_back_fails_that_is_told(
    screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(pack(Queue=QUEUE))
    monkeypatch.setattr(smoke, "try_order", lambda *_: tried("502"))
    monkeypatch.setattr(cloudformation, "template", lambda _: body(Queue=QUEUE, Bad=IMPOSSIBLE))
    with pytest.raises(DeployError, match=r"for going back failed: .*\n  Bad: "):
        roll_out("local", pack(Queue=QUEUE, New=QUEUE), {}, screen.terminal("y"), Wishes())


def test_parameters_are_taken_back_too(
    screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = {**QUEUE, "Properties": {"DelaySeconds": {"Ref": "Delay"}}}
    with_delay = template(Queue=queue)
    with_delay["Parameters"]["Delay"] = {"Type": "Number", "Default": 1}
    pack = packed(tmp_path, with_delay)
    roll_out("local", pack, {"Delay": "5"}, unattended(), UNTRIED)
    trials = ["502", ""]
    monkeypatch.setattr(smoke, "try_order", lambda *_: tried(trials.pop(0)))
    with pytest.raises(DeployError, match="the stack is what it was before"):
        roll_out("local", pack, {"Delay": "7"}, screen.terminal("y"), Wishes())
    assert "~ parameter   Delay: 5 → 7" in screen.text
    assert cloudformation.parameters("local")["Delay"] == "5"


def test_a_first_deployment_whose_trial_order_fails_stays(
    screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "try_order", lambda *_: tried("502"))
    with pytest.raises(DeployError, match="there is nothing to go back to"):
        roll_out("local", pack(Queue=QUEUE), {}, screen.terminal("y"), Wishes())
    assert status() == "CREATE_COMPLETE"


@rests_on(Gap.NO_CHANGES)
def test_where_nothing_was_deployed_a_failed_trial_blames_what_was_changed_by_hand(
    screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(pack(Queue=QUEUE))

    def failed(*_: object) -> smoke.Heard:
        error = smoke.SmokeFailed("no voice")
        error.order_id = "O1"
        raise error

    monkeypatch.setattr(smoke, "try_order", failed)
    with pytest.raises(DeployError, match="nothing was deployed, so what fails was") as told:
        roll_out("local", pack(Queue=QUEUE), {}, screen.terminal(), Wishes())
    assert f"aws cloudformation detect-stack-drift --stack-name {NAME} --endp" in str(told.value)
    assert "SMOKE" not in str(told.value)
    assert re.search(r"Its story: AWS_ENDPOINT_URL=\S+ make logs STAGE=local ORDER=O1", screen.text)


@rests_on(Gap.NO_CHANGES)
def test_what_may_be_lost_is_refused_where_nothing_changes(screen: Screen, pack: Pack) -> None:
    deploy(pack(Queue=QUEUE))
    terminal = screen.terminal(says_yes=True, named=("Queue",))
    with pytest.raises(DeployError, match="LOSE names Queue, but what would be lost is nothing"):
        roll_out("local", pack(Queue=QUEUE), {}, terminal, UNTRIED)


def test_a_deployment_is_kept_where_guests_may_not_order_today(
    screen: Screen, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> smoke.Heard:
        raise smoke.NotTried("429")

    deploy(pack(Queue=QUEUE))
    monkeypatch.setattr(smoke, "try_order", full)
    roll_out("local", pack(Queue=QUEUE, New=QUEUE), {}, screen.terminal("y"), Wishes())
    assert "No trial order: 429" in screen.text
    assert status() == "UPDATE_COMPLETE"


def test_a_stack_is_destroyed_by_its_name_and_what_stays_is_told(
    screen: Screen, pack: Pack
) -> None:
    deploy(pack(Orders=table(policy="Retain", is_protected=True), Voices=BUCKET, Queue=QUEUE))
    [kept] = tables()
    with pytest.raises(DeployError, match="say CONFIRM=order-voice-local"):
        destroy("local", screen.terminal(says_yes=True))
    with pytest.raises(DeployError, match="nothing is deleted"):
        destroy("local", screen.terminal("yes"))
    assert status() == "CREATE_COMPLETE"
    told = "\n".join(destroy("local", screen.terminal(NAME)))
    assert not status()
    asked = screen.text.index(f"Type {NAME} to delete it")
    assert "Deleted with all that they hold: Queue (queue)\n" in screen.text[:asked]
    assert "Kept in the account: Orders (table), Voices (bucket)\n" in screen.text[:asked]
    assert all("--endpoint-url" in line for line in told.splitlines() if line.startswith("    aws"))
    assert f"aws dynamodb update-table --table-name {kept} --no-deletion-protection-enabled" in told
    assert f"aws dynamodb delete-table --table-name {kept}" in told
    assert "aws s3 rb --force s3://order-voice-local-voices-" in told
    assert "aws ssm delete-parameter --name /order-voice/local/client-address-key" in told
    assert "aws s3 rb --force s3://order-voice-artifacts-000000000000-us-east-1" in told


def test_a_protected_stack_is_left_alone(screen: Screen, pack: Pack) -> None:
    deploy(pack(Queue=QUEUE))
    protect = boto3.client("cloudformation").update_termination_protection
    protect(StackName=NAME, EnableTerminationProtection=True)
    with pytest.raises(DeployError, match="is protected: aws cloudformation update-termination"):
        destroy("local", screen.terminal(NAME))
    assert status() == "CREATE_COMPLETE"
    protect(StackName=NAME, EnableTerminationProtection=False)


def test_destroying_what_is_not_there_says_so(screen: Screen) -> None:
    destroy("local", screen.terminal())
    assert "There is no such stack here." in screen.text


def tried(trouble: str) -> smoke.Heard:
    if trouble:
        raise smoke.SmokeFailed(trouble)
    return smoke.Heard("o1", 1.0, 0.0, 2.0)


def body(**resources: Any) -> str:
    return json.dumps(template(**resources))


def held_up(after: str = "Handle") -> dict[str, Any]:
    """A condition that nobody fulfils: what waits for it fails after three seconds."""
    return {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Condition": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "DependsOn": after,
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "3"},
        },
    }

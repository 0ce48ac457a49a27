"""What was proposed, where somebody else was quicker, as CloudFormation answers then."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from deploy import cloudformation
from deploy.changes import Change, Verb
from deploy.cloudformation import ChangeSet
from deploy.rollout import Before, WayBack
from deploy.target import DeployError
from tests.deploy_support import Screen

ARN = "arn:aws:cloudformation:ap-northeast-1:1:changeSet/deploy-1/1"
STACK = "arn:aws:cloudformation:ap-northeast-1:1:stack/order-voice-prod/1"
NAMED = {"ChangeSetName": ARN, "StackName": STACK}
PROPOSED = ChangeSet(ARN, STACK, is_first=True, began_stack=True, changes=(), parameters={})


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """CloudFormation, asked what is expected and nothing else."""
    client = boto3.client("cloudformation")
    monkeypatch.setattr(boto3, "client", lambda _: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    "code",
    [
        "ChangeSetNotFound",
        "ChangeSetNotFoundException",
        "InvalidChangeSetStatus",
        "InvalidChangeSetStatusException",
    ],
)
def test_who_came_too_late_is_told_so_and_that_nothing_is_done(
    code: str, aws: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(monkeypatch)
    aws.add_response("describe_stack_events", {"StackEvents": []})
    aws.add_client_error("execute_change_set", code, "ChangeSet [x] does not exist", 404)
    with pytest.raises(DeployError, match=r"somebody else has changed the stack .* nothing of it"):
        PROPOSED.execute(screen.terminal())
    assert "goes on by itself" not in screen.text


def test_what_was_refused_does_not_go_on_by_itself(
    aws: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(monkeypatch)
    aws.add_response("describe_stack_events", {"StackEvents": []})
    aws.add_client_error("execute_change_set", "AccessDenied", "no", 403)
    with pytest.raises(ClientError):
        PROPOSED.execute(screen.terminal())
    assert "goes on by itself" not in screen.text


@pytest.mark.parametrize(
    ("status", "is_deleted"),
    [("REVIEW_IN_PROGRESS", True), ("CREATE_IN_PROGRESS", False), ("CREATE_COMPLETE", False)],
)
def test_a_no_deletes_only_the_stack_that_was_begun_for_the_question(
    status: str, is_deleted: bool, aws: Stubber
) -> None:
    stack = {"StackName": "s", "CreationTime": datetime.now(UTC), "StackStatus": status}
    aws.add_response("delete_change_set", {}, NAMED)
    aws.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": STACK})
    if is_deleted:
        aws.add_response("delete_stack", {}, {"StackName": STACK})
    PROPOSED.withdraw()


@pytest.mark.parametrize(
    ("verb", "there", "is_lost"),
    [
        ("may replace", "orders-1", False),
        ("may replace", "orders-2", True),
        ("replace", "orders-2", True),
        ("remove", "orders-2", True),
    ],
)
def test_what_might_have_been_replaced_and_was_not_is_not_called_lost(
    verb: Verb, there: str, is_lost: bool, aws: Stubber
) -> None:
    resource = {
        "LogicalResourceId": "Orders",
        "ResourceType": "AWS::DynamoDB::Table",
        "PhysicalResourceId": there,
        "ResourceStatus": "UPDATE_COMPLETE",
        "Timestamp": datetime.now(UTC),
    }
    aws.add_response("describe_stack_resources", {"StackResources": [resource]})
    loss = Change(verb, "Orders", "AWS::DynamoDB::Table", "orders-1", "Delete")
    found = WayBack(Before("{}", {}), [loss]).lost("order-voice-prod")
    assert found == [loss] * is_lost


def test_what_the_target_passes_over_is_told_by_its_types(aws: Stubber) -> None:
    def resource(kind: str, reason: str = "") -> dict[str, object]:
        told = {"ResourceStatusReason": reason} if reason else {}
        return {
            "LogicalResourceId": "X",
            "ResourceType": kind,
            "ResourceStatus": "CREATE_COMPLETE",
            "Timestamp": datetime(2026, 11, 27, tzinfo=UTC),
            **told,
        }

    passed_over = "Resource type {} is not supported but was deployed as a fallback"
    socket, board = "AWS::ApiGatewayV2::Api", "AWS::CloudWatch::Dashboard"
    resources = [
        resource("AWS::SQS::Queue"),
        *(resource(kind, passed_over.format(kind)) for kind in (board, socket, socket)),
    ]
    aws.add_response("describe_stack_resources", {"StackResources": resources})
    aws.add_response("describe_stack_resources", {"StackResources": resources[:1]})
    told: list[str] = []
    for _ in range(2):
        cloudformation.tell_what_is_passed_over("s", told.append)
    assert told == [f"Not there, because this target passes over it: {socket}, {board}"]

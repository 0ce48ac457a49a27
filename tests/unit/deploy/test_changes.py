"""What an operator reads of a change set."""

from typing import Any

import pytest

from deploy.changes import Change, read


def told(action: str, name: str, kind: str = "AWS::SQS::Queue", **more: Any) -> Any:
    change = {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more}
    return {"Type": "Resource", "ResourceChange": change}


def test_changes_are_told_one_a_line_and_losses_last() -> None:
    found = read(
        [
            told("Remove", "Old", "AWS::Lambda::Function"),
            told("Modify", "Api", "AWS::ApiGateway::RestApi", Replacement="False"),
            told("Modify", "Role", "AWS::IAM::Role", Replacement="True"),
            told("Modify", "Logs", "AWS::Logs::LogGroup", Replacement="Conditional"),
            told("Modify", "Waiting", Replacement="Conditional"),
            told("Add", "New"),
        ]
    )
    assert [str(change) for change in found] == [
        "+ add         New  (AWS::SQS::Queue)",
        "~ change      Api  (AWS::ApiGateway::RestApi)",
        "± replace     Role  (AWS::IAM::Role)",
        "~ change      Logs  (AWS::Logs::LogGroup), in place or anew",
        "± may replace Waiting  (AWS::SQS::Queue)",
        "- remove      Old  (AWS::Lambda::Function)",
    ]
    assert [change.logical_id for change in found if change.loses_data] == ["Waiting"]


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue"])
@pytest.mark.parametrize(
    ("change", "loses"),
    [
        (("Add", {}), False),
        (("Modify", {"Replacement": "False"}), False),
        (("Modify", {"Replacement": "True"}), True),
        (("Modify", {"Replacement": "Conditional"}), True),
        (("Remove", {}), True),
    ],
    ids=["add", "change", "replace", "may replace", "remove"],
)
def test_what_holds_data_is_shouted_when_it_may_be_lost(
    kind: str, change: tuple[str, dict[str, str]], loses: bool
) -> None:
    action, more = change
    [found] = read([told(action, "X", kind, **more)])
    assert found.loses_data is loses


@pytest.mark.parametrize(
    ("policy", "fate"),
    [
        ("Retain", "stays in the account"),
        ("ReplaceAndRetain", "stays in the account"),
        ("Delete", "is deleted with all that it holds"),
        ("ReplaceAndDelete", "is deleted with all that it holds"),
        ("", "is kept or deleted, CloudFormation does not say"),
    ],
)
def test_the_warning_says_what_becomes_of_the_old_one(policy: str, fate: str) -> None:
    change = Change("remove", "Orders", "AWS::DynamoDB::Table", "orders-1", policy)
    assert change.warning.startswith("THE TABLE Orders IS REMOVED. The old one, orders-1, ")
    assert fate in change.warning

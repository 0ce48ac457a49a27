"""Whom alarms reach, as `make deploy` and `make status` tell it."""

from typing import Any

import boto3
import pytest

from deploy import recipients
from deploy.recipients import troubles

TOPIC = "arn:aws:sns:us-east-1:1:topic"


class Sns:
    """Answers with subscriptions of the topic, and nothing else."""

    def __init__(self, *subscriptions: tuple[str, str]) -> None:
        self._subscriptions = subscriptions

    def get_paginator(self, operation: str) -> "Sns":
        assert operation == "list_subscriptions_by_topic"
        return self

    def paginate(self, **asked: str) -> list[dict[str, Any]]:
        assert asked == {"TopicArn": TOPIC}
        found = [{"Endpoint": to, "SubscriptionArn": arn} for to, arn in self._subscriptions]
        return [{"Subscriptions": found}]


def told(monkeypatch: pytest.MonkeyPatch, sns: Sns, stage: str = "prod", **set_: str) -> list[str]:
    monkeypatch.setattr(recipients, "parameters", lambda _: set_)
    monkeypatch.setattr(recipients, "resources_of", lambda _: {"AlarmTopic": TOPIC})
    monkeypatch.setattr(boto3, "client", lambda _: sns)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return list(troubles(stage))


@pytest.mark.parametrize("stage", ["prod", "rehearsal"])
def test_alarms_that_reach_nobody_are_told(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = told(monkeypatch, Sns(), stage, AlarmEmail="", AlarmTopicArn="")
    assert line.startswith("alarms reach nobody: AlarmEmail")
    assert told(monkeypatch, Sns(), stage, AlarmEmail="", AlarmTopicArn=TOPIC) == []


def test_an_address_whose_owner_has_not_followed_the_link_yet_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits = Sns(("b@x", f"{TOPIC}:1"), ("a@x", "PendingConfirmation"))
    assert told(monkeypatch, waits, AlarmEmail="a@x") == [
        "SNS has sent a link to a@x: until it is followed, no alarm reaches it"
    ]
    assert told(monkeypatch, Sns(("a@x", f"{TOPIC}:1")), AlarmEmail="a@x") == []


def test_an_address_whose_link_is_too_old_is_told_with_the_command_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [line] = told(monkeypatch, Sns(), AlarmEmail="a@x")
    assert line == (
        "alarms do not reach a@x: SNS's link was not followed in time; aws sns subscribe "
        f"--topic-arn {TOPIC} --protocol email --notification-endpoint a@x"
    )


def test_nobody_waits_for_the_alarms_of_a_local_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, Sns(), "local") == []

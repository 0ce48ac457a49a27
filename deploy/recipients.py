"""Whom the alarms of a stage reach, as far as they reach nobody."""

from collections.abc import Iterator, Mapping

import boto3

from deploy.cloudformation import parameters
from deploy.function_logs import resources_of
from deploy.target import aws_command


def troubles(stage: str) -> Iterator[str]:
    """What keeps the alarms of `stage` from somebody; nothing of a local stack, where nobody waits
    for any. Raises `DeployError` where there is no such stage."""
    if stage == "local":
        return
    told = parameters(stage)
    if told.get("AlarmEmail"):
        topic = resources_of(stage).get("AlarmTopic", "")
        yield from _of_mail(told["AlarmEmail"], topic)
    elif not told.get("AlarmTopicArn"):
        yield "alarms reach nobody: AlarmEmail is not among the parameters, nor is AlarmTopicArn"


def _of_mail(address: str, topic: str) -> Iterator[str]:
    pages = boto3.client("sns").get_paginator("list_subscriptions_by_topic")
    found: Mapping[str, str] = {
        one["Endpoint"]: one["SubscriptionArn"]
        for page in pages.paginate(TopicArn=topic)
        for one in page["Subscriptions"]
    }
    if address not in found:  # SNS forgets it after some days.
        again = aws_command(
            f"sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {address}"
        )
        yield f"alarms do not reach {address}: SNS's link was not followed in time; {again}"
    # Its ARN is this word until then.
    elif found[address] == "PendingConfirmation":
        yield f"SNS has sent a link to {address}: until it is followed, no alarm reaches it"

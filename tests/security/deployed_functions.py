"""The deployed functions: their roles, what their policies allow, and their logs."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from deploy.paths import ROOT
from deploy.target import stack_name
from localstack.emulators.emulator import Gap
from tests.emulators import EMULATOR
from tests.stack.client import Client
from tests.template import statements

FUNCTIONS = {
    "api": ("APIHandler", "ApiHandlerRole", "ApiLogs"),
    "fulfil": ("FulfilOrders", "FulfilOrdersRole", "FulfilLogs"),
    "sweep": ("SweepOrders", "SweepOrdersRole", "SweepLogs"),
    "ahead": ("PrepareVoices", "PrepareVoicesRole", "AheadLogs"),
    "push": ("PushConnections", "PushConnectionsRole", "PushLogs"),
}


class Right(NamedTuple):
    function: str
    statement: str
    """Its `Sid`: one action may be allowed twice, on different resources."""
    action: str


def actions_of(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else list(actions)


def rights() -> list[Right]:
    return [
        Right(function, statement["Sid"], action)
        for function in FUNCTIONS
        for statement in statements(
            json.loads((ROOT / ".chalice" / f"policy-{function}.json").read_text("utf-8"))
        )
        for action in actions_of(statement)
    ]


class Deployed:
    """The functions' roles and logs, and ways to make the functions use their rights."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.names = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for resource in client.aws("cloudformation").describe_stack_resources(
                StackName=stack_name("local")
            )["StackResources"]
        }

    @contextmanager
    def without(self, right: Right) -> Iterator[None]:
        """The function's role lacks one right, and has it again afterwards."""
        iam, role = self.client.aws("iam"), self.names[FUNCTIONS[right.function][1]]
        [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
        policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        smaller: dict[str, Any] = {"Version": policy["Version"], "Statement": []}
        for statement in policy["Statement"]:
            kept = actions_of(statement)
            if statement["Sid"] == right.statement:
                kept.remove(right.action)
            if kept:
                smaller["Statement"].append({**statement, "Action": kept})
        assert smaller["Statement"] != policy["Statement"]
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(smaller))
        try:
            yield
        finally:
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))

    def forget(self, function: str, **variables: str) -> dict[str, str]:
        """Give the function a new container, which has read no secret yet, and these environment
        variables beside its own; returns what they were."""
        name, functions = self.names[FUNCTIONS[function][0]], self.client.aws("lambda")
        environment = functions.get_function_configuration(FunctionName=name)["Environment"]
        before = {key: environment["Variables"].get(key, "") for key in variables}
        environment["Variables"] |= {**variables, "RENEWED": uuid.uuid4().hex}
        functions.update_function_configuration(FunctionName=name, Environment=environment)
        return before

    def said(self, function: str, since_ms: int) -> str:
        """What the function has logged since then."""
        name, _, group = FUNCTIONS[function]
        has_default = Gap.LOG_GROUPS in EMULATOR.gaps
        place = f"/aws/lambda/{self.names[name]}" if has_default else self.names[group]
        logs = self.client.aws("logs")
        try:
            events = logs.filter_log_events(logGroupName=place, startTime=since_ms)["events"]
        except logs.exceptions.ResourceNotFoundException:
            return ""  # A default group is made when its function first says something.
        return "\n".join(event["message"] for event in events)

    def engine_of(self, order_id: str) -> str:
        """Which engine has spoken the order, once it is completed."""
        assert self.client.follow(order_id)["status"] == "completed"
        item = self.client.aws("dynamodb").get_item(
            TableName=self.client.stack["ORDERS_TABLE"], Key={"order_id": {"S": order_id}}
        )["Item"]
        return str(item["voice_engine"]["S"])

    def sweep(self, *, scheduled_at: str = "") -> None:
        event = {"id": "1", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
        event |= {"version": "0", "account": "0", "region": "", "resources": []}
        event["time"] = scheduled_at
        self.client.aws("lambda").invoke(
            FunctionName=self.names["SweepOrders"], Payload=json.dumps(event).encode()
        )

    def change(self, order_id: str, **values: Any) -> None:
        """Put an order into a state by hand."""
        self.client.aws("dynamodb").update_item(
            TableName=self.client.stack["ORDERS_TABLE"],
            Key={"order_id": {"S": order_id}},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
            ExpressionAttributeNames={f"#{name}": name for name in values},
            ExpressionAttributeValues={
                f":{name}": {"S": value} if isinstance(value, str) else {"N": str(value)}
                for name, value in values.items()
            },
        )

"""On the deployed stack: workers that were really killed, dead letters that are redriven."""

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest

from chalicelib.orders import queue
from chalicelib.orders.identity import new_order_id
from chalicelib.speech.mp3 import duration_ms
from deploy.paths import ROOT
from localstack.stack import STAGE
from tests.stack.client import Client, until


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


def environment(stack: dict[str, str]) -> dict[str, str]:
    """That of a function of this stack."""
    return {
        **os.environ,
        **stack,
        "PYTHONPATH": str(ROOT),
        "STAGE": STAGE,
        "AWS_REGION": stack["AWS_DEFAULT_REGION"],
        "PUBLIC_S3_ENDPOINT_URL": stack["AWS_ENDPOINT_URL"],
        "LINE_API_URL": stack["LINE_URL"],
        "LIFF_URL": f"{stack['LINE_URL']}/liff",
        "LINE_CHANNEL_TOKEN_PARAMETER": f"/order-voice/{STAGE}/line-channel-access-token",
        "CLIENT_ADDRESS_KEY_PARAMETER": f"/order-voice/{STAGE}/client-address-key",
        "VOICE_ADDRESS_KEY_PARAMETER": f"/order-voice/{STAGE}/voice-address-key",
        "SPEECH_ENGINES": "espeak",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }


def run(stack: dict[str, str], module: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment(stack),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def item(client: Client, order_id: str) -> dict[str, Any]:
    table, key = client.stack["ORDERS_TABLE"], {"order_id": {"S": order_id}}
    answer = client.aws("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    found: dict[str, Any] = answer["Item"]
    return found


def sweep(client: Client) -> None:
    found = client.aws("cloudformation").describe_stack_resource(
        StackName=f"order-voice-{STAGE}", LogicalResourceId="SweepOrders"
    )
    event = {
        **dict.fromkeys(("version", "account", "region", "detail-type", "source", "time"), "x"),
        "id": "a-sweep",
        "resources": [],
        "detail": {},
    }
    answer = client.aws("lambda").invoke(
        FunctionName=found["StackResourceDetail"]["PhysicalResourceId"], Payload=json.dumps(event)
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


@pytest.mark.nightly
def test_orders_whose_workers_were_killed_anywhere_end_right(client: Client) -> None:
    printed = run(client.stack, "tests.stack.killed_workers")
    orders: list[dict[str, str]] = json.loads(printed.splitlines()[-1])
    assert len(orders) == 16
    deadline = time.monotonic() + 60
    waiting = orders
    while waiting := [
        order
        for order in waiting
        if item(client, order["order_id"])["status"]["S"] in ("pending", "processing")
    ]:
        assert time.monotonic() < deadline, waiting
        sweep(client)  # As the schedule does once a minute.
        time.sleep(1)
    for order in orders:
        ended = item(client, order["order_id"])
        assert ended["status"]["S"] == "completed"
        assert ended["notification"]["S"] == "sent"
        messages = client.chat(order["user_id"])
        assert len({entry["push"] for entry in messages}) == 1
        audio = client.aws("s3").get_object(
            Bucket=client.stack["VOICE_BUCKET"], Key=ended["voice_key"]["S"]
        )
        said = int(ended["voice_duration_ms"]["N"])
        assert duration_ms(audio["Body"].read()) == said == messages[2]["message"]["duration"]


def test_a_failed_orders_message_rests_with_the_dead_letters_until_it_is_redriven(
    client: Client,
) -> None:
    order_id = new_order_id()
    failed = {
        **item(client, client.place()),
        "order_id": {"S": order_id},
        "status": {"S": "failed"},
        "trouble": {"S": "speech_unavailable"},
        "attempts": {"N": "5"},
    }
    for absent in ("open", "due_at", "lease_token", "voice_key", "voice_duration_ms"):
        failed.pop(absent, None)
    client.aws("dynamodb").put_item(TableName=client.stack["ORDERS_TABLE"], Item=failed)
    body = queue.body_of(order_id)
    sqs = client.aws("sqs")
    sqs.send_message(QueueUrl=client.stack["ORDERS_QUEUE_URL"], MessageBody=body)

    def dead_letters() -> list[str]:
        answer = sqs.receive_message(
            QueueUrl=client.stack["DEAD_LETTER_QUEUE_URL"],
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    until(lambda: body in dead_letters())
    assert client.follow(order_id)["status"] == "failed"
    assert "queued again" in run(client.stack, "deploy.redrive", STAGE, "--yes")
    assert client.follow(order_id)["status"] == "completed"
    assert body not in dead_letters()

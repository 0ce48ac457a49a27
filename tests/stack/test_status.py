"""`make status`: what is broken in the deployed stack, found without knowing an order."""

import os
import subprocess
import sys

from deploy.paths import ROOT
from tests.stack.client import Client, until


def status(stack: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-m", "deploy.status", "local"],
        cwd=ROOT,
        env={**os.environ, **stack},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def test_a_message_that_nobody_can_read_is_told(stack: dict[str, str]) -> None:
    Client(stack).aws("sqs").send_message(
        QueueUrl=stack["ORDERS_QUEUE_URL"], MessageBody="no order"
    )
    until(lambda: "worker  ✗ poison message" in status(stack))


def test_a_queue_that_nobody_reads_is_told(stack: dict[str, str]) -> None:
    told = "✗ the worker takes no orders: its event source"
    functions = Client(stack).aws("lambda")
    [source] = [
        found["UUID"]
        for found in functions.list_event_source_mappings()["EventSourceMappings"]
        if found["EventSourceArn"].endswith(stack["ORDERS_QUEUE_URL"].rpartition("/")[2])
    ]
    assert told not in status(stack)
    functions.update_event_source_mapping(UUID=source, Enabled=False)
    try:
        until(lambda: f"{told} {source}" in status(stack))
    finally:
        functions.update_event_source_mapping(UUID=source, Enabled=True)
    until(lambda: told not in status(stack))


def test_a_worker_that_somebody_has_throttled_is_told(stack: dict[str, str]) -> None:
    client = Client(stack)
    found = client.aws("cloudformation").describe_stack_resource(
        StackName="order-voice-local", LogicalResourceId="FulfilOrders"
    )
    worker = found["StackResourceDetail"]["PhysicalResourceId"]
    told, functions = "✗ the worker may not run: reserved concurrency 0", client.aws("lambda")
    functions.put_function_concurrency(FunctionName=worker, ReservedConcurrentExecutions=0)
    try:
        assert told in status(stack)
    finally:
        functions.delete_function_concurrency(FunctionName=worker)
    assert told not in status(stack)

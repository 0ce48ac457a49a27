"""X-Ray of the calls to AWS, as its daemon hears of them; in a process of its own, for good."""

import json
import os
import socket
import subprocess
import sys

import pytest

from deploy.paths import ROOT

TRACE = "1-5759e988-bd862e3fe1be46a994272793"
NEXT_TRACE = TRACE[:-1] + "4"
"""The next request's, by the thread that the last one's call was made by."""
MARKED = "5e" * 16
ASKED = f"""
import boto3, os, time
from moto import mock_aws
from chalicelib.in_time import in_time
from chalicelib.tracing import trace_aws_calls

trace_aws_calls()
trace_aws_calls()
with mock_aws():
    boto3.client("sqs").create_queue(QueueName="orders")
    ssm = boto3.client("ssm")
    put = lambda: ssm.put_parameter(Name="/key", Value="{MARKED}", Type="SecureString")
    in_time("SSM", put, time.monotonic() + 9)
    dynamodb = boto3.client("dynamodb")
    try:
        dynamodb.get_item(TableName="t", Key={{"order_id": {{"S": "{MARKED}"}}}})
    except dynamodb.exceptions.ResourceNotFoundException:
        pass
    os.environ["_X_AMZN_TRACE_ID"] = "Root={NEXT_TRACE};Parent=53995c3f42cd8ad8;Sampled=1"
    in_time("SSM", lambda: ssm.get_parameter(Name="/key"), time.monotonic() + 9)
"""


def heard(tracing: str) -> list[dict[str, object]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        environment = {
            **os.environ,
            "TRACING": tracing,
            "LAMBDA_TASK_ROOT": "/var/task",
            "_X_AMZN_TRACE_ID": f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=1",
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
        }
        subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, env=environment, check=True)
        daemon.setblocking(False)
        datagrams = []
        while True:
            try:
                datagrams.append(daemon.recv(65536).partition(b"\n")[2])
            except BlockingIOError:
                return [json.loads(datagram) for datagram in datagrams]


def test_every_call_to_aws_is_told_once_in_all_threads_and_without_what_it_holds() -> None:
    told = heard("calls")
    assert [(each["name"], each["trace_id"]) for each in told] == [
        ("sqs", TRACE),
        ("ssm", TRACE),
        ("dynamodb", TRACE),
        ("ssm", NEXT_TRACE),
    ]
    assert MARKED not in json.dumps(told)


@pytest.mark.parametrize("tracing", ["functions", "off"])
def test_where_calls_are_not_traced_nothing_is_told(tracing: str) -> None:
    assert heard(tracing) == []

"""MiniStack, the embedded emulator: in a virtual environment of its own, loopback only."""

import os
import socket
import time
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any

import boto3

from deploy.paths import LOCAL
from localstack.errors import StackError
from localstack.processes import Process, end_of_log

PYTHON = LOCAL / "emulator" / "bin" / "python"
GUARDED = Path(__file__).with_name("guarded_emulator.py")
START_SECONDS = 30.0


def start(
    port: int,
    folder: Path,
    *,
    dies_with_us: bool,
    enforces_iam: bool = False,
    guard: Sequence[str] = (),
) -> Process:
    """Start the emulator on `port`, its state and logs in `folder`. Raises `StackError`.

    `guard` are arguments for `guarded_emulator.py`: which pages it answers beside its own.
    """
    if not PYTHON.exists():
        raise StackError("the emulator is not installed: run it by make, which sets it up")
    require_free(port)
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    # Its Lambdas inherit the whole environment, so it gets one of its own.
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true" if enforces_iam else "false",
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
    }
    command = [str(PYTHON), str(GUARDED), "--page-port", str(port), *guard]
    process = Process.start("emulator", command, environment, folder, dies_with_us=dies_with_us)
    wait_until_healthy(f"http://127.0.0.1:{port}/_ministack/health", process)
    return process


PASSED_ON = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""What the functions need to reach Google from behind a proxy."""


def require_free(port: int) -> None:
    """Raises `StackError` if something listens on `port` of loopback already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(f"port {port} is in use; choose another with PORT=…") from error


def wait_until_healthy(url: str, process: Process) -> None:
    """Return when `url` answers 200. Raises `StackError`, with the last lines of its log, if the
    process ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not process.is_alive():
            break
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (OSError, HTTPException):
            time.sleep(0.05)
    raise StackError(
        f"{end_of_log(process.name, process.folder)}The part '{process.name}' did not start."
    )


def answer_as_the_gateway(
    rest_api_id: str, stage_name: str, template: Mapping[str, Any], origins: Sequence[str]
) -> None:
    """Give the API the answers of the gateway itself (unknown path, throttling …).

    The first of `origins` may read them, as on AWS (`GatewayOrigin`).

    AWS reads them from the API's definition, where SAM puts them; MiniStack 1.5 does not, but
    keeps those that are put one by one, from the next deployment on.
    """
    gateway = boto3.client("apigateway")
    responses = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    allowed = {"Access-Control-Allow-Origin": f"'{origins[0]}'"} if origins else {}
    for response_type, response in responses.items():
        status = {"statusCode": response["StatusCode"]} if "StatusCode" in response else {}
        headers = response["ResponseParameters"]["Headers"] | allowed
        gateway.put_gateway_response(
            restApiId=rest_api_id,
            responseType=response_type,
            responseParameters={
                f"gatewayresponse.header.{name}": value
                for name, value in headers.items()
                # CloudFormation's functions are for AWS, which works them out.
                if isinstance(value, str)
            },
            responseTemplates=response["ResponseTemplates"],
            **status,
        )
    gateway.create_deployment(restApiId=rest_api_id, stageName=stage_name)

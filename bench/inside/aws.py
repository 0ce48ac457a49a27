"""AWS inside this process: every client's request is built, signed and answered at once, without a
socket. What is left is what a call costs the CPU, the reading of its answer included."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.handlers import BUILTIN_HANDLERS

STORED = Path(__file__).with_name("order.json")
"""A completed order with its voice, as the table has it."""
ITEM = json.loads(STORED.read_text("utf-8"))
ORDER_ID: str = ITEM["order_id"]["S"]
CAPACITY = {"ConsumedCapacity": {"TableName": "orders", "CapacityUnits": 1.0}}


def answers() -> dict[str, dict[str, Any]]:
    """By operation."""
    return {
        "GetItem": {"Item": ITEM},
        "PutItem": {},
        "UpdateItem": {},
        "SendMessage": {"MessageId": "5fea7756-0ea4-451a-a703-a558b933e274"},
        "GetParameter": {"Parameter": {"Name": "/key", "Value": "s3cret", "Version": 1}},
    }


def answer(operation: str, body: bytes) -> bytes:
    """What AWS answers; to whoever asks what it has cost, that as well."""
    told = answers()[operation]
    if operation == "GetItem" and b'"limits"' in body:
        told = {}
    return json.dumps(told | CAPACITY if b"ReturnConsumedCapacity" in body else told).encode()


class _Body(io.BytesIO):
    """As much of urllib3's response as botocore reads."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def answer_at_once() -> None:
    """In all clients that are made from now on."""
    made: dict[tuple[str, bool, bool], bytes] = {}
    headers = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.0"})

    def send(request: Any, event_name: str, **_: Any) -> AWSResponse:
        operation, body = event_name.rpartition(".")[2], request.body
        key = (operation, b"ReturnConsumedCapacity" in body, b'"limits"' in body)
        if key not in made:
            made[key] = answer(operation, body)
        return AWSResponse(request.url, 200, headers, _Body(made[key]))

    BUILTIN_HANDLERS.append(("before-send", send))

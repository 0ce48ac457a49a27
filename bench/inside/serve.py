"""Serves requests, ours or the floor's, and tells what a batch of them took.

    python -m bench.inside.serve ours|floor create|status|unchanged [--sockets]

Reads how many from its standard input, a line a batch, and answers a line of JSON: CPU seconds of
the whole process, and seconds. The functions' own lines go nowhere.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.inside import aws

ORDER = {
    "store_name": "老王牛肉麵",
    "language": "en",
    "items": [
        {
            "name": {"original": "紅燒牛肉麵", "translated": "Braised beef noodle soup"},
            "quantity": 2,
            "price": 150,
        },
        {
            "name": {"original": "珍珠奶茶", "translated": "Bubble tea"},
            "quantity": 1,
            "price": 60,
        },
    ],
}
STATUS = "/api/orders/status/{order_id}"
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class Context:
    """As much of Lambda's context as functions look at."""

    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    function_name = "order-voice-api"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:order-voice-api"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 28_000


def event(what: str) -> dict[str, Any]:
    """As API Gateway's REST API sends it (proxy integration, payload 1.0)."""
    creates = what == "create"
    method, resource = ("POST", "/api/orders/quick") if creates else ("GET", STATUS)
    path = resource.format(order_id=aws.ORDER_ID)
    headers = {
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate, br",
        "Accept-Language": "en-US,en;q=0.9",
        "Content-Type": "application/json",
        "Host": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
        "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Line/14.19.0 LIFF",
        "X-Amzn-Trace-Id": "Root=1-5e1b4151-5ac6c58f5b5dbd3e0d9b0e3c",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None if creates else {"order_id": aws.ORDER_ID},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "path": f"/v1{path}",
            "httpMethod": method,
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTimeEpoch": time.time_ns() // 1_000_000,
            "stage": "v1",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "Mozilla/5.0"},
        },
        "body": json.dumps(ORDER, ensure_ascii=False) if creates else None,
        "isBase64Encoded": False,
    }


def handler_of(side: str, what: str) -> Handler:
    if side == "floor":
        from bench.inside import floor

        return floor.create if what == "create" else floor.status
    import app

    served: Handler = app.app
    return served


def main() -> None:
    side, what = sys.argv[1:3]
    results = os.fdopen(os.dup(1), "w", buffering=1)
    sys.stdout = open(os.devnull, "w", buffering=1)  # noqa: SIM115 - as long as the process
    if "--sockets" not in sys.argv:
        aws.answer_at_once()
    handler, request = handler_of(side, what), event(what)
    expected = {"create": 202, "status": 200, "unchanged": 200 if side == "floor" else 304}[what]
    if expected == 304:
        known = handler(request, Context())["headers"]["ETag"]
        request["headers"]["If-None-Match"] = known
        request["multiValueHeaders"]["If-None-Match"] = [known]
    for line in sys.stdin:
        count = int(line)
        cpu, began = time.process_time(), time.perf_counter()
        for _ in range(count):
            answer = handler(request, Context())
            if answer["statusCode"] != expected:
                raise SystemExit(f"{side} answered {what} with {answer['statusCode']}")
        took = {"cpu": time.process_time() - cpu, "seconds": time.perf_counter() - began}
        results.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()

"""The floor: handlers that make the calls to AWS that ours make, and as good as nothing else.

No check of what comes in, no log, no metric, no limit that is understood, no deadline; clients are
boto3's, with its own time-outs and without its own checks of parameters. A presigned URL is made
anew each time, as most do.
"""

import json
import secrets
import time
from typing import Any

import boto3
from botocore.config import Config

_config = Config(parameter_validation=False)
_dynamodb = boto3.client("dynamodb", config=_config)
_sqs = boto3.client("sqs", config=_config)
_s3 = boto3.client("s3", config=Config(parameter_validation=False, signature_version="s3v4"))

_QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/orders"
_HEADERS = {
    "Content-Type": "application/json",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cache-Control": "no-store",
}


def create(event: dict[str, Any], _context: object) -> dict[str, Any]:
    order = json.loads(event["body"])
    order_id, now = secrets.token_hex(13).upper(), time.time_ns() // 1_000_000
    _dynamodb.update_item(
        TableName="limits",
        Key={"key": {"S": event["requestContext"]["identity"]["sourceIp"] + "#2026-11-27"}},
        UpdateExpression="ADD #day :one, #minute :one SET expires_at = :expires_at",
        ConditionExpression="(attribute_not_exists(#day) OR #day < :per_day) AND "
        "(attribute_not_exists(#minute) OR #minute < :per_minute)",
        ExpressionAttributeNames={"#day": "day", "#minute": "m1205"},
        ExpressionAttributeValues={
            ":one": {"N": "1"},
            ":expires_at": {"N": str(now // 1000 + 172_800)},
            ":per_day": {"N": "500"},
            ":per_minute": {"N": "50"},
        },
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    _dynamodb.put_item(
        TableName="orders",
        Item={
            "order_id": {"S": order_id},
            "owner": {"S": "guest:0123456789abcdef0123456789abcdef"},
            "request_digest": {"S": "0" * 64},
            "created_at": {"N": str(now)},
            "opened_at": {"N": str(now)},
            "expires_at": {"N": str(now // 1000 + 2_592_000)},
            "store_name": {"S": order["store_name"]},
            "language": {"S": order["language"]},
            "items": {
                "L": [
                    {
                        "M": {
                            "original": {"S": item["name"]["original"]},
                            "translated": {"S": item["name"]["translated"]},
                            "quantity": {"N": str(item["quantity"])},
                            "price": {"N": str(item["price"])},
                        }
                    }
                    for item in order["items"]
                ]
            },
            "status": {"S": "pending"},
            "open": {"S": "open"},
            "due_at": {"N": str(now + 20_000)},
            "attempts": {"N": "0"},
            "retries": {"N": "0"},
            "requeues": {"N": "0"},
            "lease_expires_at": {"N": "0"},
            "notification": {"S": "pending"},
            "write_id": {"S": secrets.token_hex(16)},
        },
        ConditionExpression="attribute_not_exists (#0) OR #1 <= :0",
        ExpressionAttributeNames={"#0": "order_id", "#1": "expires_at"},
        ExpressionAttributeValues={":0": {"N": str(now // 1000)}},
    )
    body = json.dumps({"version": 1, "order_id": order_id})
    _sqs.send_message(QueueUrl=_QUEUE, MessageBody=body)
    answer = {
        "order_id": order_id,
        "status": "pending",
        "processing": True,
        "polling_url": f"/api/orders/status/{order_id}",
        "poll_after_ms": 2000,
        "message": "Accepted.",
    }
    return {"statusCode": 202, "headers": _HEADERS, "body": json.dumps(answer)}


def status(event: dict[str, Any], _context: object) -> dict[str, Any]:
    order_id = event["pathParameters"]["order_id"]
    item = _dynamodb.get_item(
        TableName="orders", Key={"order_id": {"S": order_id}}, ConsistentRead=True
    )["Item"]
    url = _s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": "voices",
            "Key": item["voice_key"]["S"],
            "ResponseContentType": "audio/mpeg",
            "ResponseContentDisposition": f'attachment; filename="order-voice-{order_id}.mp3"',
        },
        ExpiresIn=3600,
    )
    answer = {
        "order_id": order_id,
        "status": item["status"]["S"],
        "store_name": item["store_name"]["S"],
        "items": [
            {
                "name": {
                    "original": line["M"]["original"]["S"],
                    "translated": line["M"]["translated"]["S"],
                },
                "quantity": int(line["M"]["quantity"]["N"]),
                "price": int(line["M"]["price"]["N"]),
            }
            for line in item["items"]["L"]
        ],
        "language": item["language"]["S"],
        "order_time": int(item["created_at"]["N"]),
        "notification": item["notification"]["S"],
        "poll_after_ms": 2000,
        "voice_ready": True,
        "voice_url": url,
        "voice_duration_ms": int(item["voice_duration_ms"]["N"]),
        "spoken": item["spoken"]["S"],
    }
    return {"statusCode": 200, "headers": _HEADERS, "body": json.dumps(answer)}

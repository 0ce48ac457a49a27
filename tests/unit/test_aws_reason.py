"""What an operator reads of a failed call to AWS: its code and the operation, nobody's ids."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from chalicelib import parameter_store
from chalicelib.aws_reason import reason
from chalicelib.errors import StorageUnavailable, TransientError
from chalicelib.menus import reading
from chalicelib.orders import counters, queue, transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.settings import settings
from chalicelib.speech.engines.polly import PollyEngine
from chalicelib.speech.store import VoiceStore
from localstack.speech_standin import serving
from tests.unit.orders_support import NOW, USER, accepted


def voices(client: Any) -> VoiceStore:
    return VoiceStore("voices", client, client, reusable_for=timedelta(days=30))


def put() -> None:
    voices(boto3.client("s3")).put("voice/a.mp3", b"mp3", duration_ms=1, engine="gtts")


def count() -> None:
    counters.count(USER, {"minute": 1, "day": 1}, now=NOW)


LOST: dict[str, tuple[Callable[[], object], Callable[[], object], str]] = {
    "the bucket, for audio": (
        lambda: boto3.client("s3").delete_bucket(Bucket="voices"),
        put,
        "S3 did not take the audio: NoSuchBucket, PutObject",
    ),
    "the bucket, for a menu": (
        lambda: boto3.client("s3").delete_bucket(Bucket="voices"),
        lambda: reading.published("sample-tea"),
        "S3 did not give the menu: NoSuchBucket, GetObject",
    ),
    "the table, for a read": (
        lambda: boto3.client("dynamodb").delete_table(TableName=settings().orders_table),
        lambda: transitions.find(new_order_id(), now=NOW),
        "a read of DynamoDB failed: ResourceNotFoundException, GetItem",
    ),
    "the table, for a write": (
        lambda: boto3.client("dynamodb").delete_table(TableName=settings().orders_table),
        accepted,
        "a write to DynamoDB failed: ResourceNotFoundException, PutItem",
    ),
    "the counters": (
        lambda: boto3.client("dynamodb").delete_table(TableName=settings().limits_table),
        count,
        "DynamoDB did not count: ResourceNotFoundException, UpdateItem",
    ),
    "the queue": (
        lambda: boto3.client("sqs").delete_queue(QueueUrl=settings().orders_queue_url),
        lambda: queue.send(queue.Erasing(USER, NOW)),
        "SQS did not take the message: AWS.SimpleQueueService.NonExistentQueue, SendMessage",
    ),
    "a secret": (
        lambda: None,
        lambda: parameter_store.secret("/order-voice/test/lost"),
        "cannot read the parameter /order-voice/test/lost: ParameterNotFound, GetParameter",
    ),
}


@pytest.mark.usefixtures("aws", "queued")
@pytest.mark.parametrize("what", LOST)
def test_what_is_lost_is_told_by_awss_code_and_the_operation(what: str) -> None:
    lose, ask, told = LOST[what]
    lose()
    with pytest.raises(TransientError) as failure:
        ask()
    assert str(failure.value) == told


def test_polly_without_the_right_is_told_so_and_nobody_is_named() -> None:
    said = {"__type": "AccessDeniedException", "message": "User: arn:aws:sts::1:x is not …"}
    with serving() as polly:
        polly.answers = [(403, json.dumps(said).encode())]
        with pytest.raises(TransientError) as failure:
            PollyEngine(polly.url).speak("麵", "zh-TW", deadline=time.monotonic() + 5)
    assert str(failure.value) == "Polly answered AccessDeniedException, SynthesizeSpeech"


@pytest.mark.usefixtures("aws")
def test_what_cannot_be_reached_is_told_by_the_sdks_word_for_it() -> None:
    nowhere = Config(retries={"max_attempts": 0})
    client = boto3.client("s3", endpoint_url="http://127.0.0.1:9", config=nowhere)
    with pytest.raises(StorageUnavailable, match=r"what is there: EndpointConnectionError$"):
        voices(client).find("voice/a.mp3")
    late = ReadTimeoutError(endpoint_url="https://queue.example.com/1234")
    assert reason(late) == "ReadTimeoutError"
    assert reason(TransientError("S3 did not answer in time")) == "S3 did not answer in time"

"""A shop's menu in S3, as it was published."""

import re
import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.aws_reason import reason
from chalicelib.errors import MenuNotFound, StorageUnavailable, TransientError
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CALL_SECONDS = 10.0
"""For one menu: the SDK's two tries of 1 + 4 s."""

_STORE_ID = re.compile(r"[a-z0-9-]{1,64}")


def key_of(store_id: str) -> str:
    """Where the menu of a shop lies in the stack's bucket."""
    return f"menus/{store_id}.json"


def published(store_id: str) -> str:
    """The shop's menu, the JSON text. Raises `MenuNotFound` and `StorageUnavailable`."""
    if not _STORE_ID.fullmatch(store_id):
        raise MenuNotFound("There is no menu of such a shop.")
    try:
        found = in_time("S3", lambda: _read(store_id), time.monotonic() + CALL_SECONDS)
    except (BotoCoreError, ClientError, TransientError) as error:
        raise StorageUnavailable(f"S3 did not give the menu: {reason(error)}") from error
    if found is None:
        raise MenuNotFound("There is no menu of this shop.")
    return found


def _read(store_id: str) -> str | None:
    """The object's text, None if there is none."""
    bucket, key = settings().voice_bucket, key_of(store_id)
    try:
        return _client().get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchKey" or (code == "AccessDenied" and not _is_listed(bucket, key)):
            return None
        raise


def _is_listed(bucket: str, key: str) -> bool:
    """S3 may refuse to say of an object that it is missing, where the right to list has a
    condition. A list of that prefix is allowed, and tells what is refused from what is not there.
    """
    listed = _client().list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
    return any(entry["Key"] == key for entry in listed.get("Contents", []))


@once
def _client() -> "S3Client":
    is_emulator = bool(settings().aws_endpoint_url)
    client: S3Client = aws.client(
        "s3",
        connect=1,
        read=4,
        tries=2,
        s3={"addressing_style": "path" if is_emulator else "virtual"},
    )
    return client

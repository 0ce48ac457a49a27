"""The published menus of a stage: read, and written so that of two who publish, one is told."""

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.menus.model import MAX_BYTES
from chalicelib.menus.reading import key_of
from deploy.target import DeployError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = "NoSuchKey"
_OVERTAKEN = {"PreconditionFailed", "ConditionalRequestConflict", _MISSING}


@dataclass(frozen=True, slots=True)
class Found:
    """A menu as it is published, and as which version."""

    document: dict[str, Any] | None
    """None if there is none."""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The menus in one bucket."""

    s3: "S3Client"
    bucket: str

    def find(self, store_id: str) -> Found:
        """The menu of the shop as it is now."""
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=key_of(store_id))
        except ClientError as error:
            if error.response["Error"]["Code"] == _MISSING:
                return Found(None)
            raise
        return Found(json.loads(answer["Body"].read()), answer["ETag"])

    def put(self, document: dict[str, Any], instead_of: Found) -> None:
        """Publish `document` where `instead_of` still is what is there (`If-Match`).

        Raises `DeployError` where it is not, and for what is too large.
        """
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) > MAX_BYTES:
            raise DeployError(
                f"the menu has {len(text):,} bytes with all of its names, {MAX_BYTES:,} are allowed"
            )
        put = partial(
            self.s3.put_object,
            Bucket=self.bucket,
            Key=key_of(document["store_id"]),
            Body=text,
            ContentType="application/json",
        )
        try:
            put(IfMatch=instead_of.etag) if instead_of.etag else put(IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] in _OVERTAKEN:
                raise DeployError(
                    "somebody else has changed this menu meanwhile: nothing is published; "
                    "run it again to see what is there now"
                ) from error
            raise

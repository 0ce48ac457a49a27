"""The bucket that zips, layers and templates are deployed from."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from deploy.target import DeployError, Target, find_target

IN_ONE_PIECE = TransferConfig(multipart_threshold=2**30)
"""Quicker where the emulator is on this machine, and 25 MB are no burden elsewhere."""


def ensure_bucket(target: Target) -> str:
    """A private bucket of the target's account and region. Raises `DeployError`."""
    s3, bucket = boto3.client("s3"), target.bucket
    if not exists(target):
        where: Any = {"LocationConstraint": target.region}
        options = {} if target.region == "us-east-1" else {"CreateBucketConfiguration": where}
        s3.create_bucket(Bucket=bucket, **options)
    return bucket


def exists(target: Target) -> bool:
    """Whether the target's bucket is there. Raises `DeployError` if it is not ours to use."""
    try:
        # Its name can be guessed: what we deploy must not come from a bucket of somebody else.
        boto3.client("s3").head_bucket(Bucket=target.bucket, ExpectedBucketOwner=target.account)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        if error.response["Error"]["Code"] == "403":
            raise DeployError(
                f"the bucket {target.bucket} belongs to another account, or s3:ListBucket on it "
                "is not permitted"
            ) from error
        raise
    return True


def key_of(file: Path) -> str:
    """What `file` is called in the bucket: equal contents, equal keys."""
    with file.open("rb") as content:
        return f"code/{hashlib.file_digest(content, 'sha256').hexdigest()}.zip"


def is_there(bucket: str, key: str) -> bool:
    try:
        boto3.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        # Without the right to list the bucket, what is missing is forbidden.
        if error.response["Error"]["Code"] in {"403", "404"}:
            return False
        raise
    return True


def upload(bucket: str, file: Path, sent: Callable[[int], None] | None = None) -> str:
    """The key of `file` in the bucket, uploaded unless the same bytes are there."""
    key = key_of(file)
    if not is_there(bucket, key):
        boto3.client("s3").upload_file(str(file), bucket, key, Callback=sent, Config=IN_ONE_PIECE)
    return key


def put_template(bucket: str, body: str) -> str:
    """The address of a template in the bucket, as CloudFormation reads it."""
    key = f"template/{hashlib.sha256(body.encode()).hexdigest()}.json"
    s3 = boto3.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=body.encode(), ContentType="application/json")
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def publish_layer(name: str, zip_file: Path) -> str:
    """The ARN of a layer version with these contents."""
    bucket = ensure_bucket(find_target())
    answer = boto3.client("lambda").publish_layer_version(
        LayerName=f"order-voice-{name}",
        Content={"S3Bucket": bucket, "S3Key": upload(bucket, zip_file)},
    )
    return answer["LayerVersionArn"]

"""The bucket that zips, templates and layers are deployed from."""

import hashlib
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError


def artifacts_bucket() -> str:
    """A private bucket of this account and region for zips and templates."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    s3 = boto3.client("s3")
    region = s3.meta.region_name
    bucket = f"order-voice-artifacts-{account}-{region}"
    try:
        # Its name can be guessed: what we deploy must not come from a bucket of somebody else.
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError:
        where: Any = {"LocationConstraint": region}
        options = {} if region == "us-east-1" else {"CreateBucketConfiguration": where}
        s3.create_bucket(Bucket=bucket, **options)
    return bucket


def upload(bucket: str, file: Path) -> str:
    """The key of `file` in the bucket, uploaded unless the same bytes are there."""
    content = file.read_bytes()
    key = f"code/{hashlib.sha256(content).hexdigest()}.zip"
    s3 = boto3.client("s3")
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    return key


def object_url(bucket: str, key: str) -> str:
    s3 = boto3.client("s3")
    endpoint = s3.meta.endpoint_url
    if endpoint.endswith("amazonaws.com"):
        return f"https://{bucket}.s3.{s3.meta.region_name}.amazonaws.com/{key}"
    return f"{endpoint}/{bucket}/{key}"


def publish_layer(name: str, zip_file: Path) -> str:
    """The ARN of a layer version with these contents."""
    bucket = artifacts_bucket()
    answer = boto3.client("lambda").publish_layer_version(
        LayerName=f"order-voice-{name}",
        Content={"S3Bucket": bucket, "S3Key": upload(bucket, zip_file)},
    )
    return answer["LayerVersionArn"]

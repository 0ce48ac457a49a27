"""What is left in the account of a stack that is gone: its tables and buckets, kept on purpose.

A first creation that fails leaves them too, empty. Their names are made up by CloudFormation,
so a new creation does not meet them; they are only in the way of whoever looks for the right one.
"""

from dataclasses import dataclass

import boto3
from botocore.exceptions import ClientError

from deploy.target import aws_command
from deploy.terminal import Terminal

TABLE, BUCKET = "AWS::DynamoDB::Table", "AWS::S3::Bucket"
GONE = {"ResourceNotFoundException", "NoSuchBucket", "404"}


@dataclass(frozen=True, slots=True)
class Left:
    """One resource that a stack left behind."""

    logical_id: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.logical_id}  {self.name}  ({self.kind})"

    @property
    def commands(self) -> list[str]:
        """What removes it, with all that it holds."""
        match self.kind:
            case "AWS::DynamoDB::Table":
                return [
                    aws_command(
                        f"dynamodb update-table --table-name {self.name}"
                        " --no-deletion-protection-enabled"
                    ),
                    aws_command(f"dynamodb delete-table --table-name {self.name}"),
                ]
            case "AWS::S3::Bucket":
                return [aws_command(f"s3 rb --force s3://{self.name}")]
        return []

    def is_there(self) -> bool:
        """Whether nobody has removed it since; of other kinds than these two it is believed."""
        try:
            if self.kind == TABLE:
                boto3.client("dynamodb").describe_table(TableName=self.name)
            elif self.kind == BUCKET:
                boto3.client("s3").head_bucket(Bucket=self.name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise
            return False
        return True

    def is_empty(self) -> bool:
        """Whether it is a table or a bucket that holds nothing."""
        if self.kind == TABLE:
            return not boto3.client("dynamodb").scan(TableName=self.name, Limit=1)["Items"]
        if self.kind == BUCKET:
            listed = boto3.client("s3").list_objects_v2(Bucket=self.name, MaxKeys=1)
            return not listed.get("Contents")
        return False

    def remove(self) -> None:
        """Delete it, with its protection."""
        if self.kind == TABLE:
            dynamodb = boto3.client("dynamodb")
            dynamodb.update_table(TableName=self.name, DeletionProtectionEnabled=False)
            dynamodb.get_waiter("table_exists").wait(TableName=self.name)
            dynamodb.delete_table(TableName=self.name)
            dynamodb.get_waiter("table_not_exists").wait(TableName=self.name)
        elif self.kind == BUCKET:
            boto3.client("s3").delete_bucket(Bucket=self.name)


def of(stack_id: str) -> list[Left]:
    """What is there of all that CloudFormation did not delete with the stack, or when it went
    back. It remembers a stack's events for 90 days after its deletion."""
    pages = boto3.client("cloudformation").get_paginator("describe_stack_events")
    found = {
        event.get("PhysicalResourceId", ""): Left(
            event["LogicalResourceId"], event["ResourceType"], event["PhysicalResourceId"]
        )
        for page in pages.paginate(StackName=stack_id)
        for event in page["StackEvents"]
        if event["ResourceStatus"] == "DELETE_SKIPPED" and event.get("PhysicalResourceId")
    }
    there = [left for left in found.values() if left.is_there()]
    return sorted(there, key=lambda left: left.logical_id)


def offer(found: list[Left], terminal: Terminal) -> None:
    """Delete, after asking, what a stack left that holds nothing."""
    empty = [left for left in found if left.is_empty()]
    if not empty:
        return
    terminal.say(
        "Left of it, empty, and used by nothing:\n" + "\n".join(f"  {left}" for left in empty)
    )
    if terminal.agrees("Delete them?"):
        for left in empty:
            left.remove()

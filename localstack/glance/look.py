"""One look at the stack: its logs, queues, table, bucket and functions."""

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from deploy.function_logs import FUNCTIONS, groups, line_of, resources_of
from deploy.states import find
from deploy.target import stack_name
from localstack import emulators
from localstack.glance import orders
from localstack.glance.following import Follower
from localstack.glance.metrics import Key, Metrics, Sample
from localstack.glance.sources import Sources
from localstack.glance.template_alarms import LOGS, TemplateAlarm, template_alarms

STAGE = "local"
SELDOM_SECONDS = 10.0
"""How often is looked at what hardly changes, or costs more than a glance."""
VOICES_COUNTED = 1000
"""More are not counted."""
QUEUES = {"orders": "ORDERS_QUEUE_URL", "dead": "DEAD_LETTER_QUEUE_URL"}
DEPTHS = {
    "waiting": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}
MEASURED = {
    "waiting": "ApproximateNumberOfMessagesVisible",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
}
"""What CloudWatch calls them."""


class Look:
    """Looks at one stack; knows of the last time what does not have to be read again.

    What cannot be read is None, and `troubles` says why."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._emulator = emulators.named(environment["EMULATOR"])
        style = Config(s3={"addressing_style": "path"})
        session = boto3.Session()
        self._dynamodb = session.client("dynamodb")
        self._sqs = session.client("sqs")
        self._s3 = session.client("s3", config=style)
        self._lambda = session.client("lambda")
        self._cloudwatch = session.client("cloudwatch")
        self._resources: dict[str, str] = resources_of(STAGE)
        stack = find(stack_name(STAGE))
        assert stack is not None  # noqa: S101 - what it consists of was just read
        self._since_ms = int(stack["CreationTime"].timestamp() * 1000)
        logs = session.client("logs")
        self._followers = [
            (function, Follower(logs, group, self._since_ms))
            for function, places in groups(self._resources).items()
            for group in places
        ]
        self._metrics = Metrics()
        self._stories = orders.Stories()
        self._last: dict[str, int] = {}
        self._failures: Counter[str] = Counter()
        self._sources = Sources()
        self._voices: dict[str, Any] | None = None
        self._functions: set[str] | None = None
        self._alarms: list[TemplateAlarm] | None = None
        self._seldom_again = 0.0

    def __call__(self) -> dict[str, Any]:
        """Raises what botocore raises where the emulator does not answer at all."""
        now_ms = int(time.time() * 1000)
        read = self._sources.read
        read("logs", self._follow)
        queues = {name: read(f"{name}_queue", self._queue, name, now_ms) for name in QUEUES}
        if time.monotonic() >= self._seldom_again:
            self._voices = read("voices", self._count_voices)
            self._functions = read("functions", self._list_functions)
            self._alarms = read("alarms", self._list_alarms)
            self._seldom_again = time.monotonic() + SELDOM_SECONDS
        return {
            "now": now_ms,
            "stack": {
                "emulator": self._emulator.title,
                "stage": STAGE,
                "since": self._since_ms,
                "page": self._environment["LIFF_URL"],
            },
            "orders": read("orders", self._orders),
            "queues": queues,
            "voices": self._voices,
            "functions": [self._function(name) for name in groups(self._resources)],
            "processes": sum(1 for _ in self._emulator.functions(self._folder)),
            "alarms": self._alarms and [self._judged(alarm, now_ms) for alarm in self._alarms],
            "metrics": self._metrics.shown(now_ms),
            "troubles": self._sources.troubles,
        }

    def _follow(self) -> None:
        """Take in what the functions have logged since the last time."""
        for function, follower in self._followers:
            for event in follower.new():
                line = line_of(event, function)
                self._last[function] = max(self._last.get(function, 0), line.at_ms)
                if not line.said:
                    self._stories.add_report(event["message"])
                    continue
                self._failures[function] += line.said.get("level") == "ERROR"
                self._metrics.read(line.said)
                self._stories.add(line)

    def _queue(self, name: str, now_ms: int) -> dict[str, int]:
        """How many messages are where; the alarms on that are judged by it."""
        told: Mapping[Any, str] = self._sqs.get_queue_attributes(
            QueueUrl=self._environment[QUEUES[name]], AttributeNames=["All"]
        )["Attributes"]
        found = {place: int(told.get(depth, "0")) for place, depth in DEPTHS.items()}
        for place, metric in MEASURED.items():
            key = Key("AWS/SQS", metric, (("QueueName", self._queue_name(name)),))
            self._metrics.add(key, "Count", Sample(now_ms, found[place]))
        return found

    def _queue_name(self, name: str) -> str:
        return self._environment[QUEUES[name]].rsplit("/", 1)[-1]

    def _judged(self, alarm: TemplateAlarm, now_ms: int) -> dict[str, str]:
        """What it would say; of what cannot be read now, it would say what does not hold."""
        troubles = self._sources.troubles
        unread = {self._queue_name(name) for name in QUEUES if f"{name}_queue" in troubles}
        if "logs" in troubles:
            unread.add(LOGS)
        return alarm.shown(self._metrics, now_ms=now_ms, since_ms=self._since_ms, unread=unread)

    def _orders(self) -> dict[str, Any]:
        table = self._environment["ORDERS_TABLE"]
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=table,
            ProjectionExpression="order_id, created_at, #status",
            ExpressionAttributeNames={"#status": "status"},
        )
        keys = [orders.plain(item) for page in pages for item in page["Items"]]
        ids = orders.newest(keys)
        found, connected = [], dict[str, int]()
        if ids:
            asked: Any = {table: {"Keys": [{"order_id": {"S": order_id}} for order_id in ids]}}
            if connections := self._environment["CONNECTIONS_TABLE"]:
                keys_of = [{"key": {"S": f"order#{order_id}"}} for order_id in ids]
                asked[connections] = {"Keys": keys_of}
            answer = self._dynamodb.batch_get_item(RequestItems=asked)["Responses"]
            found = [orders.plain(item) for item in answer[table]]
            connected = {
                str(item["key"]).removeprefix("order#"): len(item.get("connections", ()))
                for item in map(orders.plain, answer.get(connections, ()))
            }
        # One may have been erased in between.
        living = sorted(
            (item for item in found if "owner" in item),
            key=lambda item: item["created_at"],
            reverse=True,
        )
        return {
            "counts": orders.by_state(keys),
            "newest": [
                orders.shown(item, self._stories, connected.get(item["order_id"], 0))
                for item in living
            ],
        }

    def _count_voices(self) -> dict[str, Any]:
        listed = self._s3.list_objects_v2(
            Bucket=self._environment["VOICE_BUCKET"], Prefix="voice/", MaxKeys=VOICES_COUNTED
        )
        return {"count": listed["KeyCount"], "and_more": listed["IsTruncated"]}

    def _list_functions(self) -> set[str]:
        self._resources = resources_of(STAGE)  # Which a deployment may have changed.
        return {
            function["FunctionName"]
            for page in self._lambda.get_paginator("list_functions").paginate()
            for function in page["Functions"]
        }

    def _list_alarms(self) -> list[TemplateAlarm]:
        return template_alarms(STAGE, self._resources, self._cloudwatch)

    def _function(self, name: str) -> dict[str, Any]:
        _, logical_id = FUNCTIONS[name]
        there = self._functions
        return {
            "name": name,
            "exists": None if there is None else self._resources[logical_id] in there,
            "last_at": self._last.get(name),
            "errors": self._failures[name],
        }

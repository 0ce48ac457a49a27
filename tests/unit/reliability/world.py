"""One small world: the real code of API, worker and sweeper, around eight systems that can fail.

    DynamoDB   `FakeTable`, below the real PynamoDB model with its conditions; `FakeCounters`
    SQS        at least once, in any order, with a dead-letter queue
    S3         with a lifecycle; below the real `VoiceStore`
    SSM        as far as the keys of voices' addresses go; other secrets are there
    engines    below the real `Speaker` and its breakers
    LINE       remembers retry keys for 24 h; below the real `MessagingApiClient`
    pages      of each order one, connected; API Gateway and the table of connections, below the
               real `Teller`

Every process (a Lambda invocation) is a greenlet that stops before each call to the outside.
Whoever drives the world then says how that call goes: `Fate`. So two workers can be interleaved
at every step, and a process can be killed at any, without a thread or a sleep.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import patch

from botocore.exceptions import ClientError
from linebot.v3.messaging.exceptions import ApiException  # type: ignore[import-untyped]
from pynamodb.connection.base import Connection

from chalicelib import clock, fulfilment, parameter_store, telemetry, worker
from chalicelib.errors import TransientError
from chalicelib.fulfilment import Tools
from chalicelib.line import messaging_api
from chalicelib.line.messaging_api import MessagingApiClient
from chalicelib.order import Order
from chalicelib.orders import (
    counters,
    erasing,
    intake,
    limits,
    open_orders,
    queue,
    record,
    voice_address,
)
from chalicelib.orders.intake import Caller
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.voice_address import VoiceAddresses
from chalicelib.push import connections, telling
from chalicelib.settings import settings
from chalicelib.speech import store
from chalicelib.speech.speaker import Speaker
from chalicelib.speech.store import VoiceStore
from tests.unit.reliability.fake_table import FakeTable
from tests.unit.reliability.process import FUNCTION_MS, Fate, Killed, Process
from tests.unit.reliability.promises import ADDRESS_KEY, DAY_MS, Promises
from tests.unit.reliability.systems import (
    FakeConnections,
    FakeCounters,
    FakeEngine,
    FakeGateway,
    FakeLine,
    FakeS3,
    FakeSqs,
    Inline,
    OneCore,
    aws_error,
)

T = TypeVar("T")

VISIBILITY_MS = 120_000
SCHEDULED_EVENT: dict[str, Any] = {
    **dict.fromkeys(("version", "account", "region", "detail-type", "source", "time"), "x"),
    "id": "sweep",
    "resources": [],
    "detail": {},
}


@dataclass
class Message:
    body: str
    visible_at: int
    number: int
    received: int = 0


@dataclass
class World:
    """See above. Times are epoch milliseconds."""

    now: int = time.time_ns() // 1_000_000
    engines: tuple[str, ...] = ("first", "second")
    shards: int = 1
    """Of the index of open orders, as the sweeper reads it."""
    current: Process | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    dead_letters: list[str] = field(default_factory=list)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    puts: Counter[str] = field(default_factory=Counter)
    accepted_pushes: list[dict[str, Any]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Ids of orders, as their pages were told of a change."""
    retry_keys: dict[str, int] = field(default_factory=dict)
    metrics: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.promises = Promises(self)
        self.table = FakeTable(self.promises.check_write)
        self.counters = FakeCounters(self)
        self.connections = FakeConnections(self)
        gateway: Any = FakeGateway(self)
        self.teller = telling.Teller(gateway)
        self.guest_lid = limits.guest_lid.__wrapped__()
        self.containers = [self._tools() for _ in range(2)]
        self._numbers = iter(range(10**6))

    # What the app sees of it

    @contextmanager
    def inhabited(self) -> Iterator["World"]:
        """Inside, the app's own modules live in this world."""
        names = SimpleNamespace(time_ns=self._time_ns, monotonic=self._monotonic, sleep=self._sleep)
        database = SimpleNamespace(_make_api_call=self._dynamodb)
        with ExitStack() as stack:
            timed = (clock, counters, erasing, fulfilment, open_orders, queue, record)
            for module in (*timed, telling, worker):
                stack.enter_context(patch.object(module, "time", names))
            shards = open_orders.SHARDS[: self.shards]
            stack.enter_context(patch.object(open_orders, "SHARDS", shards))
            calling = (connections, counters, messaging_api, queue, record, store, telling)
            for module in (*calling, voice_address):
                stack.enter_context(patch.object(module, "in_time", self._in_time))
            stack.enter_context(patch.object(Connection, "client", database))
            stack.enter_context(patch.object(counters, "client", lambda: self.counters))
            stack.enter_context(patch.object(limits, "guest_lid", lambda: self.guest_lid))
            stack.enter_context(patch.object(queue, "_client", lambda: FakeSqs(self)))
            stack.enter_context(patch.object(worker, "tools", lambda: self._now().tools))
            line = lambda: self._now().tools.messaging_api  # noqa: E731
            stack.enter_context(patch.object(worker, "messaging_api", line))
            for module in (open_orders, worker):
                stack.enter_context(patch.object(module, "ThreadPoolExecutor", OneCore))
            stack.enter_context(patch.object(telemetry, "_write", self._metric))
            stack.enter_context(patch.object(connections, "client", lambda: self.connections))
            stack.enter_context(patch.object(telling, "Thread", Inline))
            for module in (fulfilment, worker):
                stack.enter_context(patch.object(module, "teller", lambda: self.teller))
            known = {
                settings().line_channel_token_parameter: "t",
                settings().client_address_key_parameter: "k",
            }
            stack.enter_context(patch.dict(parameter_store._values, known))
            level = telemetry.logger.log_level
            telemetry.logger.setLevel("CRITICAL")
            try:
                yield self
            finally:
                telemetry.logger.setLevel(level)

    def _now(self) -> Process:
        assert self.current is not None, "outside of every process"
        return self.current

    def _time_ns(self) -> int:
        skew = self.current.skew_ms if self.current else 0
        return (self.now + skew) * 1_000_000

    def _monotonic(self) -> float:
        return self.now / 1000

    def _sleep(self, seconds: float) -> None:
        self.now += round(seconds * 1000)

    def _in_time(self, whom: str, call: Callable[[], T], deadline: float) -> T:
        """Without a thread: here a call hangs no longer than its deadline."""
        if self.current is None:
            return call()
        process = self.current
        outer, process.until_ms = process.until_ms, min(process.until_ms, round(deadline * 1000))
        try:
            return call()
        finally:
            process.until_ms = outer

    def _metric(self, line: dict[str, Any]) -> None:
        if self.current and self.current.was_killed:  # Here, unlike there, a `finally` runs.
            return
        [directive] = line["_aws"]["CloudWatchMetrics"]
        name = directive["Metrics"][0]["Name"]
        for dimension in [*directive["Dimensions"][0][1:], None]:
            by = f" {line[dimension]}" if dimension else ""
            self.metrics[f"{name}{by}"] += round(line[name])

    def _tools(self) -> Tools:
        def clock() -> float:
            return self._time_ns() / 1e9

        store: Any = FakeS3(self)
        keep = settings().audio_retention_days - settings().order_retention_days
        voices = VoiceStore("b", store, store, reusable_for=timedelta(days=keep), clock=clock)
        engines = [FakeEngine(self, name) for name in self.engines]
        messaging_api = MessagingApiClient(
            api_url="http://line.test",
            channel_token=lambda: "t",
            forget_channel_token=lambda: None,
            clock=self._monotonic,
        )
        messaging_api._api = FakeLine(self)
        speaker = Speaker(engines, voices, clock=self._monotonic)
        addresses = VoiceAddresses("https://api.test", keys=self._address_keys)
        return Tools(speaker=speaker, voices=addresses, messaging_api=messaging_api)

    def _address_keys(self) -> str:
        """Asked for by each order, as by the first of a container."""
        return self.call("ssm GetParameter", lambda: ADDRESS_KEY, lambda: TransientError("SSM"))

    def call(
        self,
        name: str,
        effect: Callable[[], T],
        failure: Callable[[], Exception],
        *,
        denial: Callable[[], Exception] | None = None,
        busy: Callable[[], Exception] | None = None,
        patience_ms: int = 9_000,
    ) -> T:
        """One call to the outside, as its `Fate` wills."""
        if self.current is None:
            return effect()
        process = self.current
        while True:
            fate = process.wait(name)
            self.log.append(f"{self.now % 10**8:>9} {name}: {fate.value}")
            if fate in (Fate.LOST, Fate.REPEATED, Fate.KILLED_AFTER):
                with suppress(ClientError, ApiException):  # Nobody hears whether it was refused.
                    effect()
            if fate is not Fate.REPEATED:
                break
        if fate is Fate.HANGS:
            self.now = max(self.now, min(self.now + patience_ms, process.until_ms))
        if fate in (Fate.KILLED, Fate.KILLED_AFTER) or (
            fate is Fate.HANGS and process.is_out_of_time
        ):
            process.was_killed = True
            raise Killed
        if fate is Fate.BREAKS and name.startswith(("engine", "gateway", "line", "s3")):
            raise RuntimeError("nobody expects this")
        if refusal := {Fate.DENIED: denial, Fate.BUSY: busy}.get(fate):
            raise refusal()
        if fate is not Fate.WELL:
            raise failure()
        return effect()

    def _dynamodb(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return self.call(
            f"dynamodb {operation}",
            lambda: self.table.call(operation, request),
            lambda: aws_error("ProvisionedThroughputExceededException", 400),
        )

    # What happens in it

    def place(self, order: Order, caller: Caller, key: str | None, claims: Any = None) -> Process:
        """`POST /api/orders/quick`."""
        return self._start(
            lambda: intake.place(order, caller, claimed_user_id=claims, idempotency_key=key)
        )

    def try_again(self, order_id: str, caller: Caller) -> Process:
        """`POST /api/orders/{order_id}/retry`."""
        return self._start(lambda: intake.try_again(order_id, caller))

    def erase(self, user_id: str) -> Process:
        """`DELETE /api/orders`."""
        until = self.now
        self.promises.erasing_is_asked(user_id, until)

        def erase() -> erasing.Erasure:
            deadline = self._monotonic() + erasing.ERASE_SECONDS
            return erasing.erase_orders(user_id, until=until, deadline=deadline)

        return self._start(erase)

    def leave(self, user_id: str, until: int) -> Process:
        """`POST /api/line/webhook`, once the signature is known to be LINE's."""
        self.promises.erasing_is_asked(user_id, until)
        return self._start(lambda: queue.send(queue.Erasing(user_id, until)))

    def sweep(self, *, skew_ms: int = 0, scheduled_at: str = "") -> Process:
        event = {**SCHEDULED_EVENT, "time": scheduled_at}
        return self._start(lambda: worker.sweep_orders(event, self._context()), skew_ms=skew_ms)

    def _context(self) -> SimpleNamespace:
        """Lambda's, of an invocation that begins now."""
        ends = self.now + FUNCTION_MS
        return SimpleNamespace(get_remaining_time_in_millis=lambda: ends - self.now)

    def deliver(
        self, message_ids: Sequence[str], *, container: int = 0, skew_ms: int = 0
    ) -> Process | None:
        """Lambda receives these messages; None if all of them went to the dead letters."""
        batch = [message_id for message_id in message_ids if self._receive(message_id)]
        if not batch:
            return None
        records = [self._as_record(message_id) for message_id in batch]
        context = self._context()

        def invoke() -> None:
            answer = worker.fulfil_orders({"Records": records}, context)
            failed = {entry["itemIdentifier"] for entry in answer["batchItemFailures"]}
            if self._now().is_out_of_time:
                return  # Nobody reads the answer of a function that has timed out.
            for message_id in batch:
                if message_id not in failed:
                    self.call(
                        "sqs DeleteMessage",
                        lambda gone=message_id: self.messages.pop(gone, None),  # type: ignore[misc]
                        lambda: TransientError("Lambda's own call: it is delivered again"),
                    )

        return self._start(invoke, skew_ms=skew_ms, container=container)

    def _start(self, run: Callable[[], Any], *, skew_ms: int = 0, container: int = 0) -> Process:
        return Process(self, run, skew_ms, self.containers[container])

    def send(self, body: str, *, delay_ms: int = 0) -> str:
        number = next(self._numbers)
        message_id = f"m{number}"
        self.messages[message_id] = Message(body, self.now + delay_ms, number)
        return message_id

    def visible(self) -> list[str]:
        return [name for name, message in self.messages.items() if message.visible_at <= self.now]

    def _receive(self, message_id: str) -> bool:
        message = self.messages[message_id]
        if message.received >= settings().max_attempts:
            self.dead_letters.append(self.messages.pop(message_id).body)
            return False
        message.received += 1
        message.visible_at = self.now + VISIBILITY_MS
        return True

    def _as_record(self, message_id: str) -> dict[str, Any]:
        message = self.messages[message_id]
        return {
            "messageId": message_id,
            "receiptHandle": message_id,
            "body": message.body,
            "attributes": {"ApproximateReceiveCount": str(message.received)},
            "eventSourceARN": "arn:aws:sqs:ap-northeast-1:123456789012:orders",
        }

    def advance(self, ms: int) -> None:
        """Time passes, and the lifecycle rule deletes what is old."""
        self.now += ms
        oldest = self.now - settings().audio_retention_days * DAY_MS
        for key in [key for key, entry in self.objects.items() if entry["put_at"] < oldest]:
            del self.objects[key]

    def pass_time(self, seconds: int) -> None:
        """Seconds of a healthy stack: messages are delivered, the sweeper comes every minute."""
        for _ in range(seconds):
            self.advance(1000)
            self.deliver_all()
            if self.now // 1000 % 60 == 0:
                self.sweep().run_well()

    def pass_minutes(self, minutes: int) -> None:
        """The same, in strides from one event to the next: a message, or the sweeper."""
        for _ in range(minutes):
            sweep_at = self.now + 60_000
            while self.now < sweep_at:
                due = [message.visible_at for message in self.messages.values()]
                self.advance(max(1, min([sweep_at, *due]) - self.now))
                self.deliver_all()
            self.sweep().run_well()
            self.deliver_all()

    def deliver_all(self) -> None:
        while names := self.visible():
            process = self.deliver(names[:10])
            if process:
                process.run_well()

    # What an observer sees, without a process

    def record(self, order_id: str) -> OrderRecord:
        record = OrderRecord()
        record.deserialize(self.table.items[order_id])
        return record

"""What the world's processes call: stand-ins below the real clients' interfaces."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import urllib3
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from linebot.v3.messaging import ApiResponse  # type: ignore[import-untyped]
from linebot.v3.messaging.exceptions import (  # type: ignore[import-untyped]
    ApiException,
    NotFoundException,
)

from chalicelib.errors import EngineBusy, PermanentError, TransientError
from chalicelib.push.telling import CHANGED

if TYPE_CHECKING:
    from tests.unit.reliability.world import World

T = TypeVar("T")

RETRY_KEY_LIFE_MS = 24 * 3_600_000


class OneCore(Executor):
    """A pool that works on one thing after another."""

    def __init__(self, **_: Any) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:
            # As a real pool does: whoever asks for the result gets the error.
            future.set_exception(error)
        return future


class _ConditionFailed(ClientError):
    """botocore's own is made with each client."""


@dataclass(frozen=True)
class FakeCounters:
    """DynamoDB as `counters.py` asks it; `tests/unit/orders/test_counters.py` asks moto."""

    world: "World"
    items: dict[str, Counter[str]] = field(default_factory=dict)
    exceptions: ClassVar[Any] = SimpleNamespace(ConditionalCheckFailedException=_ConditionFailed)

    def update_item(
        self,
        *,
        Key: dict[str, Any],  # noqa: N803
        ExpressionAttributeNames: dict[str, str],  # noqa: N803
        ExpressionAttributeValues: dict[str, Any],  # noqa: N803
        **_: Any,
    ) -> None:
        names, values = ExpressionAttributeNames, ExpressionAttributeValues

        def count() -> None:
            item = self.items.setdefault(Key["key"]["S"], Counter())
            for window, name in names.items():
                limit = values.get(f":per_{window[1:]}")
                if limit is not None and item[name] >= int(limit["N"]):
                    found = {name: {"N": str(counted)} for name, counted in item.items()}
                    refusal: Any = {"Error": {}, "Item": found}
                    raise _ConditionFailed(refusal, "UpdateItem")
            item.update(names.values())

        self._call("UpdateItem", count)

    def get_item(self, *, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        def read() -> dict[str, Any]:
            item = self.items.get(Key["key"]["S"])
            return {"Item": {"day": {"N": str(item["day"])}}} if item else {}

        return self._call("GetItem", read)

    def _call(self, operation: str, effect: Callable[[], T]) -> T:
        failure = aws_error("ProvisionedThroughputExceededException", 400)
        return self.world.call(f"limits {operation}", effect, lambda: failure, patience_ms=7_000)


@dataclass(frozen=True)
class FakeSqs:
    world: "World"

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        MessageBody: str,  # noqa: N803
        DelaySeconds: int,  # noqa: N803
    ) -> None:
        self.world.call(
            "sqs SendMessage",
            lambda: self.world.send(MessageBody, delay_ms=DelaySeconds * 1000),
            lambda: EndpointConnectionError(endpoint_url=QueueUrl),
        )

    def send_message_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        Entries: list[dict[str, Any]],  # noqa: N803
    ) -> dict[str, Any]:
        assert 0 < len(Entries) <= 10

        def send() -> dict[str, Any]:
            for entry in Entries:
                self.world.send(entry["MessageBody"])
            return {}

        return self.world.call(
            "sqs SendMessageBatch", send, lambda: EndpointConnectionError(endpoint_url=QueueUrl)
        )

    def change_message_visibility_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        Entries: list[dict[str, Any]],  # noqa: N803
    ) -> dict[str, Any]:
        assert 0 < len(Entries) <= 10

        def change() -> dict[str, Any]:
            for entry in Entries:
                message = self.world.messages.get(entry["ReceiptHandle"])
                if message is not None:
                    message.visible_at = self.world.now + entry["VisibilityTimeout"] * 1000
            return {}

        return self.world.call(
            "sqs ChangeMessageVisibilityBatch",
            change,
            lambda: ReadTimeoutError(endpoint_url=QueueUrl),
        )


@dataclass(frozen=True)
class FakeS3:
    world: "World"

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        def head() -> dict[str, Any]:
            if Key not in self.world.objects:
                raise aws_error("404", 404)
            return self.world.objects[Key]

        failure = aws_error("SlowDown", 503)
        return self.world.call("s3 HeadObject", head, lambda: failure, patience_ms=10_000)

    def put_object(
        self,
        *,
        Key: str,  # noqa: N803
        Body: bytes,  # noqa: N803
        Metadata: dict[str, str],  # noqa: N803
        IfNoneMatch: str,  # noqa: N803
        **_: Any,
    ) -> None:
        assert IfNoneMatch == "*"

        def put() -> None:
            if Key in self.world.objects:
                raise aws_error("PreconditionFailed", 412)
            self.world.puts[Key] += 1
            self.world.objects[Key] = {
                "Metadata": Metadata,
                "put_at": self.world.now,
                "body": Body,
            }

        failure = aws_error("SlowDown", 503)
        self.world.call("s3 PutObject", put, lambda: failure, patience_ms=10_000)


@dataclass(frozen=True)
class FakeEngine:
    world: "World"
    name: str
    version: ClassVar[str] = "1"
    voice: ClassVar[str] = "v"
    is_clear: ClassVar[bool] = True

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        return self.world.call(
            f"engine {self.name}",
            lambda: mp3(text),
            lambda: TransientError("429"),
            denial=lambda: PermanentError("there is nothing to say"),
            busy=lambda: EngineBusy("too many at once"),
            patience_ms=round(deadline * 1000) - self.world.now,
        )


@dataclass(frozen=True)
class FakeLine:
    world: "World"

    def push_message_with_http_info(
        self,
        request: Any,
        *,
        x_line_retry_key: str,
        _request_timeout: tuple[float, float],
        **_: Any,
    ) -> ApiResponse:
        world = self.world

        def accept() -> ApiResponse:
            accepted_at = world.retry_keys.get(x_line_retry_key)
            if accepted_at is not None and world.now - accepted_at < RETRY_KEY_LIFE_MS:
                raise ApiException(status=409)
            world.retry_keys[x_line_retry_key] = world.now
            push = {**json.loads(request.to_json()), "accepted_at": world.now}
            world.promises.check_push(push)
            world.accepted_pushes.append(push)
            return ApiResponse(status_code=200)

        taken: ApiResponse = world.call(
            "line push",
            accept,
            lambda: urllib3.exceptions.ReadTimeoutError(None, "/", "no answer"),  # type: ignore[arg-type]
            denial=lambda: ApiException(status=400),
            patience_ms=round(sum(_request_timeout) * 1000),
        )
        return taken

    def get_profile(self, user_id: str, *, _request_timeout: tuple[float, float], **_: Any) -> None:
        """Every user is a friend, unless the call is denied."""
        self.world.call(
            "line profile",
            lambda: None,
            lambda: urllib3.exceptions.ReadTimeoutError(None, "/", "no answer"),  # type: ignore[arg-type]
            denial=lambda: NotFoundException(status=404),
            patience_ms=round(sum(_request_timeout) * 1000),
        )

    def get_message_quota(self, **options: Any) -> SimpleNamespace:
        return self._answer("quota", SimpleNamespace(type="limited", value=200), **options)

    def get_message_quota_consumption(self, **options: Any) -> SimpleNamespace:
        return self._answer("consumption", SimpleNamespace(total_usage=50), **options)

    def _answer(
        self,
        name: str,
        answer: SimpleNamespace,
        *,
        _request_timeout: tuple[float, float],
        **_: Any,
    ) -> SimpleNamespace:
        return self.world.call(
            f"line {name}",
            lambda: answer,
            lambda: urllib3.exceptions.ReadTimeoutError(None, "/", "no answer"),  # type: ignore[arg-type]
            denial=lambda: ApiException(status=403),
            patience_ms=round(sum(_request_timeout) * 1000),
        )


@dataclass(frozen=True)
class FakeConnections:
    """DynamoDB as `connections.py` asks it to tell; every order has a page, until it has gone."""

    world: "World"
    gone: set[str] = field(default_factory=set)

    def get_item(self, *, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        order_id = Key["key"]["S"]
        page = {"connections": {"SS": [f"0 page of {order_id}"]}}
        return self._call("Read", lambda: {} if order_id in self.gone else {"Item": page})

    def update_item(self, *, Key: dict[str, Any], **_: Any) -> None:  # noqa: N803
        self._call("Remove", lambda: self.gone.add(Key["key"]["S"]))

    def _call(self, operation: str, effect: Callable[[], T]) -> T:
        failure = aws_error("ProvisionedThroughputExceededException", 400)
        return self.world.call(f"connections {operation}", effect, lambda: failure)


@dataclass(frozen=True)
class FakeGateway:
    """API Gateway's `@connections`."""

    world: "World"

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803
        assert Data == CHANGED
        self.world.call(
            "gateway Post",
            lambda: self.world.told.append(ConnectionId.removeprefix("page of order#")),
            lambda: aws_error("LimitExceededException", 429),
            denial=lambda: aws_error("GoneException", 410),
        )


class Inline:
    """A thread that does its work when it is started: in this world nothing goes on beside."""

    def __init__(self, *, target: Callable[..., None], args: tuple[Any, ...], **_: Any) -> None:
        self._work = partial(target, *args)

    def start(self) -> None:
        self._work()

    def join(self, timeout: float) -> None:
        """It is over."""


def mp3(text: str) -> bytes:
    """Silence, 200 ms a character: frames of MPEG-2 Layer III, 24 kHz, 48 kbit/s, 24 ms each."""
    frame = bytes.fromhex("fff364c4") + bytes(140)
    return frame * (len(text) * 200 // 24 + 1)


def aws_error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Call")

"""Telling an order's pages that it has changed, beside its road and never on it.

    record_voice ──▶ written ──▶ LINE push ──▶ complete ──▶ written ──▶ answer of the function
                        └─ tell ─┤ 1 s                         └─ tell ─┤ finish: until each is over

Each has a thread of its own, and a second. The function waits for what is left of it before it
answers: Lambda freezes threads with their function. What fails is counted, and that is all: a page
that was not told asks by itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Protocol

from botocore.exceptions import ClientError

from chalicelib import aws
from chalicelib.clock import now_ms
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.push import connections
from chalicelib.push.connections import Connection
from chalicelib.settings import settings
from chalicelib.telemetry import Metric, logger, measure

TELLING_SECONDS = 1.0
"""For all that one change of one order takes."""
CONNECTING_MS = 30_000
"""How long one may be in the table before it is connected: until its `$connect` is through, which
has 29 s, it is as good as gone. Once it is open, its page asks by itself."""
CHANGED = b'{"changed": true}'


class Gateway(Protocol):
    """What botocore's `apigatewaymanagementapi` has of API Gateway's `@connections`."""

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> object: ...  # noqa: N803


class Teller:
    """Tells by way of one API's `@connections`; nobody, where there is none."""

    def __init__(self, gateway: Gateway | None) -> None:
        self._gateway = gateway
        self._under_way: list[Thread] = []

    def tell(self, order_id: str) -> None:
        """Have everybody told who is connected for this order. Returns at once."""
        if self._gateway is None:
            return
        deadline = time.monotonic() + TELLING_SECONDS
        # A daemon: it does not keep the process alive.
        thread = Thread(target=self._tell, args=(order_id, deadline), name="tells", daemon=True)
        self._under_way.append(thread)
        thread.start()

    def finish(self, *, deadline: float) -> None:
        """Wait until all are told or out of time, which is `TELLING_SECONDS` at most, and not after
        `deadline` (`time.monotonic()` seconds)."""
        while self._under_way:
            self._under_way.pop().join(timeout=max(0.0, deadline - time.monotonic()))

    def _tell(self, order_id: str, deadline: float) -> None:
        with _counted(order_id):
            for connection in connections.of_order(order_id, deadline=deadline):
                with _counted(order_id):
                    self._tell_one(order_id, connection, deadline)

    def _tell_one(self, order_id: str, connection: Connection, deadline: float) -> None:
        assert self._gateway is not None  # noqa: S101
        post = self._gateway.post_to_connection
        try:
            in_time("API Gateway", lambda: post(ConnectionId=connection.id, Data=CHANGED), deadline)
        except ClientError as error:
            if error.response["Error"]["Code"] != "GoneException":
                raise
            if now_ms() - connection.joined_at > CONNECTING_MS:
                connections.remove(order_id, connection, deadline=deadline)


@contextmanager
def _counted(order_id: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        # The edge of a thread: whatever is wrong with telling, the order goes its way.
        logger.warning("a page was not told", order_id=order_id, exc_info=True)
        measure(Metric.TELLING_FAILED)


@once
def teller() -> Teller:
    """That of this process."""
    url = settings().push_callback_url
    if not url:
        return Teller(None)
    connections.client()  # Both here, once: their making takes longer than their use.
    gateway = "apigatewaymanagementapi"
    return Teller(aws.client(gateway, endpoint_url=url, connect=1, read=1, tries=1))

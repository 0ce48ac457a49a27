"""`POST /v2/bot/message/push`, as the Messaging API reference describes it."""

import logging
import secrets
import uuid
from typing import Any

import urllib3
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localstack.line_standin.account import consumption, unauthorized
from localstack.line_standin.audio import UnplayableError, check_audio
from localstack.line_standin.detail import Detail
from localstack.line_standin.events import Events
from localstack.line_standin.faults import AFTER_ACCEPT, answer_with_fault, monthly_limit
from localstack.line_standin.rules import RefusalError, parse_push, parse_retry_key
from localstack.line_standin.store import Push, Store

logger = logging.getLogger("line_standin")


class Messaging:
    """The push endpoint of one channel."""

    def __init__(
        self,
        *,
        store: Store,
        events: Events,
        channel_token: str,
        hang_seconds: float,
        checks_audio: bool = True,
    ) -> None:
        self._store = store
        self._events = events
        self._channel_token = channel_token
        self._hang_seconds = hang_seconds
        self._checks_audio = checks_audio
        self._pool = urllib3.PoolManager(maxsize=10)

    async def push(self, request: Request) -> Response:
        request_id = str(uuid.uuid4())
        raw = await request.body()
        self._store.count("push_requests")
        fault = self._store.take_fault("push")
        if fault is not None and not str(fault).endswith(AFTER_ACCEPT):
            self._store.count("push_faults")
            response = await answer_with_fault(request, fault, self._hang_seconds)
        else:
            response = await run_in_threadpool(self._answer, request, raw, request_id)
            self._events.announce()
            if fault is not None:
                self._store.count("push_faults")
                response = await answer_with_fault(request, fault, self._hang_seconds)
        response.headers["X-Line-Request-Id"] = request_id
        logger.info("push: HTTP %s%s", response.status_code, f" (fault {fault})" if fault else "")
        return response

    def _answer(self, request: Request, raw: bytes, request_id: str) -> Response:
        if refusal := unauthorized(request, self._channel_token):
            self._store.count("push_unauthorized")
            return refusal
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return JSONResponse({"message": "Unsupported Media Type"}, 415)
        try:
            retry_key = parse_retry_key(request.headers.get("x-line-retry-key"))
            earlier = self._store.accepted_with(retry_key) if retry_key else None
            if earlier:
                return self._accepted_before(earlier)
            user_id, messages = parse_push(raw)
            if self._is_used_up():
                self._store.count("push_over_quota")
                return monthly_limit()
            entries = [self._entry(message, at) for at, message in enumerate(messages)]
        except RefusalError as error:
            self._store.count("push_refused")
            logger.warning("refused: %s", error.body())
            return JSONResponse(error.body(), 400)
        push, is_new = self._store.accept(
            request_id=request_id, retry_key=retry_key, user_id=user_id, entries=entries
        )
        if not is_new:
            return self._accepted_before(push)
        self._store.count("push_accepted")
        return JSONResponse({"sentMessages": push.sent_messages})

    def _is_used_up(self) -> bool:
        quota = self._store.quota()
        return quota is not None and consumption(self._store) >= quota

    def _accepted_before(self, push: Push) -> Response:
        self._store.count("push_conflicts")
        return JSONResponse(
            {"message": "The retry key is already accepted", "sentMessages": push.sent_messages},
            409,
            {"X-Line-Accepted-Request-Id": push.request_id},
        )

    def _entry(self, message: dict[str, Any], at: int) -> dict[str, Any]:
        """A message as it is kept, with what its audio turned out to be."""
        entry: dict[str, Any] = {
            "id": str(10**17 + secrets.randbelow(9 * 10**17)),
            "quote_token": secrets.token_urlsafe(24),
            "message": message,
            "audio": None,
        }
        if message["type"] == "audio" and self._checks_audio:
            try:
                audio = check_audio(self._pool, message["originalContentUrl"], message["duration"])
            except UnplayableError as error:
                wrong = Detail(str(error), f"messages[{at}].{error.property_name}")
                raise RefusalError("The request body has 1 error(s)", (wrong,)) from error
            entry["audio"] = {"duration_ms": audio.duration_ms, "size": audio.size}
        return entry

"""LINE's Messaging API: one push per order, and whether its traveller can be reached.

A push is sent with a retry key ("Retrying a failed API request", Messaging API documentation):
LINE carries out one request per key, answers 409 to every later one, and so the same push may be
tried until its fate is known. The key has to be the same for every attempt at one order's push.

This module imports line-bot-sdk, which takes most of a second: for the worker only.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import urllib3
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiClient,
    Configuration,
    MessagingApi,
    PushMessageRequest,
)
from linebot.v3.messaging.exceptions import (  # type: ignore[import-untyped]
    ApiException,
    NotFoundException,
)

from chalicelib import parameter_store
from chalicelib.errors import PermanentError, QuotaUsedUp, TransientError
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.settings import settings
from chalicelib.telemetry import logger

LONGEST_CONNECT = 2.0
LONGEST_READ = 8.0
SHORTEST_REQUEST = 0.5
"""Seconds. With less time left a push is not begun."""
CONNECTIONS = 10
"""As many as a batch has orders."""

UNAUTHORIZED = 401
ACCEPTED_BEFORE = 409
TOO_MANY_REQUESTS = 429

# The status of an `_Answer` when none came back.
_NO_ANSWER = 0

# "You have reached your monthly limit.", as the Messaging API reference has it; the other 429 is
# "The API rate limit has been exceeded. Try again later."
_MONTHLY_LIMIT = re.compile(r"\bmonthly limit\b")


class _Answer(NamedTuple):
    status: int
    request_id: str = "none"
    """LINE's, for asking its support."""
    is_monthly_limit: bool = False


class Quota(NamedTuple):
    """Messages of this month, all that the official account sends."""

    used: int
    limit: int | None
    """None where the plan has none."""


class MessagingApiClient:
    """Pushes messages as one official account. Thread-safe; holds one pool of connections.

    No error raised here, and nothing logged, holds the token, a user id or a message: the SDK's
    and urllib3's errors quote whole answers and requests, so they are not even chained.
    """

    def __init__(
        self,
        *,
        api_url: str,
        channel_token: Callable[[], str],
        forget_channel_token: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`channel_token` returns the token, usually cached; after `forget_channel_token` anew."""
        configuration = Configuration(host=api_url, access_token="")
        # The client would follow redirects, token in hand, and reconnect past our deadline.
        configuration.retries = False
        configuration.connection_pool_maxsize = CONNECTIONS
        self._api = MessagingApi(ApiClient(configuration))
        self._channel_token = channel_token
        self._forget_channel_token = forget_channel_token
        self._clock = clock

    def push(
        self,
        user_id: str,
        messages: Sequence[dict[str, Any]],
        *,
        retry_key: uuid.UUID,
        deadline: float,
    ) -> None:
        """Deliver `messages` to a user once, whatever number of times this is called.

        `deadline` is in `time.monotonic()` seconds. Returns when LINE has accepted the push, now
        or earlier. Raises `TransientError` when its fate is open (no answer, too many requests,
        5xx, no time), `QuotaUsedUp` when LINE takes no more in this month, and any other
        `PermanentError` when LINE refuses it.
        """
        request = _request(user_id, messages)
        # Token and all. One that is accepted later than this is known by its retry key.
        taken = in_time("LINE", lambda: self._push(request, retry_key, deadline), deadline)
        logger.info(
            "LINE has the push",
            status=taken.status,
            line_request_id=taken.request_id,
            retry_key=str(retry_key),
        )

    def quota(self, *, deadline: float) -> Quota:
        """What LINE's plan has for this month. `deadline` as above. Raises `TransientError` where
        LINE does not say."""
        return in_time("LINE", lambda: self._quota(deadline), deadline)

    def has_profile(self, user_id: str, *, deadline: float) -> bool | None:
        """Whether LINE shows this account the user's profile; None where that was not to be had.

        It does not to an account that the user has blocked or is no friend of, nor where they have
        not agreed to it: so False proves nothing. `deadline` as above. Raises `TransientError`.
        """
        # By itself: however many of these hang, pushes go on.
        return in_time("LINE's profiles", lambda: self._has_profile(user_id, deadline), deadline)

    def _has_profile(self, user_id: str, deadline: float) -> bool | None:
        try:
            self._api.get_profile(user_id, **self._within(deadline))
        except NotFoundException:
            return False
        except (ApiException, urllib3.exceptions.HTTPError, ValueError, LookupError, TypeError):
            return None
        return True

    def _quota(self, deadline: float) -> Quota:
        try:
            plan = self._api.get_message_quota(**self._within(deadline))
            spent = self._api.get_message_quota_consumption(**self._within(deadline))
            is_limited = plan.type == "limited"
            return Quota(int(spent.total_usage), int(plan.value) if is_limited else None)
        except ApiException as error:
            if error.status == UNAUTHORIZED:
                self._forget_channel_token()  # Rotated; the next time it is read anew.
            answer = f"HTTP {error.status}, request id {_request_id(error.headers)}"
            raise TransientError(f"LINE answered {answer}") from None
        except (urllib3.exceptions.HTTPError, ValueError, LookupError, TypeError):
            raise TransientError("LINE did not answer, or not what can be read") from None

    def _within(self, deadline: float) -> dict[str, Any]:
        """The SDK's options of one request: its token, and its time-outs. Raises
        `TransientError` where a request is not worth beginning."""
        authorization = f"Bearer {self._channel_token().strip()}"
        remaining = deadline - self._clock()  # After the token, which may take its time.
        if remaining < SHORTEST_REQUEST:
            raise TransientError("no time left to ask LINE")
        connect = min(LONGEST_CONNECT, remaining / 2)
        return {
            "_request_timeout": (connect, min(LONGEST_READ, remaining - connect)),
            "_request_auth": {
                "in": "header",
                "type": "bearer",
                "key": "Authorization",
                "value": authorization,
            },
        }

    def _push(self, request: PushMessageRequest, retry_key: uuid.UUID, deadline: float) -> _Answer:
        got = self._send(request, retry_key, deadline)
        if got.status == UNAUTHORIZED:
            # Tokens are rotated while functions live.
            self._forget_channel_token()
            got = self._send(request, retry_key, deadline)
        status = got.status
        if 200 <= status < 300 or status == ACCEPTED_BEFORE:
            return got
        if status == _NO_ANSWER:
            raise TransientError("LINE did not answer the push")
        answer = f"LINE answered the push with HTTP {status}, request id {got.request_id}"
        if got.is_monthly_limit:
            raise QuotaUsedUp(f"{answer}: the month's quota is used up")
        if status == TOO_MANY_REQUESTS or status >= 500:
            raise TransientError(answer)
        raise PermanentError(answer)

    def _send(self, request: PushMessageRequest, retry_key: uuid.UUID, deadline: float) -> _Answer:
        """What LINE says to one attempt."""
        options = self._within(deadline)
        try:
            taken = self._api.push_message_with_http_info(
                request, x_line_retry_key=str(retry_key), **options
            )
        except ApiException as error:
            status = int(error.status or _NO_ANSWER)
            is_monthly_limit = status == TOO_MANY_REQUESTS and _tells_monthly_limit(error)
            return _Answer(status, _request_id(error.headers), is_monthly_limit)
        except urllib3.exceptions.HTTPError:
            return _Answer(_NO_ANSWER)
        except (ValueError, LookupError, TypeError):
            # The SDK could not read the answer, not even whether it was a good one. The next
            # attempt with the same key brings it to light.
            return _Answer(_NO_ANSWER)
        return _Answer(int(taken.status_code), _request_id(taken.headers))


def _request(user_id: str, messages: Sequence[dict[str, Any]]) -> PushMessageRequest:
    try:
        request = PushMessageRequest.from_dict({"to": user_id, "messages": list(messages)})
    except (ValueError, KeyError, TypeError):
        request = None
    if request is None:
        raise PermanentError("the messages are not what the Messaging API takes")
    return request


def _request_id(headers: Mapping[str, str] | None) -> str:
    """LINE's id of the request, of the one that it took before if there is one, for asking LINE's
    support; nothing else of the answer."""
    told = headers or {}
    request_id = told.get("x-line-accepted-request-id") or told.get("x-line-request-id", "")
    return request_id if re.fullmatch(r"[\w-]{1,64}", request_id) else "none"


def _tells_of_no_profile(record: logging.LogRecord) -> bool:
    """A profile's address holds a user id, and its body a name; urllib3 and the SDK log both at
    DEBUG."""
    text = record.getMessage()
    return "/v2/bot/profile/" not in text and not text.startswith("response body")


for _logs in ("urllib3.connectionpool", "linebot.v3.messaging.rest"):
    logging.getLogger(_logs).addFilter(_tells_of_no_profile)


def _tells_monthly_limit(error: ApiException) -> bool:
    """Whether a 429 is for the rest of the month. What is not known to be so may pass."""
    try:
        message = json.loads(error.body or "{}")["message"]
    except (ValueError, LookupError, TypeError):
        return False
    words = re.sub(r"[\W_]+", " ", str(message).casefold())
    return _MONTHLY_LIMIT.search(words) is not None


@once
def messaging_api_client() -> MessagingApiClient:
    """This process's messaging_api, its token from SSM Parameter Store."""
    parameter = settings().line_channel_token_parameter
    return MessagingApiClient(
        api_url=settings().line_api_url,
        channel_token=lambda: parameter_store.secret(parameter),
        forget_channel_token=lambda: parameter_store.forget(parameter),
    )

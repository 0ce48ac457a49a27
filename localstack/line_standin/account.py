"""What an official account may ask beside pushing: a user's profile, and what is left of its quota.

Users are friends of the account until they are said to be something else. A user who has blocked
the account, or is none of its friends, has no profile for it (404), and gets none of its messages.
"""

import hmac
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localstack.line_standin.faults import answer_with_fault
from localstack.line_standin.store import Store

_UNAUTHORIZED = (
    "Authentication failed. Confirm that the access token in the authorization header is valid."
)


def unauthorized(request: Request, channel_token: str) -> Response | None:
    """The answer to a request that does not bring the channel's token; None to one that does."""
    header = request.headers.get("authorization", "")
    if hmac.compare_digest(header.encode(), f"Bearer {channel_token}".encode()):
        return None
    return JSONResponse({"message": _UNAUTHORIZED}, 401, {"WWW-Authenticate": "Bearer"})


class Account:
    """One channel's view of its users and its plan."""

    def __init__(self, *, store: Store, channel_token: str, hang_seconds: float) -> None:
        self._store = store
        self._channel_token = channel_token
        self._hang_seconds = hang_seconds

    async def profile(self, request: Request) -> Response:
        """`GET /v2/bot/profile/{user_id}`."""
        self._store.count("profile_requests")
        fault = self._store.take_fault("profile")
        if fault is not None:
            return await answer_with_fault(request, fault, self._hang_seconds)
        user_id = request.path_params["user_id"]
        if refusal := unauthorized(request, self._channel_token):
            return refusal
        if self._store.relation(user_id) != "friend":
            return JSONResponse({"message": "Not found"}, 404)
        name = self._store.names().get(user_id, user_id)
        return JSONResponse({"userId": user_id, "displayName": name})

    async def quota(self, request: Request) -> Response:
        """`GET /v2/bot/message/quota`."""
        self._store.count("quota_requests")
        fault = self._store.take_fault("quota")
        if fault is not None:
            return await answer_with_fault(request, fault, self._hang_seconds)
        limit = self._store.quota()
        kind = {"type": "none"} if limit is None else {"type": "limited", "value": limit}
        return unauthorized(request, self._channel_token) or JSONResponse(kind)

    async def consumption(self, request: Request) -> Response:
        """`GET /v2/bot/message/quota/consumption`."""
        used = {"totalUsage": consumption(self._store)}
        return unauthorized(request, self._channel_token) or JSONResponse(used)


def consumption(store: Store) -> int:
    """Messages of this month. Those to users who do not get them are not counted (LINE's FAQ)."""
    month = datetime.now().astimezone().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return store.delivered_since(month.timestamp())

"""Faults that tests order, one per request, for the endpoints `push`, `profile`, `quota`
and `certs`.

500, 429, …            that status instead of an answer; 429 is LINE's limit of requests
"monthly-limit"        429, and LINE's words for a quota that is used up (`push` alone)
"hang"                 no answer for `hang_seconds`, then the connection is cut
"drop"                 the connection is cut at once
"500-after-accept"     the push is delivered, the answer says 500
"hang-after-accept"    the push is delivered, no answer comes
"drop-after-accept"    the push is delivered, the connection is cut
"garbage"              status 200 and a body that is no JSON (`certs` alone)
null                   this one request is let through
"""

import asyncio
import re
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

ENDPOINTS = ("push", "profile", "quota", "certs")
AFTER_ACCEPT = "-after-accept"

_MESSAGES = {
    429: "The API rate limit has been exceeded. Try again later.",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def is_fault(endpoint: str, fault: Any) -> bool:
    if fault is None or (isinstance(fault, int) and not isinstance(fault, bool)):
        return fault is None or 400 <= fault <= 599
    if not isinstance(fault, str):
        return False
    if endpoint == "push" and fault.endswith(AFTER_ACCEPT):
        return bool(re.fullmatch(r"hang|drop|[45]\d\d", fault.removesuffix(AFTER_ACCEPT)))
    own = {"push": "monthly-limit", "certs": "garbage"}.get(endpoint)
    return fault in ("hang", "drop", own)


def monthly_limit() -> Response:
    """LINE's answer to a push that its quota has no room for."""
    return JSONResponse({"message": "You have reached your monthly limit."}, 429)


async def answer_with_fault(request: Request, fault: int | str, hang_seconds: float) -> Response:
    """The answer, or the lack of one, that `fault` stands for. The body must have been read."""
    kind = str(fault).removesuffix(AFTER_ACCEPT)
    if kind == "garbage":
        return Response("<html>not what you expect</html>", media_type="text/html")
    if kind == "monthly-limit":
        return monthly_limit()
    if kind.isdigit():
        message = _MESSAGES.get(int(kind), "The request could not be processed")
        return JSONResponse({"message": message}, int(kind))
    if kind == "hang":
        await _wait_for_the_client_to_leave(request, hang_seconds)
    _cut(request)
    return Response(status_code=500)


async def _wait_for_the_client_to_leave(request: Request, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


def _cut(request: Request) -> None:
    """Abort the connection without a byte, as a dead network does; ASGI has no word for that."""
    server: uvicorn.Server = request.app.state.server
    for connection in server.server_state.connections:
        if getattr(connection, "client", None) == tuple(request.scope["client"] or ()):
            connection.transport.abort()

"""HTTP manners shared by all routes: problems, headers, CORS, ETags, who is calling."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from chalice import Response
from chalice.app import Request

from chalicelib.clock import now_ms
from chalicelib.errors import (
    InvalidIdempotencyKey,
    MalformedBody,
    RequestError,
    ServiceUnavailable,
    TokenInvalid,
    TransientError,
)
from chalicelib.orders.identity import is_order_id, order_id_for_key
from chalicelib.orders.intake import Caller
from chalicelib.settings import settings
from chalicelib.telemetry import Metric, logger, measure
from chalicelib.tracing import trace_aws_calls

if TYPE_CHECKING:  # See answers.py.
    from chalicelib.orders.answers import Problem

Headers = dict[str, str | list[str]]

COMMON_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
PLACING = ("POST", "/api/orders/quick")
"""The request whose fate is measured."""
_NOT_FOR_PAGES = {"/api/line/webhook"}
_PREFLIGHT_SECONDS = "7200"
_ALLOWED_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, "
    # LIFF front ends send these; the language is a wish, the ids are not read.
    "X-LIFF-User-Id, X-LIFF-User-Lang, X-Store-Id"
)


def middleware(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """What every answer goes through: preflights, our errors and Chalice's as problems, headers."""
    trace_aws_calls()
    logger.append_keys(
        request_id=request.context.get("requestId"),
        function_request_id=getattr(request.lambda_context, "aws_request_id", None),
        order_id=_order_asked_for(request),
    )
    if request.method == "OPTIONS":
        response = Response(body="", status_code=204)
    else:
        try:
            response = get_response(request)
        except RequestError as error:
            logger.info("refused", status=error.status, code=error.code)
            response = problem(error)
        except TransientError:
            logger.exception("a service failed")
            response = problem(ServiceUnavailable("Try again in a moment.", retry_after=2))
        if response.status_code >= 400 and isinstance(response.body, dict):
            response = _chalice_error(response)
    if (request.method, request.path) == PLACING:
        _measure_placing(request, response.status_code)
    for name, value in {**COMMON_HEADERS, **_cors_headers(request)}.items():
        response.headers.setdefault(name, value)
    if settings().allowed_origins:
        vary = {"Origin", str(response.headers.get("Vary", "Origin"))}
        response.headers["Vary"] = ", ".join(sorted(vary))
    return response


def _order_asked_for(request: Request) -> str | None:
    """The order that a request is about, before anything is known of it: what is refused, too, is
    told in its story. A key that a page has made stands for the order that it is to become."""
    order_id = (request.uri_params or {}).get("order_id")
    if order_id is not None:
        return str(order_id) if is_order_id(order_id) else None
    key = request.headers.get("idempotency-key", "").strip()
    with suppress(InvalidIdempotencyKey):
        return order_id_for_key(None, key) if key else None
    return None


def _measure_placing(request: Request, status: int) -> None:
    if status >= 500:
        measure(Metric.CREATE_ERROR)
    elif status == 202 and (received_at := request.context.get("requestTimeEpoch")):
        # The gateway's clock, which is not ours.
        measure(Metric.SECONDS_TO_ACCEPT, max(0, now_ms() - int(received_at)) / 1000)


def caller(request: Request) -> Caller:
    """Who is asking: the user of the ID token if there is one, else a guest.

    Raises `TokenInvalid`, `TokenExpired`, `ServiceUnavailable`.
    """
    address = request.context.get("identity", {}).get("sourceIp", "")
    authorization = request.headers.get("authorization")
    if authorization is None:
        return Caller(None, address)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenInvalid("Authorization must be: Bearer <LIFF ID token>.")
    from chalicelib.line.login import verify_id_token  # Brings cryptography: a guest needs none.

    return Caller(verify_id_token(token.strip()), address)


def body(request: Request) -> bytes:
    """The request's body. Raises `MalformedBody` if it cannot have been text."""
    try:
        raw = request.raw_body
        return raw if isinstance(raw, bytes) else raw.encode()
    except UnicodeEncodeError as error:
        raise MalformedBody("The body is not UTF-8.") from error


def content_type(request: Request) -> str:
    """The request's media type; JSON if it names none."""
    return str(request.headers.get("content-type", "application/json"))


def answer(
    body: Mapping[str, object], *, status: int = 200, headers: Headers | None = None
) -> Response:
    """A JSON answer."""
    return Response(
        body=_json(body),
        status_code=status,
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def retry_after(milliseconds: int) -> Headers:
    """The header, whole seconds (RFC 9110 10.2.3)."""
    return {"Retry-After": str(math.ceil(milliseconds / 1000))}


def revalidated(request: Request, body: str, headers: Headers) -> Response:
    """`body` with a strong ETag, or 304 if the client has it already (RFC 9110 13.1.2)."""
    tag = str(headers.get("ETag") or f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"')
    headers = {**headers, "ETag": tag}
    known = [
        entry.strip().removeprefix("W/")
        for entry in (request.headers.get("if-none-match") or "").split(",")
    ]
    if tag in known or "*" in known:
        return Response(body="", status_code=304, headers=headers)
    return Response(body=body, status_code=200, headers=headers)


def revalidated_json(request: Request, body: Mapping[str, object], headers: Headers) -> Response:
    return revalidated(request, _json(body), {"Content-Type": "application/json", **headers})


def problem(error: RequestError) -> Response:
    """RFC 9457 `application/problem+json`."""
    body = _problem(error.code, error.title, error.status, error.detail)
    if error.errors:
        body["errors"] = [{"field": field, "message": text} for field, text in error.errors]
    headers: Headers = {"Content-Type": "application/problem+json"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        challenge = f'Bearer error="invalid_token", error_description="{error.code}"'
        headers["WWW-Authenticate"] = challenge
    return Response(body=_json(body), status_code=error.status, headers=headers)


_CHALICE_ERRORS = {
    405: ("method_not_allowed", "This method is not allowed here"),
    415: ("unsupported_media_type", "The body must be JSON"),
    500: ("internal_error", "Something went wrong on our side"),
}


def _chalice_error(response: Response) -> Response:
    """An error that Chalice made by itself, in our shape and without its words."""
    code, title = _CHALICE_ERRORS.get(response.status_code, ("bad_request", "Bad request"))
    body = _problem(code, title, response.status_code, title + ".")
    headers = {**response.headers, "Content-Type": "application/problem+json"}
    return Response(body=_json(body), status_code=response.status_code, headers=headers)


def _problem(code: str, title: str, status: int, detail: str) -> "Problem":
    return {
        "type": f"urn:order-voice:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }


def _cors_headers(request: Request) -> dict[str, str]:
    """Exactly the configured origins; the app's own page is same-origin and needs none."""
    headers: dict[str, str] = {}
    origin = request.headers.get("origin")
    if origin in settings().allowed_origins and request.path not in _NOT_FOR_PAGES:
        headers |= {
            "Access-Control-Allow-Origin": str(origin),
            "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
        }
        if request.method == "OPTIONS":
            headers |= {
                "Access-Control-Allow-Methods": "DELETE, GET, POST",
                "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
                "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
            }
    return headers


_json: Callable[[Mapping[str, object]], str] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":")
).encode

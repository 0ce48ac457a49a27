"""The stand-in's routes.

As LINE     POST /v2/bot/message/push · GET /oauth2/v2.1/certs · POST /oauth2/v2.1/verify
            GET /v2/bot/profile/{user_id}, /v2/bot/message/quota, /v2/bot/message/quota/consumption
            GET /liff, /liff/{path}             what https://liff.line.me/<LIFF id> is for LINE
For people  GET /                               the chat view
            GET /glance                         what goes on in the stack
For tests   POST /standin/id-token              {"user_id", "name"?, "expires_in"?}
and the     GET  /standin/messages?user_id=     what a user received, newest last
page        GET  /standin/users                 who has signed in or received anything
            POST /standin/faults                see faults.py; GET shows what is left
            POST /standin/friends               {"user_id", "is"}: "friend", "blocked", "stranger";
                                                GET ?user_id= shows it
            POST /standin/quota                 {"limit"}: pushes a month, or null
            POST /standin/liff                  {"endpoint"}: where LIFF links lead; GET shows it
            POST /standin/keys                  {"keep_old"?}: a new signing key
            POST /standin/reset                 forget messages, users, faults, counts
            GET  /standin/counts, /standin/health, /standin/events
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from localstack import pages
from localstack.glance import routes as glance
from localstack.guard import ANY_ADDRESS, Guard
from localstack.line_standin.account import Account
from localstack.line_standin.events import Events
from localstack.line_standin.faults import ENDPOINTS, answer_with_fault, is_fault
from localstack.line_standin.identity import LIFE, SigningKeys, TokenRefused
from localstack.line_standin.messaging_api import Messaging
from localstack.line_standin.rules import import_ahead, is_loopback
from localstack.line_standin.store import RELATIONS, Push, Store

_CHAT = Path(__file__).parent / "chat"
_CHAT_PARTS = ("chat.js", "chat.css", "flex.js")
_USER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LIFF_ID = re.compile(r"\d{10}-\w{8}")
_LONGEST_LIFE = 10 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How one stand-in is set up."""

    channel_id: str
    """The LINE Login channel: the audience of ID tokens."""
    channel_token: str
    """The Messaging API channel access token that a push must bring."""
    state_file: Path | None = None
    """None keeps everything in memory."""
    hang_seconds: float = 30.0
    checks_audio: bool = True
    page_ports: tuple[int, ...] = ()
    """Ports of this machine whose pages may use it beside its own chat view."""
    origins: tuple[str, ...] = ()
    """Of other pages that may."""
    stack_folder: Path | None = None
    """Of the stack that it belongs to, which the glance shows."""


class BadRequestError(Exception):
    """A request to `/standin/…` that is not understood; the message says what was expected."""


class Standin:
    """The endpoints, and the state that they share."""

    def __init__(self, config: Config, *, is_closing: Callable[[], bool]) -> None:
        self._config = config
        self.store = Store(config.state_file or ":memory:")
        self._keys = SigningKeys(self.store)
        self._events = Events(is_closing)
        self._messaging = Messaging(
            store=self.store,
            events=self._events,
            channel_token=config.channel_token,
            hang_seconds=config.hang_seconds,
            checks_audio=config.checks_audio,
        )
        self._account = Account(
            store=self.store,
            channel_token=config.channel_token,
            hang_seconds=config.hang_seconds,
        )
        if self.store.memo("liff_endpoint"):  # Started again, in a stack that serves.
            import_ahead()

    def routes(self) -> list[Route]:
        return [
            Route("/v2/bot/message/push", self._messaging.push, methods=["POST"]),
            Route("/v2/bot/profile/{user_id}", self._account.profile),
            Route("/v2/bot/message/quota", self._account.quota),
            Route("/v2/bot/message/quota/consumption", self._account.consumption),
            Route("/oauth2/v2.1/certs", self.certs),
            Route("/oauth2/v2.1/verify", self.verify, methods=["POST"]),
            Route("/liff", self.liff),
            Route("/liff/{path:path}", self.liff),
            Route("/standin/id-token", self.id_token, methods=["POST"]),
            Route("/standin/messages", self.messages),
            Route("/standin/users", self.users),
            Route("/standin/friends", self.set_friend, methods=["POST"]),
            Route("/standin/friends", self.friend),
            Route("/standin/quota", self.set_quota, methods=["POST"]),
            Route("/standin/faults", self.set_faults, methods=["POST"]),
            Route("/standin/faults", self.faults),
            Route("/standin/liff", self.set_liff, methods=["POST"]),
            Route("/standin/liff", self.liff_endpoint),
            Route("/standin/keys", self.rotate_keys, methods=["POST"]),
            Route("/standin/reset", self.reset, methods=["POST"]),
            Route("/standin/counts", self.counts),
            Route("/standin/health", self.health),
            Route("/standin/events", self.events),
            *(Route(f"/{name}", pages.file(_CHAT / name)) for name in _CHAT_PARTS),
            Route("/", pages.file(_CHAT / "index.html")),
            *glance.routes(self._config.stack_folder),
        ]

    # LINE Login

    async def certs(self, request: Request) -> Response:
        self.store.count("certs_requests")
        fault = self.store.take_fault("certs")
        if fault is not None:
            return await answer_with_fault(request, fault, self._config.hang_seconds)
        return JSONResponse(self._keys.jwks())

    async def verify(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        try:
            claims = self._keys.verify(
                form.get("id_token", ""), channel_id=form.get("client_id", "")
            )
            if form.get("user_id", claims["sub"]) != claims["sub"]:
                raise TokenRefused("Invalid IdToken Subject Identifier.")
        except TokenRefused as refusal:
            return JSONResponse(
                {"error": "invalid_request", "error_description": str(refusal)}, 400
            )
        return JSONResponse(claims)

    async def id_token(self, request: Request) -> Response:
        body = await _body(request)
        user_id, name = _user_id(body.get("user_id")), body.get("name")
        expires_in = body.get("expires_in", LIFE)
        if name is not None and (not isinstance(name, str) or len(name) > 100):
            raise BadRequestError("name must be a string of at most 100 characters")
        if not isinstance(expires_in, int) or abs(expires_in) > _LONGEST_LIFE:
            raise BadRequestError("expires_in must be a whole number of seconds")
        self.store.remember_name(user_id, name)
        self._events.announce()
        token = self._keys.issue(
            channel_id=self._config.channel_id, user_id=user_id, name=name, expires_in=expires_in
        )
        return JSONResponse({"id_token": token})

    async def rotate_keys(self, request: Request) -> Response:
        body = await _body(request)
        return JSONResponse({"kid": self._keys.rotate(keep_old=bool(body.get("keep_old")))})

    # LIFF links

    async def liff(self, request: Request) -> Response:
        endpoint = self.store.memo("liff_endpoint")
        if not endpoint:
            return PlainTextResponse("No LIFF endpoint is set: POST /standin/liff first.\n", 404)
        path = request.path_params.get("path", "")
        first, _, rest = path.partition("/")
        if _LIFF_ID.fullmatch(first):
            path = rest
        parts = urlsplit(endpoint)
        full_path = f"{parts.path.rstrip('/')}/{quote(path)}" if path else parts.path
        query = parse_qsl(parts.query, keep_blank_values=True)
        query += request.query_params.multi_items()
        target = urlunsplit(parts._replace(path=full_path, query=urlencode(query)))
        return RedirectResponse(target, 302, {"Cache-Control": "no-store"})

    async def set_liff(self, request: Request) -> Response:
        endpoint = (await _body(request)).get("endpoint")
        parts = urlsplit(endpoint if isinstance(endpoint, str) else "")
        if parts.scheme not in ("http", "https") or not is_loopback(parts.hostname or ""):
            raise BadRequestError("endpoint must be an http(s) address on this machine")
        self.store.set_memo("liff_endpoint", str(endpoint))
        import_ahead()  # The stack is there, and may push.
        self._events.announce()
        return JSONResponse({"endpoint": endpoint})

    async def liff_endpoint(self, _: Request) -> Response:
        return JSONResponse({"endpoint": self.store.memo("liff_endpoint")})

    # What was received

    async def messages(self, request: Request) -> Response:
        user_id = _user_id(request.query_params.get("user_id"))
        pushes = self.store.pushes(user_id)
        received = [entry for push in pushes for entry in _received(push)]
        return JSONResponse({"user_id": user_id, "pushes": len(pushes), "messages": received})

    async def users(self, _: Request) -> Response:
        """Newest message first, then those who have only signed in."""
        names = self.store.names()
        latest = {push.user_id: push for push in self.store.latest_pushes()}
        users = [
            {
                "user_id": user_id,
                "name": names.get(user_id, user_id),
                "is": self.store.relation(user_id),
                "received_at": push.received_at if push else None,
                "preview": _preview(push) if push else None,
            }
            for user_id in [*latest, *(user for user in names if user not in latest)]
            for push in [latest.get(user_id)]
        ]
        return JSONResponse({"users": users, "liff_endpoint": self.store.memo("liff_endpoint")})

    async def events(self, _: Request) -> Response:
        return StreamingResponse(
            self._events.stream(), media_type="text/event-stream", headers=pages.HEADERS
        )

    # The official account

    async def set_friend(self, request: Request) -> Response:
        body = await _body(request)
        user_id, relation = _user_id(body.get("user_id")), body.get("is")
        if relation not in RELATIONS:
            raise BadRequestError(f"is must be one of {', '.join(RELATIONS)}")
        self.store.set_relation(user_id, relation)
        self._events.announce()
        return JSONResponse({"is": relation})

    async def friend(self, request: Request) -> Response:
        user_id = _user_id(request.query_params.get("user_id"))
        return JSONResponse({"is": self.store.relation(user_id)})

    async def set_quota(self, request: Request) -> Response:
        limit = (await _body(request)).get("limit")
        if limit is not None and (type(limit) is not int or limit < 0):
            raise BadRequestError("limit must be a whole number of pushes a month, or null")
        self.store.set_quota(limit)
        return JSONResponse({"limit": limit})

    # For tests

    async def set_faults(self, request: Request) -> Response:
        body = await _body(request)
        for endpoint, faults in body.items():
            good = endpoint in ENDPOINTS and isinstance(faults, list)
            if not good or not all(is_fault(endpoint, fault) for fault in faults):
                raise BadRequestError(f"faults are lists for {', '.join(ENDPOINTS)}; see faults.py")
        for endpoint, faults in body.items():
            self.store.set_faults(endpoint, faults)
        return await self.faults(request)

    async def faults(self, _: Request) -> Response:
        return JSONResponse({endpoint: self.store.faults(endpoint) for endpoint in ENDPOINTS})

    async def reset(self, _: Request) -> Response:
        self.store.reset()
        self._events.announce()
        return JSONResponse({})

    async def counts(self, _: Request) -> Response:
        return JSONResponse(self.store.counts())

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok", "channel_id": self._config.channel_id})


def build_app(config: Config, *, is_closing: Callable[[], bool] = lambda: False) -> Starlette:
    """The stand-in as an ASGI app; `state.server` must be the uvicorn server that runs it."""
    standin = Standin(config, is_closing=is_closing)

    async def bad_request(_: Request, error: Exception) -> Response:
        return JSONResponse({"message": str(error)}, 400)

    app = Starlette(
        routes=standin.routes(),
        middleware=[
            Middleware(
                Guard, page_ports=config.page_ports, origins=config.origins, shows=ANY_ADDRESS
            ),
            # Whoever has come by the guard may read the answer.
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "POST"],
                allow_headers=["content-type"],
            ),
        ],
        exception_handlers={BadRequestError: bad_request},
    )
    app.state.standin = standin
    return app


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError) as error:
        raise BadRequestError("the body must be JSON") from error
    if not isinstance(body, dict):
        raise BadRequestError("the body must be a JSON object")
    return body


def _user_id(value: Any) -> str:
    if not isinstance(value, str) or not _USER_ID.fullmatch(value):
        raise BadRequestError("user_id must be 1 to 64 letters, digits, - or _")
    return value


def _received(push: Push) -> list[dict[str, Any]]:
    common = {
        "push": push.number,
        "request_id": push.request_id,
        "retry_key": push.retry_key,
        "received_at": push.received_at,
    }
    kept = ("id", "message", "audio")
    return [{name: entry[name] for name in kept} | common for entry in push.entries]


def _preview(push: Push) -> str:
    """One line, as LINE's list of chats shows it."""
    message = push.entries[0]["message"]
    text = message.get("altText") or message.get("text") or f"[{message['type']}]"
    return str(text)[:120]

"""Who may talk to a server of the local stack: this machine's programs, and the stack's own pages.

Whatever page a browser here shows can send requests to loopback, and the emulator runs code for
whoever asks. So before anything of a request is read:

    Host            Origin              Sec-Fetch-Site                    may
    loopback        none                none, as programs send it         all
                                        same-origin; none (typed in)      all
                                        another, or a browser's silence   open a page, play a voice
                    own, or of ORIGINS                                    all
                    another                                               nothing
    of PUBLIC_URL   none, or as above                                     use the API, play a voice
    another's       (DNS rebinding)                                       nothing

What a proxy has forwarded comes through a tunnel, whatever its Host. "The API" are the addresses
that API Gateway would show to the internet; all else is AWS itself. The Host's port is not looked
at: pages of other sites cannot choose the name, and the port may be that of a forwarder here.

Imports the standard library only: it runs in the emulator's Python too.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_NAMES = r"(?:localhost|(?:[a-z0-9_-]+\.)+localhost|127\.0\.0\.1|\[::1\])"
_HOST = re.compile(rf"{_NAMES}(?::\d+)?")

ANY_ADDRESS = re.compile(r".*")
"""For a server whose GETs harm nobody."""
API_ADDRESS = re.compile(
    r"(?:[^/]+/restapis/[^/]+/[^/]+/_user_request_"
    r"|[^/]+/_aws/execute-api/[^/]+/[^/]+"
    r"|[0-9a-f]{8}\.execute-api\.localhost(?::\d+)?/v1)"
    r"(?:/(?!@connections/).*)?"  # Which are AWS's own, for those who answer WebSockets.
)
"""Host and path of what MiniStack gives to API Gateway before it looks at anything else."""

_VOICE_PATH = re.compile(r"/[a-z0-9.-]+/voice/[\w-]+\.mp3")
_VOICE_QUERY = {
    *("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"),
    *("X-Amz-Signature", "X-Amz-Security-Token"),
    *("response-content-type", "response-content-disposition"),
}
_VOICE_HEADERS = {b"host", b"range", b"if-range", b"if-none-match", b"if-modified-since"}

_ONLY_HERE = "Order Voice's local stack answers programs on this machine and its own pages only.\n"
_HOST_REFUSED = f"{_ONLY_HERE}For a tunnel: make run PUBLIC_URL=https://its.name\n"
_ORIGIN_REFUSED = f"{_ONLY_HERE}For a page of another origin: make run ORIGINS=http://its.origin\n"
_TUNNEL_REFUSED = f"{_ONLY_HERE}Through a tunnel it shows the page and the API, and nothing else.\n"


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    address: str
    """Host and path."""
    path: str
    query: str
    headers: dict[str, str]

    @classmethod
    def of(cls, scope: Scope) -> "_Request":
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            # Two of one name are then like none of those that are let in.
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        headers["host"] = headers.get("host", "").lower()
        method = scope.get("method", "GET")  # A WebSocket's scope has none.
        path = scope["path"]
        query = scope["query_string"].decode("latin-1")
        return cls(method, headers["host"] + path, path, query, headers)

    def is_forwarded(self) -> bool:
        return any(name.startswith(("forwarded", "x-forwarded-")) for name in self.headers)

    def is_from_another_site(self) -> bool:
        """Whether another site may have caused it. With anything but GET and HEAD, browsers say so
        in `Origin`."""
        site = self.headers.get("sec-fetch-site")
        if site is None and self.method in ("GET", "HEAD"):
            return self.headers.get("user-agent", "").startswith("Mozilla/")
        return site not in (None, "same-origin", "none")

    def opens_or_plays(self) -> bool:
        """Whether it is for a window of its own or for a player, and not part of a page."""
        reads = self.method in ("GET", "HEAD")
        return reads and self.headers.get("sec-fetch-dest") in (None, "document", "audio", "video")

    def is_for_a_voice(self) -> bool:
        """Whether it is what a presigned URL of a voice asks for, and nothing but that."""
        query = parse_qs(self.query, keep_blank_values=True)
        scopes = query.get("X-Amz-Credential", [])
        return (
            self.method in ("GET", "HEAD")
            and _VOICE_PATH.fullmatch(self.path) is not None
            and set(query) <= _VOICE_QUERY
            and len(scopes) == 1
            and scopes[0].endswith("/s3/aws4_request")
        )


class Guard:
    """An ASGI application before another one. Refuses with 403, in words; WebSockets too."""

    def __init__(
        self,
        app: App,
        *,
        page_ports: Iterable[int],
        origins: Iterable[str] = (),
        public_url: str = "",
        shows: re.Pattern[str] = API_ADDRESS,
    ) -> None:
        """`page_ports` are those of the stack's own pages on this machine, `origins` those of
        other front ends, `public_url` the origin of a tunnel to this server; `shows` are the
        addresses (host and path) that other sites may open and that the tunnel leads to."""
        self._app = app
        ports = "|".join(str(port) for port in page_ports)
        self._own_origin = re.compile(rf"http://{_NAMES}:(?:{ports})")
        self._origins = {*origins, public_url} - {""}
        self._public_host = urlsplit(public_url).netloc
        self._shows = shows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            request = _Request.of(scope)
            refusal = self._refusal(request)
            if refusal:
                await _refuse(scope, send, refusal)
                return
            if request.is_for_a_voice():
                # MiniStack asks the other headers, and a body, which service is meant.
                kept = [pair for pair in scope["headers"] if pair[0].lower() in _VOICE_HEADERS]
                scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)

    def _refusal(self, request: _Request) -> str | None:
        """Why `request` is not answered, in words; None if it is."""
        host, origin = request.headers["host"], request.headers.get("origin")
        comes_by_tunnel = host == self._public_host or request.is_forwarded()
        if not (_HOST.fullmatch(host) or (self._public_host and host == self._public_host)):
            return _HOST_REFUSED
        if comes_by_tunnel and not self._public_host:
            return _HOST_REFUSED
        if origin is not None:
            if not (origin in self._origins or self._own_origin.fullmatch(origin)):
                return _ORIGIN_REFUSED
        elif request.is_from_another_site() and not (
            request.opens_or_plays() and self._is_shown(request)
        ):
            return _ORIGIN_REFUSED
        if comes_by_tunnel and not self._is_shown(request):
            return _TUNNEL_REFUSED
        return None

    def _is_shown(self, request: _Request) -> bool:
        return bool(self._shows.fullmatch(request.address)) or request.is_for_a_voice()


async def _refuse(scope: Scope, send: Send, text: str) -> None:
    kind = "websocket.http" if scope["type"] == "websocket" else "http"
    body = text.encode()
    headers = {
        b"content-type": b"text/plain; charset=utf-8",
        b"content-length": str(len(body)).encode(),
        b"cache-control": b"no-store",
        b"x-content-type-options": b"nosniff",
    }
    await send({"type": f"{kind}.response.start", "status": 403, "headers": list(headers.items())})
    await send({"type": f"{kind}.response.body", "body": body})

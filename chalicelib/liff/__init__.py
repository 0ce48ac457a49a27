"""The LIFF page and its assets, as the app serves them: text, headers, nothing else.

    GET /liff, /liff/               page(settings, …)       always asked for anew (ETag)
    GET /liff/<version>/<name>      asset(version, name)    kept for ever
    GET /liff/order-client.js       client()                asked for anew too, for pages of others

What is served is in `built`, which `deploy/page.py` makes of what is beside it. A first visit asks
for three things: the page, which brings its style and its texts, and two scripts. The version is a
hash over all assets, so that one page never mixes scripts of two deployments.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlsplit

from chalicelib.settings import Settings

_BUILT = Path(__file__).parent / "built"
_IN_THE_PAGE = {"page.html", "guard.js", "style.css", "reload.html"}
_CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
}

_LIFF_SDK = "https://static.line-scdn.net"
_LIFF_SERVERS = (
    "https://api.line.me",
    "https://access.line.me",
    "https://liff.line.me",
    "https://liffsdk.line-scdn.net",
)
"""What LINE's SDK talks to: profile and tokens, login, permanent links, its manifests."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A text answer; `headers` go out as they are."""

    body: str
    headers: dict[str, str]


def opens_order(query: Mapping[str, str]) -> bool:
    """Whether the page opens with an order, as `router.js` has it. LINE puts the query of its own
    address into `liff.state`."""
    _, _, of_line = query.get("liff.state", "").partition("#")[0].partition("?")
    return bool({**query, **dict(parse_qsl(of_line))}.get("order_id"))


@cache
def page(
    settings: Settings, language: str, *, with_order: bool = False, ends_in_slash: bool = False
) -> Asset:
    """The page with the texts of `language`, a supported one, and what its first view needs. Its
    URLs are relative, so that a stage prefix does not matter: to `…/liff`, or to `…/liff/`, where
    LINE's links with a query may lead (`ends_in_slash`)."""
    base = _version() if ends_in_slash else f"liff/{_version()}"
    body = Template(_built("page.html")).substitute(
        base=base,
        liff_id=escape(settings.liff_id),
        standin_url=escape(_standin_url(settings)),
        line_push=settings.line_push,
        add_friend=escape(settings.line_add_friend_url),
        ahead="on" if settings.speaks_ahead else "",
        guard=_built("guard.js"),
        style=_built("style.css"),
        reload=_built("reload.html"),
        language=language,
        texts=_built(f"{language}.json").replace("<", "\\u003c"),
        # All at once instead of one import level after the other.
        preloads="\n".join(
            f'<link rel="modulepreload" href="{base}/{name}">' for name in _needed(with_order)
        ),
    )
    return Asset(
        body,
        {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-cache",
            "ETag": f'"{_digest(body)}"',
            "Vary": "Accept-Language",
            "Content-Security-Policy": _content_security_policy(settings),
            # Whoever has the address of a guest's order sees it: no other site is told.
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
            **_COMMON_HEADERS,
        },
    )


def asset(version: str, name: str) -> Asset | None:
    """A script, its map, a language's texts or dishes; None for an unknown version or name."""
    if version != _version() or name not in _served():
        return None
    return Asset(
        _built(name),
        {
            "Content-Type": _CONTENT_TYPES[Path(name).suffix],
            "Cache-Control": "public, max-age=31536000, immutable",
            "Cross-Origin-Resource-Policy": "same-origin",
            **_COMMON_HEADERS,
        },
    )


def client() -> Asset:
    """`order-client.js` at an address that stays: pages of other origins import it as it is."""
    body = _built("order-client.js")
    return Asset(
        body,
        {
            "Content-Type": _CONTENT_TYPES[".js"],
            "Cache-Control": "no-cache",
            "ETag": f'"{_digest(body)}"',
            **_COMMON_HEADERS,
        },
    )


_COMMON_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


def _content_security_policy(settings: Settings) -> str:
    """Everything from here, and only that; LINE's servers with a LIFF id, the bucket for audio.

    LIFF opens the page in a web view of its own, not in a frame, so no one may frame it.
    """
    uses_liff = bool(settings.liff_id)
    standin = _standin_url(settings)
    policy = {
        "default-src": ["'none'"],
        "script-src": [
            "'self'",
            _hash_source(_built("guard.js")),
            *([_LIFF_SDK] if uses_liff else []),
        ],
        "style-src": [_hash_source(_built("style.css"))],
        "img-src": ["data:"],
        "connect-src": [
            "'self'",
            *(_LIFF_SERVERS if uses_liff else ()),
            *([_origin(standin)] if standin else []),
            *([_origin(settings.push_url)] if settings.push_url else []),
        ],
        "media-src": ["blob:", *_bucket_origins(settings)],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    if not uses_liff:  # LINE's SDK does not know of trusted types.
        policy |= {"require-trusted-types-for": ["'script'"], "trusted-types": ["'none'"]}
    return "; ".join(" ".join([name, *sources]) for name, sources in policy.items())


def _bucket_origins(settings: Settings) -> tuple[str, ...]:
    """Where presigned URLs point: the emulator, or the bucket's own hosts on AWS."""
    if settings.public_s3_endpoint_url:
        return (_origin(settings.public_s3_endpoint_url),)
    bucket = f"https://{settings.voice_bucket}.s3"
    regional = (f"{bucket}.{settings.aws_region}.amazonaws.com",) if settings.aws_region else ()
    return (f"{bucket}.amazonaws.com", *regional)


def _standin_url(settings: Settings) -> str:
    """Never beside the real thing."""
    return "" if settings.liff_id else settings.line_standin_url.rstrip("/")


def _hash_source(inline: str) -> str:
    """What a Content-Security-Policy calls an inline script or style (CSP 3, 2.3.1)."""
    digest = hashlib.sha256(inline.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def _needed(with_order: bool) -> tuple[str, ...]:
    """The scripts that the page's first view needs beside app.js."""
    needs = json.loads(_built("needs.json"))
    order = ["order-views.js", *needs["order-views.js"]] if with_order else []
    return tuple(sorted({*needs["app.js"], *order}))


@cache
def _served() -> frozenset[str]:
    """The names that can be asked for."""
    names = {file.name for file in _BUILT.iterdir() if file.suffix in _CONTENT_TYPES}
    return frozenset(names - _IN_THE_PAGE - {"needs.json"})


@cache
def _built(name: str) -> str:
    return (_BUILT / name).read_text("utf-8")


def _version() -> str:
    return _built("version")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

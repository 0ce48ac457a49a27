"""The LIFF page and its assets, as the app serves them: text, headers, nothing else.

    GET /liff, /liff/               page(settings, view)    always asked for anew (ETag)
    GET /liff/<version>/<name>      asset(version, name)    kept for ever
    GET /liff/order-client.js       client()                asked for anew too, for pages of others

The version is a hash over all assets, the texts included, so that one page never mixes modules
of two deployments, and the modules' relative imports (`./i18n.js`) stay within one version.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlsplit

from chalicelib import languages
from chalicelib.mandarin import GREETING
from chalicelib.menus.dictionary import listing
from chalicelib.orders.summary import STAFF_LANGUAGE
from chalicelib.settings import Settings

_FOLDER = Path(__file__).parent
_GUARD = "guard.js"
_ENTRY = "app.js"
_STATIC_IMPORT = re.compile(r'^(?:import|export|\})(?: .*)? from "\./([^"]+)";$', re.MULTILINE)
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
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


def first_view(query: Mapping[str, str]) -> str:
    """What the page's address opens with, as `router.js` has it: order, menu or counter. LINE puts
    the query of its own address into `liff.state`."""
    _, _, of_line = query.get("liff.state", "").partition("#")[0].partition("?")
    asked = {**query, **dict(parse_qsl(of_line))}
    if asked.get("order_id"):
        return "order"
    return "menu" if asked.get("store") else "counter"


@cache
def page(settings: Settings, view: str = "counter", *, ends_in_slash: bool = False) -> Asset:
    """The page, which fetches what its first view needs at once. Its URLs are relative, so that a
    stage prefix does not matter: to `…/liff`, or to `…/liff/`, where LINE's links with a query may
    lead (`ends_in_slash`)."""
    base = _version() if ends_in_slash else f"liff/{_version()}"
    body = Template((_FOLDER / "page.html").read_text("utf-8")).substitute(
        base=base,
        liff_id=escape(settings.liff_id),
        standin_url=escape(_standin_url(settings)),
        guard=_guard(),
        reload="\n".join(_reload_line(language) for language in languages.SUPPORTED),
        # All at once instead of one import level after the other.
        preloads="\n".join(
            f'<link rel="modulepreload" href="{base}/{name}">' for name in _first_modules(view)
        ),
    )
    return Asset(
        body,
        {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-cache",
            "ETag": f'"{_digest(body)}"',
            "Content-Security-Policy": _content_security_policy(settings),
            # Whoever has the address of a guest's order sees it: no other site is told.
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
            **_COMMON_HEADERS,
        },
    )


def asset(version: str, name: str) -> Asset | None:
    """A module, the stylesheet or a language's texts; None for an unknown version or name."""
    body = _assets().get(name) if version == _version() else None
    if body is None:
        return None
    return Asset(
        body,
        {
            "Content-Type": _CONTENT_TYPES[Path(name).suffix],
            "Cache-Control": "public, max-age=31536000, immutable",
            "Cross-Origin-Resource-Policy": "same-origin",
            **_COMMON_HEADERS,
        },
    )


def client() -> Asset:
    """`order-client.js` at an address that stays: pages of other origins import it as it is."""
    body = _assets()["order-client.js"]
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
        "script-src": ["'self'", _hash_source(_guard()), *([_LIFF_SDK] if uses_liff else [])],
        "style-src": ["'self'"],
        "img-src": ["data:"],
        "connect-src": [
            "'self'",
            *(_LIFF_SERVERS if uses_liff else ()),
            *([_origin(standin)] if standin else []),
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


def _reload_line(language: str) -> str:
    """What the guard says in one language, before any texts are loaded."""
    tag = "zh-Hant-TW" if language == "zh-TW" else language
    return f'<p lang="{tag}">{escape(languages.texts(language)["page"]["reload"])}</p>'


def _hash_source(script: str) -> str:
    """What a Content-Security-Policy calls an inline script (CSP 3, 2.3.1)."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def _guard() -> str:
    """The page's only inline script: it must not need what it guards."""
    return (_FOLDER / _GUARD).read_text("utf-8")


@cache
def _first_modules(view: str) -> tuple[str, ...]:
    """`app.js` and the view, with what they import statically, directly or not; the rest comes
    later."""
    found = {_ENTRY, f"view-{view}.js"}
    unread = [*found]
    while unread:
        imported = set(_STATIC_IMPORT.findall(_assets()[unread.pop()])) - found
        found |= imported
        unread += imported
    return tuple(sorted(found))


@cache
def _assets() -> dict[str, str]:
    """Name to text, of every asset of the page."""
    files = {
        file.name: file.read_text("utf-8")
        for file in sorted(_FOLDER.iterdir())
        if file.suffix in {".css", ".js", ".json"} and file.name != _GUARD
    }
    texts = {f"{language}.json": _texts(language) for language in languages.SUPPORTED}
    dishes = {f"dishes-{language}.json": listing(language) for language in languages.SUPPORTED}
    return files | texts | dishes


_IN_BOTH = ("dining", "allergies", "diets")
"""What the page says to the traveller and to the staff."""


def _texts(language: str) -> str:
    """The page's own texts, and those that it shares with the server."""
    texts = languages.texts(language)
    shared = {
        "status": texts["status"],
        "summary": texts["summary"],
        **{name: texts[name] for name in _IN_BOTH},
        **{f"staff_{name}": languages.texts(STAFF_LANGUAGE)[name] for name in _IN_BOTH},
        "staff_summary": languages.texts(STAFF_LANGUAGE)["summary"] | {"greeting": GREETING},
    }
    return json.dumps(texts["page"] | shared, ensure_ascii=False)


@cache
def _version() -> str:
    return _digest(json.dumps(_assets(), sort_keys=True))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

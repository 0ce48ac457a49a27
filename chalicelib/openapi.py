"""`GET /api/openapi.json`: OpenAPI 3.1. Paths are written here; bodies are generated, of requests
from the models that validate, of answers from the types that mypy checks."""

from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict  # Before Python 3.12 Pydantic reads no other.

from chalicelib import __version__, errors
from chalicelib.errors import RequestError
from chalicelib.menus.model import ID_PATTERN, Menu
from chalicelib.orders import answers
from chalicelib.orders.history import MOST_ORDERS_A_PAGE
from chalicelib.orders.identity import ORDER_ID_PATTERN
from chalicelib.orders.request import QuickOrder
from chalicelib.orders.voice_address import FILE_PATTERN
from chalicelib.page_events import MOST_EVENTS
from chalicelib.telemetry import PAGE_EVENTS


class PageEvents(TypedDict):
    events: Annotated[
        list[Annotated[str, Field(json_schema_extra={"enum": [*PAGE_EVENTS]})]],
        Field(min_length=1, max_length=MOST_EVENTS),
    ]


_BODIES = (
    QuickOrder,
    PageEvents,
    answers.Accepted,
    answers.OrderStatus,
    answers.OrderList,
    answers.ErasedOrders,
    Menu,
    answers.Health,
    answers.Problem,
)

_HEADERS: dict[str, Any] = {
    "ETag": {"schema": {"type": "string"}},
    "Location": {"schema": {"type": "string", "format": "uri-reference"}},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
}
_EVERYWHERE = {
    "429": "`too_many_requests`: all clients together ask more than the stage lets through",
    "500": "`internal_error`: a mistake of ours",
    "503": "`service_unavailable`: try again in a moment",
    "504": "`service_unavailable`: no answer within the gateway's 29 s",
}
_SAY_WHEN = ("429", "503")
"""Problems of ours that say when to come back; the gateway's own do not."""
_IDENTITY = (errors.TokenInvalid, errors.TokenExpired, errors.ServiceUnavailable)
_GUEST_OR_USER: list[dict[str, list[str]]] = [{}, {"idToken": []}]
_ORDER_ID_PARAMETER = {
    "name": "order_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": ORDER_ID_PATTERN},
}
_IF_NONE_MATCH = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
_NOT_MODIFIED = {"description": "Nothing has changed since that ETag"}


@cache
def document() -> dict[str, Any]:
    """The whole description. Paths are relative to the API's stage."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Order Voice",
            "version": __version__,
            "description": "A traveller's order, spoken in Mandarin to the shop staff.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": ".."}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "idToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "LIFF ID token (LINE Login, ES256).",
                },
                "lineSignature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Line-Signature",
                    "description": "Base64 of HMAC-SHA256 over the body, by the channel secret.",
                },
            },
        },
    }


def _schemas() -> dict[str, Any]:
    """The bodies, and what they consist of, by the names of their classes."""
    _, schemas = TypeAdapter.json_schemas(
        [(body, "validation", TypeAdapter(body)) for body in _BODIES],
        ref_template="#/components/schemas/{model}",
    )
    definitions: dict[str, Any] = schemas["$defs"]
    return definitions


def _paths() -> dict[str, Any]:
    return {
        "/api/orders/quick": {
            "post": {
                "operationId": "createQuickOrder",
                "summary": "Accept an order; it is spoken in the background.",
                "security": _GUEST_OR_USER,
                "parameters": [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "description": "The same key and body: the same order; with a UUID, "
                        "whoever sends it. A guest's must be a UUID; a LINE user's may be any "
                        "visible ASCII characters.",
                        "schema": {"type": "string", "pattern": "^[!-~]{1,64}$"},
                    },
                    {
                        "name": "X-LIFF-User-Lang",
                        "in": "header",
                        "description": "BCP 47; the language where the body names none, before "
                        "`Accept-Language`.",
                        "schema": {"type": "string"},
                    },
                ],
                "requestBody": {"required": True, "content": _json("QuickOrder")},
                "responses": {
                    "202": _response("Accepted", "Accepted", "Location", "Retry-After"),
                    **_problems(
                        *_IDENTITY,
                        errors.SignInRequired,
                        errors.MalformedBody,
                        errors.InvalidIdempotencyKey,
                        errors.NotYourIdentity,
                        errors.BodyTooLarge,
                        errors.UnsupportedMediaType,
                        errors.OrderRefused,
                        errors.IdempotencyKeyReused,
                        errors.TooManyOrders,
                    ),
                },
            }
        },
        "/api/orders/status/{order_id}": {
            "get": {
                "operationId": "getOrderStatus",
                "summary": "How far an order is; poll every `poll_after_ms`.",
                "security": _GUEST_OR_USER,
                "parameters": [
                    _ORDER_ID_PARAMETER,
                    _IF_NONE_MATCH,
                ],
                "responses": {
                    "200": _response("The order", "OrderStatus", "ETag", "Retry-After"),
                    "304": _NOT_MODIFIED,
                    **_problems(*_IDENTITY, errors.OrderNotFound, errors.UnsupportedMediaType),
                },
            }
        },
        "/api/voices": {
            "post": {
                "operationId": "prepareVoice",
                "summary": "Have an order's voice prepared before it is confirmed, where that is "
                "done; the order is as for `/api/orders/quick`, and none is placed.",
                "security": _GUEST_OR_USER,
                "requestBody": {"required": True, "content": _json("QuickOrder")},
                "responses": {
                    "202": {
                        "description": "Asked for, if that could be; nothing says when it is there",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    **_problems(
                        *_IDENTITY,
                        errors.MalformedBody,
                        errors.NothingHere,
                        errors.BodyTooLarge,
                        errors.UnsupportedMediaType,
                        errors.OrderRefused,
                        errors.TooManyVoices,
                    ),
                },
            }
        },
        "/api/voices/{order_id}/{file}": {
            "get": {
                "operationId": "getVoice",
                "summary": "An order's audio, for whoever has the address: LINE's message.",
                "security": [],
                "parameters": [
                    _ORDER_ID_PARAMETER,
                    {
                        "name": "file",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "pattern": FILE_PATTERN},
                    },
                ],
                "responses": {
                    "302": {
                        "description": "To the audio (MP3), at a presigned URL",
                        "headers": {"Location": _HEADERS["Location"]},
                    },
                    **_problems(errors.NothingHere, errors.UnsupportedMediaType),
                },
            }
        },
        "/api/orders/{order_id}/retry": {
            "post": {
                "operationId": "retryOrder",
                "summary": "Try a failed order again.",
                "security": _GUEST_OR_USER,
                "parameters": [_ORDER_ID_PARAMETER],
                "responses": {
                    "202": _response("Accepted", "Accepted", "Location", "Retry-After"),
                    **_problems(
                        *_IDENTITY,
                        errors.OrderNotFound,
                        errors.NotRetryable,
                        errors.UnsupportedMediaType,
                    ),
                },
            }
        },
        "/api/orders": {
            "get": {
                "operationId": "listOrders",
                "summary": "The caller's own orders, newest first.",
                "security": [{"idToken": []}],
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {
                            "type": "integer",
                            "minimum": 1,
                            "maximum": MOST_ORDERS_A_PAGE,
                            "default": 20,
                        },
                    },
                    {
                        "name": "cursor",
                        "in": "query",
                        "description": "`next_cursor` of the page before.",
                        "schema": {"type": "string"},
                    },
                ],
                "responses": {
                    "200": _response("One page", "OrderList"),
                    **_problems(
                        *_IDENTITY,
                        errors.SignInRequired,
                        errors.OrderRefused,
                        errors.UnsupportedMediaType,
                    ),
                },
            },
            "delete": {
                "operationId": "eraseOrders",
                "summary": "Erase the caller's own orders; ask again while some are left.",
                "security": [{"idToken": []}],
                "responses": {
                    "200": _response("What became of them", "ErasedOrders"),
                    **_problems(*_IDENTITY, errors.SignInRequired, errors.UnsupportedMediaType),
                },
            },
        },
        "/api/line/webhook": {
            "post": {
                "operationId": "receiveLineWebhook",
                "summary": "LINE's webhook, where it is configured: unfollow erases the user's "
                "orders of before.",
                "security": [{"lineSignature": []}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "object"}}},
                },
                "responses": {
                    "200": {
                        "description": "Taken",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    **_problems(
                        errors.MalformedBody,
                        errors.SignatureInvalid,
                        errors.NothingHere,
                        errors.BodyTooLarge,
                        errors.UnsupportedMediaType,
                        errors.ServiceUnavailable,
                    ),
                },
            }
        },
        "/api/menus/{store_id}": {
            "get": {
                "operationId": "getMenu",
                "summary": "A shop's menu, as it was published: every name in seven languages.",
                "security": [],
                "parameters": [
                    {
                        "name": "store_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "pattern": ID_PATTERN},
                    },
                    _IF_NONE_MATCH,
                ],
                "responses": {
                    "200": _response("The menu", "Menu", "ETag"),
                    "304": _NOT_MODIFIED,
                    **_problems(errors.MenuNotFound, errors.UnsupportedMediaType),
                },
            }
        },
        "/api/page-events": {
            "post": {
                "operationId": "countPageEvents",
                "summary": "What a page tells of itself; kinds are counted, nothing is kept. Also "
                "as text/plain, as `navigator.sendBeacon` sends a text.",
                "security": [],
                "requestBody": {"required": True, "content": _json("PageEvents")},
                "responses": {
                    "204": {"description": "Counted"},
                    **_problems(
                        errors.MalformedBody,
                        errors.BodyTooLarge,
                        errors.UnsupportedMediaType,
                        errors.PageEventsRefused,
                    ),
                },
            }
        },
        "/api/health": {
            "get": {
                "operationId": "getHealth",
                "summary": "Whether the API answers.",
                "security": [],
                "responses": {
                    "200": {"description": "It does", "content": _json("Health")},
                    **_problems(errors.UnsupportedMediaType),
                },
            }
        },
        "/api/openapi.json": {
            "get": {
                "operationId": "getDescription",
                "summary": "This description.",
                "security": [],
                "parameters": [_IF_NONE_MATCH],
                "responses": {
                    "200": {
                        "description": "OpenAPI 3.1",
                        "headers": {"ETag": _HEADERS["ETag"]},
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "304": _NOT_MODIFIED,
                    **_problems(errors.UnsupportedMediaType),
                },
            }
        },
        "/liff": {
            "get": {
                "operationId": "getPage",
                "summary": "The LIFF page.",
                "security": [],
                "parameters": [_IF_NONE_MATCH],
                "responses": {
                    "200": _text("The page", "text/html"),
                    "304": _NOT_MODIFIED,
                    **_problems(errors.UnsupportedMediaType),
                },
            }
        },
        "/liff/order-client.js": {
            "get": {
                "operationId": "getOrderClient",
                "summary": "The page's client as an ES module, for pages of allowed origins.",
                "security": [],
                "parameters": [_IF_NONE_MATCH],
                "responses": {
                    "200": _text("The module", "text/javascript"),
                    "304": _NOT_MODIFIED,
                    **_problems(errors.UnsupportedMediaType),
                },
            }
        },
        "/liff/{version}/{name}": {
            "get": {
                "operationId": "getAsset",
                "summary": "A part of the page; its version changes with its content.",
                "security": [],
                "parameters": [
                    {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                    for name in ("version", "name")
                ],
                "responses": {
                    "200": _text("It", "text/javascript", "text/css", "application/json"),
                    **_problems(errors.OrderNotFound, errors.UnsupportedMediaType),
                },
            }
        },
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _response(description: str, schema: str, *headers: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {name: _HEADERS[name] for name in headers},
        "content": _json(schema),
    }


def _text(description: str, *media_types: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {"ETag": _HEADERS["ETag"]} if "text/html" in media_types else {},
        "content": {media_type: {"schema": {}} for media_type in media_types},
    }


def _problems(*kinds: type[RequestError]) -> dict[str, Any]:
    """One response per status, naming the codes that come with it; and those of every route."""
    said: dict[str, list[str]] = {status: [text] for status, text in _EVERYWHERE.items()}
    for kind in dict.fromkeys(kinds):
        sentence = f"`{kind.code}`: {kind.title}"
        if sentence not in said.setdefault(str(kind.status), []):
            said[str(kind.status)].insert(0, sentence)
    return {
        status: {
            "description": "; ".join(sentences),
            "headers": {"Retry-After": _HEADERS["Retry-After"]} if status in _SAY_WHEN else {},
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for status, sentences in sorted(said.items())
    }

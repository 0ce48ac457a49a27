"""One tree of errors.

    OrderVoiceError
    ├── RequestError                what a client may be told: HTTP status, code, title
    │   ├── MalformedBody           400 malformed_json
    │   ├── InvalidIdempotencyKey   400 idempotency_key_invalid
    │   ├── TokenInvalid            401 token_invalid
    │   │   ├── TokenExpired        401 token_expired
    │   │   └── SignInRequired      401 sign_in_required
    │   ├── NotYourIdentity         403 line_user_mismatch
    │   ├── SignatureInvalid        403 signature_invalid
    │   ├── NothingHere             404 not_found
    │   ├── OrderNotFound           404 order_not_found
    │   ├── MenuNotFound            404 menu_not_found
    │   ├── NotRetryable            409 order_not_failed
    │   ├── BodyTooLarge            413 body_too_large
    │   ├── UnsupportedMediaType    415 unsupported_media_type
    │   ├── OrderRefused            422 order_invalid, with one entry per wrong field
    │   ├── PageEventsRefused       422 page_events_invalid, with the wrong entry
    │   ├── IdempotencyKeyReused    422 idempotency_key_reused
    │   ├── TooManyOrders           429 too_many_orders
    │   ├── TooManyVoices           429 too_many_voices, of an order that is not placed yet
    │   └── ServiceUnavailable      503 service_unavailable
    └── WorkError                   what stops a worker
        ├── TransientError          worth another attempt
        │   ├── EngineBusy          a speech engine is well, but has no time for this order
        │   │   ├── EngineTooSlow   nor would it have, if it had nothing else to do
        │   │   ├── EngineOverran   it has begun, and would not have ended in time
        │   │   └── NoEngineFree    of all that could speak, none has
        │   └── StorageUnavailable  S3 is what failed
        └── PermanentError          another attempt cannot help
            └── QuotaUsedUp         LINE takes no more pushes in this month

`OrderVoiceError` derives from `ChaliceUnhandledError` because that is the only exception that
Chalice lets through to middleware, where `app.py` turns a `RequestError` into an answer.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from chalice import ChaliceUnhandledError


class OrderVoiceError(ChaliceUnhandledError):
    """The root of the tree."""


class FieldError(NamedTuple):
    """One broken rule: the field's path (`items[0].quantity`) and what is wrong, in English."""

    field: str
    message: str


class RequestError(OrderVoiceError):
    """A request that is refused. `str(error)` is the detail that the client reads (RFC 9457)."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        """Seconds, for the `Retry-After` header."""


class MalformedBody(RequestError):
    status, code, title = 400, "malformed_json", "The body is not valid JSON"


class InvalidIdempotencyKey(RequestError):
    status, code, title = 400, "idempotency_key_invalid", "The Idempotency-Key is not usable"


class TokenInvalid(RequestError):
    status, code, title = 401, "token_invalid", "The ID token is not valid"


class TokenExpired(TokenInvalid):
    code, title = "token_expired", "The ID token has expired"


class SignInRequired(TokenInvalid):
    code, title = "sign_in_required", "This needs a LINE user"


class NotYourIdentity(RequestError):
    status, code, title = 403, "line_user_mismatch", "line_user_id is not the token's subject"


class SignatureInvalid(RequestError):
    status, code, title = 403, "signature_invalid", "The signature is not valid"


class NothingHere(RequestError):
    status, code, title = 404, "not_found", "There is nothing at this address"


class OrderNotFound(RequestError):
    status, code, title = 404, "order_not_found", "There is no such order"


class MenuNotFound(RequestError):
    status, code, title = 404, "menu_not_found", "There is no menu of this shop"


class NotRetryable(RequestError):
    status, code, title = 409, "order_not_failed", "Only a failed order can be tried again"


class BodyTooLarge(RequestError):
    status, code, title = 413, "body_too_large", "The body is too large"


class UnsupportedMediaType(RequestError):
    status, code, title = 415, "unsupported_media_type", "The body must be JSON"


class OrderRefused(RequestError):
    status, code, title = 422, "order_invalid", "The order breaks a rule"


class PageEventsRefused(RequestError):
    status, code, title = 422, "page_events_invalid", "The page events break a rule"


class IdempotencyKeyReused(RequestError):
    status, code, title = 422, "idempotency_key_reused", "This key belongs to another order"


class TooManyOrders(RequestError):
    status, code, title = 429, "too_many_orders", "Too many orders"


class TooManyVoices(RequestError):
    status, code, title = 429, "too_many_voices", "Too many voices before their orders"


class ServiceUnavailable(RequestError):
    status, code, title = 503, "service_unavailable", "Try again in a moment"


class WorkError(OrderVoiceError):
    """What stops a worker. Never shown to a client as it is."""


class TransientError(WorkError):
    """Worth another attempt: a time-out, throttling, a server's 5xx."""


class EngineBusy(TransientError):
    """A speech engine is well, but cannot speak this in the time that is left."""


class EngineTooSlow(EngineBusy):
    """A speech engine would need longer for this text than it has, even if it began at once."""


class EngineOverran(EngineBusy):
    """A speech engine has worked on this text, and gave up when it would not have ended in time:
    slower than it reckoned, by what else the machine does or by itself. The attempt is spent."""


class NoEngineFree(EngineBusy):
    """No engine could speak, and a clear one only because it is busy with others, or its quota is
    used up for now: later it will, so this attempt tells nothing about the order."""


class StorageUnavailable(TransientError):
    """S3 refused, did not answer, or not in time."""


class PermanentError(WorkError):
    """Another attempt with the same input cannot help."""


class QuotaUsedUp(PermanentError):
    """The official account has pushed as many messages as its plan has for this month."""

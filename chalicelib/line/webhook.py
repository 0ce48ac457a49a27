"""LINE's webhook: who has left the account (Messaging API reference, "Webhooks").

    X-Line-Signature   base64 of HMAC-SHA256 over the body's bytes, by the channel secret

The signature is compared before anything of the body is parsed. What it covers is LINE's; yet
nothing of it is taken but, of events of the type `unfollow`, who and when.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from chalicelib.errors import BodyTooLarge, MalformedBody, SignatureInvalid
from chalicelib.orders.identity import is_line_user_id
from chalicelib.parameter_store import secret

MAX_BODY_BYTES = 256 * 1024
"""Many events may come at once, each with a message of up to 5,000 characters."""
SECRET_SECONDS = 60.0
"""How long a known secret is enough for saying no. A new one is seen within a minute, and however
much is made up, the store is asked once in it."""


class Departure(NamedTuple):
    """A user who has blocked the account, and the moment (epoch ms)."""

    user_id: str
    at: int


def departures(body: bytes, signature: str, secret_parameter: str) -> list[Departure]:
    """Who has left, as LINE tells with the secret of that name in Parameter Store.

    Raises `BodyTooLarge`, `SignatureInvalid`, `MalformedBody`, and `TransientError` where the
    secret cannot be read.
    """
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"The body may have {MAX_BODY_BYTES} bytes, this one has {len(body)}.")
    if not _is_signed(body, signature, secret(secret_parameter)):
        renewed = secret(secret_parameter, max_age=SECRET_SECONDS)
        if not _is_signed(body, signature, renewed):
            raise SignatureInvalid("X-Line-Signature is not LINE's for this body.")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedBody("The body cannot be read as JSON.") from error
    return [*_departures(told)]


def _is_signed(body: bytes, signature: str, channel_secret: str) -> bool:
    digest = hmac.digest(channel_secret.encode(), body, hashlib.sha256)
    return hmac.compare_digest(base64.b64encode(digest), signature.encode(errors="replace"))


def _departures(told: Any) -> Iterator[Departure]:
    """Those that can be read; kinds of events that are not known here are passed over."""
    events = told.get("events") if isinstance(told, dict) else None
    for event in events if isinstance(events, list) else ():
        match event:
            case {
                "type": "unfollow",
                "source": {"type": "user", "userId": str(user_id)},
                "timestamp": int(at),
            } if is_line_user_id(user_id):
                yield Departure(user_id, at)

"""What we sign and strangers bring back: an order's id, with a moment of it.

    signature   base64url of   the moment (6 bytes, epoch ms)
                               HMAC-SHA256 over that and the order's id, cut to 24 bytes

The moment is in the signature, so that a wrong one is known before anything is read.

The keys are words in one secret, with spaces between them. The first signs, and all of them are
good: to rotate, put the new one before the old, and take the old away when what it signed is over.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import TypeVar

from chalicelib.parameter_store import secret

T = TypeVar("T")

SIGNATURE = "[0-9A-Za-z_-]{40}"
KEYS_SECONDS = 60.0
"""How long keys are enough for saying no. What came later, a rotated one, is then seen within a
minute, and however much is made up, the store is asked once in it."""
_WHOLE = re.compile(SIGNATURE)
_TIME_BYTES = 6
_MAC_BYTES = 24
"""With the time, a multiple of three: there is one way to write a signature."""


def sign(order_id: str, moment: int, keys: str) -> str:
    """That of an order and `moment` (epoch ms)."""
    signed = _signed(order_id, moment.to_bytes(_TIME_BYTES), keys.split()[0])
    return urlsafe_b64encode(signed).decode()


def verify(order_id: str, signature: str, keys: str) -> int | None:
    """The moment that was signed with this order's id; None if no key of ours did it."""
    if not _WHOLE.fullmatch(signature):
        return None
    signed = urlsafe_b64decode(signature)
    moment = signed[:_TIME_BYTES]
    if not any(hmac.compare_digest(signed, _signed(order_id, moment, key)) for key in keys.split()):
        return None
    return int.from_bytes(moment)


def with_keys(parameter_name: str, verified: Callable[[str], T | None]) -> T | None:
    """What `verified` finds with the keys of that name in Parameter Store; if nothing, with those
    that are there now, which are asked for once in `KEYS_SECONDS`. Raises `TransientError`."""
    found = verified(secret(parameter_name))
    return verified(secret(parameter_name, max_age=KEYS_SECONDS)) if found is None else found


def _signed(order_id: str, moment: bytes, key: str) -> bytes:
    mac = hmac.digest(key.encode(), moment + order_id.encode(), hashlib.sha256)
    return moment + mac[:_MAC_BYTES]

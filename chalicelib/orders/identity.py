"""Whose order it is, and the order's id."""

import hashlib
import hmac
import ipaddress
import re
import secrets

from chalicelib.errors import InvalidIdempotencyKey

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html
ORDER_ID_PATTERN = "^[0-9A-HJKMNP-TV-Z]{26}$"
_ORDER_ID = re.compile(ORDER_ID_PATTERN)
_LINE_USER_ID = re.compile("U[0-9a-f]{32}")  # Messaging API reference, "User IDs".
_KEY = re.compile(r"[\x21-\x7e]{1,64}")
# `uuid.UUID` reads more than RFC 9562 writes: braces, URNs, digits of any script.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)

LINE_OWNER = "line:"
GUEST_OWNER = "guest:"


def line_owner(user_id: str) -> str:
    """The owner of an order that a LINE user placed."""
    return LINE_OWNER + user_id


def guest_owner(client_address: str, key: str) -> str:
    """The owner of a guest's order: a keyed hash of the client's address, for rate limits.

    An IPv6 client counts by its /64 network, which is what one household or phone has.
    """
    try:
        address = ipaddress.ip_address(client_address)
    except ValueError:
        network = client_address
    else:
        own = address.version == 4
        network = f"{address}/32" if own else str(ipaddress.ip_network((address, 64), strict=False))
    digest = hmac.new(key.encode(), network.encode(), hashlib.sha256).hexdigest()
    return GUEST_OWNER + digest[:32]


def line_user_id(owner: str) -> str | None:
    """The LINE user behind an owner, None for a guest."""
    return owner.removeprefix(LINE_OWNER) if owner.startswith(LINE_OWNER) else None


def is_line_user_id(text: str) -> bool:
    return _LINE_USER_ID.fullmatch(text) is not None


def is_order_id(text: str) -> bool:
    return _ORDER_ID.fullmatch(text) is not None


def new_order_id() -> str:
    """128 random bits as 26 Crockford base-32 characters."""
    return _encode(secrets.token_bytes(16))


def order_id_for_key(user_id: str | None, idempotency_key: str) -> str:
    """The id that an `Idempotency-Key` stands for: the same key, the same order.

    A UUID cannot be guessed and stands for one order whoever sends it, so an order that is sent
    as a guest, lost, and sent again after signing in stays one. Other keys are one LINE user's
    own, and a guest has none. Raises `InvalidIdempotencyKey`.
    """
    if _UUID.fullmatch(idempotency_key):
        scope, key = "guest", idempotency_key.lower()
    elif user_id is None:
        raise InvalidIdempotencyKey("A guest's Idempotency-Key must be a UUID.")
    elif _KEY.fullmatch(idempotency_key):
        scope, key = line_owner(user_id), idempotency_key
    else:
        raise InvalidIdempotencyKey("An Idempotency-Key has 1 to 64 visible ASCII characters.")
    return _encode(hashlib.sha256(f"order\0{scope}\0{key}".encode()).digest()[:16])


def _encode(bits: bytes) -> str:
    number = int.from_bytes(bits)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))

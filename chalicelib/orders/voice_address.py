"""Where an order's voice is heard for as long as the order lives: short, and without a date.

    <API>/api/voices/<order id>/<signature>.mp3   →  302 to a presigned URL of that moment

    signature   base64url of   when the order was accepted (6 bytes, epoch ms)
                               HMAC-SHA256 over that and the order's id, cut to 24 bytes

A presigned URL dies within the hour, and LINE's app loads a voice when it is tapped. The time is
in the signature, so that a wrong one is known before anything is read, and under it, so that an
order that has the same id once this one has expired has an address of its own.

The keys are words in one secret, with spaces between them. The first signs, and all of them open:
to rotate, put the new one before the old, and take the old away when its orders have expired.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.parameter_store import secret
from chalicelib.settings import settings

FILE_PATTERN = r"^[0-9A-Za-z_-]{40}\.mp3$"
_FILE = re.compile(FILE_PATTERN)
_TIME_BYTES = 6
_MAC_BYTES = 24
"""With the time, a multiple of three: there is one way to write a signature."""


@dataclass(frozen=True, slots=True)
class VoiceAddresses:
    """The addresses that one API answers at."""

    api_url: str
    keys: Callable[[], str]

    def address(self, order_id: str, accepted_at: int, *, deadline: float) -> str:
        """That of an order accepted at `accepted_at` (epoch ms).

        Raises `TransientError` where the key is not to be had until `deadline`
        (`time.monotonic()` seconds).
        """
        keys = in_time("SSM", self.keys, deadline)
        return f"{self.api_url}/api/voices/{order_id}/{voice_file(order_id, accepted_at, keys)}"


@once
def voice_addresses() -> VoiceAddresses:
    """Those of this stack's API."""
    parameter = settings().voice_address_key_parameter
    return VoiceAddresses(settings().api_url, keys=lambda: secret(parameter))


def voice_file(order_id: str, accepted_at: int, keys: str) -> str:
    """The last part of the address."""
    signature = _signature(order_id, accepted_at.to_bytes(_TIME_BYTES), keys.split()[0])
    return f"{urlsafe_b64encode(signature).decode()}.mp3"


def verify(order_id: str, file: str, keys: str) -> int | None:
    """When the order was accepted whose address ends in `file`; None if no key of ours made it."""
    if not _FILE.fullmatch(file):
        return None
    signature = urlsafe_b64decode(file.removesuffix(".mp3"))
    moment = signature[:_TIME_BYTES]
    if not any(
        hmac.compare_digest(signature, _signature(order_id, moment, key)) for key in keys.split()
    ):
        return None
    return int.from_bytes(moment)


def _signature(order_id: str, moment: bytes, key: str) -> bytes:
    mac = hmac.digest(key.encode(), moment + order_id.encode(), hashlib.sha256)
    return moment + mac[:_MAC_BYTES]

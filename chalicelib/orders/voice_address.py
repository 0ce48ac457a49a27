"""Where an order's voice is heard for as long as the order lives: short, and without a date.

    <API>/api/voices/<order id>/<signature>.mp3   →  302 to a presigned URL of that moment

A presigned URL dies within the hour, and LINE's app loads a voice when it is tapped. What is signed
(signing.py) is when the order was accepted, so that an order that has the same id once this one has
expired has an address of its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib import signing
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.parameter_store import secret
from chalicelib.settings import settings

FILE_PATTERN = rf"^{signing.SIGNATURE}\.mp3$"
_FILE = re.compile(FILE_PATTERN)


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
    return f"{signing.sign(order_id, accepted_at, keys)}.mp3"


def verify(order_id: str, file: str, keys: str) -> int | None:
    """When the order was accepted whose address ends in `file`; None if no key of ours made it."""
    if not _FILE.fullmatch(file):
        return None
    return signing.verify(order_id, file.removesuffix(".mp3"), keys)

"""Google's voice through gTTS: natural, free, undocumented, and blocked for heavy callers."""

import socket
import time
from threading import BoundedSemaphore
from typing import ClassVar
from urllib.parse import urlsplit
from urllib.request import getproxies

import gtts.tts  # type: ignore[import-untyped]
from gtts import gTTS, gTTSError
from gtts.lang import tts_langs  # type: ignore[import-untyped]

from chalicelib.errors import EngineBusy, PermanentError, TransientError
from chalicelib.in_time import in_time
from chalicelib.speech.chunks import has_words, spoken_pieces

CONNECT_SECONDS = 0.8
"""For finding out that there is no way to Google, name look-up and all its addresses included."""
ADDRESS_SECONDS = CONNECT_SECONDS / 2
"""For one address, so that an IPv6 that leads nowhere leaves time for IPv4."""
READ_SECONDS = 3.0
LONGEST_REQUEST = 100
"""Characters that Google's endpoint speaks at once."""
AT_ONCE = 3
"""Sentences under way in one process; more, and Google takes us for a robot sooner."""


class GttsEngine:
    """See `Engine`."""

    name: ClassVar[str] = "gtts"
    version: ClassVar[str] = "1"
    voice: ClassVar[str] = "zh-TW"
    is_clear: ClassVar[bool] = True

    def __init__(self) -> None:
        self._turns = BoundedSemaphore(AT_ONCE)
        self._failed_at = float("-inf")

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        if not has_words(text):
            raise PermanentError("there is nothing to say")
        if language not in tts_langs():
            raise PermanentError(f"gTTS does not speak {language}")
        began_at = time.monotonic()
        # Before the turn: ten orders find out together, not three by three, that there is no way.
        in_time("Google", _reach_google, min(deadline, began_at + CONNECT_SECONDS))
        if not self._turns.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise EngineBusy("gTTS is busy with other orders")
        try:
            if self._failed_at > began_at:
                raise TransientError("Google failed others while this one waited")
            return in_time("Google", lambda: _speech(text.strip(), language, deadline), deadline)
        except TransientError:
            self._failed_at = time.monotonic()
            raise
        finally:
            self._turns.release()


def _reach_google() -> None:
    """Raises `TransientError` where no address of Google's takes a connection soon.

    Costs a healthy order one round trip; spares the others the time-outs of a whole request.
    """
    if getproxies().keys() & {"https", "all"}:
        return  # The proxy looks names up and connects.
    url = urlsplit(gtts.tts._translate_url(tld="com"))
    try:
        found = socket.getaddrinfo(url.hostname, url.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TransientError("Google's name cannot be looked up") from error
    if not any(_takes_connections(family, address) for family, *_, address in found):
        raise TransientError("Google cannot be reached")


def _takes_connections(family: int, address: tuple[object, ...]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(ADDRESS_SECONDS)
            probe.connect(address)
    except OSError:
        return False
    return True


def _speech(text: str, language: str, deadline: float) -> bytes:
    pieces = spoken_pieces(text, LONGEST_REQUEST)
    google = gTTS(
        text,
        lang=language,
        lang_check=False,  # Done above: gTTS's own takes zh-TW for deprecated, and warns.
        pre_processor_funcs=[],  # They are for English, and would change what was packed.
        tokenizer_func=lambda _: pieces,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
    )
    spoken: list[bytes] = []
    try:
        for audio in google.stream():
            spoken.append(audio)
            if time.monotonic() > deadline:
                break  # The deadline is over: spare Google the rest.
    except gTTSError as error:
        status = getattr(error.rsp, "status_code", None)
        raise TransientError(f"Google answered {status or 'nothing'}") from error
    except (OSError, ValueError) as error:
        # A connection that breaks off, or an answer that gTTS cannot decode.
        raise TransientError("Google's answer broke off") from error
    except AssertionError as error:
        raise PermanentError("gTTS finds nothing to say") from error
    if len(spoken) < len(pieces) or not all(spoken):
        # A page instead of audio (consent, "unusual traffic") comes with 200 and yields nothing.
        raise TransientError("Google answered without audio")
    return b"".join(spoken)

"""Google's voice through gTTS: natural, free, undocumented, and blocked for heavy callers."""

import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from threading import BoundedSemaphore, Thread
from typing import ClassVar

from gtts import gTTS, gTTSError  # type: ignore[import-untyped]
from gtts.lang import tts_langs  # type: ignore[import-untyped]

from chalicelib.errors import PermanentError, TransientError
from chalicelib.speech.chunks import pack

CONNECT_SECONDS = 0.8
READ_SECONDS = 4.0
LONGEST_REQUEST = 100
"""Characters that Google's endpoint speaks at once."""
AT_ONCE = 3
"""Sentences under way in one process; more, and Google takes us for a robot sooner."""


class GttsEngine:
    """See `Engine`."""

    name: ClassVar[str] = "gtts"
    version: ClassVar[str] = "1"
    voice: ClassVar[str] = "zh-TW"

    def __init__(self) -> None:
        self._turns = BoundedSemaphore(AT_ONCE)

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        if not any(character.isalnum() for character in text):
            raise PermanentError("there is nothing to say")
        if not self._turns.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise TransientError("gTTS is busy with other orders")
        answer: Future[bytes] = Future()
        # A thread of its own, because no time-out of requests covers a name look-up that hangs.
        # A daemon, so that a hanging one keeps nobody from leaving.
        Thread(target=self._request, args=(text, language, answer), daemon=True).start()
        try:
            return answer.result(timeout=max(0.0, deadline - time.monotonic()))
        except NotInTime as error:
            raise TransientError("gTTS did not answer in time") from error

    def _request(self, text: str, language: str, answer: "Future[bytes]") -> None:
        try:
            answer.set_result(_speech(text, language))
        except Exception as error:
            # The edge of a thread: whoever waits for the answer has to hear of it.
            answer.set_exception(error)
        finally:
            self._turns.release()


def _speech(text: str, language: str) -> bytes:
    pieces = pack(text, LONGEST_REQUEST)
    if language not in tts_langs():
        raise PermanentError(f"gTTS does not speak {language}")
    google = gTTS(
        text,
        lang=language,
        lang_check=False,  # Done above: gTTS's own takes zh-TW for deprecated, and warns.
        tokenizer_func=lambda _: pieces,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
    )
    try:
        spoken = list(google.stream())
    except gTTSError as error:
        status = getattr(error.rsp, "status_code", None)
        raise TransientError(f"Google answered {status or 'nothing'}") from error
    except (OSError, ValueError) as error:
        # A connection that breaks off, or an answer that gTTS cannot decode.
        raise TransientError("Google's answer broke off") from error
    if len(spoken) < len(pieces):
        # A page instead of audio (consent, "unusual traffic") comes with 200 and yields nothing.
        raise TransientError("Google answered without audio")
    return b"".join(spoken)

"""Whether an audio message can be played: fetches its address as a LINE client would, which
follows redirects.

LINE itself does so only when the user taps play; here a bad address or a false duration shows
itself in the answer to the push.
"""

import time
from dataclasses import dataclass

import urllib3

TOLERANCE_MS = 100
_ATTEMPTS = 3
_LARGEST = 20 * 1024 * 1024
_TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
_FOLLOWED = urllib3.Retry(None, connect=0, read=0, status=0, other=0, redirect=3)


class UnplayableError(Exception):
    """The message says why, and names the property that is wrong."""

    def __init__(self, message: str, property_name: str = "originalContentUrl") -> None:
        super().__init__(message)
        self.property_name = property_name


@dataclass(frozen=True, slots=True)
class Audio:
    duration_ms: int
    size: int
    content_type: str


def check_audio(pool: urllib3.PoolManager, url: str, claimed_ms: int) -> Audio:
    """Fetch and measure the MP3 at `url`; raises `UnplayableError`."""
    # Imported here so that signing in and the chat view need nothing of the app's.
    from chalicelib.speech.mp3 import duration_ms

    content_type, data = _fetch(pool, url)
    if content_type.split(";")[0].strip() not in ("audio/mpeg", "audio/mp3"):
        raise UnplayableError(f"the content type is {content_type or 'missing'}, not audio/mpeg")
    try:
        measured = duration_ms(data)
    except Exception as error:  # boundary: whatever the reader thinks of it, it cannot be played
        raise UnplayableError(f"not a playable MP3: {type(error).__name__}") from error
    if abs(measured - claimed_ms) > TOLERANCE_MS:
        raise UnplayableError(
            f"the audio lasts {measured} ms, the message says {claimed_ms} ms", "duration"
        )
    return Audio(duration_ms=measured, size=len(data), content_type=content_type)


def _fetch(pool: urllib3.PoolManager, url: str) -> tuple[str, bytes]:
    trouble = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(0.2 * attempt)
        try:
            response = pool.request(
                "GET", url, timeout=_TIMEOUT, retries=_FOLLOWED, preload_content=False
            )
            try:
                data = response.read(_LARGEST + 1)
            finally:
                response.close()
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            trouble = f"could not be fetched: {type(error).__name__}"
            continue
        if len(data) > _LARGEST:
            raise UnplayableError(f"larger than {_LARGEST} bytes")
        if response.status == 200:
            return response.headers.get("content-type", ""), data
        trouble = f"could not be fetched: HTTP {response.status}"
        if response.status < 500:
            break
    raise UnplayableError(trouble)

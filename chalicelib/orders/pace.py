"""When a page should look at its order again: when what it waits for is likely to be there.

    accepted ──0.7 s──▶ a voice that was prepared, or known      (most orders end here)
             ──────── when the leading engine will have spoken ──▶ every 0.6 s, for 3 s
    a voice  ──1 s───▶ pushed to LINE
    anything else                                                every 2 s

So a voice is shown 0.7 s after it is there, for two looks an order. How long an engine takes is a
guess until the worker has spoken a sentence or two: with each order that it takes it tells how much
longer its own have taken, whichever engine spoke them. A wrong guess costs looks, or the traveller
up to `FARTHEST_MS`; nothing else depends on it.
"""

import math
from functools import cache
from threading import Lock

from chalicelib.orders.record import OrderRecord
from chalicelib.settings import settings

CONTRACT_MS = 2000
"""Where nothing is known of what comes."""
FIRST_MS = 700
PUSHING_MS = 1000
NEAR_MS = 600
NEAR_FOR_MS = 3000
FARTHEST_MS = 4000
"""The next look is never later, however slow the last sentences were."""
STEP_MS = 500
"""Guesses are told in steps, so that an answer stays the same (304) while nothing has changed."""

QUEUED_MS = 300
SPEAKING_MS = {
    "gtts": (1200, 0),
    "polly": (800, 0),
    "google": (800, 0),
    "azure": (800, 0),
    "kokoro": (200, 50),
    "espeak": (50, 1),
}
"""What an engine takes for a sentence, and for each of its characters. Kokoro's on 1.7 cores is
measured (docs/speech.md); of those on the web one answer is assumed."""
FRAME_CHARACTERS = 12
"""老闆您好，我要點……謝謝。"""
COUNT_CHARACTERS = 3
"""兩碗、"""
AS_EXPECTED = 100
SLOWEST = 1000


def look_after_ms(record: OrderRecord, *, now: int) -> int:
    """Milliseconds from `now` (epoch ms)."""
    if not record.open or record.trouble:
        return CONTRACT_MS
    if record.voice_key:
        return PUSHING_MS
    waited = now - int(record.opened_at)
    if waited < FIRST_MS / 2:
        return FIRST_MS
    left = _spoken_after_ms(record) - waited
    if left > NEAR_MS:
        return min(math.ceil(left / STEP_MS) * STEP_MS, FARTHEST_MS)
    return NEAR_MS if left > -NEAR_FOR_MS else CONTRACT_MS


def _spoken_after_ms(record: OrderRecord) -> int:
    """From the order's acceptance, or its retry, if nobody has said it before."""
    pace = int(record.pace or AS_EXPECTED)
    return QUEUED_MS + _expected_ms(record) * pace // AS_EXPECTED


def _expected_ms(record: OrderRecord) -> int:
    """What the first engine of the chain takes to say it."""
    sentence, character = SPEAKING_MS[settings().speech_engines[0]]
    said = sum(
        len(item.original) + COUNT_CHARACTERS + sum(len(option.original) for option in item.options)
        for item in record.items
    )
    return sentence + character * (said + FRAME_CHARACTERS)


class Measured:
    """How long new sentences take in this process, in percent of what is expected of the first
    engine: `OrderRecord.pace`. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._percent: float = AS_EXPECTED

    @property
    def percent(self) -> int:
        return round(self._percent)

    def learn(self, record: OrderRecord, seconds: float) -> None:
        """`record` took so long to speak. Half old, half new."""
        percent = min(seconds * 1000 / _expected_ms(record) * AS_EXPECTED, SLOWEST)
        with self._lock:
            self._percent = (self._percent + percent) / 2


@cache
def measured() -> Measured:
    """That of this process."""
    return Measured()

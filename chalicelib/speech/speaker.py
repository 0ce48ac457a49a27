"""From a sentence to audio in S3: what is there already, else the first engine that can."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from chalicelib.errors import PermanentError, TransientError
from chalicelib.speech.breaker import Breaker
from chalicelib.speech.engine import Engine
from chalicelib.speech.mp3 import BrokenAudio, duration_ms
from chalicelib.speech.store import voice_key
from chalicelib.speech.voice import Voice
from chalicelib.telemetry import logger

KEPT_SECONDS = 2.0
"""What an engine must leave to each of those after it."""
SHORTEST_TRY = 0.5
"""Seconds; with less an engine is not begun."""
LEAST_MS_PER_CHARACTER = 40
"""Nobody speaks 25 characters a second; such audio has lost a part."""


class Stores(Protocol):
    def find(self, key: str) -> Voice | None: ...
    def put(self, key: str, mp3: bytes, *, duration_ms: int, engine: str) -> Voice: ...


class Speaker:
    """A chain of engines before one store. Thread-safe."""

    def __init__(
        self,
        engines: Sequence[Engine],
        store: Stores,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._chain = [(engine, Breaker(clock=clock)) for engine in engines]
        self._store = store
        self._clock = clock

    def speak(self, text: str, language: str, *, deadline: float) -> Voice:
        """The audio of `text`, in S3 before `deadline` (the clock's seconds).

        Raises `PermanentError` if every engine refuses for good, `StorageUnavailable` if it is S3
        that fails, and `TransientError` otherwise.
        """
        may_succeed_later = False
        for position, (engine, breaker) in enumerate(self._chain):
            key = voice_key(engine, text, language)
            found = self._store.find(key)
            if found is not None:
                return found
            engines_after = len(self._chain) - 1 - position
            until = deadline - KEPT_SECONDS * engines_after
            try:
                mp3, length = self._attempt(engine, breaker, text, language, until)
            except TransientError:
                may_succeed_later = True
            except PermanentError:
                continue
            else:
                return self._store.put(key, mp3, duration_ms=length, engine=engine.name)
        if may_succeed_later:
            raise TransientError("no engine could speak just now")
        raise PermanentError("no engine can speak this")

    def _attempt(
        self, engine: Engine, breaker: Breaker, text: str, language: str, deadline: float
    ) -> tuple[bytes, int]:
        """Checked audio and its length in milliseconds, from one engine."""
        if deadline - self._clock() < SHORTEST_TRY:
            raise TransientError("too little time left")
        if not breaker.lets_through():
            raise TransientError(f"{engine.name} has failed just now")
        began = self._clock()
        outcome = "spoken"
        try:
            mp3 = engine.speak(text, language, deadline=deadline)
            length = _checked_length(mp3, text)
        except TransientError as error:
            outcome = f"failed: {error}"
            breaker.failed()
            raise
        except PermanentError as error:
            outcome = f"refused: {error}"
            breaker.succeeded()  # It answered; it is this text that it will not speak.
            raise
        except Exception as error:
            # The edge of somebody else's library: its mistakes must not silence the next engine.
            outcome = f"broke: {type(error).__name__}"
            logger.exception("speech engine broke", engine=engine.name)
            breaker.failed()
            raise TransientError(f"{engine.name} broke") from error
        else:
            breaker.succeeded()
            return mp3, length
        finally:
            milliseconds = round((self._clock() - began) * 1000)
            logger.info("speech engine", engine=engine.name, outcome=outcome, ms=milliseconds)


def _checked_length(mp3: bytes, text: str) -> int:
    """Milliseconds of audio that can be the whole of `text`. Raises `TransientError`."""
    try:
        length = duration_ms(mp3)
    except BrokenAudio as error:
        raise TransientError(f"broken audio: {error}") from error
    spoken = sum(character.isalnum() for character in text)
    if length < spoken * LEAST_MS_PER_CHARACTER:
        raise TransientError(f"{length} ms cannot be the whole of {spoken} characters")
    return length

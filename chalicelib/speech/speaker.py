"""From a sentence to audio in S3: what is there already, else the first engine that can."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from chalicelib.errors import (
    EngineBusy,
    EngineOverran,
    EngineTooSlow,
    NoEngineFree,
    PermanentError,
    TransientError,
    WorkError,
)
from chalicelib.mandarin.han import is_han
from chalicelib.once import once
from chalicelib.order import Voice
from chalicelib.settings import settings
from chalicelib.speech.breaker import Breaker
from chalicelib.speech.engines import Engine, engine_of
from chalicelib.speech.mp3 import BrokenAudio, duration_ms
from chalicelib.speech.store import voice_key, voice_store
from chalicelib.telemetry import Metric, logger, measure

SHARE = 0.6
"""Of the time that is left, what one engine may use while others come after it that may speak."""
SHORTEST_TRY = 0.5
"""Seconds; with less an engine is not begun."""
LEAST_MS_PER_HAN = 80
LEAST_MS_PER_LETTER = 30
"""Three times as fast as any engine here speaks; such audio has lost a part."""


class Stores(Protocol):
    def find(self, key: str) -> Voice | None: ...
    def put(self, key: str, mp3: bytes, *, duration_ms: int, engine: str) -> Voice: ...


@runtime_checkable
class Preloads(Protocol):
    """An engine that loads something before it can speak."""

    def preload(self) -> None: ...


class TooShort(TransientError):
    """Audio that cannot be all of its text. It may be the text's fault: an engine leaves out the
    characters that it does not know. So it says nothing about the next order's chances."""


class Speaker:
    """A chain of engines before one store. Thread-safe.

    An engine whose breaker is open is passed over. Where that leaves no engine, those passed over
    are asked all the same (the last resort).

    A clear engine that has only no time is no reason for an unclear voice: the order waits for its
    next attempt, when others have had their turn.
    """

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

    def speak(self, text: str, language: str, *, deadline: float, any_voice: bool = False) -> Voice:
        """The audio of `text`, in S3 before `deadline` (the clock's seconds). With `any_voice` an
        unclear one is better than waiting for another attempt.

        Raises `PermanentError` if every engine refuses this text for good, `StorageUnavailable` if
        it is S3 that fails, `EngineBusy` if it is only time that a clear engine wants (of them
        `NoEngineFree` where an unclear one cannot speak either), and `TransientError` otherwise.
        """
        may_succeed_later = clear_is_busy = clear_will_speak = False
        passed_over = self._chain
        for is_last_resort in (False, True):
            chain, passed_over = passed_over, []
            for number, (engine, breaker) in enumerate(chain, start=1):
                if clear_is_busy and not (engine.is_clear or any_voice):
                    raise EngineBusy("a clear voice is worth waiting for")
                key = voice_key(engine, text, language)
                found = None if is_last_resort else self._store.find(key)
                if found is not None:
                    self._tell(Metric.VOICE_REUSED, engine)
                    return found
                is_last = not any(other.is_clear or any_voice for other, _ in chain[number:])
                until = self._until(deadline, is_last=is_last)
                has_time = until - self._clock() >= SHORTEST_TRY
                clear_is_busy |= engine.is_clear and not has_time
                if not has_time or not breaker.lets_through(is_last_resort=is_last_resort):
                    passed_over.append((engine, breaker))
                    continue
                try:
                    mp3, length = self._attempt(engine, breaker, text, language, until)
                except TransientError as error:
                    may_succeed_later = True
                    is_busy = isinstance(error, EngineBusy) and not isinstance(error, EngineTooSlow)
                    clear_is_busy |= engine.is_clear and is_busy
                    has_worked = isinstance(error, EngineOverran)
                    clear_will_speak |= engine.is_clear and is_busy and not has_worked
                except PermanentError:
                    continue
                else:
                    self._tell(Metric.ENGINE_USED, engine)
                    return self._store.put(key, mp3, duration_ms=length, engine=engine.name)
        if clear_will_speak:
            raise NoEngineFree("every engine that could speak is busy")
        raise _nobody_spoke(for_good=not may_succeed_later and not passed_over)

    def preload(self) -> None:
        """Begin to load what engines load before they speak; returns at once."""
        for engine, _ in self._chain:
            if isinstance(engine, Preloads):
                engine.preload()

    def _tell(self, metric: Metric, speaking: Engine) -> None:
        """Whose voice it is, and which engines before it in the chain it is not."""
        measure(metric, of=speaking.name)
        for engine, _ in self._chain:
            if engine is speaking:
                return
            measure(Metric.ENGINE_LEFT, of=engine.name)

    def _until(self, deadline: float, *, is_last: bool) -> float:
        now = self._clock()
        return deadline if is_last else now + (deadline - now) * SHARE

    def _attempt(
        self, engine: Engine, breaker: Breaker, text: str, language: str, deadline: float
    ) -> tuple[bytes, int]:
        """Checked audio and its length in milliseconds, from one engine."""
        began = self._clock()
        outcome, reason = "spoken", ""
        try:
            mp3 = engine.speak(text, language, deadline=deadline)
            length = _checked_length(mp3, text)
        except EngineBusy as error:
            outcome, reason = "busy", str(error)
            breaker.was_not_tried()
            raise
        except TooShort as error:
            outcome, reason = "too short", str(error)
            breaker.succeeded()
            raise
        except TransientError as error:
            outcome, reason = "failed", str(error)
            breaker.failed()
            raise
        except PermanentError as error:
            outcome, reason = "refused", str(error)
            breaker.succeeded()  # It answered; it is this text that it will not speak.
            raise
        except Exception as error:
            # The edge of somebody else's library: its mistakes must not silence the next engine.
            outcome, reason = "broke", _where(error)
            breaker.failed()
            raise TransientError(f"{engine.name} broke") from error
        else:
            breaker.succeeded()
            return mp3, length
        finally:
            ms = round((self._clock() - began) * 1000)
            level = logger.info if outcome == "spoken" else logger.warning
            level("speech engine", engine=engine.name, outcome=outcome, reason=reason, ms=ms)


def _nobody_spoke(*, for_good: bool) -> WorkError:
    if for_good:
        return PermanentError("no engine can speak this")
    return TransientError("no engine could speak just now")


def _where(error: BaseException) -> str:
    """`ValueError at tts.py:310`: no message of a library's, which could quote the order."""
    place = ""
    frame = error.__traceback__
    while frame is not None:
        place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"
        frame = frame.tb_next
    return f"{type(error).__name__} at {place}"


def _checked_length(mp3: bytes, text: str) -> int:
    """Milliseconds of audio that can be all of `text`. Raises `TransientError`, `TooShort`."""
    try:
        length = duration_ms(mp3)
    except BrokenAudio as error:
        raise TransientError(f"broken audio: {error}") from error
    han = sum(map(is_han, text))
    letters = sum(character.isalnum() for character in text) - han
    if length < han * LEAST_MS_PER_HAN + letters * LEAST_MS_PER_LETTER:
        raise TooShort(f"{length} ms cannot be the whole of {han + letters} characters")
    return length


@once
def speaker() -> Speaker:
    """This process's speaker, of the engines that the setting `SPEECH_ENGINES` names."""
    return Speaker([engine_of(name) for name in settings().speech_engines], voice_store())

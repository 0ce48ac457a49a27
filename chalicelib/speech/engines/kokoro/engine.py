"""Kokoro-82M as a speech engine: clear Mandarin on a CPU, without a network.

One sentence is spoken at a time: the model uses every core by itself, and two at once would
take twice the memory. What cannot be ready before the deadline is declined at once, so that the
next engine of the chain still has time for it.
"""

import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import TYPE_CHECKING, ClassVar

from chalicelib.errors import EngineBusy, EngineTooSlow, PermanentError, TransientError
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from chalicelib.speech.engines.kokoro.reader import Reader

LONGEST = 150
"""Characters. More are never spoken within one run of the worker (20 s)."""

_SECONDS_A_CHARACTER = 0.1
"""What two cores need at most, as long as this process has not measured its own. Of the published
model: ours takes 0.7 of that on x86-64, and less behind an opening; arm64 was not measured."""
_SLOWEST = 3 * _SECONDS_A_CHARACTER
"""What a sentence is reckoned with at most: one that took longer was spoken beside something that
may have ended, and what is tried in vain is in S3 by the next attempt."""
_LOADING = 2.0
"""Seconds for the first sentence of a process, on top: hashing 92 MB, building the session."""
_LOADING_AHEAD = 15.0
"""Seconds for fetching the voice before an order wants it: S3's 96 MB on a small network."""


class KokoroEngine:
    """See `chalicelib.speech.engine.Engine`.

    `location` is where the voice's files are: a folder, or `s3://bucket/prefix`.
    """

    name: ClassVar[str] = "kokoro"
    version: ClassVar[str] = "1.0-int8-parted-2"
    """The model's, then that of the reading and mixing here: a new one makes new audio."""
    voice: ClassVar[str] = "zf_xiaoyi"
    """Our model is made for it, and for the reader's speed: deploy/kokoro_graph.py."""
    is_clear: ClassVar[bool] = True

    def __init__(self, location: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._location = location
        self._clock = clock
        self._turn = Lock()
        self._reader: Reader | None = None
        self._failed_at = float("-inf")
        self._why = ""
        self._pace = _SECONDS_A_CHARACTER

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        """The MP3 of `text`; `deadline` is the clock's, in seconds.

        Raises `PermanentError` for another language than Mandarin, for letters that it cannot
        read, and for more than it can ever say in time; `TransientError` when runtime or voice is
        missing or damaged; `EngineBusy` when only the time that is left does not suffice, and
        `EngineTooSlow` when it would not, had this process nothing else to do.
        """
        if language.split("-")[0] not in ("zh", "cmn"):
            raise PermanentError(f"Kokoro does not speak {language} here")
        if len(text) > LONGEST:
            raise PermanentError(f"{len(text)} characters are more than can be spoken in time")
        expected = len(text) * self._pace
        if self._reader is None:
            expected += _LOADING
        asked_at = self._clock()
        patience = deadline - asked_at - len(text) * _SECONDS_A_CHARACTER
        if patience < 0:
            raise EngineTooSlow(f"{len(text)} characters need more time than is left")
        spare = deadline - asked_at - expected
        if spare < 0:
            self._learn(_SECONDS_A_CHARACTER)
            raise EngineBusy(f"Kokoro needs {expected:.1f} s, {-spare:.1f} s more than is left")
        # By the expected pace, not the measured one: that was measured beside whoever is speaking,
        # and to be sent away costs the order one of its attempts.
        if not self._turn.acquire(timeout=patience):
            raise EngineBusy("Kokoro is busy with another order")
        try:
            if self._failed_at > asked_at:
                raise TransientError(f"not loaded while this one waited: {self._why}")
            return self._in_turn(text, deadline)
        finally:
            self._turn.release()

    def preload(self) -> None:
        """Begin to load the voice, in a thread of its own, and return at once: the first order
        finds it loaded, or waits for what is left of it.

        Nothing waits for the thread, so a voice that takes long to load, or is not there, is the
        matter of the orders that want it; the thread of a frozen function goes on when it is
        thawed.
        """
        Thread(target=self._load_ahead, name="loads Kokoro", daemon=True).start()

    def _load_ahead(self) -> None:
        with self._turn:
            try:
                self._loaded(self._clock() + _LOADING_AHEAD)
            except Exception as error:
                # The edge of a thread. The next order tries again, and says more.
                logger.warning("Kokoro was not loaded ahead", error=type(error).__name__)

    def _loaded(self, deadline: float) -> "Reader":
        """The reader, loaded by whoever has the turn."""
        if self._reader is None:
            try:
                self._reader = self._load(deadline)
            except TransientError as error:
                self._failed_at, self._why = self._clock(), str(error)
                raise
        return self._reader

    def _in_turn(self, text: str, deadline: float) -> bytes:
        reader = self._loaded(deadline)
        started = self._clock()
        try:
            mp3 = reader.read(text, deadline=deadline, clock=self._clock)
        except ValueError as error:
            raise PermanentError("Kokoro cannot read this") from error
        self._learn((self._clock() - started) / len(text))
        return mp3

    def _learn(self, pace: float) -> None:
        """Half old, half new, and no new one beyond `_SLOWEST`. A core that was busy is not busy
        for ever: where the measured pace leads to declining, it moves back to the expected one,
        until an order is tried again."""
        self._pace = (self._pace + min(pace, _SLOWEST)) / 2

    def _load(self, deadline: float) -> "Reader":
        # Imported here, because NumPy, ONNX Runtime and LAME come in a layer that may not be
        # there, and a process whose orders other engines speak should not carry them.
        try:
            from chalicelib.speech.engines.kokoro.reader import Reader
        except ImportError as error:
            raise TransientError(f"Kokoro's runtime is not installed: {error}") from error
        from chalicelib.speech.engines.kokoro.fetch import fetch

        return Reader.load(fetch(self._location, deadline=deadline, clock=self._clock))

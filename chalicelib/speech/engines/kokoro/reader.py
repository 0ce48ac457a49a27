"""A sentence → an MP3: the whole way through the model, piece by piece."""

from collections.abc import Callable
from pathlib import Path

from chalicelib.errors import EngineOverran
from chalicelib.speech.engines.kokoro import audio
from chalicelib.speech.engines.kokoro.model import Model
from chalicelib.speech.engines.kokoro.phonemes import phrases, pieces

SPEED = 0.85
"""Slower than the voice's own pace: staff write while they listen, and it is better understood.
Another one wants the model's scales measured anew (`python -m bench.kokoro_ranges`)."""


class Reader:
    def __init__(self, model: Model) -> None:
        self._model = model

    @classmethod
    def load(cls, folder: Path) -> "Reader":
        """Raises `TransientError` when a file in `folder` is missing or damaged."""
        return cls(Model.load(folder))

    def read(self, sentence: str, *, deadline: float, clock: Callable[[], float]) -> bytes:
        """The MP3. Raises `ValueError` when there is nothing to say or a letter has no sounds,
        `EngineOverran` as soon as it is clear that the rest cannot be said before `deadline`.
        """
        todo = pieces(phrases(sentence, self._model.english))
        if not todo:
            raise ValueError("nothing to say")
        started = clock()
        spoken = []
        for done, piece in enumerate(todo):
            spent = clock() - started
            if clock() + spent / max(done, 1) * (len(todo) - done) > deadline:
                raise EngineOverran(f"said {done} of {len(todo)} pieces in {spent:.1f} s")
            marks = sum(piece.count(mark) for mark in ",.:;!?") - 1
            spoken.append(audio.lengthen_pauses(self._model.samples(piece, speed=SPEED), marks))
        return audio.mp3(spoken)

"""A sentence → an MP3: the whole way through the model, piece by piece."""

from collections.abc import Callable
from pathlib import Path

from chalicelib.errors import TransientError
from chalicelib.speech.kokoro import audio
from chalicelib.speech.kokoro.model import Model
from chalicelib.speech.kokoro.phonemes import phrases, pieces

SPEED = 0.95
"""A little slower than the voice's own pace: staff write while they listen."""


class Reader:
    def __init__(self, model: Model) -> None:
        self._model = model

    @classmethod
    def load(cls, folder: Path) -> "Reader":
        """Raises `PermanentError` when a file in `folder` is missing or damaged."""
        return cls(Model.load(folder))

    def read(self, sentence: str, *, deadline: float, clock: Callable[[], float]) -> bytes:
        """The MP3. Raises `ValueError` when there is nothing to say or a letter has no sounds,
        `TransientError` as soon as it is clear that the rest cannot be said before `deadline`.
        """
        todo = pieces(phrases(sentence, self._model.english))
        if not todo:
            raise ValueError("nothing to say")
        started = clock()
        spoken = []
        for done, piece in enumerate(todo):
            spent = clock() - started
            if clock() + spent / max(done, 1) * (len(todo) - done) > deadline:
                raise TransientError(f"said {done} of {len(todo)} pieces in {spent:.1f} s")
            spoken.append(self._model.samples(piece, speed=SPEED))
        return audio.mp3(spoken)

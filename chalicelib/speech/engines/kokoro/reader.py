"""A sentence → an MP3: the whole way through the model, piece by piece."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from chalicelib.errors import EngineOverran
from chalicelib.speech.engines.kokoro import audio
from chalicelib.speech.engines.kokoro.model import Model, Samples
from chalicelib.speech.engines.kokoro.phonemes import phrases, pieces

SPEED = 0.85
"""Slower than the voice's own pace: staff write while they listen, and it is better understood.
Another one wants our model measured anew (`python -m bench.kokoro_ranges`)."""

OPENING_ENDS = ":"
"""The mark that ends an opening: most orders begin with 老闆您好，我要點：."""
LONGEST_OPENING = 48
"""Phonemes: with 外帶 or 內用. A longer one names a table, and seldom comes again."""
OPENINGS_KEPT = 8
"""Of the last ones, their samples: some 200 kB each."""


class Reader:
    """Says the opening of a sentence once, and remembers it: a quarter of an order's time."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._openings: dict[str, Samples] = {}

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
            spoken += self._say(piece)
        return audio.mp3(spoken)

    def _say(self, piece: str) -> list[Samples]:
        """The samples of a piece: of its opening, if it has one to remember, and of the rest."""
        opening = piece[: piece.find(OPENING_ENDS) + 1]
        if opening in ("", piece) or len(opening) > LONGEST_OPENING:
            return [_rested(piece, self._model.samples(piece, speed=SPEED))]
        if (remembered := self._openings.pop(opening, None)) is not None:
            rest = self._model.following(piece, opening, speed=SPEED)
        else:
            said, rest = self._model.parted(piece, opening, speed=SPEED)
            if not audio.rests_at_its_end(said):  # Where one nasal follows another.
                return [_rested(piece, np.concatenate([said, rest]))]
            # A copy: what it is a part of is ten times as large.
            remembered = _rested(opening, said.copy())
            if len(self._openings) == OPENINGS_KEPT:
                del self._openings[next(iter(self._openings))]
        self._openings[opening] = remembered
        return [remembered, _rested(piece[len(opening) :], rest)]


def _rested(phonemes: str, samples: Samples) -> Samples:
    """With a pause at each mark but the last, behind which there is nothing."""
    marks = sum(phonemes.count(mark) for mark in ",.:;!?")
    return audio.lengthen_pauses(samples, max(marks - 1, 0))

"""Phonemes → samples: one ONNX session, one voice."""

import json
import os
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from chalicelib.speech.engines.kokoro.latin import English
from chalicelib.speech.engines.kokoro.parts import DICTIONARY, MODEL, VOICE, check
from chalicelib.speech.engines.kokoro.vocabulary import tokens

Samples = NDArray[np.float32]
"""Mono, full scale ±1."""

SAMPLE_RATE = 24_000

_STYLE_WIDTH = 256

_FRAME = SAMPLE_RATE // 40
"""Samples."""
_SILENT = 1
"""Frames. The voice rests in the two before the token of a mark, and the parts meet between them;
at the token the next sound begins. What the model leaves out ends four before, with a click."""


class Model:
    """The loaded voice. `load` takes about a second, once per process."""

    def __init__(
        self, session: onnxruntime.InferenceSession, styles: Samples, english: English
    ) -> None:
        self._session = session
        self._styles = styles
        self.english = english

    @classmethod
    def load(cls, folder: Path) -> "Model":
        """Check and load the files in `folder`; raises `TransientError`."""
        return cls.around(open_session(str(check(folder, MODEL))), folder)

    @classmethod
    def around(cls, session: onnxruntime.InferenceSession, folder: Path) -> "Model":
        """A `session` with the voice and the dictionary in `folder`; raises `TransientError`."""
        voice, dictionary = check(folder, VOICE), check(folder, DICTIONARY)
        styles = np.fromfile(voice, dtype=np.float32).reshape(-1, _STYLE_WIDTH)
        english: English = json.loads(dictionary.read_bytes())
        return cls(session, styles, english)

    def samples(self, phonemes: str, *, speed: float) -> Samples:
        """What `phonemes` sound like at `speed` (1 is the voice's own). At most 508 of them."""
        audio, _ = self._run(phonemes, speed, first=0)
        return audio

    def parted(self, phonemes: str, opening: str, *, speed: float) -> tuple[Samples, Samples]:
        """The same in two parts: of `opening`, with which `phonemes` begin, and of the rest."""
        first = _mark(opening)
        audio, frames = self._run(phonemes, speed, first=0)
        rest = _rest(audio, frames, first)
        return audio[: len(audio) - len(rest)], rest

    def following(self, phonemes: str, opening: str, *, speed: float) -> Samples:
        """The second of the two parts, without computing the first."""
        first = _mark(opening)
        audio, frames = self._run(phonemes, speed, first=first)
        return _rest(audio, frames, first)

    def _run(self, phonemes: str, speed: float, *, first: int) -> tuple[Samples, NDArray[np.int64]]:
        """The sound from the token number `first` on; and before each token, how many frames."""
        numbers = tokens(phonemes)
        style = self._styles[min(len(numbers) - 2, len(self._styles) - 1)]
        audio, frames = self._session.run(
            None,
            {
                "tokens": np.array([numbers], dtype=np.int64),
                "style": style[np.newaxis],
                "speed": np.array([speed], dtype=np.float32),
                "first": np.array([first], dtype=np.int64),
            },
        )
        return np.asarray(audio, dtype=np.float32).ravel(), np.asarray(frames)


def _mark(opening: str) -> int:
    """The number of the token that is the last of `opening`."""
    return len(tokens(opening)) - 2


def _rest(audio: Samples, frames: NDArray[np.int64], first: int) -> Samples:
    """From the voice's rest before the token `first` on, to the end."""
    return audio[-(int(frames[-1] - frames[first]) + _SILENT) * _FRAME :]


def open_session(model: str | bytes) -> onnxruntime.InferenceSession:
    """A model's path, or its bytes, loaded to be run on every core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    # A thread that spins while it waits takes the core from the order beside it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

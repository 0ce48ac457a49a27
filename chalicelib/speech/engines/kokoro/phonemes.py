"""What Kokoro is told to say: a Mandarin sentence → phrases of phonemes.

    牛肉麵兩碗、Latte一杯。
    → njou↗ɻou↘ mjɛ↘n ljaŋ↗wa↓n,   lˈɑtˌA i↘pei→.

Words are parted by spaces and phrases end in punctuation, as in the model's training text.
"""

from collections.abc import Sequence
from itertools import groupby
from textwrap import wrap

from chalicelib.speech.engines.kokoro import latin, pinyin, syllables
from chalicelib.speech.engines.kokoro.text import Run, runs


def phrases(sentence: str, english: latin.English) -> list[str]:
    """The phrases of `sentence`, each with the punctuation that ends it.

    Raises `UnreadableError` for letters that are neither Chinese nor Latin.
    """
    said: list[str] = []
    for is_pause, part in groupby(runs(sentence), key=lambda run: run.kind == "pause"):
        if not is_pause:
            said.append(" ".join(filter(None, (_phonemes(run, english) for run in part))))
        elif said and said[-1]:
            said[-1] += _strongest("".join(run.text for run in part))
    return [phrase for phrase in said if phrase]


def _phonemes(run: Run, english: latin.English) -> str:
    if run.kind == "latin":
        return latin.phonemes(run.text, english)
    return " ".join("".join(map(syllables.phonemes, word)) for word in pinyin.words(run.text))


def _strongest(marks: str) -> str:
    """Of several marks in a row the one with the longest pause."""
    return next(mark for mark in ".!?;:," if mark in marks)


LONGEST_PIECE = 250
"""Phonemes spoken in one go. In longer pieces this model hurries and takes more memory (650 MB at
200, 710 MB at 480), in shorter ones it mumbles the first and the last sound: of 100 syllables a
recogniser missed 3 at 250, 6 at 110, and 8 dish by dish."""


def pieces(phrases: Sequence[str]) -> list[str]:
    """Phrases packed into pieces of at most `LONGEST_PIECE`; a longer phrase is cut at a space."""
    packed: list[str] = []
    for phrase in phrases:
        for part in wrap(phrase, LONGEST_PIECE, break_long_words=False, break_on_hyphens=False):
            if packed and len(packed[-1]) + 1 + len(part) <= LONGEST_PIECE:
                packed[-1] += f" {part}"
            else:
                packed.append(part)
    return packed

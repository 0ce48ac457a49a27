"""Kokoro's symbols and their numbers: what its text encoder was trained with.

From the model's own configuration (hexgrad, Apache-2.0), as far as Mandarin and English use it.
0 pads both ends; symbols that it lacks are left out.
"""

from collections.abc import Iterator

# Runs of symbols with consecutive numbers, by the number of the first.
_RUNS = {
    1: ";:,.!?", 16: " ", 20: "ʥʦʨ", 23: "ꭧAI", 31: "O", 39: "W", 41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ", 76: "ɔɕç", 81: "ðʤə", 85: "ɚɛɜ", 92: "ɡ", 99: "ɥ",
    101: "ɨɪʝ", 112: "ŋ", 119: "θ", 123: "ɹ", 125: "ɾɻ", 130: "ʂʃʈʧ", 135: "ʊʋ", 138: "ʌɣɤ",
    147: "ʒʔ", 156: "ˈˌː", 162: "ʰ", 169: "↓", 171: "→↗↘", 177: "ᵻ",
}  # fmt: skip
_NUMBERS = {s: number for first, run in _RUNS.items() for number, s in enumerate(run, first)}


def tokens(phonemes: str) -> list[int]:
    """The numbers of `phonemes`, between the paddings that the model wants."""
    return [0, *_known(phonemes), 0]


def _known(phonemes: str) -> Iterator[int]:
    return (_NUMBERS[symbol] for symbol in phonemes if symbol in _NUMBERS)

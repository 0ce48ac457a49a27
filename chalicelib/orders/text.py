"""Text that strangers typed: cleaned once, at the door, so that every later step may trust it."""

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]
_DEEPEST = 6
"""Steps of a `Place`; what lies deeper is told at the place that it is in."""
_LOST = "\ufffd"
_JOINER = "\u200d"
_EMOJI = "\u2300-\u2bff\U0001f000-\U0001faff"
# Between two emoji the zero-width joiner makes one of them (UTS 51); elsewhere it only hides.
_STRAY_JOINER = re.compile(f"(?<![{_EMOJI}\ufe0f]){_JOINER}|{_JOINER}(?![{_EMOJI}])")
# Letters and marks by category, and yet blank: joiners, fillers, selectors (UAX 44,
# Default_Ignorable_Code_Point), and the empty Braille pattern. U+FE0E and U+FE0F stay, for emoji.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
)
_SPACES = re.compile(r"\s+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_CLEAN_AS_IT_IS = re.compile("[!-~\u4e00-\u9fff]+(?: [!-~\u4e00-\u9fff]+)*")
"""Words of ASCII and Han, a space between them: what most fields hold. None of it is invisible,
and NFC leaves it as it is."""


def has_lone_surrogate(text: str) -> bool:
    """Half of a UTF-16 pair: JSON can escape it, no encoding of Unicode can carry it."""
    return _LONE_SURROGATE.search(text) is not None


def places_of_lost_letters(tree: Any) -> Iterator[Place]:
    """Where in a JSON value a text or a key holds U+FFFD, which a wrong charset leaves behind."""
    left: deque[tuple[Place, Any]] = deque([((), tree)])
    while left:  # Not by recursion: a stranger says how deep it goes.
        place, value = left.popleft()
        if isinstance(value, str):
            if _LOST in value:
                yield place
            continue
        parts: Any = ()
        if isinstance(value, dict):
            parts = value.items()
            if any(_LOST in key for key in value):
                yield place
        elif isinstance(value, list):
            parts = enumerate(value)
        left += [((*place, step) if len(place) < _DEEPEST else place, part) for step, part in parts]


def clean(text: str) -> str:
    """`text` without what a person cannot see: controls, bidi overrides, zero-width characters.

    Line breaks and tabs become one space; the result is NFC and has no space at its ends. Empty
    where nothing is left to see. Takes time that grows with the square of the text's length.
    """
    if _CLEAN_AS_IT_IS.fullmatch(text):
        return text
    spaced = _SPACES.sub(" ", text)
    visible = "".join(character for character in spaced if _is_visible(character))
    visible = _STRAY_JOINER.sub("", _BLANK.sub("", visible))
    tidy = _SPACES.sub(" ", unicodedata.normalize("NFC", visible)).strip()
    return tidy if any(_stands_alone(character) for character in tidy) else ""


def _is_visible(character: str) -> bool:
    # Cc controls, Cf format (bidi, zero-width, tags), Co private use, Cn unassigned
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn"}
    return not hidden or character == _JOINER


def _stands_alone(character: str) -> bool:
    """Whether it is a letter, number, sign or symbol; a mark needs one to stand on."""
    return unicodedata.category(character)[0] in "LNPS"

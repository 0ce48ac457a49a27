"""Text that strangers typed: cleaned once, at the door, so that every later step may trust it."""

import re
import unicodedata

_KEPT_FORMAT_CHARACTERS = {"\u200d"}  # the zero-width joiner holds emoji sequences together
_SPACES = re.compile(r"\s+")


def has_lone_surrogate(text: str) -> bool:
    """Half of a UTF-16 pair: JSON can escape it, no encoding of Unicode can carry it."""
    return any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def clean(text: str) -> str:
    """`text` without what a person cannot see: controls, bidi overrides, zero-width characters.

    Line breaks and tabs become one space; the result is NFC and has no space at its ends.
    """
    spaced = _SPACES.sub(" ", text)
    visible = "".join(character for character in spaced if _is_visible(character))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", visible)).strip()


def _is_visible(character: str) -> bool:
    # Cc controls, Cf format (bidi, zero-width, tags), Co private use, Cn unassigned
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn"}
    return not hidden or character in _KEPT_FORMAT_CHARACTERS

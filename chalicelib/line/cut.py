"""Cutting text to LINE's limits, which count UTF-16 code units ("Character counting in a text")."""

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"


def utf16_length(text: str) -> int:
    """The length of `text` as LINE counts it: an emoji is two."""
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def cut(text: str, longest: int) -> str:
    """`text` in at most `longest` UTF-16 code units, with an ellipsis where something is missing.

    What belongs to the character before it (accents, Thai vowels, joined emoji) is not torn off.
    """
    if utf16_length(text) <= longest:
        return text
    end = 0
    length = 1  # the ellipsis
    while end < len(text) and length + utf16_length(text[end]) <= longest:
        length += utf16_length(text[end])
        end += 1
    while 0 < end < len(text) and _belongs_together(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + "…" if longest > 0 else ""


def _belongs_together(before: str, after: str) -> bool:
    is_mark = unicodedata.category(after) in ("Mn", "Mc", "Me", "Cf", "Sk")
    return is_mark or before == _ZERO_WIDTH_JOINER or (before == "\r" and after == "\n")

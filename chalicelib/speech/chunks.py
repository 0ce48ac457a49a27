"""Long texts in pieces that an engine takes, cut where a speaker would breathe."""

import re
from collections.abc import Iterator

_PAUSES = "。！？；：、，…\n"
# Not the ASCII ones: in a Chinese sentence they stand inside names (Mr. Lee, 7.5, 1,000).
_CLAUSE_END = re.compile(rf"(?<=[{_PAUSES}])(?![{_PAUSES}])")
_WORD_END = re.compile(r"(?<=\s)(?=\S)")


def has_words(text: str) -> bool:
    """Whether anything in `text` has a sound: punctuation and emoji have none."""
    return any(character.isalnum() for character in text)


def pack(text: str, longest: int) -> list[str]:
    """`text` in as few pieces of at most `longest` characters as its pauses allow.

    Pieces end at pauses, so that no dish is torn in two. Only a clause that is longer than
    `longest` is cut at spaces, and only a word that is, anywhere. Joined, they are the text again.
    """
    packed: list[str] = []
    for part in _parts(text, longest):
        if packed and len(packed[-1]) + len(part) <= longest:
            packed[-1] += part
        else:
            packed.append(part)
    return packed


def spoken_pieces(text: str, longest: int) -> list[str]:
    """`pack`, without the pieces that an engine would answer with silence or an error."""
    return [piece for piece in pack(text, longest) if has_words(piece)]


def _parts(text: str, longest: int) -> Iterator[str]:
    for clause in _CLAUSE_END.split(text):
        if len(clause) <= longest:
            yield from filter(None, [clause])
            continue
        for word in _WORD_END.split(clause):
            yield from (word[start : start + longest] for start in range(0, len(word), longest))

"""Long texts in pieces that an engine takes, cut where a speaker would breathe."""

import re

_PIECE = re.compile(r"[^。！？；：、，,.!?;:\s]*[。！？；：、，,.!?;:\s]*")


def pack(text: str, longest: int) -> list[str]:
    """`text` in as few pieces of at most `longest` characters as its punctuation allows.

    Pieces are filled up at punctuation; only what has none within `longest` characters is cut
    hard. Joined, they are the text again.
    """
    packed: list[str] = []
    for piece in _PIECE.findall(text):
        for part in _hard_cuts(piece, longest):
            if packed and len(packed[-1]) + len(part) <= longest:
                packed[-1] += part
            else:
                packed.append(part)
    return packed


def _hard_cuts(piece: str, longest: int) -> list[str]:
    return [piece[start : start + longest] for start in range(0, len(piece), longest)]

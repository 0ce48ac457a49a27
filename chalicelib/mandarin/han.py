"""Which characters are Chinese ones (Unicode's script Han), and which of them are read aloud.

Without the weight of the library `regex`.
"""

import re
from functools import cache
from typing import Final

# Unicode 16, Scripts.txt, Script=Han. Kana, Hangul and Bopomofo are other scripts.
HAN: Final = (
    "\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9"
    "\U00016fe2-\U00016fe3\U00016ff0-\U00016ff1\U00020000-\U0002a6df\U0002a700-\U0002b739"
    "\U0002b740-\U0002b81d\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0\U0002ebf0-\U0002ee5d"
    "\U0002f800-\U0002fa1d\U00030000-\U0003134a\U00031350-\U000323af"
)
"""The inside of a regular expression's character class."""

READABLE_HAN: Final = "\u3007\u4e00-\u9fa5"
"""Those that are read aloud: Unicode 1.1's block, for which every dictionary has a reading, but for
`NOT_READ`. Of rarer ones engines leave some out and spell others, and staff could not say them."""

NOT_READ: Final = "兙兡呣嗧噷桛烪瓧瓰瓱瓼甅"
"""Units of measurement that were never in use, and sounds without a syllable."""

LATIN: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"


@cache
def _han() -> re.Pattern[str]:
    # Compiled when it is wanted, as those below: an API's cold start needs none of them.
    return re.compile(f"[{HAN}]")


@cache
def _foreign() -> re.Pattern[str]:
    return re.compile(rf"[^\W\d_{HAN}]")


@cache
def _unreadable() -> re.Pattern[str]:
    return re.compile(f"[^{READABLE_HAN}{LATIN}0-9 '.-]|[{NOT_READ}]")


def has_han(text: str) -> bool:
    """Whether `text` holds a Chinese character; kana, Hangul and Bopomofo do not count."""
    return _han().search(text) is not None


def is_foreign(text: str) -> bool:
    """Whether `text` holds a letter that is no Chinese character."""
    return _foreign().search(text) is not None


def is_han(character: str) -> bool:
    """Whether the single `character` is a Chinese one."""
    return _han().fullmatch(character) is not None


def is_readable(text: str) -> bool:
    """Whether every engine can read every character of `text`: Chinese, Latin, digits.

    This one table decides, before any engine is asked; a test puts each character of it through
    each engine's front.
    """
    return _unreadable().search(text) is None

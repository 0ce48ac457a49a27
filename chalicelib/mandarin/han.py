"""Which characters are Chinese ones (Unicode's script Han), without the weight of `regex`."""

import re
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

SPOKEN_HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff"
"""Those that engines have sounds for. Of the rarer ones they leave some out and spell others, at
two seconds each; NFKC has made compatibility forms and radicals into these before."""

_HAN: Final = re.compile(f"[{HAN}]")


def has_han(text: str) -> bool:
    """Whether `text` holds a Chinese character; kana, Hangul and Bopomofo do not count."""
    return _HAN.search(text) is not None


def is_han(character: str) -> bool:
    """Whether the single `character` is a Chinese one."""
    return _HAN.fullmatch(character) is not None

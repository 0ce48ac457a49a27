"""The tokens of a menu's line: what the scanner finds, and the grammar puts in order."""

from enum import Enum
from typing import Final, NamedTuple

HIDDEN: Final = "■"
"""Stands for a character that is lost, or a sign that is unclear: a name with one is not read."""


class Kind(Enum):
    """What a token is to the grammar in `dish_name.py`."""

    DISH = "part of the name"
    SIZE = "大; `unit` where it is named with it"
    TEMPERATURE = "冰, 熱, 溫"
    STYLE = "乾的, 素"
    PIECES = "how many the menu sells as one: 6, 4到6; `unit` where it is named"
    AMOUNT = "a volume, weight or fraction: 六百毫升, 四分之一磅, 半"
    PACKING = "瓶裝"
    UNIT = "what the menu sells by: 碗, 顆"
    OPTION = "半糖, 去冰, 加大: said with the name"
    ADDITION = "加蛋"
    CHOICE = "冰或熱: what has still to be chosen"
    REQUEST = "不要花生: said after the count"
    REMARK = "of the menu: for who reads it"
    GLOSS = "the name once more, in another language"
    UNSPOKEN = "what may be a wish, and cannot be said"


class Token(NamedTuple):
    kind: Kind
    text: str
    """As it is said, but for its digits; of `REMARK`, `GLOSS` and `UNSPOKEN` as it was written."""
    unit: str = ""
    family: str = ""
    """Of an option: sugar, ice or level; of a wish, "wish"."""

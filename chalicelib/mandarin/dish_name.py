"""How a customer says the name of a dish, and what it is counted in.

    珍珠奶茶（大杯/半糖/少冰）   大杯珍珠奶茶半糖少冰 … 杯
    紅茶(L)                      大杯紅茶 … 杯
    高麗菜水餃（10顆）           十顆的高麗菜水餃 … 份
    美式咖啡（熱）               熱美式咖啡 … 杯
    Latte (拿鐵)                 拿鐵 … 杯

Number of pieces, packing, size and temperature go before the name, as people say them in a shop;
everything else that a menu adds (sugar, ice, 不要蔥) follows it. Two sizes or temperatures are a
choice that nobody has made (紅茶(冰/熱)), so neither is said.
"""

import re
from dataclasses import dataclass
from typing import Final

from chalicelib.mandarin.han import has_han
from chalicelib.mandarin.measure_words import (
    PIECES,
    PORTION,
    SERVINGS,
    known_measure_word,
    measure_word,
)
from chalicelib.mandarin.menu_line import MenuLine, take_apart
from chalicelib.mandarin.numbers import spoken_count, spoken_number
from chalicelib.mandarin.plain_text import speakable, unmarked

LONGEST_HAN_NAME: Final = 40
LONGEST_LATIN_NAME: Final = 80
"""Characters. What is longer is a description; a Latin letter is about a third of a syllable."""
LONGEST_OPTIONS: Final = 30

_NUMBER_BEFORE_UNIT: Final = re.compile(
    r"(?<![\dA-Za-z.-])([1-9]\d?)(?=[人顆個片塊入粒串支隻條球份杯碗盤包盒吋種]|分糖)"
)
_NUMBER_OF_A_THING: Final = re.compile(r"(?<![\dA-Za-z.-])0?([1-9]\d?)(?=號)")
# 和牛 and 和風 are kinds of food, not "and".
_AND: Final = re.compile("[+&與]|和(?![牛風])")


@dataclass(frozen=True, slots=True)
class SpokenDish:
    """A name as it is said, and its measure word."""

    name: str
    measure_word: str


def spoken_dish(name: str, price: int = 0) -> SpokenDish | None:
    """`name` as a customer says it; None if it holds nothing that can be said in Mandarin.

    `price` is what one of them costs in TWD; 0 means not known.
    """
    text = unmarked(name)
    if price >= 10:
        text = re.sub(rf"(?<=.)[ /,]{price}$", "", text)
    line = take_apart(text)
    core = speakable(_shortened(line.core))
    if not core:
        # Nothing but a size or an option: then that is the name.
        line, core = MenuLine(core=text), speakable(text)[:LONGEST_HAN_NAME].strip(" '.-")
    if not core:
        return None
    if core.isdigit():
        core += "號"
    counted = _measure_word(line, price)
    spoken = "".join((_prefix(line, counted), core, _options(line.options)))
    spoken = re.sub(r"(?<=\d) ?ml\b", "毫升", spoken, flags=re.IGNORECASE)
    spoken = _NUMBER_BEFORE_UNIT.sub(lambda match: spoken_count(int(match[1])), spoken)
    spoken = _NUMBER_OF_A_THING.sub(lambda match: spoken_number(int(match[1])), spoken)
    return SpokenDish(speakable(spoken), counted)


def _measure_word(line: MenuLine, price: int) -> str:
    if line.serving:
        return line.serving
    parts = {known_measure_word(part.strip()) for part in _AND.split(line.core)} - {None}
    if len(parts) > 1:  # 漢堡+紅茶
        return PORTION
    if line.pieces is None:
        return measure_word(line.core, price)
    counted = measure_word(line.core)
    if line.pieces[1] == "吋":
        return "個"
    is_single = counted in PIECES or not line.pieces[1]
    return PORTION if is_single else counted


def _prefix(line: MenuLine, counted: str) -> str:
    pieces = size = ""
    if line.pieces:
        count, unit = line.pieces
        unit = unit or measure_word(line.core)
        unit = "個" if unit.isascii() else {"人": "人份"}.get(unit, unit)
        pieces = f"{count}{unit}的"
    if len(line.sizes) == 1:
        size = _size(next(iter(line.sizes)), counted)
    temperature = next(iter(line.temperatures)) if len(line.temperatures) == 1 else ""
    return pieces + size + line.packed + temperature


def _size(size: str, counted: str) -> str:
    """大杯紅茶, 大份薯條; but what is counted by the piece is 大的, and 加大 needs no more."""
    if len(size) > 1 and counted not in "杯碗":
        return size
    return size + (counted if counted in SERVINGS else "的")


def _options(options: list[str]) -> str:
    """As many of the options as are not too long to say, whole ones only."""
    said = ""
    for option in map(speakable, options):
        if len(said) + len(option) > LONGEST_OPTIONS:
            break
        said += f" {option}"
    return said


def _shortened(core: str) -> str:
    """The leading words of a long name; of one long word the end, where a Chinese noun is."""
    limit = LONGEST_HAN_NAME if has_han(core) else LONGEST_LATIN_NAME
    if len(core) <= limit:
        return core
    head = core[: limit + 1].rpartition(" ")[0]
    if head:
        return head
    word = core.split(" ", 1)[0]
    return word[-limit:] if has_han(word) else word[:limit]

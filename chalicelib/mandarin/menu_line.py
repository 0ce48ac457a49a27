"""The parts of a menu's line: the dish, its size, its temperature, what is added.

    珍珠奶茶(大杯/半糖) 少冰  →  core 珍珠奶茶, size 大 (serving 杯), options 半糖 少冰

Whatever is not recognised stays: outside brackets as part of the name, inside as an option.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from chalicelib.mandarin.han import HAN, has_han
from chalicelib.mandarin.measure_words import SERVINGS, known_measure_word

_BRACKET: Final = re.compile(r"\(([^()]*)\)?|([^()]+)")
_BETWEEN_PARTS: Final = re.compile(rf"[\s,/]+|(?<=[{HAN}])-|-(?=[{HAN}])")
_SPACED_OUT: Final = re.compile(rf"[{HAN}](?: [{HAN}])+")

_SIZE: Final = "特大|超大|加大|大|中|小|迷你"
_SIZED: Final = re.compile(
    rf"(?P<size>{_SIZE})(?P<serving>[{SERVINGS}的]?)(?:\d+(?:ml|cc|毫升))?", re.IGNORECASE
)
_SIZED_AT_START: Final = re.compile(rf"(?P<size>{_SIZE})(?P<serving>[杯碗瓶罐壺])(?=..)")
_SIZED_AT_END: Final = re.compile(rf"(?<=..)(?P<size>{_SIZE})(?P<serving>[杯碗盤份瓶罐壺])$")
_SIZE_OF_WORD: Final = {
    **dict.fromkeys(("xl", "extra large"), "特大"),
    **dict.fromkeys(("l", "large"), "大"),
    **dict.fromkeys(("m", "medium", "regular"), "中"),
    **dict.fromkeys(("s", "small"), "小"),
}
_TEMPERATURE: Final = re.compile("([冰冷熱溫素])的?")
_TEMPERATURE_OF_WORD: Final = {
    **dict.fromkeys(("iced", "ice", "cold"), "冰"),
    "hot": "熱",
    "warm": "溫",
}
_PACKED: Final = re.compile("(?:寶特|玻璃|鋁|鐵|易開)?(?P<serving>[瓶罐盒袋桶])裝|(?:鋁|鐵|易開)罐")
_PACKED_AT_END: Final = re.compile(rf"(?<=..)(?:{_PACKED.pattern})$")
_PER: Final = re.compile(rf"[一每]?([{SERVINGS}個顆塊片條支串根隻捲客])")
_PIECES: Final = re.compile(
    r"(半|[一二兩三四五六七八九十]{1,3}|\d{1,2})(人份|[人顆個片塊支隻條串入粒吋球]|pcs?|pieces?)裝?",
    re.IGNORECASE,
)
_PIECES_AT_END: Final = re.compile(r"(?<=..)(?<![\d.-])(\d{1,2})([顆個片塊支隻串入粒球]|pcs?)裝?$")
_TIMES_AT_END: Final = re.compile(r"(?<=..) ?x ?([1-9]\d?)()$", re.IGNORECASE)
_OPTIONS: Final = (
    r"(?:(?:正常|標準|[全少半微無去]|[一二三四五六七八九\d]分)[糖甜冰]|常溫"
    r"|[大中小微不加]辣|外帶|內用)+"
)
_OPTIONS_AT_END: Final = re.compile(rf"(?<=..){_OPTIONS}$")
_OPTION: Final = re.compile(
    rf"{_OPTIONS}|(?:不要|不加|免|加).+|\d+(?:ml|cc|毫升|克|g)", re.IGNORECASE
)
_PRAISE: Final = re.compile(
    "新品?|new|hit|熱[銷賣]|(?:店長)?推薦|人氣|必點|(?:季節|期間)?限[定量]|特價|優惠", re.IGNORECASE
)


@dataclass(slots=True)
class MenuLine:
    """One line of a menu, taken apart."""

    core: str = ""
    """The dish itself; words still apart, `+` and `&` still in it."""
    options: list[str] = field(default_factory=list)
    sizes: set[str] = field(default_factory=set)
    temperatures: set[str] = field(default_factory=set)
    packed: str = ""
    pieces: tuple[str, str] | None = None
    """How many, and of what: ("10", "顆"); the unit is empty where the menu gives none."""
    serving: str = ""
    """The measure word, where the menu itself names it."""


def take_apart(text: str) -> MenuLine:
    """The parts of `text`, which has come through `plain_text.unmarked`."""
    if _SPACED_OUT.fullmatch(text):  # 牛 肉 麵
        text = text.replace(" ", "")
    line = MenuLine()
    parts = _parts(text)
    outside_has_han = any(has_han(part) for part, bracketed in parts if not bracketed)
    core: list[str] = []
    for position, (part, bracketed) in enumerate(parts):
        is_word_of_a_name = not bracketed and part.isascii() and (not core or parts[position + 1 :])
        if not is_word_of_a_name and _recognise(part, line):
            continue
        if not bracketed:
            (line.options if core and _OPTION.fullmatch(part) else core).append(part)
        elif _PRAISE.fullmatch(part) or (outside_has_han and _is_translation(part)):
            continue
        elif not outside_has_han and known_measure_word(part) and has_han(part):
            core = [part]  # Latte (拿鐵): the staff know the Chinese name
        else:
            (line.options if core else core).append(part)
    line.core = " ".join(core)
    _peel(line)
    return line


def _parts(text: str) -> list[tuple[str, bool]]:
    """The pieces between spaces and slashes; True for those inside brackets."""
    parts = []
    for inside, outside in _BRACKET.findall(text):
        if inside and not has_han(inside):
            pieces = re.split("[,/]", inside)
        else:
            pieces = _BETWEEN_PARTS.split(inside or outside)
        parts += [(piece.strip(), bool(inside)) for piece in pieces if piece.strip(" +&'.-")]
    return parts


def _is_translation(part: str) -> bool:
    """Whether it is the name once more in Latin letters. Short ones (A, B2, XO) are not."""
    return not has_han(part) and sum(map(str.isalpha, part)) >= 4


def _recognise(part: str, line: MenuLine) -> bool:
    """Note what `part` says about size, temperature, packing or number; False if nothing."""
    word = part.casefold()
    if match := _PER.fullmatch(part):
        line.serving = match[1]
    elif match := _PACKED.fullmatch(part):
        line.packed, line.serving = part, match["serving"] or "罐"
    elif match := _SIZED.fullmatch(part):
        _note_size(match, line)
    elif word in _SIZE_OF_WORD:
        line.sizes.add(_SIZE_OF_WORD[word])
    elif match := _TEMPERATURE.fullmatch(part):
        line.temperatures.add(match[1])
    elif word in _TEMPERATURE_OF_WORD:
        line.temperatures.add(_TEMPERATURE_OF_WORD[word])
    elif match := _PIECES.fullmatch(part):
        line.pieces = (match[1], match[2])
    else:
        return False
    return True


def _note_size(match: re.Match[str], line: MenuLine) -> None:
    line.sizes.add(match["size"])
    line.serving = match["serving"].strip("的") or line.serving


def _peel(line: MenuLine) -> None:
    """Move what stands at the core's ends without a space to where it belongs."""
    if match := _OPTIONS_AT_END.search(line.core):
        line.core = line.core[: match.start()]
        line.options.insert(0, match[0])
    if match := _SIZED_AT_END.search(line.core) or _SIZED_AT_START.match(line.core):
        line.core = (
            line.core.replace(match[0], "", 1) if match.start() == 0 else line.core[: match.start()]
        )
        _note_size(match, line)
    if match := _PACKED_AT_END.search(line.core):
        line.core = line.core[: match.start()]
        line.packed, line.serving = match[0], match["serving"] or "罐"
    elif match := _PACKED.match(line.core):
        line.serving = match["serving"] or "罐"
    if match := _PIECES_AT_END.search(line.core) or _TIMES_AT_END.search(line.core):
        line.core = line.core[: match.start()]
        line.pieces = (match[1], match[2])

"""The rules: what a menu writes around a name, as a piece of its own or onto the name's ends.

    大杯 · 半糖少冰 · 6入 · 1.5L · 不要辣不要花生     珍珠奶茶大杯 · 雞塊6P · 來一碗白飯

They are tried in one order, and the first that fits counts.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

from chalicelib.mandarin import wishes
from chalicelib.mandarin.han import HAN, LATIN, has_han
from chalicelib.mandarin.tokens import Kind, Token
from chalicelib.mandarin.vocabulary import any_of, meanings, words


def whole(piece: str) -> list[Token]:
    """The tokens of a piece that is an addition as a whole; empty if no rule knows it."""
    for alone, _, rule in _rules():
        if match := alone.fullmatch(piece):
            return rule.tokens(match)
    return []


def peeled(piece: str) -> list[Token]:
    """A name, and what is written onto its ends without a gap."""
    before: list[Token] = []
    after: list[Token] = []
    if match := _ONE_OF.match(piece):  # 來一碗白飯
        before = [Token(Kind.UNIT, match["unit"])]
        piece = piece[match.end() :]
    elif match := _PACKED_AT_START.match(piece):  # 瓶裝可樂: counted so, and said so
        before = [Token(Kind.UNIT, match["unit"])]
    elif match := _SIZE_AT_START.match(piece):
        before = _size_token(match)
        piece = piece[match.end() :]
    tail = _FOREIGN_TAIL.search(piece)
    if tail and (wish := wishes.known(tail[0])):  # 牛肉麵no peanuts
        after = [wish]
        piece = piece[: tail.start()]
    elif tail and tail[0][0].isalpha() and wishes.is_gloss(tail[0], ""):  # 蚵仔煎Oyster Omelette
        after = [Token(Kind.GLOSS, tail[0])]
        piece = piece[: tail.start()]
    is_peeled = True
    while is_peeled:
        is_peeled = False
        for _, at_end, rule in _rules():
            if at_end and (match := at_end.search(piece)):
                after = rule.tokens(match) + after
                piece = _POLITE.sub("", piece[: match.start()]).rstrip(" -&")
                is_peeled = True
                break
    rest = whole(piece) if after else []  # 去冰不加糖
    return [*before, *(rest or ([Token(Kind.DISH, piece)] if piece else [])), *after]


_POLITE: Final = re.compile("(?:拜託|絕對|千萬|務必)$")


class _Rule(NamedTuple):
    alone: str
    at_end: str
    """Empty where only a whole piece counts."""
    tokens: Callable[[re.Match[str]], list[Token]]


_SERVING: Final = f"[{''.join(words('serving'))}]"
_PIECE: Final = f"[{''.join(words('piece'))}]"
_UNIT: Final = f"[{''.join(words('serving') + words('piece'))}]"
_NUMBER: Final = r"(?:(?!0)\d{1,2}(?:到\d{1,2})?|[一二兩三四五六七八九十]{1,3})"
_SIZES: Final = any_of(word for word in meanings("size") if has_han(word))
_LETTER: Final = "XXL|XL|L|M|S"
_TEMPERATURES: Final = "[冰冷熱溫]"
_VOLUME: Final = r"ml|c\.?c\.?|毫升|l|公升|oz|盎司|g|公克|克|kg|公斤|磅"
_LEVEL: Final = f"(?:{any_of(words('level'))})(?:{any_of(words('of'))})"
_OPTIONS: Final = f"(?:{_LEVEL}|{any_of(words('spice'))}|{any_of(words('whole_option'))})"


_TO_REFUSAL: Final = "[請煩幫我都也]"
"""What stands before a refusal and belongs to it."""
_REFUSAL: Final = (
    rf"(?:請|麻煩|幫我|我|都|也){{0,3}}(?<!不可以)(?<!不[能可得是會用要])(?<!沒有)(?<![別沒])"
    rf"(?:{any_of(words('refusal'))})"
)
"""不能不放蔥 is none."""


def _size(text: str) -> str:
    return meanings("size")[text.casefold()]


def _temperature(text: str) -> str:
    return meanings("temperature")[text.casefold()]


def _size_token(match: re.Match[str]) -> list[Token]:
    written = match["size"] or match["letter"]
    family = "letter" if written.isascii() else ""
    return [Token(Kind.SIZE, _size(written), match["unit"] or "", family)]


def _temperature_token(match: re.Match[str]) -> list[Token]:
    return [Token(Kind.TEMPERATURE, _temperature(match["t"]))]


def _options(match: re.Match[str]) -> list[Token]:
    return [
        Token(Kind.OPTION, option, family=_level_of(option))
        for option in re.findall(_OPTIONS, match[0])
    ]


def _level_of(option: str) -> str:
    return (
        "ice"
        if option.endswith(("冰", "冰塊"))
        else ("sugar" if option[-1] in "糖甜" else "level" if option[-1] == "辣" else "")
    )


def _refusals(match: re.Match[str]) -> list[Token]:
    """不要辣也不要花生 → 不要辣 · 不要花生"""
    said = re.split(f"(?<=.)(?<!{_TO_REFUSAL})(?={_REFUSAL})", match[0])
    return [token for text in said for token in _listed(text.strip("、,&的也都"))]


def _listed(text: str) -> list[Token]:
    """不要香菜、蔥 is one wish, 不要香菜、蒜少一點 are two."""
    parts = [wishes.known(part) for part in text.split("&")]
    if len(parts) > 1 and wishes.known(text) is None and all(parts):
        return [part for part in parts if part]
    return [wishes.chinese(text)]


@cache
def _rules() -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None, _Rule], ...]:
    rules = (
        # (每顆) (一碗) (個) · 牛肉麵一碗, 鴨肉1份
        _Rule(
            rf"[一1每]?(?P<unit>{_UNIT})",
            rf"[一1每](?P<unit>{_UNIT})",
            lambda m: [Token(Kind.UNIT, m["unit"])],
        ),
        _Rule(r"[一1每]入", r"[一1每]入", lambda _: [Token(Kind.UNIT, "")]),
        # (3-4人份) (兩支) (6入) (6pcs) (半) · 雞塊6P, 荷包蛋二個
        _Rule(
            rf"(?P<n>{_NUMBER})\s*(?P<unit>人份?|位|{_UNIT}|吋|入|pcs?|pieces?|p)裝?",
            rf"(?P<n>{_NUMBER})(?P<unit>人份?|{_UNIT}|吋|入|pcs?|p)裝?",
            lambda m: [
                Token(
                    Kind.PIECES,
                    m["n"].replace("二", "兩") if len(m["n"]) == 1 else m["n"],
                    _piece_unit(m["unit"]),
                )
            ],
        ),
        # (0) · 珍珠0份, 珍珠x0
        _Rule(
            rf"x?0+(?:{_UNIT}|入)?",
            rf" ?x0+|0+(?:{_UNIT}|入)",
            lambda m: [Token(Kind.UNSPOKEN, m[0])],
        ),
        # 生ビール 2本
        _Rule(r"\d{1,2}本", "", lambda m: [Token(Kind.UNSPOKEN, m[0])]),
        _Rule(
            r"x?(?P<n>\d{1,2})\s*入?",
            r" ?x(?P<n>\d{1,2})入?",
            lambda m: [Token(Kind.PIECES, m["n"])],
        ),
        # (半) (半隻) (1/4磅) · 臭豆腐半份
        _Rule(
            rf"(?P<part>半|整|.分之.)(?P<unit>{_UNIT}|磅)?",
            rf"(?P<part>半|整|.分之.)(?P<unit>{_PIECE}|份|磅)",
            lambda m: [Token(Kind.AMOUNT, m["part"], m["unit"] or "")],
        ),
        # (600ml) 1.5L, 8oz
        _Rule(
            rf"(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>{_VOLUME})",
            rf"\s*(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>{_VOLUME})",
            lambda m: [Token(Kind.AMOUNT, m["n"], _VOLUMES[m["unit"].casefold().replace(".", "")])],
        ),
        # (冰小) (大冰) (熱中)
        _Rule(
            rf"(?P<t>{_TEMPERATURES})(?P<size>{_SIZES})(?P<unit>{_SERVING}?)",
            "",
            lambda m: _size_token(m) + _temperature_token(m),
        ),
        _Rule(
            rf"(?P<size>{_SIZES})(?P<unit>{_SERVING}?)(?P<t>{_TEMPERATURES})",
            "",
            lambda m: _size_token(m) + _temperature_token(m),
        ),
        # (大) (大杯) (L杯) (大杯700cc) · 珍珠奶茶大杯, 奶茶L
        _Rule(
            rf"(?P<size>{_SIZES}|{_LETTER})(?P<unit>{_SERVING}?)的?\s*(?:\d+(?:\.\d+)?(?:{_VOLUME})?)?",
            rf"(?P<size>{_SIZES})(?P<unit>(?![包籠]){_SERVING})|(?<=[{HAN}\d])(?P<letter>{_LETTER})",
            _size_token,
        ),
        _Rule(any_of(meanings("size")), "", lambda m: [Token(Kind.SIZE, _size(m[0]))]),
        # (冰) (熱飲) (Hot)
        _Rule(rf"(?P<t>{any_of(meanings('temperature'))})[的飲]?", "", _temperature_token),
        _Rule(
            any_of(meanings("style")),
            "",
            lambda m: [Token(Kind.STYLE, meanings("style")[m[0].casefold()])],
        ),
        # (瓶裝) · 檸檬汁瓶裝
        _Rule(
            rf"(?:寶特|玻璃|鋁|鐵|易開)?(?P<unit>{_SERVING})裝|(?:鋁|鐵|易開)罐",
            rf"(?:寶特|玻璃|鋁|鐵|易開)?(?P<unit>{_SERVING})裝|(?:鋁|鐵|易開)罐",
            lambda m: [Token(Kind.PACKING, m[0], m["unit"] or "罐")],
        ),
        # (半糖少冰) · 四季春微糖去冰
        _Rule(f"{_OPTIONS}+", f"(?:{_LEVEL}|{any_of(words('spice'))})+", _options),
        _Rule(
            f"(?:{any_of(meanings('dining'))})",
            "",
            lambda m: [Token(Kind.REQUEST, meanings("dining")[m[0].casefold()])],
        ),
        _Rule(f"(?:{any_of(words('remark'))})", "", lambda m: [Token(Kind.REMARK, m[0])]),
        _Rule(f"(?:{any_of(words('note'))})", "", lambda m: [Token(Kind.UNSPOKEN, m[0])]),
        # (不要辣不要花生) · 牛肉麵不要香菜
        # after (不能不放蔥), which is none, and (我對花生過敏) (怕辣)
        _Rule(
            r"(?:不(?:能|可以?|得|會|用|要)|沒有?)[不沒別].+|.+(?:不行|不可以?|可以|沒關係)|"
            r".*過敏(?![源原]).*|我?(?:對|怕|忌|戒).+",
            "",
            lambda m: [wishes.chinese(m[0])],
        ),
        # (不是無糖) (沒有滷蛋就不要了)
        _Rule(
            r".*不是.*|.*(?:如果|如有|若有|若是|要是).*|沒有?.+就.+",
            "",
            lambda m: [Token(Kind.UNSPOKEN, m[0])],
        ),
        _Rule(f"{_REFUSAL}(?!錢).+", f"{_REFUSAL}(?!錢).+", _refusals),
        # (加蛋) (+飲料), but 加熱してください is Japanese
        _Rule(
            f"加(?:(?!&[不免別勿去])[{HAN}{LATIN}0-9+&])+",
            "",
            lambda m: [Token(Kind.ADDITION, m[0])],
        ),
        _Rule(r"\+.+", "", lambda m: [Token(Kind.ADDITION, "加" + m[0][1:])]),
    )
    flags = re.IGNORECASE
    return tuple(
        (
            re.compile(rule.alone, flags),
            # Two characters at least stay in front: 大杯 alone is no dish of its own.
            re.compile(rf"(?<=..)(?<![\d.-])(?:{rule.at_end})$", flags) if rule.at_end else None,
            rule,
        )
        for rule in rules
    )


_VOLUMES: Final = {
    "ml": "毫升", "cc": "毫升", "毫升": "毫升", "l": "公升", "公升": "公升", "oz": "盎司",
    "盎司": "盎司", "g": "公克", "公克": "公克", "克": "公克", "kg": "公斤", "公斤": "公斤",
    "磅": "磅",
}  # fmt: skip


def _piece_unit(written: str) -> str:
    """The unit as it is said; empty where the menu names none of its own (6P, 6入)."""
    unit = written.casefold()
    return "人份" if unit in ("人", "位") else "" if unit.isascii() or unit == "入" else unit


_FOREIGN_TAIL: Final = re.compile(rf"(?<=[{HAN}])[^{HAN}\d]{{3,}}$")
_ONE_OF: Final = re.compile(r"(?:我要|要|來)?[一1](?P<unit>[碗杯份盤瓶罐盒籠])(?=..)")
_PACKED_AT_START: Final = re.compile(rf"(?:寶特|玻璃|鋁|鐵|易開)?(?P<unit>{_SERVING})裝(?=..)")
_SIZE_AT_START: Final = re.compile(rf"(?P<size>{_SIZES})(?P<unit>[杯碗瓶罐壺])(?=..)")

"""The grammar: the tokens of a menu's line, in the order in which a customer says them.

    pieces · amount · size · packing · style · temperature · NAME · additions · options   COUNT
    ，choices，requests

    珍珠奶茶（大杯/半糖/少冰）    大杯珍珠奶茶半糖少冰兩杯
    檸檬風味紅茶(冰小)            小杯冰檸檬風味紅茶兩杯
    雞塊6P · 烤鴨 1/2             六塊的雞塊兩份 · 半隻烤鴨兩份
    豬排飯(加大+10) · No.2 (+飲料)  豬排飯加大兩份 · 二號加飲料兩份
    紅茶(冰/熱)                   紅茶兩杯，冰或熱
    宮保雞丁 (no peanuts)         宮保雞丁兩份，不要花生
    高麗菜 Cabbage                高麗菜兩份

A name is said whole or not at all. What the scanner marks as a possible wish that cannot be said,
and a name that cannot be read, come back in `unspoken`, for the screen.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.mandarin import wishes
from chalicelib.mandarin.han import HAN, LATIN, has_han, is_readable
from chalicelib.mandarin.measure_words import (
    PIECES,
    PORTION,
    SERVINGS,
    is_dumpling,
    is_topping,
    known_measure_word,
    known_piece_word,
    measure_word,
    piece_word,
)
from chalicelib.mandarin.menu_text import canonical
from chalicelib.mandarin.numbers import count, in_words
from chalicelib.mandarin.scanner import INSIDE, scan
from chalicelib.mandarin.tokens import HIDDEN, Kind, Token
from chalicelib.order import Twd

LONGEST_NAME: Final = 60
"""Characters. A longer one is a description: it is shown, and not said."""
MANY: Final = 10
"""Nobody orders so many plates of dumplings: so many are pieces, unless the price says plates."""

_NUMERALS: Final = "0123456789一二三四五六七八九十百零兩"

_NO_BETWEEN: Final = re.compile(rf"(?<=[{HAN}])(?:no|not|without)(?=[{HAN}])", re.IGNORECASE)
"""炒麵no花生: staff would hear 花生 alone."""


@dataclass(frozen=True, slots=True)
class SpokenDish:
    """A menu's line as it is said: `name` COUNT `measure_word`，`choices`，`requests`."""

    name: str
    measure_word: str
    single: str = ""
    """How one of them is said, if otherwise: 水餃十顆, and of two 十顆的水餃兩份."""
    many_by: str = ""
    """What counts `MANY` and more of them, if another word does."""
    choices: tuple[str, ...] = ()
    """冰或熱"""
    requests: tuple[str, ...] = ()
    """不要花生"""
    unspoken: tuple[str, ...] = ()
    """What may be a wish and is not said."""

    def counted(self, quantity: int) -> str:
        """牛肉麵兩碗; but 兩份套餐二, because 套餐二兩份 sounds like 22."""
        if quantity == 1 and self.single:
            return self.single
        is_many = quantity >= MANY and self.many_by
        counted = count(quantity) + (self.many_by if is_many else self.measure_word)
        return counted + self.name if self.name[-1] in _NUMERALS else self.name + counted

    @property
    def open_choices(self) -> list[str]:
        """What the traveller has still to tell the staff: 冰或熱, 紅燒牛肉麵或清燉牛肉麵."""
        return [text for text in (self.name, *self.choices) if "或" in text]


def spoken_dish(
    name: str, price: Twd = 0, *, translated: str = "", chosen: Sequence[Token] = ()
) -> SpokenDish | None:
    """`name` as a customer says it; None if it cannot be said whole.

    `price` is what one of them costs in TWD; 0 means not known. `translated` is the same dish in
    the traveller's language, which a menu may print beside it. `chosen` decides what the name
    leaves open, and says more than the name does.
    """
    plain = canonical(name)
    if len(plain) > 4 * LONGEST_NAME or HIDDEN in plain or _NO_BETWEEN.search(plain):
        return None
    tokens = _decided(_tokens(name, price, translated), chosen)
    dish = _Dish(tokens, price)
    written = unicodedata.normalize("NFKC", name)
    said = dish.name()
    spoken = [
        text.translate(_PAUSES)
        for text in (said, *dish.texts(Kind.CHOICE), *dish.texts(Kind.REQUEST))
    ]
    if not re.search(rf"[{HAN}{LATIN}0-9]", said) or not all(map(is_readable, spoken)):
        return None
    if len(said) > LONGEST_NAME:
        return None
    return SpokenDish(
        name=said,
        measure_word=dish.counted,
        single=dish.single(),
        many_by=dish.many_by(),
        choices=dish.texts(Kind.CHOICE),
        requests=dish.texts(Kind.REQUEST),
        # As it was written; where it was made plain before it was understood, the whole name.
        unspoken=tuple(dict.fromkeys(t if _stands(t, written) else name for t in dish.unspoken())),
    )


def wishes_in(name: str, price: Twd = 0, *, translated: str = "") -> list[str]:
    """What is said of `name` beside the dish, and does not stand in it in Chinese: 不要花生 of beef
    noodles no peanuts. None of a name that cannot be said whole."""
    if spoken_dish(name, price, translated=translated) is None:
        return []
    found = [token.text for token in _tokens(name, price, translated) if token.kind in _WISHES]
    return [text for text in dict.fromkeys(found) if text.removeprefix("加") not in name]


def _tokens(name: str, price: Twd, translated: str) -> list[Token]:
    other = re.sub(r"[(（\[].*", "", translated) if translated != name else ""
    return scan(canonical(name), price=price, translated=other)


def _stands(text: str, written: str) -> bool:
    """Whether `text` stands in `written`; not the /ABC of /ABC+123, which looked like a price."""
    return bool(text) and re.search(rf"{re.escape(text)}(?!\+)", written) is not None


def _decided(tokens: list[Token], chosen: Sequence[Token]) -> list[Token]:
    """紅茶(冰/熱) with 熱 chosen is 熱紅茶; 珍珠奶茶(大杯) with 中杯 says both."""
    for token in chosen:
        rest = [known for known in tokens if known.kind is not token.kind]
        if token.kind in _EXCLUSIVE and len(tokens) - len(rest) == 1:
            is_same = any(known.text == token.text for known in tokens)
            wish = Token(Kind.REQUEST, f"要{token.text.removesuffix('的')}的")
            tokens += [] if is_same else [wish]
            continue
        if token.kind in _EXCLUSIVE:
            tokens = rest
        tokens = [known for known in tokens if not _offers(known, token)]
        tokens.append(token)
    return tokens


def _offers(known: Token, token: Token) -> bool:
    return known.kind is Kind.CHOICE and token.text.removesuffix("的") in known.text.split("或")


class _Dish:
    """The tokens of one line, by kind."""

    def __init__(self, tokens: list[Token], price: Twd) -> None:
        self._tokens = [token for token in tokens if not _repeats(token, tokens)]
        self._price = price
        self.core = "".join(_joined(self._texts(Kind.DISH)))
        if not self.core and not self._of(Kind.GLOSS):
            # Nothing but an addition or a size (加蛋, 去菜, XL): then that is the name.
            self._tokens = [token for token in tokens if token.kind is Kind.UNSPOKEN]
            spoken = [f"{t.text}{t.unit}" for t in tokens if t.kind in _SPOKEN]
            self.core = "".join(_joined(spoken))
        self.counted = self._measure_word()

    def _of(self, kind: Kind) -> list[Token]:
        return [token for token in self._tokens if token.kind is kind]

    def _texts(self, kind: Kind) -> list[str]:
        return list(dict.fromkeys(token.text for token in self._of(kind)))

    def texts(self, kind: Kind) -> tuple[str, ...]:
        """What is said of that kind; two sizes or temperatures are a choice as well."""
        texts = self._texts(kind)
        if kind is Kind.CHOICE:
            texts += [
                "或".join(self._texts(other)) for other in _EXCLUSIVE if len(self._texts(other)) > 1
            ]
        if kind is Kind.REQUEST and self._is_contrary():
            texts.append(f"要{self._only(Kind.TEMPERATURE)}的")
        if kind is Kind.REQUEST:
            texts.sort(key=wishes.place)
        return tuple(in_words(text) for text in texts)

    def _is_contrary(self) -> bool:
        """格雷冰茶-熱: in front of such a name the wish would not be understood."""
        contrary = {"熱": "冰", "冰": "熱"}.get(self._only(Kind.TEMPERATURE), "")
        return bool(contrary) and contrary in self.core

    def name(self) -> str:
        """All that stands before the count."""
        return self._named(self._pieces())

    def _named(self, pieces: str = "") -> str:
        parts = [
            pieces,
            self._amount(),
            self._size(),
            *self._texts(Kind.PACKING),
            self._only(Kind.STYLE),
            "" if self._is_contrary() else self._only(Kind.TEMPERATURE),
            self._core(),
            *self._texts(Kind.ADDITION),
            *self._texts(Kind.OPTION),
        ]
        return in_words("".join(_joined([part for part in parts if part])))

    def unspoken(self) -> tuple[str, ...]:
        """Also a count beyond the first; "", for the whole name, if what it counts is unclear."""
        counts = [*self._of(Kind.PIECES)[1:], *self._of(Kind.AMOUNT)[1:]]
        unclear = [""] if self._pieces_are_unclear() else [f"{t.text}{t.unit}" for t in counts]
        return (*self._texts(Kind.UNSPOKEN), *unclear)

    def _only(self, kind: Kind) -> str:
        texts = self._texts(kind)
        return texts[0] if len(texts) == 1 else ""

    def _core(self) -> str:
        return f"{self.core}號" if self.core.isdecimal() else self.core

    def _pieces(self) -> str:
        found = self._of(Kind.PIECES)
        if not found or self._is_sold_by_the_piece() or self._pieces_are_unclear():
            return ""
        count, unit = found[0].text, found[0].unit or piece_word(self.core)
        return f"{count}{unit}的"

    def single(self) -> str:
        """水餃十顆: of what is counted by the piece, how many pieces says it all."""
        if not self._pieces() or not known_piece_word(self.core):
            return ""
        found = self._of(Kind.PIECES)[0]
        unit = found.unit or piece_word(self.core)
        name = self._named()
        # 餃子二十顆 would be twenty.
        is_one_number = "到" not in found.text and found.text.strip("0")
        is_plain = unit in PIECES and is_one_number and name[-1] not in _NUMERALS
        return f"{name}{in_words(found.text + unit)}" if is_plain else ""

    def many_by(self) -> str:
        """顆 of dumplings that nothing says are sold by the plate."""
        names_unit = self._of(Kind.PIECES) or self._of(Kind.UNIT) or self._of(Kind.AMOUNT)
        is_open = not (self._price or names_unit or self._of(Kind.SIZE) or self._of(Kind.PACKING))
        return piece_word(self.core) if is_open and is_dumpling(self.core) else ""

    def _pieces_are_unclear(self) -> bool:
        """貢丸(2)/竹輪: of which of them? 牛肉麵 x2: two bowls, and the order says one."""
        found = self._of(Kind.PIECES)
        if not found:
            return False
        word, unit = known_measure_word(self.core), found[0].unit
        is_bowls = word in _BOWLS and unit in ("", "份", word)
        is_bowls = is_bowls or (word in ("籠", "鍋") and unit == word)
        return is_bowls or "或" in self.core

    def _is_sold_by_the_piece(self) -> bool:
        """手工水餃(1顆): the menu's one piece is what is counted."""
        found = self._of(Kind.PIECES)
        return bool(found) and found[0].text in ("1", "一") and found[0].unit != "人份"

    def _amount(self) -> str:
        found = self._of(Kind.AMOUNT)
        if not found:
            return ""
        text, unit = found[0].text, found[0].unit
        if self.core.startswith(text):  # 半隻土雞 1/2
            return ""
        if text in "半整":
            return f"{text}{unit or _whole_of(self.core)}"
        if "分之" in text:
            return f"{text}{unit or _whole_of(self.core)}的"
        # 大杯(700cc): the size says it.
        return "" if self._of(Kind.SIZE) else f"{text}{unit}的"

    def _size(self) -> str:
        """大杯紅茶, 大份薯條; what is counted by the piece is 大的."""
        if len(self._texts(Kind.SIZE)) != 1:
            return ""
        size = self._of(Kind.SIZE)[0]
        counted = size.unit or self.counted
        if len(size.text) > 1 and not size.unit and counted not in "杯碗":
            return size.text  # 特大雞排
        return size.text + (counted if counted in SERVINGS else "的")

    def _measure_word(self) -> str:
        units = [token.unit for token in self._tokens if token.kind in _NAMES_UNIT and token.unit]
        if self._of(Kind.UNIT):
            return self._of(Kind.UNIT)[0].text or piece_word(self.core)
        if self._is_sold_by_the_piece():
            return self._of(Kind.PIECES)[0].unit or piece_word(self.core)
        if units:
            return units[0]
        if whole := [token.unit for token in self._of(Kind.AMOUNT) if token.text == "整"]:
            return whole[0] or _whole_of(self.core)
        counted = self._word_of_head()
        if counted == "罐" and (self._of(Kind.SIZE) or self._of(Kind.AMOUNT)):
            is_large = any(token.unit == "公升" for token in self._of(Kind.AMOUNT))
            return "瓶" if is_large else "杯" if self._of(Kind.SIZE) else counted
        if counted == "碗" and self.core.startswith("碗") and self._of(Kind.SIZE):
            return PORTION  # 大碗碗粿 would be a stumble.
        if counted in ("瓶", *_BOWLS) and self._pieces_are_unclear():
            return counted
        if counted == "瓶" or not (self._of(Kind.PIECES) or self._has_fraction()):
            return counted
        keeps = self._of(Kind.PIECES) and self._of(Kind.PIECES)[0].unit in ("人份", "吋")
        if keeps:
            return "個" if self._of(Kind.PIECES)[0].unit == "吋" else counted
        return counted if counted in "籠鍋碗盤" else PORTION

    def _word_of_head(self) -> str:
        """By the last part of the name that tells; what is in brackets, or added, counts least."""
        price = 0 if self._of(Kind.PIECES) or self._of(Kind.AMOUNT) else self._price
        dishes = self._of(Kind.DISH)
        # 炒麵 去肉加蛋 is no egg.
        outside = [
            token.text
            for at, token in enumerate(dishes)
            if token.family != INSIDE and not (at and re.match("[去不免加]", token.text))
        ]
        inside = [token.text for token in dishes if token.family == INSIDE]
        if any(text.endswith("餐") for text in outside):
            return PORTION  # B餐 Cheese Burger
        for text in [*reversed(outside), *reversed(inside), self.core]:
            split = _AND.split(text) if has_han(text) else [text]
            parts = [part.strip() for part in split if part.strip()]
            mains = [part for part in parts if not is_topping(part)] or parts[:1]
            known = {known_measure_word(part) for part in mains}
            if len(mains) > 1:
                return next(iter(known)) or PORTION if len(known) == 1 else PORTION
            is_topping_alone = len(dishes) > 1 and mains and is_topping(mains[0])
            if "或" in text:
                choices = text.split("或")
                known = {known_measure_word(part) for part in choices} - {None}
                is_sure = len(known) == 1 and not is_topping(choices[-1])
                return known.pop() or PORTION if is_sure else PORTION
            if known - {None} and not is_topping_alone:
                return measure_word(mains[0], price)
        # A size by its letter is a cup's.
        return "杯" if any(token.family == "letter" for token in self._of(Kind.SIZE)) else PORTION

    def _has_fraction(self) -> bool:
        return any(t.text == "半" or "分之" in t.text for t in self._of(Kind.AMOUNT))


_PAUSES: Final = str.maketrans("", "", "、，")
_SPOKEN: Final = {
    Kind.SIZE,
    Kind.TEMPERATURE,
    Kind.STYLE,
    Kind.OPTION,
    Kind.ADDITION,
    Kind.REQUEST,
    Kind.PIECES,
    Kind.AMOUNT,
    Kind.PACKING,
    Kind.UNIT,
}
_BOWLS: Final = ("碗", "杯", "盤")
_WISHES: Final = {Kind.OPTION, Kind.ADDITION, Kind.REQUEST}
_EXCLUSIVE: Final = (Kind.SIZE, Kind.TEMPERATURE, Kind.STYLE)
_NAMES_UNIT: Final = {Kind.SIZE, Kind.PACKING}
# 和牛 and 和風 are kinds of food, not "and".
_AND: Final = re.compile("[+&與]|和(?![牛風])")


def _repeats(token: Token, tokens: list[Token]) -> bool:
    """What says the name twice: 紅豆粉粿奶茶(紅豆+粉粿), Beef Noodle Soup (牛肉麵)."""
    if token.kind is not Kind.DISH:
        return False
    dishes = [t for t in tokens if t.kind is Kind.DISH]
    outside = "".join(t.text for t in dishes if t.family != INSIDE)
    if token.family == INSIDE:
        return all(part.strip() in outside for part in _AND.split(token.text))
    inside = [t.text for t in dishes if t.family == INSIDE and has_han(t.text)]
    return not has_han(outside) and any(map(known_measure_word, inside))


def _whole_of(core: str) -> str:
    """What half of it is half of: 半隻烤鴨, 半份臭豆腐."""
    return "隻" if re.search("[雞鴨鵝雁鶏]$", core) else PORTION


def _joined(parts: list[str]) -> list[str]:
    """`parts` with a space where two Latin words would meet."""
    said: list[str] = []
    for part in parts:
        meets = said and re.search(f"[{LATIN}0-9]$", said[-1]) and re.match(f"[{LATIN}0-9]", part)
        said += [" ", part] if meets else [part]
    return said

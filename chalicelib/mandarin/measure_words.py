"""The measure word (量詞) that a customer in Taiwan uses for a dish.

Chinese is head-final, so the longest known *ending* of a name decides: 奶茶蛋糕 ends in 蛋糕
(塊), not in 奶茶 (杯). The endings stand in `measure_words.txt`. 份, "a portion of", is right
for anything a menu sells, so it is the answer wherever we are not sure.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

from chalicelib.mandarin.vocabulary import words
from chalicelib.order import Twd

PORTION: Final = "份"

PIECES: Final = words("piece")
"""Measure words that count single things."""

SERVINGS: Final = words("serving")
"""Measure words that a size can stand before (大杯, 小份), or that a menu itself names."""

_TABLE: Final = Path(__file__).with_name("measure_words.txt")

_PIECE_PRICE: Final = 15
"""TWD. Up to this price a menu sells dumplings by the piece (水餃 7 元), above it by the plate."""
_DUMPLINGS: Final = ("餃", "餃子", "鍋貼", "小籠包", "湯包")

# Names that two places tell together, which no ending can. The first match wins.
_SHAPES: Final = (
    (re.compile(r"(?:^| )\S*餐(?: |$)"), PORTION),
    (re.compile(r"吋.*(?:蛋糕|千層|巴斯克|披薩|比薩)$"), "個"),
    (re.compile(r"焗.*[麵飯]$"), PORTION),
    (re.compile(r"[青白紅粉]醬.*麵$"), "盤"),
    (re.compile(r"炒.*(?:麵|麵線|粉|粿條|粄條|板條|米苔目|飯|年糕|蛋|菜|葉)$"), "盤"),
    (re.compile("^(?:水|養樂多)$"), "瓶"),
    (re.compile("^(?:雞?蛋)$"), "顆"),
    # An egg is counted; a dish of eggs is not (三杯皮蛋, 涼拌皮蛋).
    (re.compile(r"(?:三杯|涼拌|宮保|塔香|椒麻|剁椒|青椒|麻辣|口水|醬炒).*蛋$"), PORTION),
)

TRADITIONAL: Final = str.maketrans(
    "面麺饭饼锅汤鸡饺笼卤鹵铁绿浆乐当线条馒头汉团烧卷鲜猪鸭鱼乌龙圆龟贴馄饨锉萨"
    "别无葱姜酱盐虾贝麦两个减点热温杂饮咸笋萝卜颗过对请帮给么冻蚝鳗枣壳类净凉",
    "麵麵飯餅鍋湯雞餃籠滷滷鐵綠漿樂當線條饅頭漢糰燒捲鮮豬鴨魚烏龍圓龜貼餛飩剉薩"
    "別無蔥薑醬鹽蝦貝麥兩個減點熱溫雜飲鹹筍蘿蔔顆過對請幫給麼凍蠔鰻棗殼類淨涼",
)
"""Only for looking words up; what is spoken stays as it was written."""

_ADDITION: Final = re.compile("不加|不要|[加+夾配佐附免]")


def measure_word(name: str, price: Twd = 0) -> str:
    """What counts `name`: 杯, 碗, 籠 …, and 份 where we are not sure.

    `price` is what one of them costs in TWD; 0 means not known. Never raises.
    """
    if 0 < price <= _PIECE_PRICE and is_dumpling(name):
        return "顆"
    return known_measure_word(name) or PORTION


def is_dumpling(name: str) -> bool:
    """Whether `name` is sold by the plate in one shop and by the piece in the next."""
    return name.translate(TRADITIONAL).endswith(_DUMPLINGS)


def known_measure_word(name: str) -> str | None:
    """As `measure_word`, but None where nothing in the name tells."""
    name = name.translate(TRADITIONAL)
    for addition in _ADDITION.finditer(name):  # 蔥抓餅加蛋 is a 蔥抓餅
        if known := _by_ending(name[: addition.start()]):
            return known
    if known := _by_ending(name):
        return known
    head = re.sub("[A-Za-z0-9 .]+$", "", name)  # 可口可樂zero, 紅茶2.0
    return _by_ending(head) if head != name else None


def piece_word(name: str) -> str:
    """What one piece of `name` is counted in, where a menu sells several as one: 雞塊6P → 塊."""
    return known_piece_word(name) or "個"


def known_piece_word(name: str) -> str | None:
    """As `piece_word`, but None where nothing tells that it is counted by the piece: 禮盒(6入)."""
    name = name.translate(TRADITIONAL)
    pieces = {ending: measure for measure, *endings in _rows("piece") for ending in endings}
    for start in range(len(name)):
        if name[start:] in pieces:
            return pieces[name[start:]]
    known = known_measure_word(name)
    return known if known in PIECES else None


def is_topping(name: str) -> bool:
    """Whether `name` is what is added to a dish, and no dish beside it: 加蛋, +珍珠."""
    return any(name in row for row in _rows("topping"))


def _by_ending(name: str) -> str | None:
    for shape, measure in _SHAPES:
        if shape.search(name):
            return measure
    endings = _endings()
    for start in range(len(name)):
        ending = name[start:]
        if ending in endings and not ending.isascii():
            return endings[ending]
    if "炒" in name:  # 沙茶炒牛肉: what comes from the wok comes on a plate
        return "盤"
    word = re.search("[a-z]*$", name.casefold())
    last = word[0] if word else ""
    return endings.get(last) or endings.get(last.removesuffix("s"))


@cache
def _endings() -> dict[str, str]:
    """Ending → measure word, from the table."""
    return {ending: measure for measure, *endings in _rows("") for ending in endings}


@cache
def _rows(section: str) -> tuple[list[str], ...]:
    """The rows of the table's section: a measure word and its endings."""
    found, at = [], ""
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.startswith("["):
            at = line.strip("[]")
        elif at == section and (row := line.partition("#")[0].split()):
            found.append(row)
    return tuple(found)

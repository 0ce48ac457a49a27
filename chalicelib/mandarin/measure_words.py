"""The measure word (量詞) that a customer in Taiwan uses for a dish.

Chinese is head-final, so the longest known *ending* of a name decides: 奶茶蛋糕 ends in 蛋糕
(塊), not in 奶茶 (杯). The endings stand in `measure_words.txt`. 份, "a portion of", is right
for anything a menu sells, so it is the answer wherever we are not sure.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

PORTION: Final = "份"

PIECES: Final = frozenset("個顆塊片條支串根隻捲")
"""Measure words that count single things."""

SERVINGS: Final = "杯碗盤份瓶罐盒壺鍋包桶袋"
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
)

# Only for looking a name up; what is spoken stays as the shop wrote it.
_TRADITIONAL: Final = str.maketrans(
    "面麺饭饼锅汤鸡饺笼卤鹵铁绿浆乐当线条馒头汉团烧卷鲜猪鸭鱼乌龙圆龟贴馄饨锉萨",
    "麵麵飯餅鍋湯雞餃籠滷滷鐵綠漿樂當線條饅頭漢糰燒捲鮮豬鴨魚烏龍圓龜貼餛飩剉薩",
)

_ADDITION: Final = re.compile("不加|不要|[加+夾配佐附免]")


def measure_word(name: str, price: int = 0) -> str:
    """What counts `name`: 杯, 碗, 籠 …, and 份 where we are not sure.

    `price` is what one of them costs in TWD; 0 means not known. Never raises.
    """
    if 0 < price <= _PIECE_PRICE and name.translate(_TRADITIONAL).endswith(_DUMPLINGS):
        return "顆"
    return known_measure_word(name) or PORTION


def known_measure_word(name: str) -> str | None:
    """As `measure_word`, but None where nothing in the name tells."""
    name = name.translate(_TRADITIONAL)
    for addition in _ADDITION.finditer(name):  # 蔥抓餅加蛋 is a 蔥抓餅
        if known := _by_ending(name[: addition.start()]):
            return known
    if known := _by_ending(name):
        return known
    head, _, last = name.rpartition(" ")
    return known_measure_word(head) if head and not last.isascii() else None  # 牛肉麵 招牌


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
    table = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        measure, *endings = line.partition("#")[0].split() or [""]
        table.update(dict.fromkeys(endings, measure))
    return table

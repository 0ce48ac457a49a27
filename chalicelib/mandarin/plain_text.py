"""From a name as a menu or an OCR engine writes it to characters that a voice can say.

    unmarked("🔥<b>珍珠奶茶</b>【大杯】$60")  →  "珍珠奶茶(大杯)"
    speakable("牛肉麵&")                      →  "牛肉麵"

`unmarked` removes what is not part of the name and keeps its structure (brackets, slashes) for
`dish_name`; `speakable` then lets only letters, digits and spaces through, so that no engine
ever meets markup, control characters or SSML.
"""

import html
import re
import unicodedata
from typing import Final

from chalicelib.mandarin.han import HAN, SPOKEN_HAN
from chalicelib.mandarin.numbers import spoken_number

_LATIN: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_HAN_THEN_SPACE: Final = re.compile(f"(?<=[{HAN}]) +| +(?=[{HAN}])")

# Cf and Cc join what they stand in (zero-width spaces, bidi overrides); a combining mark that
# NFKC could not compose belongs to a script or an emoji that is not spoken.
_INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"}

_LIST_NUMBER: Final = re.compile(
    r"^\s*(?:[\u2460-\u249b\u2776-\u2793]+|[(（]?\d{1,2}[)）]|\d{1,2}\s*[.、．](?!\d))\s*(?=\S)"
)
_KEYCAP: Final = re.compile("[0-9#*]\ufe0f?\u20e3")
_TAG: Final = re.compile(r"<[/!]?[A-Za-z][^<>]*>|<!--[^<>]*-->")
_URL: Final = re.compile(
    r"(?:[a-z]{2,6}://|www\.)[!-~]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|tw)\b[!-~]*",
    re.IGNORECASE,
)
_AMOUNT: Final = r"\d+(?:,\d{3})*(?:\.\d+)?"
_PRICE: Final = re.compile(
    rf"(?:NTD?\s*\$?|TWD|\$)\s*{_AMOUNT}(?:\s*[/~-]\s*\$?\s*{_AMOUNT})*\s*(?:元|塊)?起?"
    rf"|(?:每\w)?{_AMOUNT}\s*(?:元|塊錢|圓)起?(?=\s*(?:$|[)/,|]))",
    re.IGNORECASE,
)

# Of a chicken or a duck; all else with a slash are alternatives. NFKC makes ¼ of a fraction slash.
_FRACTION: Final = re.compile(r"(?<![\d/])([123])[/\u2044]([2348])(?![\d/])")

# What NFKC would spoil ("TM", "1⁄2"), or what is read otherwise than it is written.
_BEFORE_NFKC: Final = str.maketrans({"™": None, "®": None, "©": None, "℠": None, "½": "半"})
_AFTER_NFKC: Final = str.maketrans(
    {
        **dict.fromkeys("[{【〔〖〘", "("),
        **dict.fromkeys("]}】〕〗〙", ")"),
        **dict.fromkeys('「」『』《》〈〉“”"‘', None),
        **dict.fromkeys("、&", "&"),
        **dict.fromkeys("，。;；:：!?|｜•‧·・…~_*#→—–", ","),
        "’": "'",
        "°": "度",
        # Taiwanese shop writing: 茶の魔手, ㄚ嬤的麵, 好吃ㄟ麵, 𩵚仔煎.
        "の": "的",
        "ㄚ": "阿",
        "ㄟ": "的",
        "𩵚": "蚵",
        "×": "x",
        "✕": "x",
    }
)


def unmarked(text: str) -> str:
    """`text` without markup, URLs, prices, list numbers, emoji and invisible characters.

    Letters become half-width and brackets round (NFKC); commas stand for all pauses, `&` for
    all conjunctions.
    """
    text = _KEYCAP.sub(" ", _LIST_NUMBER.sub("", text)).translate(_BEFORE_NFKC)
    text = unicodedata.normalize("NFKC", html.unescape(text))
    text = "".join(map(_visible, text))
    text = _URL.sub(" ", _TAG.sub(" ", text))
    text = _PRICE.sub(" ", re.sub(r"(?:#|\bno\.)\s*(\d+)", r"\1號", text, flags=re.IGNORECASE))
    text = _FRACTION.sub(_fraction, re.sub(r"(\d+)\s*%", _percent, text)).translate(_AFTER_NFKC)
    text = re.sub(rf"[^{HAN}{_LATIN}0-9 ()/+&,.'-]", " ", text)
    return re.sub(r" *([&+]) *", r"\1", " ".join(text.split()))


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character


def _percent(match: re.Match[str]) -> str:
    return "百分之百" if match[1] == "100" else f"百分之{match[1]}"


def _fraction(match: re.Match[str]) -> str:
    part, whole = int(match[1]), int(match[2])
    if part >= whole:
        return match[0]
    return "半" if whole == 2 else f"{spoken_number(whole)}分之{spoken_number(part)}"


def speakable(text: str) -> str:
    """Only common Chinese characters, Latin letters, digits, and single spaces between the latter.

    Apostrophes, hyphens and points stay inside words and numbers: Lay's, 7-11, 1.5.
    """
    text = re.sub(rf"(?<=[{_LATIN}]) *& *(?=[{_LATIN}])", " and ", text)
    text = re.sub(r"(?<=\w) *& *(?=牛)", "跟", text)  # 和牛 is wagyu.
    text = re.sub(r"(?<=\w) *& *(?=\w)", "和", text)
    text = re.sub(r"(?<=\w) *\+ *(?=\w)", "加", text)
    text = re.sub(rf"(?<![{_LATIN}0-9])['.-]|['.-](?![{_LATIN}0-9])", " ", text)
    text = re.sub(rf"[^{SPOKEN_HAN}{_LATIN}0-9 '.-]", " ", text)
    return _HAN_THEN_SPACE.sub("", " ".join(text.split()))

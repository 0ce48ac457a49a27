"""From a name as a menu or an OCR engine writes it to plain characters, its structure kept.

    🔥<b>珍珠奶茶</b>【大杯】$60     →  珍珠奶茶(大杯)
    豬排飯（加大＋10）               →  豬排飯(加大)
    烤鴨 1/2 · 火鍋 4～6人           →  烤鴨 半 · 火鍋 4到6人
    味噌ラーメン · 大●8冰綠          →  味噌拉麵 · 大■8冰綠

Gone: markup, addresses, printed prices and surcharges, list numbers and menu codes, decoration.
Kept: letters of every script, also those that nothing here can read; brackets, slashes, colons,
question marks, `+`, `&` for every "and", a comma for every pause, a hyphen for every dash.

A wish in Japanese becomes the Chinese one while its kana still stand: ピーナッツ抜き → 不要花生.
"""

import html
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from chalicelib.mandarin import refusal_signs, wishes
from chalicelib.mandarin.han import HAN
from chalicelib.mandarin.numbers import integer
from chalicelib.mandarin.tokens import HIDDEN
from chalicelib.mandarin.vocabulary import any_of, meanings, table, words

_WRITTEN: Final = Path(__file__).with_name("written.txt")

_INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SELECTORS: Final = {chr(0xFE00 + number) for number in range(16)}
_BULLETS: Final = "●○◯◉◎□■▢▇█▉▓◆◇\ufffd"
# In the middle of a word it hides a character; elsewhere it is decoration.
_LOST: Final = re.compile(
    rf"(?<=[^\W\d_])[{_BULLETS}?](?=\w)|[\ufffd▯█]+|^[?？]+(?=[{HAN}])"
    rf"|^\s*[□○]{{2,}}(?=[{HAN}])|(?<=[{HAN}])[?？]{{2,}}\s*$|(?<=\w)→(?=\w)"
    rf"|(?<=[{HAN}])(?:_{{2,}}|[*＿＊]+|[xX×]{{2,}})(?=[{HAN}])"
)

_LIST_NUMBER: Final = re.compile(
    r"^\s*(?:[\u2460-\u249b\u2776-\u2793]+|[(（\[【]?\d{1,2}[)）\]】]|\d{1,2}\s*[.、．](?!\d))\s*(?=\S)"
)
_KEYCAP: Final = re.compile("([0-9#*])\ufe0f?\u20e3")
_ENTITY: Final = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]\w*);", re.IGNORECASE)
_CODES: Final = (
    rf"[A-Za-z]{{1,2}}\d{{0,3}}[.:_](?=[\s{HAN}])",  # A1.雞腿飯, F. 骰牛
    r"\d{1,4}[_:](?!\d)",  # 01_荖焙烏香紅
    rf"\d{{3,4}}\.(?=[\s{HAN}])",  # 701. 超人氣泡菜鍋
    rf"(?!A[345] ?和牛)[A-Z]\d{{1,3}} ?(?=[{HAN}])(?![餐套款號區組])",  # J9黑糖珍珠鮮奶
    rf"(?![A-Z] +[餐套款號區組])[A-Z] +(?=[{HAN}])",  # B 糯米腸; but A 套餐 is a name.
)
_CODE: Final = re.compile(rf"^\s*(?:{'|'.join(_CODES)})\s*")
_SIZE_FIRST: Final = re.compile(rf"^\s*([LMS]) +(?![餐套款號區組])([{HAN}][^ (/]*)")
_TAG: Final = re.compile(
    r"</?(?:a|b|big|br|break|div|em|font|h\d|i|img|li|p|s|script|small|span|speak|voice|strong|style|sub|sup|td|tr|u|ul)"
    r"(?:[\s/][^<>]*)?>|<!--[^<>]*-->",
    re.IGNORECASE,
)
_URL: Final = re.compile(
    r"(?:[a-z]{2,6}://|www\.)[!-'*+\--~]+"
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|tw)\b(?:[/?#:][!-'*+\--~]*)?",
    re.IGNORECASE,
)
_AMOUNT: Final = r"\d+(?:,\d{3})*(?:\.\d+)?"
_CURRENCY: Final = r"(?:(?<![A-Za-z])NTD?\s*\$?|TWD|\$)"
_END: Final = r"(?=\s*(?:$|[)/,|(+]))"
_CARRIER: Final = r"/[0-9A-Z+.-]{7}(?![0-9A-Z+.-])"
"""The code of who gets the invoice, /ABC+123: no price is in it."""
_SURCHARGE: Final = re.compile(
    rf"(?P<code>{_CARRIER})|[+加]\s*{_CURRENCY}?\s*{_AMOUNT}\s*(?:元|塊錢|圓)|[+加]\s*{_CURRENCY}?\s*{_AMOUNT}{_END}"
    rf"|\+\d{{0,2}}[05](?=[\s、加換])|(?<=[+加][{HAN}])\d?[05](?=[\s)]|$)|(?<=[+加][{HAN}]{{2}})\d?[05](?=[\s)]|$)"
    rf"|\+\s*{_CURRENCY}\s*{_AMOUNT}",
    re.IGNORECASE,
)
_EACH: Final = f"(?:{any_of((*words('serving'), *words('piece')))})"
_PRICE: Final = re.compile(
    rf"{_CURRENCY}\s*{_AMOUNT}(?:\s*[/~-]\s*\$?\s*{_AMOUNT})*\s*(?:元|塊|NTD?|TWD)?起?"
    rf"|(?:每\w)?{_AMOUNT}\s*(?:元|塊錢|圓|円|TWD|NTD)起?(?:\s*/\s*[人位]|(?=\s*(?:$|[)/,|])))"
    rf"|^\s*{_AMOUNT}\s*(?:元|圓)\s*(?=[{HAN}])(?!.*餐|桌菜|吃到飽|熱炒|合菜)|(?:[2-9]\d|\d{{3}})\s*塊(?=\s*(?:$|[)/,|]))"
    rf"|(?:[-.·~_─]{{2,}}|…|\s{{2,}})\s*{_AMOUNT}\s*(?=$|[)(])"  # a leader, then the price
    rf"|(?<![\d-])[2-9]?\d{{2,3}}\s*[-~]\s*\d{{2,4}}(?=\s*(?:$|[)]))"  # 芒果冰 120-150
    rf"|(?:[共=]|總共|合計|總計)\s*{_AMOUNT}(?=\s*(?:$|[)]))"  # 米粉湯 2份 共120
    rf"|(?<=[(（])[一每]?{_EACH}\s*\d{{2,4}}(?=[)）])",  # 珍珠奶茶（一杯50）
    re.IGNORECASE,
)

# Of a chicken, a duck, a pound; all else with a slash is a choice. NFKC makes ¼ a fraction slash.
_FRACTION: Final = re.compile(r"(?<![\d/])([123])[/\u2044]([2348])(?![\d/])")
_PIECE: Final = any_of(words("piece"))
_RANGE: Final = re.compile(rf"(\d{{1,2}})\s*[~-]\s*(\d{{1,2}})(?=\s*(?:[人位份入]|{_PIECE}))")

# What NFKC would spoil ("TM", "1⁄2"), or what is read otherwise than it is written.
_BEFORE_NFKC: Final = str.maketrans(
    {
        **dict.fromkeys("™®©℠"),
        **dict.fromkeys("−‑➖﹣－", "-"),
        "➕": "+",
        "½": "半",
        "˙": "·",
        "ı": "i",
        "İ": "I",
    }
)
_AFTER_NFKC: Final = str.maketrans(
    {
        **dict.fromkeys("[{【〔〖〘<", "("),
        **dict.fromkeys("]}】〕〗〙>", ")"),
        **dict.fromkeys('「」『』《》〈〉“”"‘'),
        **dict.fromkeys("、&", "&"),
        **dict.fromkeys("，。!|｜…~_*#→", ","),
        **dict.fromkeys("—–─‐−", "-"),
        **dict.fromkeys("‧・•", "·"),
        **dict.fromkeys(";；", " - "),
        "’": "'",
        "°": "度",
        "×": "x",
        "✕": "x",
    }
)
# What ordering apps and tea stands write for short: 甜度:半糖, 糖:微 冰:少, 半/少
_LABEL: Final = any_of(
    label for label in meanings("label") if len(label) > 1 and not label.isascii()
)
_ANSWER: Final = any_of(table("wish_signs")["answer"])
_SHORT: Final = (
    # 奶茶 去 冰, 滷肉飯 加 滷蛋: the gaps of an OCR engine
    (re.compile(r"(?<=\s)(去|少|微|半|無|全|多|正常) (冰塊?|糖)(?![^\s,，、)）])"), r"\1\2"),
    (re.compile(rf"(?<=\s)加 (?=[{HAN}])"), "加"),
    (re.compile(r"(?<!\w)([飯麵菜湯料醬肉蔥蒜])量?[:：]\s*(少|多)(?!\w)"), r"\1\2"),
    (re.compile(r"(?<!\w)([飯麵菜湯料醬肉蔥蒜])量?[:：]\s*[大中小](?!\w)"), HIDDEN),
    (re.compile(r"(?<!\w)辣度?[:：]\s*(小|中|大|微|特)辣?(?!\w)"), r"\1辣"),
    (re.compile(r"(?<=[\s,，、(（])(?:但是?|不過)(?=[不別免少多加去要])"), ""),
    (re.compile(r"(?<!\w)糖度?[:：]\s*(正常|全|少|半|微|無)(?![糖\w])"), r"\1糖"),
    (re.compile(r"(?<!\w)冰(?:塊|量)?[:：]\s*(正常|少|微|去)(?![冰\w])"), r"\1冰"),
    (re.compile(r"(?<!\w)冰(?:塊|量)?[:：]\s*無(?!\w)"), "去冰"),
    (
        re.compile(
            rf"(?:{_LABEL})[:：](?!\s*(?:{_ANSWER}|0)\s*(?:$|[)）\]】,，]))|[(（\[【](?:{_LABEL})[)）\]】]"
        ),
        " ",
    ),
    (re.compile(r"(?<!\w)(正常|全|少|半|微|無)\s*/\s*(正常|少|微|去)(?!\w)"), r"\1糖 \2冰"),
    (
        re.compile(rf"(?<=[{HAN}]) *\bor\b *(?=[{HAN}])|(?<=\b[A-Z]) +or +(?=[A-Z](?![A-Za-z]))"),
        "/",
    ),
    (re.compile(rf"(?<=[{HAN}]) *or *(?=[{HAN}])"), "/"),
)
_TIMES: Final = re.compile(rf"[*xX×✕]\s*(\d{{1,2}})(?=\s*(?:入|{_PIECE})?\s*(?:$|[)(/]))")
_TIMES_BETWEEN_NAMES: Final = re.compile(rf"(?<=[{HAN}])(?: +[xX] +|[xX])(?=[{HAN}])")
_UNITS: Final = any_of(
    ("人份", *words("counted"), *words("amount"), *words("serving"), *words("piece"))
)
_NUMBER_APART: Final = re.compile(rf"(?<=\d) +(?=(?:{_UNITS})(?![{HAN}]))")
_POINT_BEFORE_SIZE: Final = re.compile(rf"·(?=[大中小](?![{HAN}]))")
_POINT_BETWEEN_NAMES: Final = re.compile(rf"(?<=[{HAN}])\.(?=[{HAN}])")


def canonical(text: str) -> str:
    """`text` as plain characters; see above. Never raises."""
    text = _ENTITY.sub(lambda match: html.unescape(match[0]), re.sub(r"\s{3,}", "  ", text))
    text = re.sub(rf"^\s*{_KEYCAP.pattern}", "", text)
    text = _LIST_NUMBER.sub("", _KEYCAP.sub(r"\1", text)).translate(_BEFORE_NFKC)
    # NFKC would make three full stops of an ellipsis.
    text = "…".join(unicodedata.normalize("NFKC", part) for part in text.split("…"))
    text = "".join(map(_visible, text))
    for written, meant in _SHORT:
        text = written.sub(meant, text)
    text = refusal_signs.in_words(text)
    if wishes.refuses(text) or "不要" in text:
        text = re.sub(r"\s+/\s+", " - ", text)  # no dairy / oat milk: two wishes, not a list.
    text = _JAPANESE.sub(_wish_in_chinese, _URL.sub(" ", _TAG.sub(" ", text)))
    text = wishes.with_pauses().sub(lambda match: re.sub("[,，] *", "、", match[0]), text)
    text = _SIZE_FIRST.sub(r"\2(\1)", text)
    text = _CODE.sub("", _written().sub(lambda match: _words()[match[0]], text))
    text = re.sub(r"(?:#|\bno\.)\s*(\d+)", r"\1號", text, flags=re.IGNORECASE)
    text = _TIMES.sub(r" x\1", text)
    text = _SURCHARGE.sub(lambda match: match["code"] or " ", _RANGE.sub(r"\1到\2", text))
    text = _PRICE.sub(" ", text)
    text = _LOST.sub(HIDDEN, _FRACTION.sub(_fraction, text)).translate(_AFTER_NFKC)
    text = _POINT_BEFORE_SIZE.sub(",", _TIMES_BETWEEN_NAMES.sub("+", text))
    text = _POINT_BETWEEN_NAMES.sub(",", text).replace("·", "")
    text = "".join(character if _stays(character) else " " for character in text)
    text = _NUMBER_APART.sub("", text)
    return re.sub(r" *([&+/]) *", r"\1", " ".join(text.split())).strip("+&,-")


# A phrase with kana that does not begin the line: a dish's name does.
_END_OF_PHRASE: Final = r"\s()\[\]【】{}「」『』,，。;；!！?？|/+"
_JAPANESE: Final = re.compile(
    rf"(?<=[{_END_OF_PHRASE}])[^{_END_OF_PHRASE}]*[\u3041-\u30ff][^{_END_OF_PHRASE}]*[?？]?(?!\s*/)"
)


def _wish_in_chinese(match: re.Match[str]) -> str:
    """The phrase as it is said, if it is a wish; or each of those that 、 parts."""
    if whole := wishes.known(match[0]):
        return whole.text + whole.unit
    parts = [wishes.known(part) for part in re.split("[、:]", match[0])]
    if not all(parts):
        return match[0]
    return ",".join(part.text + part.unit for part in parts if part)


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    is_invisible = unicodedata.category(character) in _INVISIBLE or character in _SELECTORS
    return "" if is_invisible else character


def _stays(character: str) -> bool:
    is_letter = unicodedata.category(character)[0] in "LMN"
    return is_letter or character in f" ()/+&,:?.'-%{HIDDEN}"


def _fraction(match: re.Match[str]) -> str:
    part, whole = int(match[1]), int(match[2])
    if part >= whole:
        return match[0]
    return "半" if whole == 2 else f"{integer(whole)}分之{integer(part)}"


@cache
def _words() -> dict[str, str]:
    """What is written → what is said, from the table."""
    lines = _WRITTEN.read_text("utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {unicodedata.normalize("NFKC", written): read for written, read in pairs}


@cache
def _written() -> re.Pattern[str]:
    longest_first = sorted(_words(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))

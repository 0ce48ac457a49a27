"""Refusals as they are drawn or typed short: in words, or hidden where they are unclear.

    🚫花生 → 不要花生      不要: 蔥 → 不要蔥      w/o egg → without egg      0 peanuts → no peanuts
    香菜👎 · 牛肉麵 -蔥 · 牛肉麵 - 蔥 · ☐加蛋 · 加蛋x · ~~加蛋~~ → hidden: the line is shown

A name with a hidden character is not read.
"""

import re
from typing import Final

from chalicelib.mandarin import wishes
from chalicelib.mandarin.han import HAN, has_han
from chalicelib.mandarin.tokens import HIDDEN
from chalicelib.mandarin.vocabulary import any_of, words

_SIGN: Final = r"[🚫❌✖✗✘⛔🙅❎✕╳≠¬⊘🈲👎🤢🤮☠💀](?!\s*\d)"
_SIGN_THEN_NAME: Final = re.compile(rf"{_SIGN}\ufe0f?\s*([{HAN}]+)(?=\s*(?:$|[)）\]】]))")
_MINUS: Final = re.compile(
    rf"(?<=\s)-(?=[a-z]{{3}})|(?<=[\s{HAN}])-+ *(?P<food>[{HAN}]+)"
    r"|(?<=\s)[-–—]+ +(?P<english>[a-z][a-z ]+)(?=$|[,(])",
    re.IGNORECASE,
)
_PICTURE_OF_ALLERGEN: Final = re.compile(r"[\U0001f300-\U0001faff]\s*過敏")
_CROSS_AT_EDGE: Final = re.compile(
    rf"(?<=[(（])[×xX](?=[{HAN}])|(?<=[{HAN} ])[×xX](?=[)）])"
    rf"|(?<=加[{HAN}])[×xX]\s*$|(?<=加[{HAN}][{HAN}])[×xX]\s*$|(?<=[a-z] )[×x]\s*$"
)
_BOX: Final = re.compile(
    rf"[☐☒]|[☑□]\s*(?=[加去少多免不要])|(?<=[{HAN}])\s*[☑□](?=\s*$)|\[[ xX]?\](?=\s*\S)"
)
_STRUCK_OUT: Final = re.compile(r"~~(?=\S)|<\s*(?:s|del|strike)\s*>", re.IGNORECASE)
_REFUSAL: Final = f"(?:{any_of(words('refusal'))})"
_REFUSED_PICTURE: Final = re.compile(
    rf"({_REFUSAL}|無|\bno|\bwithout)\s*[\U0001f300-\U0001faff\u2600-\u27bf]", re.IGNORECASE
)
_REFUSAL_APART: Final = re.compile(
    rf"(?<![:：{HAN}])(?<![:：] )({_REFUSAL})(?:\s*[:：=＝]\s*|\s+)(?=[{HAN}])"
)
_NO_APART: Final = re.compile(r"\b(no|without)\s*[:：=＝/]\s*(?=\S)", re.IGNORECASE)
_WITHOUT: Final = re.compile(
    rf"\b(?:w/\s?(o(?![A-Za-z]))?/?|w\.?(o)\.?/?(?= ))\s*(?=[A-Za-z{HAN}])", re.IGNORECASE
)
_NONE_OF: Final = re.compile(r"(?<![\d.,$])\b0 (?=[a-z]{3})", re.IGNORECASE)


def in_words(text: str) -> str:
    """`text` with its refusals in words, or `HIDDEN`."""
    text = _BOX.sub(HIDDEN, _STRUCK_OUT.sub(HIDDEN, text))
    text = _SIGN_THEN_NAME.sub(r"不要\1", text)
    text = _MINUS.sub(_minus, text)
    text = _PICTURE_OF_ALLERGEN.sub(f"{HIDDEN}過敏", text)
    text = re.sub(f"{_SIGN}|⭕", HIDDEN, _REFUSED_PICTURE.sub(rf"\1{HIDDEN}", text))
    text = _NO_APART.sub(r"\1 ", _REFUSAL_APART.sub(r"\1", _CROSS_AT_EDGE.sub(HIDDEN, text)))
    text = _NONE_OF.sub("no ", text)
    return _WITHOUT.sub(lambda match: "without " if match[1] or match[2] else "with ", text)


def _minus(match: re.Match[str]) -> str:
    """牛肉麵 -香菜, 鍋燒麵+辣-蔥: refused; but 厚片-玉米 and 鴨肉飯 - 麻辣 are names."""
    before = match.string[: match.start()]
    if match["english"]:
        foods = wishes.ingredients(match["english"])
        is_refused = (
            bool(foods)
            and not has_han(before)
            and _is_garnish_or_said(foods, match["english"], before)
        )
        return f"{HIDDEN}{match['english']}" if is_refused else match[0]
    food = match["food"]
    if food is None:
        return HIDDEN
    is_sign = "+" in before or (before.endswith((" ", "\u3000")) and match[0][1] != " ")
    is_refused = is_sign and wishes.is_ingredient(food)
    return HIDDEN + food if is_refused or _is_garnish_or_said([food], food, before) else match[0]


def _is_garnish_or_said(foods: list[str], written: str, before: str) -> bool:
    """花生豆花 - 花生, 牛肉麵 - 蔥: no kind of the dish."""
    is_said = written.strip().casefold() in before.casefold()
    return is_said or all(food in words("garnish") for food in foods)

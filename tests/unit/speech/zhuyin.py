"""Pinyin → Zhuyin (ㄅㄆㄇ), so that a Taiwanese reader can check what is said at a glance."""

from collections.abc import Sequence

from chalicelib.speech.engines.kokoro.syllables import split

_INITIALS = {
    "b": "ㄅ", "p": "ㄆ", "m": "ㄇ", "f": "ㄈ", "d": "ㄉ", "t": "ㄊ", "n": "ㄋ", "l": "ㄌ",
    "g": "ㄍ", "k": "ㄎ", "h": "ㄏ", "j": "ㄐ", "q": "ㄑ", "x": "ㄒ", "zh": "ㄓ", "ch": "ㄔ",
    "sh": "ㄕ", "r": "ㄖ", "z": "ㄗ", "c": "ㄘ", "s": "ㄙ", "": "",
}  # fmt: skip
_FINALS = {
    "a": "ㄚ", "o": "ㄛ", "e": "ㄜ", "ai": "ㄞ", "ei": "ㄟ", "ao": "ㄠ", "ou": "ㄡ",
    "an": "ㄢ", "en": "ㄣ", "ang": "ㄤ", "eng": "ㄥ", "ong": "ㄨㄥ", "er": "ㄦ",
    "i": "ㄧ", "ia": "ㄧㄚ", "ie": "ㄧㄝ", "iao": "ㄧㄠ", "iou": "ㄧㄡ", "ian": "ㄧㄢ",
    "in": "ㄧㄣ", "iang": "ㄧㄤ", "ing": "ㄧㄥ", "iong": "ㄩㄥ",
    "u": "ㄨ", "ua": "ㄨㄚ", "uo": "ㄨㄛ", "uai": "ㄨㄞ", "uei": "ㄨㄟ", "uan": "ㄨㄢ",
    "uen": "ㄨㄣ", "uang": "ㄨㄤ", "ueng": "ㄨㄥ",
    "ü": "ㄩ", "üe": "ㄩㄝ", "üan": "ㄩㄢ", "ün": "ㄩㄣ", "-i": "",
}  # fmt: skip
_TONES = {"1": "", "2": "ˊ", "3": "ˇ", "4": "ˋ"}


def zhuyin(words: Sequence[Sequence[str]]) -> str:
    """`[("niu2", "rou4")]` → `"ㄋㄧㄡˊ ㄖㄡˋ"`; the neutral tone's dot stands in front."""
    return " ".join(_syllable(syllable) for word in words for syllable in word)


def _syllable(pinyin: str) -> str:
    initial, final = split(pinyin[:-1])
    sounds = _INITIALS[initial] + _FINALS[final]
    return f"˙{sounds}" if pinyin.endswith("5") else sounds + _TONES[pinyin[-1]]

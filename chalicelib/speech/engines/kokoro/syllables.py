"""Pinyin syllables → the phonemes that Kokoro was taught Mandarin with.

Kokoro's Mandarin training text was made by misaki (hexgrad, Apache-2.0), which follows the IPA
of Duanmu, "The Phonology of Standard Chinese" (2007) and Lin, "The Sounds of Chinese" (2007),
with one arrow per tone. The tables below state the same correspondences, a symbol per sound of
Kokoro's vocabulary; a tone stands behind the vowel and before a final n or ng.
"""

from functools import cache

TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
"""5 is the neutral tone."""

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f",
    "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x",
    "j": "ʨ", "q": "ʨʰ", "x": "ɕ",
    "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ",
    "z": "ʦ", "c": "ʦʰ", "s": "s",
    "": "",
}  # fmt: skip

# The tone goes where the zero is.
_FINALS = {
    "a": "a0", "o": "wo0", "e": "ɤ0", "ai": "ai0", "ei": "ei0", "ao": "au0", "ou": "ou0",
    "an": "a0n", "en": "ə0n", "ang": "a0ŋ", "eng": "ə0ŋ", "ong": "ʊ0ŋ", "er": "ɚ0",
    "i": "i0", "ia": "ja0", "ie": "je0", "iao": "jau0", "iou": "jou0",
    "ian": "jɛ0n", "in": "i0n", "iang": "ja0ŋ", "ing": "i0ŋ", "iong": "jʊ0ŋ",
    "u": "u0", "ua": "wa0", "uo": "wo0", "uai": "wai0", "uei": "wei0",
    "uan": "wa0n", "uen": "wə0n", "uang": "wa0ŋ", "ueng": "wə0ŋ",
    "ü": "y0", "üe": "ɥe0", "üan": "ɥɛ0n", "ün": "y0n",
    # The vowel of zhi, chi, shi, ri and of zi, ci, si.
    "-i": "ɨ0",
}  # fmt: skip

# Spellings without an initial, and the three that pinyin shortens behind one.
_WITHOUT_INITIAL = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iou", "yan": "ian", "yin": "in",
    "yang": "iang", "ying": "ing", "yong": "iong",
    "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "uei", "wan": "uan", "wen": "uen",
    "wang": "uang", "weng": "ueng",
    "yu": "ü", "yue": "üe", "yuan": "üan", "yun": "ün",
}  # fmt: skip
_SHORTENED = {"iu": "iou", "ui": "uei", "un": "uen"}
# "o" alone (喔, and Taiwanese 蚵 in a Mandarin mouth) has no glide.
_WHOLE = {"o": "ɔ0", "yo": "jɔ0", "ê": "ɛ0"}


def split(syllable: str) -> tuple[str, str]:
    """`"xue"` → `("x", "üe")`: initial and full final of a pinyin syllable without its tone."""
    if syllable in _WITHOUT_INITIAL:
        return "", _WITHOUT_INITIAL[syllable]
    initial = next((syllable[:size] for size in (2, 1) if syllable[:size] in _INITIALS), "")
    final = syllable[len(initial) :].replace("v", "ü")
    if initial in ("j", "q", "x") and final.startswith("u"):
        return initial, "ü" + final[1:]
    if initial in ("zh", "ch", "sh", "r", "z", "c", "s") and final == "i":
        return initial, "-i"
    return initial, _SHORTENED.get(final, final)


@cache
def phonemes(pinyin: str) -> str:
    """`"bei1"` → `"pei→"`. Raises `KeyError` for what is not a syllable with its tone's digit."""
    syllable, tone = pinyin[:-1], TONES[pinyin[-1]]
    if syllable in _WHOLE:
        return _WHOLE[syllable].replace("0", tone)
    initial, final = split(syllable)
    return _INITIALS[initial] + _FINALS[final].replace("0", tone)

"""Chinese characters → words of pinyin syllables, as a careful speaker in Taiwan says them.

    水餃和滷蛋一顆
    → words          水餃 · 和 · 滷蛋 · 一顆
    → readings       shui3 jiao3 · han4 · lu3 dan4 · yi1 ke1
    → tone sandhi    shui2 jiao3 · han4 · lu3 dan4 · yi4 ke1

Third tones meet inside a word first, then between the words of one dish; a dish and its quantity
stay apart, as in careful speech.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from pypinyin import Style, lazy_pinyin

from chalicelib.speech.engines.kokoro.readings import CHARACTERS, MEASURE, NUMBER, TOGETHER, WORDS
from chalicelib.speech.engines.kokoro.text import UnreadableError

Word = tuple[str, ...]
"""Pinyin syllables, each with its tone's digit: `("shui2", "jiao3")`."""


def _longest_first(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_READING = re.compile(f"{_longest_first([*WORDS])}|.")
_TOGETHER = re.compile(f"{_longest_first([*WORDS, *TOGETHER])}|{NUMBER}{MEASURE}|.")
_QUANTITY_AT_END = re.compile(f"{NUMBER}{MEASURE}$")
_NUMERALS = frozenset("零〇一二兩三四五六七八九十百千萬第")


def words(han: str) -> list[Word]:
    """The words of a run of Chinese characters without punctuation, sandhi applied.

    Raises `UnreadableError` for a character that no dictionary knows.
    """
    quantity = _QUANTITY_AT_END.search(han)
    cut = quantity.start() if quantity else len(han)
    parts = [_sandhi(_split(part)) for part in (han[:cut], han[cut:]) if part]
    return [word for part in parts for word in part]


def _split(han: str) -> list[Word]:
    """Words with the readings of a dictionary. Characters that make no known word go together."""
    syllables = [s for match in _READING.finditer(han) for s in _read(match[0])]
    syllables = [_tone_of_yi_and_bu(han, at, syllables) for at in range(len(han))]
    starts = {0}
    for match in _TOGETHER.finditer(han):
        if len(match[0]) > 1 or match[0] in WORDS:
            starts |= {match.start(), match.end()}
    borders = sorted(starts | {len(han)})
    return [tuple(syllables[a:b]) for a, b in pairwise(borders)]


def _read(word: str) -> list[str]:
    if word in WORDS:
        return WORDS[word].split()
    reading: str = CHARACTERS.get(word) or _dictionary(word)
    return [reading]


def _dictionary(character: str) -> str:
    """The first reading of pypinyin, looked up alone: its word list is a mainland one."""
    (reading,) = lazy_pinyin(character, style=Style.TONE3, neutral_tone_with_five=True)
    if reading == character:
        raise UnreadableError(f"no reading for {character!r}")
    return reading


def _tone_of_yi_and_bu(han: str, at: int, syllables: Sequence[str]) -> str:
    """一 and 不 before the tone that follows; 打 is dá where it counts dozens.

    一 keeps its first tone at the end, behind another numeral and behind 第: 十一碗, 統一.
    """
    here, before, following = han[at], han[at - 1 : at] or " ", han[at + 1 : at + 2] or " "
    tone = syllables[at + 1][-1] if at + 1 < len(syllables) else ""
    if here == "打" and before in _NUMERALS:
        return "da2"
    if here == "不" and tone == "4":
        return "bu2"
    if here == "一" and tone and before != "統":
        opens_a_hundred = following in "百千萬"
        is_in_a_number = before in _NUMERALS or following in _NUMERALS
        if opens_a_hundred or not is_in_a_number:
            return "yi2" if tone == "4" else "yi4"
    return syllables[at]


def _sandhi(parts: Sequence[Word]) -> list[Word]:
    """A third tone before a third tone becomes a second: inside words, then between them."""
    done = [_third_tones(word) for word in parts]
    for at, (word, following) in enumerate(pairwise(done)):
        if word[-1].endswith("3") and following[0].endswith("3"):
            done[at] = (*word[:-1], _second(word[-1]))
    return done


def _third_tones(word: Word) -> Word:
    pairs = pairwise((*word, ""))
    return tuple(_second(a) if a.endswith("3") and b.endswith("3") else a for a, b in pairs)


def _second(syllable: str) -> str:
    return syllable[:-1] + "2"

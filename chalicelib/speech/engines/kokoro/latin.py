"""Latin letters and words as a Taiwanese shop says them: letters by their English names.

Words are looked up in misaki's dictionary of American English (hexgrad, Apache-2.0), the one
Kokoro learned English from; what is not in it (KFC, XL, a brand) is spelled out.
"""

import re
import unicodedata
from collections.abc import Mapping

LETTERS = {
    "a": "ˈA", "b": "bˈi", "c": "sˈi", "d": "dˈi", "e": "ˈi", "f": "ˈɛf", "g": "ʤˈi", "h": "ˈAʧ",
    "i": "ˈI", "j": "ʤˈA", "k": "kˈA", "l": "ˈɛl", "m": "ˈɛm", "n": "ˈɛn", "o": "ˈO", "p": "pˈi",
    "q": "kjˈu", "r": "ˈɑɹ", "s": "ˈɛs", "t": "tˈi", "u": "jˈu", "v": "vˈi", "w": "dˈʌbᵊlju",
    "x": "ˈɛks", "y": "wˈI", "z": "zˈi",
}  # fmt: skip

# On many menus, and not in the dictionary.
_MENU = {
    "americano": "əmˌɛɹəkˈɑnO",
    "frappe": "fɹæpˈA",
    "cafe": "kæfˈA",
    "oreo": "ˈɔɹiO",
    "nutella": "nutˈɛlə",
    "mcflurry": "məkflˈɜɹi",
    "familymart": "fˈæməlimˌɑɹt",
    "eleven": "əlˈɛvən",
    "pepsi": "pˈɛpsi",
    "mcdonald": "məkdˈɑnəld",
    "starbucks": "stˈɑɹbʌks",
    "costco": "kˈɔstkO",
    "donut": "dˈOnʌt",
    "affogato": "ˌæfəɡˈɑtO",
    "frappuccino": "fɹˌæpəʧˈinO",
    "ribeye": "ɹˈIbˌI",
    "ovaltine": "ˈOvəltˌin",
    "sake": "sˈɑki",
}

English = Mapping[str, str | Mapping[str, str | None]]
"""misaki's dictionary: a word's phonemes, or a choice of them by part of speech."""


def phonemes(text: str, english: English) -> str:
    """`"Latte"` → `"lˈɑtˌA"`, `"XL"` → `"ˈɛks ˈɛl"`."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text)
    return " ".join(_word(word, english) for word in words)


def _word(word: str, english: English) -> str:
    lower = _without_accents(word.lower())
    is_an_abbreviation = len(word) <= 2 and word.isupper()
    if is_an_abbreviation or len(word) == 1:
        return _spelled(lower)
    return _look_up(lower, english) or _plural(lower, english) or _spelled(lower)


def _look_up(word: str, english: English) -> str | None:
    found = _MENU.get(word) or english.get(word) or english.get(word.capitalize())
    return found.get("DEFAULT") if isinstance(found, Mapping) else found


def _plural(word: str, english: English) -> str | None:
    """`fries` and `tacos`, whose singulars are in the dictionary."""
    if not word.endswith("s"):
        return None
    singular = word[:-3] + "y" if word.endswith("ies") else word[:-1].removesuffix("'")
    found = _look_up(singular, english)
    if found is None:
        return None
    return found + ("s" if found[-1] in "ptkfθ" else "z")


def _without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _spelled(word: str) -> str:
    return " ".join(LETTERS[letter] for letter in word if letter in LETTERS)

"""Wishes in Chinese, English, Japanese and Korean, and what is said for them.

    no peanuts · ピーナッツ抜き · 땅콩 빼주세요   →  不要花生
    Half Sugar · 甘さ半分 · 50%                   →  半糖
    allergic to shrimp                            →  我對蝦子過敏

Three tables, reviewed line by line: `wishes_fixed.txt` holds whole phrases, `wishes_patterns.txt`
what is said around an ingredient, `wishes_ingredients.txt` the ingredients. Only a phrase that a
table knows whole is said; another one is shown. So a "no" is never lost, nor turned round.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from chalicelib.mandarin.han import HAN, LATIN
from chalicelib.mandarin.measure_words import TRADITIONAL
from chalicelib.mandarin.tokens import Kind, Token
from chalicelib.mandarin.vocabulary import any_of, table

_FOLDER: Final = Path(__file__).parent
_AND: Final = re.compile(
    r"\s*,\s*(?:and|or|nor)\s+|\s*(?:,|&|/|、|・|와|과|랑|하고)\s*"
    r"|\s+(?:and|or|nor)\s+(?:any |the )?"
    r"|(?<=.)[とや和跟或](?=.)"
)

_POLITE: Final = re.compile(
    r"^(?:(?:please|pls|plz)\b[ ,]*)+|(?:[ ,]*\b(?:please|pls|plz|thanks|thank you|thx))+$"
)

_REFUSAL_THEN_PAUSE: Final = re.compile(r"\b(?:no|not|never|\w+n't),")

_THEN_ASKED: Final = re.compile(r"^(?:no|without) [^,]+,\s*(?!(?:and|or|no)\b).+ please$")

_KINDS: Final = {
    "sugar": Kind.OPTION,
    "ice": Kind.OPTION,
    "level": Kind.OPTION,
    "temperature": Kind.TEMPERATURE,
    "wish": Kind.REQUEST,
}


class Ingredient(NamedTuple):
    """What a word of a menu stands for."""

    names: tuple[str, ...]
    """魷魚, 花枝 and so on: what one foreign word means, the commonest first."""
    in_allergies: tuple[str, ...]
    """奶製品 of milk: what is named as well where it makes ill."""
    kind: str
    """drink, thing, or empty for food."""


class Pattern(NamedTuple):
    """What is said around an ingredient."""

    said: str
    is_of_food: bool
    """Not of a fork: 沒有叉子 is a complaint, 沒有花生 a wish."""


def known(phrase: str) -> Token | None:
    """What is said for `phrase`, if the tables know it whole.

    A question is said as a question only: "peanuts ok?" allows nothing.
    """
    found = _known(folded(phrase))
    is_question = phrase.rstrip().endswith(("?", "？"))
    return None if found and is_question and not found.text.endswith("嗎") else found


def _known(key: str) -> Token | None:
    if _REFUSAL_THEN_PAUSE.search(key):  # "don't, remove the peanuts" is no double negation.
        return None
    if _THEN_ASKED.search(key):  # "no beef, chicken please"
        return None
    plain = _POLITE.sub("", key).strip(" ,")
    for form in dict.fromkeys((key.replace(",", ""), plain)):
        if found := _fixed().get(form):
            # "ice, please" is a wish, and "ice" alone is none.
            return found
    said = _from_patterns(plain) or _from_patterns(key.replace(",", ""))
    if said is None:
        return None
    kind = Kind.ADDITION if said.startswith(("加", "多加")) else Kind.REQUEST
    return Token(kind, said, family="wish")


def _from_patterns(key: str) -> str | None:
    """The pattern that leaves the least of `key` for its ingredients."""
    frames = sorted(
        (len(key) - start - end, start, end, pattern)
        for start in range(len(key))
        if (suffixes := _patterns().get(key[:start])) is not None
        for end in range(len(key) - start)
        if (pattern := suffixes.get(key[len(key) - end :])) is not None
    )
    for _, start, end, pattern in frames:
        if wished := _ingredients_in(key[start : len(key) - end].strip()):
            is_out_of_place = pattern.is_of_food and any(food.kind == "thing" for food in wished)
            return None if is_out_of_place or _is_a_swap(wished) else _filled(pattern.said, wished)
    return None


_MAKES_ILL: Final = re.compile("(?<!不會)過敏")
_REFUSES: Final = re.compile(rf"不(?!會過敏)|{_MAKES_ILL.pattern}|裡面有")


_MILK: Final = {"牛奶", "鮮奶", "奶製品", "鮮奶油"}
_PLANT_MILK: Final = {"燕麥奶", "豆漿", "杏仁奶", "椰奶"}


def _is_a_swap(foods: list[Ingredient]) -> bool:
    """no milk, oat milk: who names both may want the other."""
    names = {food.names[0] for food in foods}
    return bool(names & _MILK) and bool(names & _PLANT_MILK)


def _filled(template: str, wished: list[Ingredient]) -> str:
    """不要花生和堅果: of a word that stands for several foods all are refused, one is asked for."""
    named = [food.names if _REFUSES.search(template) else food.names[:1] for food in wished]
    if _MAKES_ILL.search(template):
        named = [(*names, *food.in_allergies) for names, food in zip(named, wished, strict=True)]
    names = list(dict.fromkeys(name for listed in named for name in listed))
    # Of "A and B in it?" the answer would be no where there is only A.
    last = "或" if template.endswith("嗎") else "和"
    joined = last.join(filter(None, ("、".join(names[:-1]), names[-1])))
    if all(food.kind == "drink" for food in wished):
        template = template.replace("吃", "喝")
    return template.replace("X", joined)


def chinese(text: str) -> Token:
    """A request that is Chinese already: as the tables say it, else as it is."""
    return known(text) or Token(Kind.REQUEST, text.replace("&", "、"))


def place(said: str) -> int:
    """Where a wish is said: 0 of what has no verb, for 不要內臟、牛肉 would refuse the beef; then
    what has; 2 of an allergy."""
    return 2 if "過敏" in said else 1 if _ASKS.search(said) else 0


_ASKS: Final = re.compile(any_of(table("wish_signs")["asks"]), re.IGNORECASE)


def refuses(text: str) -> bool:
    """Whether a word of `text` may turn the others round."""
    return _WORD_THAT_REFUSES.search(folded(text)) is not None


def sounds_like_one(text: str) -> bool:
    """Whether `text` may be a wish, of whatever language, that no table knows."""
    plain = folded(text)
    if refuses(text):
        return True
    return bool(_WORD_THAT_WISHES.search(plain) or _SIGN_OF_A_WISH.search(plain))


def _any_word(listed: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{any_of(listed)})(?![a-z])")


_WORD_THAT_REFUSES: Final = _any_word(table("wish_signs")["refuse"])
_WORD_THAT_WISHES: Final = _any_word(table("wish_signs")["wish"])
_SIGN_OF_A_WISH: Final = re.compile(any_of(table("wish_signs")["anywhere"]))


def is_gloss(text: str, translated: str) -> bool:
    """Whether `text` says the name once more in another language."""
    found = re.findall(r"[^\W\d_]+", text.casefold())
    if sum(map(len, found)) < 3 or re.search(r"\d", text):
        return False
    if any(
        re.match("non?(?!o)[a-z]{4}", word) or re.search("(less|free)$", word) for word in found
    ):
        return False  # nopeanut, peanutless
    is_translation = set(found) <= set(re.findall(r"[^\W\d_]+", translated))
    foods = set(table("wish_signs")["food"])
    singulars = [word.removesuffix("s") for word in found]
    return is_translation or all(
        word in foods or single in foods for word, single in zip(found, singulars, strict=True)
    )


def folded(text: str) -> str:
    """`text` as the tables have it: one case, no marks at the ends of words, and no spaces but
    between Latin words."""
    # Half of the 20,000 that are read from the tables are plain Latin or Han.
    if _FOLDED_ALREADY.fullmatch(text):
        return text
    if _HAN_ALONE.fullmatch(text):
        return text.translate(TRADITIONAL)
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").translate(TRADITIONAL)
    text = " ".join(_END_OF_WORD.sub(" ", text).split())
    text = _HAN_AND_HAN.sub(",", text)
    text = _NT.sub(r"\1n't", text)
    return _NO_LATIN_BESIDE.sub("", text)


_NT: Final = re.compile(r"\b(do|ca|does)nt\b")
_FOLDED_ALREADY: Final = re.compile(rf"(?!.*{_NT.pattern})[a-z0-9%]+(?: [a-z0-9%]+)*")
_HAN_ALONE: Final = re.compile("[\u4e00-\u9fff]+")
_END_OF_WORD: Final = re.compile(r"[.!?~()。！…]+(?=\s|$)")
_HAN_AND_HAN: Final = re.compile(f"(?<=[{HAN}])[&、](?=[{HAN}])")
_NO_LATIN_BESIDE: Final = re.compile(f"(?<=[^{LATIN}0-9%]) | (?=[^{LATIN}0-9%])")


def _ingredients_in(text: str) -> list[Ingredient]:
    """The ingredients that `text` lists; none if any of them is unknown."""
    found = _ingredients()
    if text in found:
        return [found[text]]
    parts = [part.strip() for part in _AND.split(text) if part.strip()]
    return [found[part] for part in parts] if all(part in found for part in parts) else []


def ingredients(text: str) -> list[str]:
    """What `text` is in Chinese, if it is nothing but things that travellers ask to leave out:
    peanuts, 蝦和蟹; else nothing."""
    return [name for food in _ingredients_in(folded(text)) for name in food.names]


def is_ingredient(text: str) -> bool:
    return bool(ingredients(text))


@cache
def with_pauses() -> re.Pattern[str]:
    """The wishes that are said with a comma inside, which parts nothing there."""
    paused = [said for _, said, _ in rows("wishes_fixed") if "，" in said]
    return re.compile(any_of(paused).replace("，", "[,，] *"))


@cache
def _fixed() -> dict[str, Token]:
    found: dict[str, Token] = {}
    for kind, said, phrases in rows("wishes_fixed"):
        found |= dict.fromkeys(map(folded, [said, *phrases]), _token(kind, said))
    return found


def _token(kind: str, said: str) -> Token:
    if kind == "size":  # A "large" is a cup only of what is drunk.
        size, unit = said[:-1], said[-1]
        return Token(Kind.SIZE, size, "" if unit == "杯" else unit, "letter")
    return Token(_KINDS[kind], said, family=kind)


@cache
def _ingredients() -> dict[str, Ingredient]:
    found: dict[str, Ingredient] = {}
    for kind, said, phrases in rows("wishes_ingredients"):
        names = said.replace("!", "").split("/")
        plain = said.partition("/!")[0].split("/")
        ingredient = Ingredient(tuple(plain), tuple(names[len(plain) :]), kind)
        own = names[:1] if len(plain) == 1 else []
        found |= dict.fromkeys(map(folded, [*own, *phrases]), ingredient)
    return found


@cache
def _patterns() -> dict[str, dict[str, Pattern]]:
    """What stands before the ingredient → what stands behind it → what is said."""
    found: defaultdict[str, dict[str, Pattern]] = defaultdict(dict)
    for kind, said, phrases in rows("wishes_patterns"):
        for phrase in [said, *phrases]:
            before, _, behind = phrase.partition("X")
            found[_edge(before)][_edge(behind)] = Pattern(said, kind == "food")
    return found


def _edge(text: str) -> str:
    """What stands before or behind the ingredient, spaces as `folded` leaves them."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(TRADITIONAL)
    text = text.casefold().replace(": ", ":")
    return text if text.isascii() else text.replace(" ", "")


def rows(name: str) -> Iterator[tuple[str, str, list[str]]]:
    """Kind, what is said, and every phrase for it, braces spelled out: `{a,b}c` is ac and bc."""
    for line in (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        said, *cells = (cell.strip() for cell in line.split(";;"))
        kind, _, said = said.rpartition(":")
        yield (
            kind,
            said,
            [
                phrase
                for cell in cells
                for choice in _split(cell, "|")
                for phrase in _spelled(choice)
            ],
        )


def _spelled(text: str) -> list[str]:
    """Every reading of the braces in `text`; they do not nest."""
    before, brace, rest = text.partition("{")
    if not brace:
        return [text]
    choices, _, behind = rest.partition("}")
    spelled = _spelled(behind)
    return [before + choice + end for choice in choices.split(",") for end in spelled]


def _split(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]

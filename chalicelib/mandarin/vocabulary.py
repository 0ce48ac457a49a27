"""The word lists of this package: small text files with their rules in comments.

A line is a class and its words (`size:大 大 大號 l large`); `_` stands for a space inside a word,
`*` for anything.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent


@cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """Class → words of the file `<name>.txt`, in its order, in lower case."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        kind, *words = line.partition("#")[0].split() or [""]
        found[kind] += [word.replace("_", " ").casefold() for word in words]
    return {kind: tuple(words) for kind, words in found.items() if kind}


def words(kind: str) -> tuple[str, ...]:
    """The words of a class in `menu_words.txt`."""
    return table("menu_words")[kind]


@cache
def meanings(kind: str) -> dict[str, str]:
    """Word → what it means, over the classes `kind:meaning` in `menu_words.txt`."""
    return {
        word: name.partition(":")[2]
        for name, listed in table("menu_words").items()
        if name.startswith(f"{kind}:")
        for word in listed
    }


def any_of(listed: Iterable[str]) -> str:
    """A regular expression for one of `listed`, the longest first; `*` is anything."""
    longest_first = sorted(listed, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\*", ".*") for word in longest_first)

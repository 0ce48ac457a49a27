"""A sentence → runs of one kind: Chinese characters, Latin words, pauses.

A sentence is in letters already: `chalicelib.mandarin` says every number and sign, but for the name
7-11, which Taiwan says in English.
"""

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Literal, NamedTuple

from chalicelib.mandarin.han import is_han


class UnreadableError(ValueError):
    """The text holds letters that this voice has no sounds for; the message names one."""


class Run(NamedTuple):
    kind: Literal["han", "latin", "pause", "nothing"]
    text: str


# What these do is a pause; which one says how long and with what melody.
_PAUSES = {"。": ".", "！": "!", "？": "?", "：": ":", "；": ";", "，": ",", "、": ",", "…": ","}


def runs(text: str) -> Iterator[Run]:
    """The runs of `text`. Raises `UnreadableError` for letters that are neither Han nor Latin."""
    for kind, characters in groupby(text.replace("7-11", "Seven Eleven"), key=_kind):
        if kind != "nothing":
            yield Run(kind, "".join(_PAUSES.get(c, c) for c in characters))


def _kind(character: str) -> Literal["han", "latin", "pause", "nothing"]:
    if is_han(character):
        return "han"
    if character in _PAUSES:
        return "pause"
    if character in " '.-":
        return "latin"
    if not character.isalnum():
        return "nothing"
    if unicodedata.name(character, "").startswith("LATIN"):
        return "latin"
    raise UnreadableError(f"no sounds for {character!r}")

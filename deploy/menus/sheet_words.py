"""What the cells of a menu's spreadsheet may say: `sheet_words.tsv`."""

import re
import unicodedata
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".tsv")
_PASSED_OVER = re.compile(r"[\s_\-]+")


def plain(text: str) -> str:
    """`text` without what does not count: capitals, width, spaces, - and _."""
    return _PASSED_OVER.sub("", unicodedata.normalize("NFKC", text).lower())


def meaning(kind: str, text: str) -> str | None:
    """What `text` means as a word of `kind`, None if it is none."""
    return words(kind).get(plain(text))


def ways(kind: str, meant: str) -> list[str]:
    """How `meant` may be written."""
    return [word for word, means in words(kind).items() if means == meant]


@cache
def words(kind: str) -> dict[str, str]:
    """The words of a kind with what they mean."""
    found = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            of_kind, meant, *written = line.split("\t")
            if of_kind == kind:
                found.update({plain(word): meant for word in written})
    return found

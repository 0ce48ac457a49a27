"""The traveller's language: which ones have texts, and which of them a client means."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

SUPPORTED = ("zh-TW", "en", "ja", "ko", "th", "vi", "id")
SPOKEN = "zh-TW"
"""What the staff hear."""
DEFAULT = "zh-TW"
FALLBACK = "en"

_TAG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{1,8})*", re.IGNORECASE | re.ASCII)
_LOCALES = Path(__file__).parent / "locales"


@cache
def texts(language: str) -> dict[str, Any]:
    """The locale file of a supported language: `chalicelib/locales/<language>.json`."""
    loaded: dict[str, Any] = json.loads((_LOCALES / f"{language}.json").read_text("utf-8"))
    return loaded


def best_match(tag: str) -> str:
    """The supported language nearest to a BCP 47 tag (RFC 4647 lookup), else English.

    Every Chinese tag gets zh-TW: of the languages here it is the one such a reader can read.
    """
    primary = tag.replace("_", "-").split("-", 1)[0].lower()
    return {known.split("-")[0]: known for known in SUPPORTED}.get(primary, FALLBACK)


def negotiate(language: str | None, page_language: str | None, accept_language: str | None) -> str:
    """`language` if the order names one, else the page's if it is a language tag at all
    ("undefined" is none), else `Accept-Language` (RFC 9110 12.5.4), else zh-TW."""
    if language:
        return best_match(language)
    if page_language and _TAG.fullmatch(page_language):
        return best_match(page_language)
    wishes = []
    for position, part in enumerate((accept_language or "").split(",")):
        tag, _, parameter = part.strip().partition(";")
        quality = parameter.strip().removeprefix("q=") or "1"
        try:
            weight = float(quality)
        except ValueError:
            continue
        if tag.strip() and tag.strip() != "*" and weight > 0:
            wishes.append((-weight, position, tag.strip()))
    matches = [best_match(tag) for _, _, tag in sorted(wishes)]
    known = [
        match
        for match, (_, _, tag) in zip(matches, sorted(wishes), strict=True)
        if match != FALLBACK or tag.lower().startswith(FALLBACK)
    ]
    if known:
        return known[0]
    return FALLBACK if matches else DEFAULT

"""Allergies and diets, as the staff hear them: fixed words for each id (`needs.txt`)."""

from typing import Final

from chalicelib.mandarin.vocabulary import table
from chalicelib.order import Allergen, Diet

MOST_EXPLAINED: Final = 3
"""Allergies of which it is said where they hide; of more, each takes ten seconds, all are named."""


def needs_said(allergies: tuple[Allergen, ...], diets: tuple[Diet, ...]) -> str:
    """「請特別注意，我對花生、芝麻過敏，連一點點都要避開。……」; empty where there are none."""
    said = "".join(_words("diet", name) for name in _together(allergies, diets))
    if allergies:
        names = "、".join(_words("allergen", allergen) for allergen in allergies)
        has_room = len(allergies) <= MOST_EXPLAINED
        also = "".join(_words("also", name) for name in allergies) if has_room else "詳細請看畫面。"
        said = f"我對{names}過敏，連一點點都要避開。{also}{said}"
    return f"請特別注意，{said}" if said else ""


def _together(allergies: tuple[Allergen, ...], diets: tuple[Diet, ...]) -> list[str]:
    """The diets' ids, those that would allow what another need forbids as one: the strictest."""
    ids: list[str] = [diet for diet in diets if diet not in ("ovo_lacto", "five_pungent")]
    ill = "".join(f"-{food}" for food in ("eggs", "milk") if food in allergies)
    if "vegan" in diets:
        if "five_pungent" in diets:
            ids[ids.index("vegan")] = "vegan+five_pungent"
    elif "ovo_lacto" in diets and "five_pungent" in diets and not ill:
        ids.insert(0, "ovo_lacto+five_pungent")
    elif "five_pungent" in diets:
        ids.insert(0, "five_pungent")
    elif "ovo_lacto" in diets:
        ids.insert(0, f"ovo_lacto{ill}")
    return ids


def _words(kind: str, name: str) -> str:
    return "".join(table("needs").get(f"{kind}:{name}", ()))

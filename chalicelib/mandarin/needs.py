"""Allergies and diets, as the staff hear them: fixed words for each id (`needs.txt`)."""

from chalicelib.mandarin.vocabulary import table
from chalicelib.order import Allergen, Diet


def needs_said(allergies: tuple[Allergen, ...], diets: tuple[Diet, ...]) -> str:
    """「請特別注意，我對花生、芝麻過敏，餐點裡完全不能有。……」; empty where there are none."""
    said = "".join(_words("diet", diet) for diet in diets)
    if allergies:
        names = "、".join(_words("allergen", allergen) for allergen in allergies)
        also = "".join(_words("also", allergen) for allergen in allergies)
        said = f"我對{names}過敏，餐點裡完全不能有。{also}{said}"
    return f"請特別注意，{said}" if said else ""


def _words(kind: str, name: str) -> str:
    return "".join(table("needs").get(f"{kind}:{name}", ()))

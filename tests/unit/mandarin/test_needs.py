"""What is said of allergies and diets."""

from typing import get_args

import pytest

from chalicelib.mandarin.han import is_readable
from chalicelib.mandarin.needs import needs_said
from chalicelib.mandarin.vocabulary import table
from chalicelib.order import Allergen, Diet


@pytest.mark.parametrize("allergen", get_args(Allergen))
def test_every_allergen_has_words_that_every_engine_reads(allergen: Allergen) -> None:
    said = needs_said((allergen,), ())
    assert said.startswith("請特別注意，我對")
    assert "過敏，連一點點都要避開。" in said
    assert is_readable(said.translate(str.maketrans("", "", "，、。")))


@pytest.mark.parametrize("diet", get_args(Diet))
def test_every_diet_has_words_that_every_engine_reads(diet: Diet) -> None:
    said = needs_said((), (diet,))
    assert said.startswith("請特別注意，我")
    assert said.endswith("。")
    assert is_readable(said.translate(str.maketrans("", "", "，、。")))


def test_there_are_words_for_nothing_else() -> None:
    for name in table("needs"):
        kind, _, ids = name.partition(":")
        known = get_args(Diet if kind == "diet" else Allergen)
        assert kind in ("allergen", "also", "diet")
        assert set(ids.removesuffix("-milk").removesuffix("-eggs").split("+")) <= set(known)


@pytest.mark.parametrize(
    ("allergies", "diets", "said"),
    [
        (("eggs",), ("ovo_lacto",), "我吃奶素，肉、海鮮和蛋都要避開"),
        (("milk",), ("ovo_lacto",), "我吃蛋素，肉、海鮮和奶製品都要避開"),
        (("milk", "eggs"), ("ovo_lacto",), "我吃素，肉、海鮮、蛋和奶都要避開"),
        ((), ("vegan", "ovo_lacto"), "我吃全素，肉、海鮮、蛋、奶、蔥、蒜都要避開"),
        ((), ("vegan", "five_pungent"), "我吃素，蔥和蒜可以，肉、海鮮、蛋、奶都要避開"),
        ((), ("ovo_lacto", "five_pungent"), "我吃素，蛋、奶、蔥、蒜可以，肉和海鮮都要避開"),
        (("milk",), ("ovo_lacto", "five_pungent"), "我吃素，蔥和蒜可以，肉和海鮮都要避開"),
    ],
)
def test_no_diet_allows_what_another_need_forbids(
    allergies: tuple[Allergen, ...], diets: tuple[Diet, ...], said: str
) -> None:
    sentence = needs_said(allergies, diets)
    assert sentence.count("素，") == 1
    assert said in sentence


def test_nothing_says_the_opposite_where_a_syllable_is_lost() -> None:
    for allergen in get_args(Allergen):
        assert "不" not in needs_said((allergen,), get_args(Diet))


def test_no_allergens_name_takes_those_before_it_along() -> None:
    for allergen in get_args(Allergen):
        assert "的" not in "".join(table("needs")[f"allergen:{allergen}"])


def test_of_many_allergies_each_is_named_and_the_rest_is_on_the_screen() -> None:
    every = get_args(Allergen)
    assert "詳細請看畫面。" not in needs_said(every[:3], ())
    many = needs_said(every, ())
    assert all("".join(table("needs")[f"allergen:{name}"]) in many for name in every)
    assert many.endswith("詳細請看畫面。")


def test_nothing_is_said_of_no_needs() -> None:
    assert needs_said((), ()) == ""

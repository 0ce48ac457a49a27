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
    assert "過敏，餐點裡完全不能有。" in said
    assert is_readable(said.translate(str.maketrans("", "", "，、。")))


@pytest.mark.parametrize("diet", get_args(Diet))
def test_every_diet_has_words_that_every_engine_reads(diet: Diet) -> None:
    said = needs_said((), (diet,))
    assert said.startswith("請特別注意，我")
    assert said.endswith("。")
    assert is_readable(said.translate(str.maketrans("", "", "，、。")))


def test_there_are_words_for_nothing_else() -> None:
    known = {f"allergen:{allergen}" for allergen in get_args(Allergen)}
    known |= {f"also:{allergen}" for allergen in get_args(Allergen)}
    assert set(table("needs")) <= known | {f"diet:{diet}" for diet in get_args(Diet)}


def test_nothing_is_said_of_no_needs() -> None:
    assert needs_said((), ()) == ""

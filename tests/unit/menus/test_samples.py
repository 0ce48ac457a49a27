"""The sample shops, and the form of a menu's file as it is told."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from chalicelib.languages import SUPPORTED
from deploy.menus.__main__ import schema
from deploy.menus.files import read
from deploy.menus.filling import published
from deploy.paths import ROOT
from tests.menus import menu

SAMPLES = sorted((ROOT / "menus").iterdir())


def test_the_schema_of_the_docs_is_the_models() -> None:
    file = ROOT / "docs" / "menu.schema.json"
    assert json.loads(file.read_text("utf-8")) == schema(), (
        "python -m deploy.menus schema > docs/menu.schema.json"
    )


def test_the_schema_takes_what_the_check_takes() -> None:
    validator = jsonschema_rs.Draft202012Validator(schema())
    validator.validate(menu())
    for wrong in ({"sections.0.dishes.0.price": 30.3}, {"extra": 1}, {"store_id": "A"}):
        assert not validator.is_valid(menu(**wrong))


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_a_sample_shop_is_a_menu_in_seven_languages(file: Path) -> None:
    found = read(file, file.stem).checked()
    document = published(found)
    assert document["store_id"] == file.stem
    jsonschema_rs.Draft202012Validator(schema()).validate(document)
    parts = [document, *document["sections"], *document["option_groups"]]
    parts += [dish for section in document["sections"] for dish in section["dishes"]]
    parts += [option for group in document["option_groups"] for option in group["options"]]
    for part in parts:
        names = part["name"]
        assert list(names) == list(SUPPORTED)
        latin = {names[language] for language in ("en", "vi", "id")}
        assert names["zh-TW"] not in latin, f"{names['zh-TW']} has no name of its own"


def test_there_are_sample_shops_of_different_kinds_one_of_them_a_spreadsheet() -> None:
    names = {file.name for file in SAMPLES}
    assert {"sample-breakfast.json", "sample-tea.json", "sample-seafood.csv"} <= names


def test_the_seafood_shop_has_prices_of_the_day() -> None:
    found = read(ROOT / "menus" / "sample-seafood.csv").checked()
    unknown = [
        dish
        for section in found.sections
        for dish in section.dishes
        if dish.price is None and not dish.sizes
    ]
    assert len(unknown) >= 3

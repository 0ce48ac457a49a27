"""What typed dishes can be asked for with: every word of it is said, in every language shown."""

import json
from pathlib import Path

import pytest

from chalicelib import languages, liff
from chalicelib.mandarin.choices import option

DATA = json.loads((Path(liff.__file__).parent / "kind-options.json").read_text("utf-8"))
GROUPS = {group["id"]: group for group in DATA["option_groups"]}
NAMED = [*GROUPS.values(), *(one for group in GROUPS.values() for one in group["options"])]


def test_every_kind_has_groups_that_exist_and_every_group_is_used() -> None:
    used = {group for groups in DATA["kinds"].values() for group in groups}
    assert used == GROUPS.keys()
    assert "other" in DATA["kinds"], "a dish that nobody knows can be asked for without spice, too"


@pytest.mark.parametrize("language", languages.SUPPORTED)
def test_every_group_and_option_has_a_name_in_every_language(language: str) -> None:
    for named in NAMED:
        assert named["name"][language].strip(), named["id"]
    for group in GROUPS.values():
        names = [one["name"][language] for one in group["options"]]
        assert len({*names}) == len(names), group["id"]


def test_every_option_is_said_and_not_only_shown() -> None:
    chinese = [one["name"]["zh-TW"] for group in GROUPS.values() for one in group["options"]]
    assert [name for name in chinese if not option(name)] == []


def test_nothing_has_to_be_chosen_of_a_dish_whose_shop_is_not_known() -> None:
    for group in GROUPS.values():
        assert group["min"] == 0 < group["max"] <= len(group["options"])
        assert not group.get("required")


def test_soy_milk_comes_in_sizes_and_cold_warm_or_hot() -> None:
    groups = [GROUPS[id_] for id_ in DATA["kinds"]["soy_milk"]]
    offered = {one["name"]["zh-TW"] for group in groups for one in group["options"]}
    assert {"中杯", "大杯", "冰", "溫", "熱"} <= offered

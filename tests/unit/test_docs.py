"""The documents are true: settings, make targets, modules, files and version are as they say."""

import re
import tomllib
from dataclasses import MISSING, fields
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench import cost
from chalicelib import __version__
from chalicelib.settings import Settings, SettingsError
from tests.template import resources_yaml

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "docs" / "contributing.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SUFFIXES = {".css", ".in", ".js", ".json", ".md", ".mjs", ".py", ".toml", ".tsv", ".txt", ".yaml"}
REQUIRED = {
    "STAGE": "s",
    "ORDERS_TABLE": "t",
    "LIMITS_TABLE": "l",
    "ORDERS_QUEUE_URL": "q",
    "VOICE_BUCKET": "b",
    "LINE_CHANNEL_TOKEN_PARAMETER": "/l",
    "CLIENT_ADDRESS_KEY_PARAMETER": "/c",
    "VOICE_ADDRESS_KEY_PARAMETER": "/v",
}


def test_every_setting_is_in_the_readme_with_its_default_and_no_other_is() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_0-9]+)` \| (.*?) \|", README, re.MULTILINE))
    assert set(rows) == {field.name.upper() for field in fields(Settings)}
    for field in fields(Settings):
        shown = rows[field.name.upper()]
        if field.default is MISSING:
            assert shown == "required"
        elif isinstance(field.default, tuple):
            assert shown == (f"`{','.join(field.default)}`" if field.default else "–")
        elif field.default != "":
            assert str(field.default) in shown


def test_every_parameter_of_the_template_is_in_the_operations_guide_as_it_is() -> None:
    rows = re.findall(r"^\| `([A-Z]\w+)` \| (.*?) \| (.*?) \| (.+?) \|$", OPERATIONS, re.MULTILINE)
    template = resources_yaml()
    workers = template["Resources"]["FulfilOrders"]["Properties"]["Environment"]["Variables"]
    variables = template["Globals"]["Function"]["Environment"]["Variables"] | workers
    assert [name for name, *_ in rows] == list(template["Parameters"])
    for name, default, sets, _ in rows:
        told = template["Parameters"][name].get("Default")
        if told is not None:
            assert default == (f"`{told}`" if isinstance(told, str) and told else str(told) or "–")
        # By `!Ref Name`, or by `!Sub …${Name}…`.
        set_by_it = [
            key for key, value in variables.items() if re.search(rf"\b{name}\b", str(value))
        ]
        assert set(re.findall(r"`(\w+)`", sets)) == set(set_by_it), name


def test_every_alarm_of_the_template_has_its_place_in_the_runbook() -> None:
    alarms = {
        name
        for name, resource in resources_yaml()["Resources"].items()
        if resource.get("Type") == "AWS::CloudWatch::Alarm"
    }
    assert len(alarms) > 5
    assert not alarms - set(re.findall(r"^### (\w+Alarm)$", OPERATIONS, re.MULTILINE))


def test_the_runbook_shows_what_a_month_costs_as_it_is_computed() -> None:
    assert "\n".join(cost.tables(cost.POLLS)) in OPERATIONS


def test_every_target_that_the_readme_and_the_docs_name_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"`?make ([a-z-]+)", page.read_text("utf-8")))
        assert named & targets == {name for name in named if name not in {"are", "it", "sure"}}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_exists(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def headings(page: Path) -> set[str]:
    """What links to parts of a page may name, as GitHub makes it of the headings."""
    found = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_every_heading_that_a_page_links_to_exists(page: Path) -> None:
    for target, part in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text("utf-8")):
        linked = page.parent / target if target else page
        assert part in headings(linked), f"{target}#{part}"


def paths_named(text: str) -> set[str]:
    """What stands in backticks and looks like a file or folder of this repository."""
    named = set(re.findall(r"`([\w.*-][\w./*-]*)`", text))
    return {name for name in named if "/" in name or Path(name).suffix in SUFFIXES}


def test_every_path_that_the_contributing_guide_names_exists() -> None:
    # What is made on a machine, below `.local`, is in no fresh clone.
    named = {path for path in paths_named(CONTRIBUTING) if not path.startswith(".local/")}
    assert len(named) > 80
    assert not {path for path in named if not any(ROOT.glob(path))}


def test_the_contributing_guide_draws_the_layers_that_are_checked() -> None:
    contracts = tomllib.loads(PYPROJECT)["tool"]["importlinter"]["contracts"]
    layers = [layer for contract in contracts for layer in contract.get("layers", ())]
    drawn = re.findall(r"^ {4}\S* {2,}(\S.*)$", CONTRIBUTING, re.MULTILINE)
    assert drawn == [layer.replace(" | ", " · ") for layer in layers]


def test_an_orders_way_in_the_readme_leads_through_files() -> None:
    [way] = re.findall(r"^An order's way through .*$", README, re.MULTILINE)
    files = re.findall(r"`([\w/]+\.py)`", way)
    assert len(files) > 10
    assert not [file for file in files if not (ROOT / "chalicelib" / file).is_file()]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "Makefile"], ids=lambda page: page.name)
def test_every_module_that_a_page_runs_can_be_run(page: Path) -> None:
    for module in re.findall(r"python -m (\w+(?:\.\w+)*)", page.read_text("utf-8")):
        spec = find_spec(module)
        assert spec, module
        if spec.submodule_search_locations is not None:
            assert find_spec(f"{module}.__main__"), module


def test_the_package_has_the_version_that_the_api_says() -> None:
    assert tomllib.loads(PYPROJECT)["project"]["version"] == __version__


def test_the_changelog_begins_with_this_version() -> None:
    [newest, *_] = re.findall(r"^## \[([^\]]+)\] - \d{4}-\d{2}-\d{2}$", CHANGELOG, re.MULTILINE)
    assert newest == __version__


def test_a_missing_setting_names_itself() -> None:
    with pytest.raises(SettingsError, match="VOICE_BUCKET"):
        Settings.from_environment({**REQUIRED, "VOICE_BUCKET": ""})


def test_a_setting_that_is_no_number_names_itself() -> None:
    with pytest.raises(SettingsError, match="MAX_ATTEMPTS='five'"):
        Settings.from_environment({**REQUIRED, "MAX_ATTEMPTS": "five"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"MAX_ATTEMPTS": "0"},
        {"MAX_ATTEMPTS": "6"},
        {"OPEN_SHARDS": "0"},
        {"OPEN_SHARDS": "65"},
        {"ORDER_RETENTION_DAYS": "1"},
        {"AUDIO_RETENTION_DAYS": "30"},
        {"ORDER_RETENTION_DAYS": "60"},
        {"ORDERS_PER_MINUTE": "0"},
        {"ORDERS_PER_DAY": "0"},
        {"GUESTS_PER_ADDRESS": "0"},
        {"GUEST_ORDERS_PER_DAY": "0"},
        {"LINE_PUSH": "sometimes"},
        {"LINE_ADD_FRIEND_URL": "http://lin.ee/abc"},
        {"LINE_ADD_FRIEND_URL": "https://lin.ee.example/abc"},
        {"LINE_ADD_FRIEND_URL": "https://line.me/R/ti/g/abc"},
        {"LINE_ADD_FRIEND_URL": "javascript:alert(1)"},
    ],
    ids=lambda wrong: " ".join(f"{name}={value}" for name, value in wrong.items()),
)
def test_settings_that_would_break_a_promise_are_refused_by_name(wrong: dict[str, str]) -> None:
    [(name, value)] = wrong.items()
    with pytest.raises(SettingsError, match=rf"{name}={re.escape(value)}(?!\w)"):
        Settings.from_environment({**REQUIRED, **wrong})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://lin.ee/aB1-_c",
        "https://line.me/R/ti/p/@123abcde",
        "https://line.me/R/ti/p/%40123abcde",
    ],
)
def test_lines_own_addresses_add_a_friend(url: str) -> None:
    found = Settings.from_environment({**REQUIRED, "LINE_ADD_FRIEND_URL": url})
    assert found.line_add_friend_url == url


def test_lists_are_split_and_trimmed() -> None:
    settings = Settings.from_environment({**REQUIRED, "SPEECH_ENGINES": " gtts , espeak,"})
    assert settings.speech_engines == ("gtts", "espeak")

"""The README is true: settings, make targets and files are as it says."""

import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from chalicelib import __version__
from chalicelib.settings import Settings, SettingsError

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
REQUIRED = {
    "ORDERS_TABLE": "t",
    "ORDERS_QUEUE_URL": "q",
    "VOICE_BUCKET": "b",
    "LINE_CHANNEL_TOKEN_PARAMETER": "/l",
    "CLIENT_ADDRESS_KEY_PARAMETER": "/c",
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


def test_every_target_that_the_readme_and_the_docs_name_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        named = set(re.findall(r"`?make ([a-z-]+)", page.read_text("utf-8")))
        assert named & targets == {name for name in named if name not in {"are", "it", "sure"}}


def test_every_file_that_the_readme_points_to_exists() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_package_has_the_version_that_the_api_says() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert package["project"]["version"] == __version__


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
        {"ORDER_RETENTION_DAYS": "1"},
        {"AUDIO_RETENTION_DAYS": "30"},
        {"ORDER_RETENTION_DAYS": "60"},
    ],
    ids=lambda wrong: " ".join(f"{name}={value}" for name, value in wrong.items()),
)
def test_settings_that_would_break_a_promise_are_refused_by_name(wrong: dict[str, str]) -> None:
    [(name, value)] = wrong.items()
    with pytest.raises(SettingsError, match=rf"{name}={value}\b"):
        Settings.from_environment({**REQUIRED, **wrong})


def test_lists_are_split_and_trimmed() -> None:
    settings = Settings.from_environment({**REQUIRED, "SPEECH_ENGINES": " gtts , espeak,"})
    assert settings.speech_engines == ("gtts", "espeak")

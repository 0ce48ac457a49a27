"""The operator's file of parameters: what is wrong in it is told with its place, before AWS is
asked."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chalicelib.settings import Settings
from chalicelib.speech.engines import ENGINES
from deploy.app_settings import use_settings_of
from deploy.cloudformation import given
from deploy.parameters import _template, _wanted, read
from deploy.target import DeployError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".chalice").mkdir()
    return tmp_path / ".chalice"


def refused(folder: Path, content: str | bytes) -> list[str]:
    """The lines that an operator reads of such a file."""
    raw = content.encode() if isinstance(content, str) else content
    (folder / "parameters-prod.json").write_bytes(raw)
    with pytest.raises(DeployError) as error:
        read("prod", folder)
    return str(error.value).splitlines()


def accepted(folder: Path, **parameters: Any) -> dict[str, str]:
    (folder / "parameters-prod.json").write_text(json.dumps(parameters))
    return read("prod", folder)


def test_without_a_file_there_are_none(folder: Path) -> None:
    assert read("prod", folder) == {}


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_the_files_of_this_repository_are_accepted(stage: str) -> None:
    assert all(isinstance(value, str) for value in read(stage).values())


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('{\n  "LiffId": "a",\n}\n', "line 3, column 1: expecting a key in double quotes"),
        ('{\n  "LiffId": "a"\n  "LiffUrl": ""\n}', "line 3, column 3: expecting ,"),
        ('["gtts"]', 'line 1, column 1: must be an object: {"SpeechEngines": "gtts,polly"}'),
        ("", "line 1, column 1: Expecting value"),
        (
            '{"SpeechEngines": ["gtts"]}',
            "line 1, column 19: SpeechEngines must be a text or a number",
        ),
        (
            '{\n  "AlarmEmail": "a@x,b@x"\n}',
            "line 2, column 17: AlarmEmail must be one e-mail address, or nothing",
        ),
        (
            '{"AlarmEmail": "ops"}',
            "line 1, column 16: AlarmEmail must be one e-mail address, or nothing",
        ),
        (
            '{"LinePush": "now"}',
            "line 1, column 14: LinePush must be one of always, asked, never",
        ),
        (
            '{"GoogleSpeechKeyParameter": "AIza-a-key"}',
            "line 1, column 30: GoogleSpeechKeyParameter must be the name of a SecureString in "
            "Parameter Store, with its first slash",
        ),
        ('{"LiffId": null}', "line 1, column 12: LiffId must be a text or a number"),
        ('{"LiffId": NaN}', "line 1, column 12: NaN is not JSON"),
        (b'{\n  "LiffId": "\xe9"\n}', "line 2, column 14: is not in UTF-8"),
        ('{"LiffId": "a",\n "LiffId": "b"}', 'line 2, column 2: the key "LiffId" is there twice'),
    ],
    ids=[
        "comma",
        "no comma",
        "list",
        "empty",
        "nested",
        "addresses",
        "no address",
        "no choice",
        "key",
        "null",
        "NaN",
        "Latin-1",
        "twice",
    ],
)
def test_a_broken_file_is_one_line_with_its_place(
    folder: Path, content: str | bytes, line: str
) -> None:
    assert refused(folder, content) == [f".chalice/parameters-prod.json, {line}"]


NUMBERS = {
    name: rule for name, rule in _template()["Parameters"].items() if rule["Type"] == "Number"
}


@pytest.mark.parametrize("value", ["", " ", "ten", "1.5", "-1", "1e3", "٣", 2.5, True])
@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_number_is_refused_with_its_place(folder: Path, name: str, value: Any) -> None:
    [line] = refused(folder, json.dumps({name: value}))
    place, _, wanted = line.partition(f": {name} must be ")
    assert place == f".chalice/parameters-prod.json, line 1, column {len(name) + 6}"
    assert wanted.startswith(("a whole number from ", "one of 0, 5, "))


def test_a_number_beyond_its_bounds_is_refused_with_them(folder: Path) -> None:
    wanted = {
        '{"OpenShards": ""}': "OpenShards must be a whole number from 1 to 64",
        '{"OpenShards": 65}': "OpenShards must be a whole number from 1 to 64",
        '{"FulfilConcurrency": 1}': "FulfilConcurrency must be a whole number from 2 to 1000",
        '{"OrdersPerDay": 0}': "OrdersPerDay must be a whole number from 1 on",
    }
    for content, said in wanted.items():
        [line] = refused(folder, content)
        assert line.endswith(f": {said}")


@pytest.mark.parametrize("name", NUMBERS)
def test_the_default_and_the_bounds_of_a_number_are_accepted(name: str) -> None:
    rule = NUMBERS[name]
    for bound in ("Default", "MinValue", "MaxValue"):
        assert _wanted(rule, str(rule.get(bound, rule["Default"]))) == ""


def test_a_misspelt_parameter_is_told_with_the_one_that_is_meant(folder: Path) -> None:
    assert refused(folder, '{\n  "SpeechEngine": "gtts",\n  "Colour": "red"\n}') == [
        ".chalice/parameters-prod.json, line 2, column 19: there is no parameter SpeechEngine; "
        "is it SpeechEngines?",
        ".chalice/parameters-prod.json, line 3, column 13: there is no parameter Colour; "
        "docs/operations.md lists them",
    ]


def test_a_number_is_taken_as_it_is_written(folder: Path) -> None:
    assert accepted(folder, OrdersPerDay=7) == {"OrdersPerDay": "7"}


def test_a_stage_in_the_file_does_not_win(folder: Path) -> None:
    assert refused(folder, '{"Stage": "local"}') == [
        ".chalice/parameters-prod.json, line 1, column 11: Stage is local here, but STAGE=prod"
    ]
    assert accepted(folder, Stage="prod") == {"Stage": "prod"}
    assert given("prod", {"Stage": "local"})["Stage"] == "prod"


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (
            {"OrderRetentionDays": "60"},
            "AudioRetentionDays=60 must be more than OrderRetentionDays=60, and that more than 1",
        ),
        ({"AudioRetentionDays": "20"}, "AudioRetentionDays=20 must be more than Order"),
        ({"SpeechEngines": "gtts,espeek"}, "SpeechEngines names 'espeek'; known are gtts, polly"),
        (
            {"SpeechEngines": "google,polly"},
            "SpeechEngines names google: GoogleSpeechKeyParameter is missing",
        ),
        (
            {"SpeechEngines": "azure", "AzureSpeechKeyParameter": "/a"},
            "SpeechEngines names azure: AzureSpeechRegion is missing",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_the_functions_would_refuse_is_refused_before_it_is_deployed(
    folder: Path, told: dict[str, Any], line: str
) -> None:
    [said] = refused(folder, json.dumps(told))
    assert said.startswith(f".chalice/parameters-prod.json: {line}")


def test_every_engine_that_there_is_may_be_named(folder: Path) -> None:
    needed = {"GoogleSpeechKeyParameter": "/g", "AzureSpeechKeyParameter": "/a"}
    accepted(folder, SpeechEngines=", ".join(ENGINES), AzureSpeechRegion="japaneast", **needed)


def test_commands_that_run_the_functions_code_have_every_setting_that_it_requires(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """make redrive and make forget, which no function's environment helps."""
    made_up: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", made_up)
    use_settings_of(dict.fromkeys(("OrdersTableName", "OrdersQueueUrl", "VoiceBucketName"), "x"))
    assert Settings.from_environment(made_up).orders_table == "x"

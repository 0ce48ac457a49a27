"""What make understands of the settings that are said to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.paths import ROOT
from tests import order

NO = ("no", "0", "false", "off")
YES = ("yes", "1", "true", "on")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def command(*arguments: str) -> str:
    """The command that make would run, in the end."""
    return " ".join(make("--dry-run", *arguments).stdout.rpartition("exec ")[2].split())


@pytest.mark.parametrize(
    ("target", "name", "option"),
    [
        ("deploy", "PREVIEW", "--preview"),
        ("deploy", "YES", "--yes"),
        ("menu-sold-out", "BACK", "--back"),
    ],
)
@pytest.mark.parametrize("word", [*YES, *NO, ""])
def test_yes_is_yes_and_no_is_no(target: str, name: str, option: str, word: str) -> None:
    said = make("--dry-run", target, "STAGE=local", f"{name}={word}").stdout
    assert (option in said.split()) == (word in YES)


@pytest.mark.parametrize("word", [*YES, *NO, ""])
def test_a_trial_order_is_placed_unless_somebody_says_no(word: str) -> None:
    assert ("--no-smoke" in command("deploy", "STAGE=local", f"SMOKE={word}")) == (word in NO)


@pytest.mark.parametrize("name", ["PREVIEW", "YES", "SMOKE", "GUEST", "BACK"])
@pytest.mark.parametrize("word", ["maybe", "YES", "yes no"])
def test_what_is_neither_is_one_clear_line(name: str, word: str) -> None:
    refused = make("settings", f"{name}={word}")
    assert refused.returncode
    assert refused.stdout == (
        f"{name}={word} is neither yes (1, true, on) nor no (0, false, off)\n"
    )


@pytest.mark.parametrize("minutes", ["0", "3", "45", "180", ""])
def test_a_watch_of_up_to_three_hours_is_taken(minutes: str) -> None:
    assert make("settings", f"WATCH={minutes}").returncode == 0


@pytest.mark.parametrize("minutes", ["soon", "-1", "181", "1000", "3 4", "1.5"])
def test_another_watch_is_refused_before_anything_is_set_up(minutes: str) -> None:
    refused = make("deploy", "STAGE=local", f"WATCH={minutes}")
    assert refused.returncode
    assert refused.stdout == "WATCH is minutes, 0 to 180: WATCH=3\n"


@pytest.mark.parametrize("minutes", ["1", "60", "9999", ""])
def test_how_far_back_is_minutes(minutes: str) -> None:
    assert make("settings", f"SINCE={minutes}").returncode == 0
    said = make("--dry-run", "status", "STAGE=local", f"SINCE={minutes}").stdout
    assert ("--since=" in said) == bool(minutes)


@pytest.mark.parametrize("minutes", ["0", "1h", "-1", "10000"])
def test_another_way_to_say_how_far_back_is_refused(minutes: str) -> None:
    refused = make("status", "STAGE=local", f"SINCE={minutes}")
    assert refused.returncode
    assert refused.stdout == "SINCE is minutes, 1 to 9999: SINCE=180\n"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the `python3` that make finds first writes down what it was asked."""
    python, log = tmp_path / "python3", tmp_path / "asked"
    python.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    log.touch()
    return log


def test_a_second_start_looks_for_no_python(asked: Path) -> None:
    assert make("addresses", f"BIN={Path(sys.executable).parent}", "PORT=80").returncode
    assert not asked.read_text()


def test_a_first_start_looks_for_a_python_once(asked: Path) -> None:
    assert make("addresses", "BIN=not-yet", "PORT=80").returncode
    assert asked.read_text().count("ensurepip") == 1


def test_the_files_that_make_test_begins_with_are_there() -> None:
    assert [file for file in order.LATE_AND_LONG if not (ROOT / file).is_file()] == []

"""Which Python packages production: one found on the machine, of the pinned version, or none."""

import os
import sys
from pathlib import Path

import pytest

from deploy import interpreter, layers, package, wheels

SOABI = {
    "3.13": "cpython-313-x86_64-linux-gnu",
    "3.12": "cpython-312-x86_64-linux-gnu",
    "3.13 without a global lock": "cpython-313t-x86_64-linux-gnu",
    "PyPy 3.13": "pypy313-pp73-x86_64-linux-gnu",
}


def stand_in(file: Path, says: str) -> Path:
    """A Python that answers every question alike."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{says}\n")
    file.chmod(0o755)
    return file


def python(file: Path, soabi: str) -> Path:
    return stand_in(file, f"echo {soabi}")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python, but for the one that runs the tests."""
    monkeypatch.setattr(interpreter, "PRODUCTION", (3, 13))
    monkeypatch.setattr(sys, "version_info", (3, 11, 7))
    monkeypatch.setattr(interpreter, "LOCAL", tmp_path / ".local")
    monkeypatch.setattr(wheels, "UV", tmp_path / "there is no uv")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'bin'}")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def test_a_machine_without_productions_python_is_told_in_one_line(machine: Path) -> None:
    python(machine / "bin" / "python3", SOABI["3.12"])
    with pytest.raises(package.PackageError, match=r"production runs on python3\.13") as failed:
        package.build("prod")
    assert "\n" not in str(failed.value)


@pytest.mark.usefixtures("machine")
def test_a_local_stack_is_packaged_by_the_python_that_runs() -> None:
    assert interpreter.of("local") == (Path(sys.executable), (3, 11))


@pytest.mark.usefixtures("machine")
def test_whoever_works_with_productions_python_packages_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 5))
    assert interpreter.of("prod") == interpreter.running()


def test_a_python_is_known_by_what_it_is_and_not_by_its_name(machine: Path) -> None:
    python(machine / "shims" / "python3.13", SOABI["3.13 without a global lock"])
    python(machine / "bin" / "python3.13", SOABI["PyPy 3.13"])
    found = python(machine / "bin" / "python3", SOABI["3.13"])
    assert interpreter.find("LocalStack") == found


def test_a_version_of_pyenv_that_is_not_chosen_is_found_behind_its_dead_shim(machine: Path) -> None:
    stand_in(machine / "shims" / "python3.13", "echo 'pyenv: command not found' >&2; exit 127")
    versions = machine / "pyenv" / "versions"
    python(versions / "3.12.1" / "bin" / "python3.12", SOABI["3.12"])
    found = python(versions / "3.13.0" / "bin" / "python3.13", SOABI["3.13"])
    assert interpreter.find("LocalStack") == found


def test_one_that_uv_manages_is_found_and_none_is_downloaded(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = python(machine / "managed" / "python3.13", SOABI["3.13"])
    asked = machine / "asked"
    uv = stand_in(machine / "uv", f'echo "$@" > {asked}; echo {found}')
    monkeypatch.setattr(wheels, "UV", uv)
    assert interpreter.find("LocalStack") == found
    assert "--no-python-downloads" in asked.read_text()


def test_the_environment_is_made_once_and_anew_when_its_pins_or_its_python_change(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(interpreter, "_is_productions", lambda python: python.exists())
    monkeypatch.setattr(interpreter, "find", lambda _: Path(sys.executable))
    monkeypatch.setattr(wheels, "install", lambda pins, python: installed.append(python))
    pins = machine / "pins.txt"
    pins.write_text("oranges==1.0")
    monkeypatch.setattr(interpreter, "REQUIREMENTS", pins)

    made = interpreter.of("prod").executable
    assert os.access(made, os.X_OK)
    assert interpreter.of("prod").executable == made
    assert installed == [str(made)]
    assert capsys.readouterr().err == "Setting up .local/package-3.13\n"

    pins.write_text("oranges==1.1")
    interpreter.of("prod")
    assert len(installed) == 2
    made.unlink()
    interpreter.of("prod")
    assert len(installed) == 3
    assert made.exists()


def test_an_environment_whose_packages_cannot_be_had_is_not_taken_for_one(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(pins: Path, python: str) -> None:
        raise wheels.InstallError("no wheel of oranges")

    monkeypatch.setattr(interpreter, "_is_productions", lambda python: python.exists())
    monkeypatch.setattr(interpreter, "find", lambda _: Path(sys.executable))
    monkeypatch.setattr(wheels, "install", install)
    for _ in range(2):
        with pytest.raises(package.PackageError, match="no wheel of oranges"):
            package.build("prod")


def test_a_check_reads_productions_template_on_any_machine_and_says_by_which_python(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = package._any_python("prod")
    assert python == interpreter.running()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "; here packaged by 3.11" in said


def test_a_layer_is_for_the_python_of_the_functions_and_kept_apart_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def unpack(pins: Path, folder: Path, platform: str, python: str) -> None:
        folder.mkdir()
        asked.append((python, platform))

    monkeypatch.setattr(layers, "LAYERS", tmp_path)
    monkeypatch.setattr(wheels, "unpack", unpack)
    productions = interpreter.Python(Path("/environment/bin/python"), (3, 13))
    mine = interpreter.Python(Path("/mine/bin/python"), (3, 11))
    arm = "manylinux_2_28_aarch64"
    built = {layers.build("kokoro", python, platform=arm) for python in (productions, mine)}
    assert len(built) == 2
    assert asked == [("/environment/bin/python", arm), ("/mine/bin/python", arm)]

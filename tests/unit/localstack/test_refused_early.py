"""What make refuses before it installs anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.paths import ROOT
from localstack import order


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "PORT="], "PORT= will not do: "),
        (["up", "PORT=abc"], "PORT=abc will not do: "),
        (["up", 'PORT=a"b'], 'PORT=a"b will not do: '),
        (["up", "PORT=-1"], "PORT=-1 will not do: "),
        (["up", "PORT=6566"], "PORT=6566 will not do: browsers"),
        (["up", "ORIGINS=*"], "ORIGINS=* will not do: "),
        (["run", "PUBLIC_URL=http://localhost:4810"], "PUBLIC_URL=http://localhost:4810 will not"),
        (["deploy"], "say where to: STAGE=prod"),
        (["deploy", "STAGE=xyz"], "say where to: STAGE=prod"),
        (["redrive", "STAGE=xyz"], "say where to: STAGE=prod"),
        (["forget", "STAGE=xyz", "USER=U1"], "say where to: STAGE=prod"),
        (["screenshots"], "no stack is running here: "),
    ],
)
def test_what_will_not_do_is_said_in_one_line_before_the_set_up(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "localstack", tmp_path / "localstack")
    # One that is known to be new enough, with nothing installed.
    without_packages = tmp_path / "python"
    without_packages.write_text(f'#!/bin/sh\nexec "{sys._base_executable}" -S "$@"\n')  # type: ignore[attr-defined]
    without_packages.chmod(0o755)
    done = subprocess.run(
        ["make", "-s", *arguments, f"PYTHON={without_packages}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    [line] = done.stdout.splitlines()
    assert line.startswith(said)
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("port", ["abc", ""])
def test_an_order_for_what_is_no_port_is_refused_in_one_line(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["order", f"--port={port}"])
    assert order.main() == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"PORT={port} will not do: ")

"""What the end of one stack leaves to the others."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from localstack import stack
from localstack.processes import Process
from localstack.stack import PARTS, Stack

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    monkeypatch.setattr(stack, "LOCAL", tmp_path)
    yield tmp_path
    for folder in tmp_path.glob("[0-9]*"):
        Stack(int(folder.name)).down()


def as_started(local: Path, port: int, *, parts: tuple[str, ...] = PARTS) -> Stack:
    """What a stack leaves in its folder, with nothing that listens."""
    for part in parts:
        Process.start(part, SLEEPER, {}, local / str(port), dies_with_us=True)
    environment = f"AWS_ENDPOINT_URL=http://localhost:{port}\n"
    for folder in (local / str(port), local):
        (folder / "stack.env").write_text(environment)
    os.utime(local / str(port) / "stack.env", (port, port))
    return Stack(port)


def test_the_settings_are_again_those_of_the_last_stack_that_still_runs(local: Path) -> None:
    as_started(local, 4801)
    as_started(local, 4803)
    as_started(local, 4805, parts=("line",))
    last = as_started(local, 4807)
    last.down()
    assert (local / "stack.env").read_text() == "AWS_ENDPOINT_URL=http://localhost:4803\n"


def test_after_the_only_stack_there_are_no_settings(local: Path) -> None:
    as_started(local, 4801).down()
    assert not (local / "stack.env").exists()
    assert not (local / "4801").exists()

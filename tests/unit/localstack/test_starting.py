"""What is said of a part of the stack that does not start."""

import sys
from pathlib import Path

import pytest

from localstack import emulator
from localstack.processes import Process, StackError
from tests.ports import free_port_pair


def test_a_part_that_does_not_start_is_named_after_its_last_words(tmp_path: Path) -> None:
    complaint = "import sys; sys.exit('the disk is full')"
    part = Process.start(
        "emulator", [sys.executable, "-c", complaint], {}, tmp_path, dies_with_us=True
    )
    with pytest.raises(StackError) as raised:
        emulator.wait_until_healthy(f"http://127.0.0.1:{free_port_pair()}/", part)
    assert str(raised.value).splitlines() == [
        "the disk is full",
        "The part 'emulator' did not start.",
    ]

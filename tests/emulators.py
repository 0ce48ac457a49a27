"""The emulator that this run's tests use (`EMULATOR=`), and what it is known not to do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localstack import emulators
from localstack.emulators.emulator import Gap, Place
from tests.ports import free_port_pair

EMULATOR = emulators.named(os.environ.get("EMULATOR", ""))


def rests_on(*gaps: Gap) -> pytest.MarkDecorator:
    """Skips a test, by the gap's name and reason, on an emulator that has one of `gaps`."""
    found = [f"{gap}: {EMULATOR.gaps[gap]}" for gap in gaps if gap in EMULATOR.gaps]
    return pytest.mark.skipif(bool(found), reason=f"{EMULATOR.title}: {'; '.join(found)}")


@contextmanager
def bare_emulator(folder: Path, *, enforces_iam: bool = False) -> Iterator[str]:
    """The address of an emulator with nothing in it."""
    port = free_port_pair()
    process = EMULATOR.start(Place(port, folder, enforces_iam), dies_with_us=True)
    yield f"http://localhost:{port}"
    process.stop()

"""The world that most tests of this folder live in."""

from collections.abc import Iterator

import pytest

from tests.unit.reliability.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with World(engines=("first",)).inhabited() as world:
        yield world

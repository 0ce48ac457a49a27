"""One stand-in for a file's tests, empty for each of them."""

from collections.abc import Iterator

import pytest

from tests.unit.line_standin.standin_client import Client, running


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    with running() as client:
        yield client


@pytest.fixture
def line(shared: Client) -> Client:
    shared.post("/standin/reset")
    return shared

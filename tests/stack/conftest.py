"""An emulator with nothing in it, for those who deploy to it themselves."""

from collections.abc import Iterator

import boto3
import pytest

from deploy.target import CREDENTIALS
from tests import emulators


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where it is."""
    with emulators.bare_emulator(tmp_path_factory.mktemp("emulator")) as address:
        yield address


@pytest.fixture
def bare_emulator(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same, as what boto3 reaches."""
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return endpoint

"""An emulator with nothing in it, for those who deploy to it themselves."""

from collections.abc import Iterator

import boto3
import pytest

from deploy.target import CREDENTIALS
from localstack import emulator
from tests.ports import free_port_pair


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where it is."""
    port = free_port_pair()
    process = emulator.start(port, tmp_path_factory.mktemp("emulator"), dies_with_us=True)
    yield f"http://localhost:{port}"
    process.stop()


@pytest.fixture
def bare_emulator(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same, as what boto3 reaches."""
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return endpoint

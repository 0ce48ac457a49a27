"""The real Kokoro voice, installed for the tests as `make run` installs it."""

from pathlib import Path

import pytest
from rich.console import Console

from deploy import kokoro_model


@pytest.fixture(scope="session")
def kokoro_voice() -> Path:
    folder = kokoro_model.cache_folder()
    kokoro_model.install(folder, Console(stderr=True))
    return folder

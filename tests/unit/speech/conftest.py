"""The real Kokoro voice, installed for the tests as `make run` installs it; and what stands in for
the APIs of other engines, and for the store of their keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from chalicelib import parameter_store
from chalicelib.speech.engines.kokoro.model import Model
from deploy import kokoro_model
from localstack.speech_standin import Standin, serving
from tests.unit.speech.web_apis import KeyStore


@pytest.fixture(scope="session")
def kokoro_voice() -> Path:
    folder = kokoro_model.cache_folder()
    kokoro_model.install(folder, Console(stderr=True))
    return folder


@pytest.fixture(scope="session")
def model(kokoro_voice: Path) -> Model:
    return Model.load(kokoro_voice)


@pytest.fixture
def standin() -> Iterator[Standin]:
    with serving() as standin:
        yield standin


@pytest.fixture
def key_store(monkeypatch: pytest.MonkeyPatch) -> KeyStore:
    store = KeyStore()
    monkeypatch.setattr(parameter_store, "_client", lambda: store)
    return store

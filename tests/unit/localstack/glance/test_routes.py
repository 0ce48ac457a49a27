"""What the glance answers where it cannot look."""

import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import urllib3

from deploy.target import CREDENTIALS
from localstack.line_standin.app import Config
from localstack.line_standin.server import serving


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where no emulator is; a reader takes it for its own, over whatever was set."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        for name in CREDENTIALS:
            monkeypatch.setenv(name, "another")
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        yield address


def test_an_emulator_that_does_not_answer_is_told_in_words(tmp_path: Path, nobody: str) -> None:
    config = Config(channel_id="1", channel_token="t", stack_folder=tmp_path)
    with serving(config) as url:
        early = urllib3.request("GET", f"{url}/glance/state", retries=False)
        assert (early.status, early.json()) == (503, {"trouble": "the stack is on its way"})
        environment = {"EMULATOR": "ministack", "AWS_ENDPOINT_URL": nobody, **CREDENTIALS}
        text = "".join(f"{name}={value}\n" for name, value in environment.items())
        (tmp_path / "stack.env").write_text(text)
        gone = urllib3.request("GET", f"{url}/glance/state", retries=False)
    assert gone.status == 503
    assert nobody in gone.json()["trouble"]
    assert gone.headers["Cache-Control"] == "no-store"


def test_no_part_of_the_page_is_missing() -> None:
    with serving(Config(channel_id="1", channel_token="t")) as url:
        for part in ("", "/glance.css", "/glance.js", "/orders.js", "/panels.js", "/dom.js"):
            answer = urllib3.request("GET", f"{url}/glance{part}", retries=False)
            assert answer.status == 200, part
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]

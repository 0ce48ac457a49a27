"""What `make order` says when the stack, or the tunnel before it, does not answer."""

import sys

import pytest

from localstack import order
from localstack.api import download
from localstack.errors import StackError
from tests.ports import free_port_pair


def test_what_does_not_answer_is_named_without_what_opens_the_audio() -> None:
    url = f"http://127.0.0.1:{free_port_pair()}/bucket/voice/a.mp3"
    with pytest.raises(StackError, match=rf"\Anothing answers at {url}\Z"):
        download(f"{url}?X-Amz-Signature=0")


@pytest.mark.parametrize("public", [{}, {"PUBLIC_LIFF_URL": "https://abc.example/liff"}])
def test_an_order_for_a_stack_that_is_gone_says_how_it_is_started_anew(
    public: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    port = free_port_pair()
    api = f"http://127.0.0.1:{port}"
    environment = {"API_URL": api, "LINE_URL": api, "AWS_ENDPOINT_URL": f"http://localhost:{port}"}
    monkeypatch.setattr(order, "read_environment", lambda _port: environment | public)
    monkeypatch.setattr(sys, "argv", ["order", "--guest"])
    assert order.main() == 1
    said = capsys.readouterr().out
    # Before it, where other stacks run, which one is meant.
    assert f"nothing answers at {api}/api/orders/quick: " in said
    assert said.endswith(f"make down PORT={port} and make up PORT={port} start it anew\n")
    assert ("tunnel" in said) == bool(public)

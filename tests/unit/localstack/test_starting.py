"""What is said of a stack, or a part of one, that does not start."""

import sys
from pathlib import Path

import pytest

from deploy import kokoro_model
from localstack import serving, stack
from localstack.errors import StackError
from localstack.processes import Process, wait_until_healthy
from tests.ports import free_port_pair


def test_a_part_that_does_not_start_is_named_after_its_last_words(tmp_path: Path) -> None:
    complaint = "import sys; sys.exit('the disk is full')"
    part = Process.start(
        "emulator", [sys.executable, "-c", complaint], {}, tmp_path, dies_with_us=True
    )
    with pytest.raises(StackError) as raised:
        wait_until_healthy(f"http://127.0.0.1:{free_port_pair()}/", part)
    assert str(raised.value).splitlines() == [
        "the disk is full",
        "The part 'emulator' did not start.",
    ]


def test_what_is_left_of_a_stack_is_not_taken_for_a_stranger_on_its_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "LOCAL", tmp_path)
    port = free_port_pair()
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    left = Process.start("line", sleeper, {}, tmp_path / str(port), dies_with_us=True)
    try:
        with pytest.raises(StackError, match=f"are left on port {port}; make down PORT={port} "):
            stack.Stack(port).up(dies_with_us=True)
        assert left.is_alive()
    finally:
        stack.Stack(port).down()
    assert not left.is_alive()


def test_an_order_waits_while_a_voice_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "SET_UP_LOCK", tmp_path / "lock")
    seen: list[bool] = []
    monkeypatch.setattr(
        kokoro_model, "install_if_possible", lambda _: seen.append(stack.is_starting())
    )
    serving.install_voice()
    assert seen == [True]
    assert not stack.is_being_set_up()


def test_few_workers_have_a_voice_that_uses_every_core_and_one_order_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "publish_layer", lambda name, _: f"arn:{name}")
    installed = {"kokoro": tmp_path, "espeak": tmp_path}
    others = {"SpeechEngines": "gtts,espeak"}
    with_kokoro = stack.Stack(4566)._parameters(installed)
    assert (with_kokoro["FulfilBatch"], with_kokoro["FulfilConcurrency"]) == ("1", "2")
    for without in (
        stack.Stack(4566)._parameters({"espeak": tmp_path}),
        stack.Stack(4566, options=others)._parameters(installed),
    ):
        assert not {"FulfilBatch", "FulfilConcurrency"} & without.keys()

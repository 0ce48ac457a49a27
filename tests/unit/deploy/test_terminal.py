"""What whoever deploys sees while they wait."""

import threading

import pytest

from deploy import terminal
from tests.deploy_support import Screen


def test_without_a_terminal_a_wait_gives_a_sign_of_life_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(terminal, "SIGN_OF_LIFE_SECONDS", 0.01)
    screen, is_told = Screen(monkeypatch), threading.Event()
    shown = screen.terminal()
    say = type(shown).say

    def told(self: terminal.Terminal, text: str, style: str = "") -> None:
        say(self, text, style)
        if "s now" in text:
            is_told.set()

    monkeypatch.setattr(terminal.Terminal, "say", told)
    with shown.waiting("A guest's order is tried"):
        assert is_told.wait(10)
    lines = screen.text.splitlines()
    assert lines[0] == "A guest's order is tried …"
    assert set(lines[1:]) == {"A guest's order is tried, for 0 s now …"}

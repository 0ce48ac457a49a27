"""An operator erases a traveller's orders: what is asked, shown, refused, and never written."""

import io
import sys

import pytest
from rich.console import Console

from chalicelib.errors import TransientError
from chalicelib.order import Notified
from chalicelib.orders import transitions
from chalicelib.orders.identity import line_owner
from chalicelib.orders.record import OrderRecord, table
from deploy import forget as command
from deploy.target import DeployError
from deploy.terminal import Terminal
from tests.unit.orders_support import NOW, SENTENCE, USER, VOICE, accepted, claimed

OTHER = "U" + "f" * 32
OUTPUTS = {"OrdersTableName": "orders", "OrdersQueueUrl": "q", "VoiceBucketName": "voices"}


def completed(user_id: str = USER) -> OrderRecord:
    spoken = transitions.record_voice(claimed(line_owner(user_id)), VOICE, SENTENCE)
    return transitions.complete(spoken, Notified("sent"), now=NOW)


def is_erased(record: OrderRecord) -> bool:
    return table().get(record.order_id).is_erased


@pytest.fixture
def run(aws: None, monkeypatch: pytest.MonkeyPatch) -> "Run":
    return Run(monkeypatch)


class Run:
    """`make forget`, and what was shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.shown = io.StringIO()
        monkeypatch.setattr(command, "choose_target", lambda _: None)
        monkeypatch.setattr(command, "use_settings_of", lambda _: None)
        monkeypatch.setattr(command, "outputs", lambda _: OUTPUTS)
        console = Console(file=self.shown, width=80)
        monkeypatch.setattr(
            command, "Terminal", lambda says_yes: Terminal(console, says_yes=says_yes)
        )

    def __call__(self, user: str = USER, *options: str, answer: str = "") -> int:
        self._patch.setenv("USER", user)
        self._patch.setattr(sys, "argv", ["forget", "local", *options])
        if answer:
            self._patch.setattr(sys.stdin, "isatty", lambda: True)
            self._patch.setattr(Terminal, "_ask", lambda *_: answer)
        return command.main()


def test_a_users_orders_are_erased_and_nobody_elses(run: Run) -> None:
    mine, theirs = [completed() for _ in range(3)], completed(OTHER)
    under_way, guests = accepted(line_owner(USER)), accepted()
    assert run(USER, "--yes") == 0
    assert all(map(is_erased, mine))
    assert not any(map(is_erased, (theirs, guests, under_way)))
    assert table().get(under_way.order_id).erasure_asked_at
    shown = run.shown.getvalue().splitlines()
    assert shown == [
        "Stack: order-voice-local",
        "Orders of this user: 4",
        "Erased: 3",
        "Being worked on, and erased as soon as they have ended: 1",
    ]


@pytest.mark.parametrize(("answer", "is_done"), [("y", True), ("n", False), ("no", False)])
def test_it_is_asked_before(run: Run, answer: str, is_done: bool) -> None:
    record = completed()
    assert run(USER, answer=answer) == (0 if is_done else 1)
    assert is_erased(record) is is_done


def test_where_nobody_can_be_asked_nothing_is_erased(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    record = completed()
    assert run(USER) == 1
    assert not is_erased(record)
    assert capsys.readouterr().err == "nobody is here to be asked: say YES=1 before it is run\n"


def test_of_a_user_without_orders_nothing_is_asked(run: Run) -> None:
    assert run(USER) == 0
    assert run.shown.getvalue().splitlines()[-1] == "Orders of this user: 0"


@pytest.mark.parametrize(
    "user",
    [
        *("", "root", "U", "U1", USER.lower(), USER + "0", f" {USER}", f"{USER}\n", "line:" + USER),
        *("U" + "F" * 32, "U" + "٣" * 32, "' OR 1=1", "U" + "*" * 32, "guest:abc", "C" + "0" * 32),
    ],
)
def test_what_is_no_user_id_is_refused_in_one_line_that_does_not_repeat_it(
    run: Run, user: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(user, "--yes") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("say whose: USER=U…")
    assert len(user) < 2 or user not in said
    assert run.shown.getvalue() == ""


def test_the_id_is_never_written(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    completed()
    run(USER, "--yes")
    told = capsys.readouterr()
    assert USER not in run.shown.getvalue() + told.out + told.err


def test_interrupted_it_is_run_again_for_the_rest(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [completed() for _ in range(3)]
    erase = transitions.erase

    def fail_after_one(record: OrderRecord) -> OrderRecord | None:
        if any(map(is_erased, records)):
            raise TransientError("DynamoDB did not answer a write")
        return erase(record)

    with monkeypatch.context() as patch:
        patch.setattr(transitions, "erase", fail_after_one)
        assert run(USER, "--yes") == 1
    assert [is_erased(record) for record in records].count(True) == 1
    said = capsys.readouterr().err
    assert "run it again" in said
    assert USER not in said
    assert run(USER, "--yes") == 0
    assert all(map(is_erased, records))


def test_a_refusal_of_a_stage_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: str) -> None:
        raise DeployError("local is on an emulator")

    monkeypatch.setattr(command, "choose_target", refuse)
    assert run(USER, "--yes") == 1
    assert capsys.readouterr().err == "local is on an emulator\n"

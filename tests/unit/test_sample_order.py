"""`make order` and `make down`, before there is a stack."""

import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.paths import ROOT
from localstack import order, serving, stack
from localstack.errors import StackError
from localstack.processes import Process

NOBODY = "no stack is running here: make run, or make up, starts one"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As much of a fresh clone as make reads first."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """`.local` of a clone where nothing runs."""
    monkeypatch.setattr(stack, "SET_UP_LOCK", tmp_path / ".setup.lock")
    monkeypatch.setattr(stack, "LOCAL", tmp_path / ".local")
    (tmp_path / ".local" / "4566").mkdir(parents=True)
    return tmp_path / ".local"


def make(target: str, clone: Path) -> "subprocess.Popen[str]":
    output, environment = subprocess.PIPE, {"PATH": os.environ["PATH"]}
    return subprocess.Popen(
        ["make", target], cwd=clone, env=environment, stdout=output, stderr=output, text=True
    )


@contextmanager
def killed_after(seconds: float, process: "subprocess.Popen[str]") -> Iterator[None]:
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    yield
    timer.cancel()


def test_on_a_fresh_clone_it_is_said_at_once_that_no_stack_runs(clone: Path) -> None:
    with make("order", clone) as ordering:
        said, _ = ordering.communicate(timeout=20)
    assert ordering.returncode
    assert said.splitlines() == [NOBODY]
    assert not (clone / ".venv").exists()


@pytest.mark.skipif(not shutil.which("flock"), reason="set-ups are not locked on this machine")
def test_a_set_up_under_way_is_waited_for(clone: Path) -> None:
    with (clone / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with make("order", clone) as ordering, killed_after(20, ordering):
            assert ordering.stdout
            assert ordering.stdout.readline() == "Waiting for the set-up that is under way\n"
            assert ordering.poll() is None
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert ordering.communicate(timeout=20)[0].splitlines() == [NOBODY]


@pytest.mark.skipif(not shutil.which("flock"), reason="set-ups are not locked on this machine")
def test_down_says_how_a_set_up_under_way_is_ended(clone: Path) -> None:
    # As it is while the environment is half full.
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    with (clone / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with make("down", clone) as ending:
            said, _ = ending.communicate(timeout=20)
    assert ending.returncode
    assert said.splitlines() == ["a set-up is under way; Ctrl-C in its terminal ends it"]
    with make("down", clone) as ending:
        assert ending.communicate(timeout=20)[0].splitlines() == ["Nothing runs here."]
    assert ending.returncode == 0


def test_a_stack_that_is_being_started_is_waited_for(
    local: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def come_up(_seconds: float) -> None:
        (local / "stack.env").write_text("API_URL=http://localhost:4566/api\n")

    monkeypatch.setattr(time, "sleep", come_up)
    emulator = Process("emulator", os.getpid(), local / "4566")
    monkeypatch.setattr(Process, "running", lambda *_: emulator)
    found = order.find_stack(None, was_set_up=False)
    assert found == {"API_URL": "http://localhost:4566/api"}
    assert capsys.readouterr().out == "Waiting for the stack that is being started\n"


def test_an_installation_after_the_set_up_is_waited_for_too(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (local.parent / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert stack.is_starting()
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert not stack.is_starting()


def test_a_stack_that_does_not_come_up_is_not_waited_for_longer(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StackError, match="no stack is running here"):
        order.find_stack(None, was_set_up=False)
    monkeypatch.setattr(order, "EXPECTED_SECONDS", 0.5)
    with pytest.raises(StackError, match="no stack is running here"):
        order.find_stack(4566, was_set_up=True)


def test_a_shop_without_a_menu_is_one_plain_line(
    local: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = partial(SimpleHTTPRequestHandler, directory=str(local))
    with ThreadingHTTPServer(("127.0.0.1", 0), empty) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        environment = f"API_URL={url}\nLINE_URL={url}\nAWS_ENDPOINT_URL={url}\n"
        (local / "stack.env").write_text(environment)
        monkeypatch.setattr(sys, "argv", ["order", "--store", "nosuch"])
        assert order.main() == 1
        server.shutdown()
        thread.join()
    assert capsys.readouterr().out.splitlines() == [
        "there is no menu of nosuch here: make menu publishes one, and STORE= is its id"
    ]


def test_an_order_that_fails_says_where_its_log_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = {
        "status": "failed",
        "processing": False,
        "progress": 100,
        "message": "failed",
        "error": {"code": "speech_unavailable", "message": "No voice."},
    }
    answers = [{"order_id": "o1", "polling_url": "/api/orders/status/o1"}, failed]
    monkeypatch.setattr(order, "call", lambda *_, **__: answers.pop(0))
    environment = {
        "API_URL": "http://api",
        "LINE_URL": "http://line",
        "AWS_ENDPOINT_URL": "http://localhost:4700",
        "FUNCTION_LOGS": ".local/4700/emulator.log",
    }
    assert order.place(environment, is_guest=True) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "failed: No voice. (speech_unavailable)",
        "What was logged of it: grep o1 .local/4700/emulator.log",
    ]


SPOKEN = {
    "status": "completed",
    "processing": False,
    "progress": 100,
    "message": "done",
    "summary": {"chinese": "牛肉麵", "translated": "Noodles"},
    "voice_url": "http://s3/voice.mp3",
    "voice_duration_ms": 1000,
}


@pytest.mark.parametrize(
    ("notification", "detail", "said"),
    [
        ("failed", "rejected", "LINE chat: nothing was pushed: rejected"),
        ("failed", "quota_used_up", "LINE chat: nothing was pushed: quota_used_up"),
        ("failed", None, "LINE chat: nothing was pushed: failed"),
        ("skipped", "not_asked", "LINE chat: nothing was pushed: not_asked"),
        ("sent", None, "LINE chat: 1 push with flex  http://line"),
        ("sent", "not_reachable", "LINE chat: 1 push with flex, but not_reachable  http://line"),
    ],
)
def test_what_became_of_the_push_is_said(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    notification: str,
    detail: str | None,
    said: str,
) -> None:
    status = SPOKEN | {"notification": notification, "notification_detail": detail}
    pushed = [{"push": 1, "message": {"type": "flex", "uri": "o1"}}]
    answers: dict[str, object] = {
        "/standin/id-token": {"id_token": "t"},
        "/api/orders/quick": {"order_id": "o1", "polling_url": "/api/orders/status/o1"},
        "/api/orders/status/o1": status,
        "/standin/messages": {"messages": pushed if notification == "sent" else []},
    }

    def answer(_: str, url: str, *__: object, **___: str) -> object:
        return answers[url.partition("?")[0].removeprefix("http://line").removeprefix("http://api")]

    monkeypatch.setattr(order, "call", answer)
    monkeypatch.setattr(order, "download", lambda _: b"")
    monkeypatch.setattr(order, "LOCAL", tmp_path)
    monkeypatch.setattr(order, "ROOT", tmp_path)
    environment = {"API_URL": "http://api", "LINE_URL": "http://line", "FUNCTION_LOGS": "log"}
    assert order.place(environment, is_guest=False) == 0
    assert capsys.readouterr().out.splitlines()[-1] == said


def test_with_two_stacks_running_it_says_which_one_it_takes(
    local: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for port in ("4566", "4600"):
        (local / port).mkdir(exist_ok=True)
        (local / port / "stack.env").touch()
    running = Process("emulator", os.getpid(), local)
    monkeypatch.setattr(Process, "running", lambda *_: running)
    order.say_which({"AWS_ENDPOINT_URL": "http://localhost:4600"})
    assert capsys.readouterr().out == (
        "On the stack of port 4600, started last; PORT=4566 names another\n"
    )
    (local / "4566" / "stack.env").unlink()
    order.say_which({"AWS_ENDPOINT_URL": "http://localhost:4600"})
    assert capsys.readouterr().out == ""


def test_the_end_of_a_stack_is_told(
    local: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(stack.Stack, "dead_parts", lambda _: [])
    monkeypatch.setattr(stack.Stack, "end", lambda it: ended.append(it.port))
    serving.down(stack.Stack(4566))
    assert ended == [4566]
    assert capsys.readouterr().out == "The stack on port 4566 is ended.\n"

"""A local stack comes, says what is wrong, and leaves no process behind, however it is ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3

from deploy.paths import LOCAL, ROOT
from localstack.processes import Process
from localstack.stack import PARTS
from tests.emulators import EMULATOR
from tests.nightly import at_night
from tests.ports import free_port_pair

PATIENCE_SECONDS = 90.0
PROC = Path("/proc")
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.skipif(not PROC.exists(), reason="looks processes up in /proc")


def stack_command(command: str, port: int) -> list[str]:
    options = ["--port", str(port), "--keep-stack-env", "--parameter", "SpeechEngines=espeak"]
    return [sys.executable, "-m", "localstack", command, *options, "--emulator", EMULATOR.name]


def run(command: str, port: int) -> tuple[int, str]:
    done = subprocess.run(
        stack_command(command, port),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def processes(port: int) -> set[int]:
    """Emulator, functions and LINE stand-in of the stack on `port`."""
    folder = LOCAL / str(port)
    marks = (f"={folder}\0", f"={folder}/", f"\0--port\0{port + 1}\0")
    found = set()
    for process in PROC.glob("[0-9]*"):
        try:
            says = b"\0" + (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if any(mark.encode() in says for mark in marks):
            found.add(int(process.name))
    return found


def wait_until_gone(port: int) -> None:
    deadline = time.monotonic() + 15
    while left := processes(port):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


@pytest.fixture
def port() -> Iterator[int]:
    port = free_port_pair()
    yield port
    run("down", port)


@pytest.mark.parametrize("number", [signal.SIGINT, *at_night(signal.SIGKILL)])
def test_nothing_outlives_a_stack_that_was_served(port: int, number: signal.Signals) -> None:
    ready = LOCAL / str(port) / "stack.env"
    command = stack_command("run", port)
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    ) as serving:
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not ready.exists():
                assert serving.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
            # At least: the emulator, a warm API function, the stand-in.
            assert len(processes(port)) >= 3
            serving.send_signal(number)
            serving.wait(timeout=30)
        finally:
            serving.kill()
    wait_until_gone(port)
    if number is signal.SIGINT:
        assert not ready.exists()


@pytest.mark.nightly
@pytest.mark.parametrize("part", PARTS)
def test_a_stack_that_loses_a_part_says_so_and_ends(port: int, part: str) -> None:
    folder = LOCAL / str(port)
    command = stack_command("run", port)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as serving:
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not (folder / "stack.env").exists():
                assert serving.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
            process = Process.running(part, folder)
            assert process is not None
            os.kill(process.pid, signal.SIGKILL)
            said, _ = serving.communicate(timeout=30)
        finally:
            serving.kill()
    assert serving.returncode == 1
    assert f"The part '{part}' has ended" in said.splitlines()[-1]
    wait_until_gone(port)


@pytest.mark.nightly
def test_a_stack_ends_when_whoever_started_it_is_killed(port: int) -> None:
    folder = LOCAL / str(port)
    start = "import os, subprocess, sys; subprocess.run([*sys.argv[1:], str(os.getpid())])"
    parent = subprocess.Popen(
        [sys.executable, "-c", start, *stack_command("run", port), "--parent"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (folder / "stack.env").exists():
        assert parent.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    parent.kill()
    parent.wait(timeout=30)
    wait_until_gone(port)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while folder.exists():
        assert time.monotonic() < deadline, "it ended without clearing up"
        time.sleep(0.1)


def test_a_stack_in_the_background_serves_until_it_is_ended(port: int) -> None:
    status, said = run("up", port)
    assert status == 0, said
    assert os.getpgid(Process.running("emulator", LOCAL / str(port)).pid) != os.getpgid(0)  # type: ignore[union-attr]

    status, said = run("up", port)
    assert (status, said.count("\n")) == (1, 1)
    assert f"running on port {port} already" in said
    status, said = run("up", port + 1)
    assert (status, said.count("\n")) == (1, 1)
    assert f"port {port + 1} is in use" in said
    status, said = run("down", port + 2)
    assert status == 0
    assert f"Nothing runs on port {port + 2}." in said
    assert f"A stack runs on port {port}: make down PORT={port} ends it." in said

    url = f"http://127.0.0.1:{port}{EMULATOR.health}"
    assert urllib3.request("GET", url).status == 200
    assert run("down", port) == (0, f"The stack on port {port} is ended.\n")
    assert processes(port) == set()
    assert not (LOCAL / str(port)).exists()


@pytest.mark.nightly
def test_of_two_that_start_at_once_on_one_port_one_serves_and_one_says_so(port: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: run("up", port), range(2)))
    assert sorted(status for status, _ in ended) == [0, 1], ended
    [refusal] = [said for status, said in ended if status == 1]
    assert f"a stack is being started on port {port} already" in refusal
    assert Process.running("line", LOCAL / str(port)) is not None
    assert run("down", port) == (0, f"The stack on port {port} is ended.\n")
    assert processes(port) == set()


@pytest.mark.parametrize("command", ["run", *at_night("up")])
@pytest.mark.parametrize("port", ["x", "80", "65535", "6566", "6565"])
def test_a_port_that_will_not_do_is_refused_in_one_line(command: str, port: str) -> None:
    status, said = run(command, port)  # type: ignore[arg-type]
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith(f"PORT={port} will not do")


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("ORIGINS", "localhost:5173"),
        ("ORIGINS", "*"),
        ("ORIGINS", 'a\'b $(c) "d"'),
        ("PUBLIC_URL", "abc.example"),
    ],
)
def test_what_is_no_origin_is_refused_in_one_line_by_make_too(variable: str, wrong: str) -> None:
    done = subprocess.run(
        ["make", "-s", "-o", "setup", "up", "PORT=20000", "BIN=" + str(BIN)],
        cwd=ROOT,
        env={**os.environ, variable: wrong},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith(f"{variable}={wrong} will not do: take http:// or https://")


def test_a_stack_that_is_ended_while_it_starts_leaves_nothing(port: int) -> None:
    starting = subprocess.Popen(
        stack_command("run", port), cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (LOCAL / str(port) / "emulator.pid").exists():
        assert starting.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    starting.send_signal(signal.SIGTERM)
    assert starting.wait(timeout=30) == 130
    wait_until_gone(port)


@pytest.mark.nightly
@pytest.mark.parametrize("sign", ["emulator.pid", "stack.env"], ids=["starts", "serves"])
def test_a_stack_that_make_down_ends_says_so_where_it_runs(port: int, sign: str) -> None:
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(stack_command("run", port), cwd=ROOT, text=True, **output) as serving:  # type: ignore[call-overload]
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not (LOCAL / str(port) / sign).exists():
                assert serving.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert run("down", port) == (0, f"The stack on port {port} is ended.\n")
            said, _ = serving.communicate(timeout=60)
        finally:
            serving.kill()
    assert (serving.returncode, said.splitlines()[-1]) == (0, "Ended by make down.")
    assert "has ended" not in said
    assert "did not" not in said
    wait_until_gone(port)
    assert not (LOCAL / str(port)).exists()

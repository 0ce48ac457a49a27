"""A function as a process: its events, its ends, its limits. Under AWS's own runtime client."""

import http.client
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from localstack.emulators.execution_environment import (
    Answer,
    Event,
    ExecutionEnvironment,
    Function,
    InitError,
)

HANDLER = """
import os, signal, sys, threading, time
from helper import told

def handle(event, context):
    print("took", event["do"])
    if event["do"] == "go on":
        threading.Timer(0.2, print, ["done after all"]).start()
    if event["do"] == "raise":
        raise ValueError("no such dish")
    if event["do"] == "exit":
        os._exit(3)
    if event["do"] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if event["do"] == "sleep":
        time.sleep(60)
    if event["do"] == "meet":
        open(event["mine"], "w").close()
        while not os.path.exists(event["other"]):
            time.sleep(0.01)
    return {
        "pid": os.getpid(),
        "told": told,
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "left": context.get_remaining_time_in_millis(),
        "variables": dict(os.environ),
        "folder": os.getcwd(),
    }
"""
NewEnvironment = Callable[..., ExecutionEnvironment]


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """An unpacked zip; what it imports comes from a layer."""
    folder, layer = tmp_path / "code", tmp_path / "layer" / "python"
    folder.mkdir()
    layer.mkdir(parents=True)
    (folder / "module.py").write_text(HANDLER)
    (folder / "broken.py").write_text("import nowhere_to_be_found\n")
    (folder / "gone.py").write_text("import os\nprint('last words', flush=True)\nos._exit(7)\n")
    (folder / "idle.py").write_text("import time\ntime.sleep(60)\n")
    (layer / "helper.py").write_text("told = '一碗'\n")
    return folder


@pytest.fixture
def new(code: Path, tmp_path: Path) -> Iterator[NewEnvironment]:
    made: list[ExecutionEnvironment] = []

    def environment(
        handler: str = "module.handle", seconds: float = 20, init_seconds: float = 20
    ) -> ExecutionEnvironment:
        function = Function(
            command=(sys.executable, "-m", "awslambdaric", handler),
            variables={"PYTHONPATH": str(tmp_path / "layer" / "python"), "OURS": "點餐"},
            code=code,
            timeout_seconds=seconds,
            init_seconds=init_seconds,
        )
        made.append(ExecutionEnvironment(function, tmp_path / f"{len(made)}.log"))
        return made[-1]

    yield environment
    for one in made:
        one.stop()


def asked(do: str, request_id: str = "r1", **more: str) -> Event:
    return Event(request_id, json.dumps({"do": do, **more}).encode(), "arn:of:it")


def returned(answer: Answer) -> dict[str, Any]:
    assert not answer.is_error, answer
    told: dict[str, Any] = json.loads(answer.payload)
    return told


def failed(answer: Answer) -> dict[str, Any]:
    assert answer.is_error, answer
    told: dict[str, Any] = json.loads(answer.payload)
    return told


def test_a_function_is_told_what_lambda_tells_it(new: NewEnvironment, code: Path) -> None:
    environment = new()
    environment.start()
    told = returned(environment.invoke(asked("answer", "r-7")))
    assert (told["id"], told["arn"], told["told"]) == ("r-7", "arn:of:it", "一碗")
    assert 0 < told["left"] <= 20_000
    assert told["folder"] == str(code)


def test_a_function_sees_the_variables_that_it_is_given_and_none_of_ours(
    new: NewEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THIS_PROCESS", "x")
    variables = returned(new().invoke(asked("answer")))["variables"]
    assert variables["OURS"] == "點餐"
    assert "SECRET_OF_THIS_PROCESS" not in variables


def test_one_process_takes_one_event_after_the_other(new: NewEnvironment) -> None:
    environment = new()
    pids = {returned(environment.invoke(asked("answer", f"r{n}")))["pid"] for n in range(3)}
    assert len(pids) == 1


def test_what_a_function_writes_comes_with_its_answer_and_stays_in_the_log(
    new: NewEnvironment,
) -> None:
    environment = new()
    environment.invoke(asked("answer"))
    assert environment.invoke(asked("raise", "r2")).log.startswith("took raise\n")
    assert "took answer\ntook raise\n" in environment.log.read_text()


def test_what_is_written_after_an_answer_comes_with_the_next_one(new: NewEnvironment) -> None:
    environment = new()
    assert "after all" not in environment.invoke(asked("go on")).log
    until(lambda: "done after all" in environment.log.read_text())
    assert environment.invoke(asked("answer", "r2")).log == "done after all\ntook answer\n"


def test_an_exception_is_the_answer_and_the_process_goes_on(new: NewEnvironment) -> None:
    environment = new()
    before = returned(environment.invoke(asked("answer")))["pid"]
    told = failed(environment.invoke(asked("raise", "r2")))
    assert (told["errorType"], told["errorMessage"]) == ("ValueError", "no such dish")
    assert returned(environment.invoke(asked("answer", "r3")))["pid"] == before


@pytest.mark.parametrize(
    ("end", "how"), [("exit", "exit status 3"), ("die", "signal: 9")], ids=["exit", "SIGKILL"]
)
def test_a_process_that_ends_fails_its_event_and_the_next_one_begins_anew(
    new: NewEnvironment, end: str, how: str
) -> None:
    environment = new()
    before = returned(environment.invoke(asked("answer")))["pid"]
    told = failed(environment.invoke(asked(end, "r2")))
    assert told == {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: r2 Error: {how}"}
    assert returned(environment.invoke(asked("answer", "r3")))["pid"] != before


def test_a_process_that_was_killed_while_nobody_asked_is_begun_anew(new: NewEnvironment) -> None:
    environment = new()
    before = returned(environment.invoke(asked("answer")))["pid"]
    process = environment._process
    assert process is not None
    os.kill(before, signal.SIGKILL)
    until(lambda: not process.is_alive())  # Its end is known a moment after it is gone.
    assert returned(environment.invoke(asked("answer", "r2")))["pid"] != before


def test_who_takes_longer_than_it_may_is_killed(new: NewEnvironment) -> None:
    environment = new(seconds=1)
    environment.start()
    [child] = processes()
    told = failed(environment.invoke(asked("sleep")))
    assert told["errorMessage"] == "r1 Task timed out after 1.00 seconds"
    assert not psutil.pid_exists(child.pid)


def test_a_module_that_does_not_import_is_told_at_the_start(new: NewEnvironment) -> None:
    with pytest.raises(InitError, match="No module named 'nowhere_to_be_found'") as raised:
        new("broken.handle").start()
    assert json.loads(raised.value.payload)["errorType"] == "Runtime.ImportModuleError"


def test_a_process_that_ends_before_it_has_begun_is_told_with_its_last_words(
    new: NewEnvironment,
) -> None:
    environment = new("gone.handle")
    with pytest.raises(InitError, match="exit status 7"):
        environment.start()
    answer = environment.invoke(asked("answer"))  # It is begun once more.
    assert (failed(answer)["errorType"], answer.log) == ("Runtime.ExitError", "last words\n" * 2)


def test_who_does_not_begin_in_time_is_killed(new: NewEnvironment) -> None:
    with pytest.raises(InitError, match=r"Init timed out after 1\.00 seconds"):
        new("idle.handle", init_seconds=1).start()
    assert processes() == []


def test_two_environments_work_at_once(new: NewEnvironment, tmp_path: Path) -> None:
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    first = asked("meet", mine=here, other=there)
    second = asked("meet", mine=there, other=here)
    with ThreadPoolExecutor() as pool:
        answers = pool.map(lambda event: new().invoke(event), [first, second])
        assert len({returned(answer)["pid"] for answer in answers}) == 2


def test_stopping_ends_an_event_in_the_middle(new: NewEnvironment) -> None:
    environment = new()
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(environment.invoke, asked("sleep"))
        until(lambda: environment.log.exists() and "took sleep" in environment.log.read_text())
        environment.stop()
        assert failed(answer.result())["errorType"] == "Runtime.ExitError"
    assert processes() == []


def test_nothing_that_was_stopped_begins_again(new: NewEnvironment) -> None:
    environment = new()
    environment.stop()
    assert failed(environment.invoke(asked("answer")))["errorType"] == "Runtime.ExitError"
    assert processes() == []


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "none"}, {"Host": "evil"}]
)
def test_a_page_in_a_browser_gets_nothing_of_a_function(
    new: NewEnvironment, headers: dict[str, str]
) -> None:
    environment = new()
    environment.start()
    [child] = processes()
    host, port = child.environ()["AWS_LAMBDA_RUNTIME_API"].split(":")
    for method, path in [("GET", "invocation/next"), ("POST", "invocation/r1/response")]:
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        body = None if method == "GET" else b"{}"
        connection.request(method, f"/2018-06-01/runtime/{path}", body, headers)
        assert connection.getresponse().status == 404
        connection.close()
    assert returned(environment.invoke(asked("answer")))["id"] == "r1"


def test_no_thread_is_left_of_what_has_ended(new: NewEnvironment) -> None:
    before = threading.active_count()
    environment = new()
    for number in range(3):
        environment.invoke(asked("exit", f"r{number}"))
    environment.stop()
    until(lambda: threading.active_count() <= before)


def processes() -> list[psutil.Process]:
    """Those that run functions of this test."""
    return [each for each in psutil.Process().children() if "awslambdaric" in each.cmdline()]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)

"""The deployed stack, for the tests that need one: started once, on ports of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

from deploy.paths import LOCAL
from localstack.processes import Process
from localstack.stack import UNLIMITED, read_environment
from tests.ports import free_port_pair

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

START_SECONDS = 180.0

# No test is timed: the machine may be busy.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# A helper's assert says as much as a test's.
pytest.register_assert_rewrite("tests.browser", "tests.security", "tests.stack", "tests.unit")


@pytest.fixture(scope="session")
def stack() -> Iterator[dict[str, str]]:
    """What `stack.env` says of a stack that speaks with eSpeak NG and limits nobody's orders.

    Its functions may do what their policies allow and nothing else, as on AWS.
    """
    port = free_port_pair()
    command = [sys.executable, "-m", "localstack", "run", "--port", str(port)]
    command += ["--keep-stack-env", "--enforce-iam", "--parent", str(os.getpid())]
    for name, value in {"SpeechEngines": "gtts,espeak", **UNLIMITED}.items():
        command += ["--parameter", f"{name}={value}"]
    log = LOCAL / f"tests-{port}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (LOCAL / str(port) / "stack.env").exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield read_environment(port)
    finally:
        process.terminate()
        process.wait(timeout=300)
        leftover = Process.running("emulator", LOCAL / str(port))
        assert leftover is None
        log.unlink()


@pytest.fixture(scope="session")
def playwright() -> "Iterator[Playwright]":
    """The one Playwright of a run: a second one cannot start beside it."""
    from playwright.sync_api import sync_playwright  # Most tests need no browser.

    with sync_playwright() as started:
        yield started

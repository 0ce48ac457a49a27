"""A deployed stack for tests, in a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.paths import LOCAL
from localstack.processes import Process
from localstack.stack import UNLIMITED, read_environment
from tests.emulators import EMULATOR
from tests.ports import free_port_pair

START_SECONDS = 180.0


@contextmanager
def running_stack(*options: str) -> Iterator[dict[str, str]]:
    """What `stack.env` says of a stack that speaks with eSpeak NG and limits nobody's orders.

    Its functions may do what their policies allow and nothing else, as on AWS, where the emulator
    knows how. `options` are more
    of `python -m localstack run`.
    """
    port = free_port_pair()
    command = [sys.executable, "-m", "localstack", "run", "--port", str(port), *options]
    command += ["--keep-stack-env", "--enforce-iam", "--parent", str(os.getpid())]
    command += ["--emulator", EMULATOR.name]
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

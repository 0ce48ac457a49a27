"""Processes of a local stack: started with a log, found again by a pid file, ended with their kin.

Each gets a process group of its own, so that ending it ends the Lambda workers it has started.
"""

import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import psutil

from localstack.errors import StackError

START_SECONDS = 30.0

STOP_SECONDS = 1.0
"""Enough to close what outlives the process; the emulator's state does not."""
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG, and outlives exec
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
"""Becomes another program, which the kernel ends when its parent is gone (prctl(2))."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process group of a stack, whose files are in `folder`."""

    name: str
    pid: int
    folder: Path

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        dies_with_us: bool,
    ) -> "Process":
        """Start `command`, which begins with a path; with `dies_with_us` the kernel ends it when
        this process is killed."""
        folder.mkdir(parents=True, exist_ok=True)
        if dies_with_us and sys.platform == "linux":
            shim = [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid())]
            command = [*shim, *command]
        log = str(folder / f"{name}.log")
        # Not `subprocess`, which minds being forgotten: this process outlives us after `make up`.
        pid = os.posix_spawn(
            command[0],
            list(command),
            environment,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        (folder / f"{name}.pid").write_text(f"{pid} {_start_time(pid)}")
        return cls(name, pid, folder)

    @classmethod
    def running(cls, name: str, folder: Path) -> "Process | None":
        """The process that `start` left a pid file of, if it is still the same one and alive."""
        try:
            pid, began = (folder / f"{name}.pid").read_text().split()
        except (OSError, ValueError):
            return None
        process = cls(name, int(pid), folder)
        return process if process.is_alive() and _start_time(int(pid)) == began else None

    def is_alive(self) -> bool:
        try:
            # If it is our own child and has ended, take its status, so that it is gone.
            if os.waitpid(self.pid, os.WNOHANG) != (0, 0):
                return False
        except ChildProcessError:
            pass
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def stop(self) -> None:
        """End the process and all that it has started."""
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while self.is_alive() and time.monotonic() < deadline:
                time.sleep(0.05)
        # What is left of its group: workers that did not hear of the end.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.is_alive()
        (self.folder / f"{self.name}.pid").unlink(missing_ok=True)


def end_of(log: Path) -> str:
    """The last lines of a log: to be read before its stack ends and takes them along."""
    return log.read_text(errors="replace")[-2000:]


def end_of_log(name: str, folder: Path) -> str:
    """The last lines that the part `name` wrote."""
    return end_of(folder / f"{name}.log")


def require_free(port: int) -> None:
    """Raises `StackError` if something listens on `port` of loopback already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(f"port {port} is in use; choose another with PORT=…") from error


def wait_until_healthy(url: str, process: Process) -> None:
    """Return when `url` answers 200. Raises `StackError`, with the last lines of its log, if the
    process ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not process.is_alive():
            break
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (OSError, HTTPException):
            time.sleep(0.05)
    raise StackError(
        f"{end_of_log(process.name, process.folder)}The part '{process.name}' did not start."
    )


def end_with(parent: int) -> None:
    """Have the kernel ask this process to end (SIGTERM) as soon as `parent`, which started it, is
    gone, however it went. On Linux; elsewhere nothing happens."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG
    if os.getppid() != parent:  # It was gone before we could ask.
        signal.raise_signal(signal.SIGTERM)


def _start_time(pid: int) -> str:
    """When `pid` was started: tells a process from a later one with the same number."""
    try:
        return str(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return "gone"

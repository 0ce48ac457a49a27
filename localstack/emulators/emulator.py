"""What an emulator of AWS on this machine is: the one seam between the stack and who emulates.

What differs between emulators is in one module each, beside this one.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import psutil

from deploy.paths import LOCAL
from localstack.errors import StackError
from localstack.processes import Process, end_of, require_free, wait_until_healthy


class Gap(StrEnum):
    """What some emulator does otherwise than AWS, so that a test may rest on it."""

    IAM = "policies are not enforced"
    GATEWAY_RESPONSES = "the gateway's own answers have neither our body nor our headers"
    STAGES = "the API's stage has no rates, and an update of it changes nothing"
    LOG_GROUPS = "logs go to the default groups, and are kept for ever"
    LAYERS = "a function keeps the layers that a template takes away from it"
    RULES = "a template's rules are not evaluated"
    PARAMETERS = "what a template's parameters may be is not checked"
    REPLACEMENT = "a table whose key changes is not replaced, and stays as it was"
    CONDITIONS = "a change set lists resources whose condition is false"
    POLICIES = "a change set does not say what becomes of what is removed"
    NO_CHANGES = "a change set without changes is not refused where a template has a transform"
    OVERTAKEN = "a change set can be executed after another one has changed the stack"
    WAIT_CONDITIONS = "nothing waits for a wait condition"
    ROLLBACK = "what a failed creation or update has made is not taken back"
    STOPPED_UPDATES = "an update that may not be taken back does not stop where it fails"
    FAILED_CREATION = "a stack whose first creation failed says on its way out that it stays"
    WEB_SOCKETS = "there are no WebSocket APIs, and so no push"
    UNDELETABLE = "a stack is gone though some of it could not be deleted"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an emulator runs, and whom it answers."""

    port: int
    folder: Path
    """Of its state and logs."""
    enforces_iam: bool = False
    """Whether it refuses what a function's policy does not allow, as AWS does."""
    guard: Sequence[str] = ()
    """Arguments of the guard, beside its own port: which other pages it answers."""

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"


@dataclass(frozen=True, slots=True)
class Emulator:
    """One that can be chosen by `EMULATOR=`."""

    name: str
    title: str
    """With its version, for people."""
    python: Path
    """Of its own environment, which make sets up."""
    program: Path
    """What that runs: the emulator with the guard before it."""
    health: str
    """The path that answers 200 once it is there."""
    function_logs: str
    """Where its functions write, as a pattern of paths below the stack's folder."""
    variables: Callable[[Place], Mapping[str, str]]
    """What it is told by its environment."""
    runs_a_function: Callable[[psutil.Process], bool]
    """Whether one of its children is a function's process."""
    arguments: Callable[[Place], Sequence[str]] = lambda _: ()
    """Of `program`, beside those that every emulator has."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of the template, where a stack on it cannot have what others have."""
    gaps: Mapping[Gap, str] = field(default_factory=dict)
    """What it is known to do otherwise than AWS, and how it was seen."""

    def start(self, place: Place, *, dies_with_us: bool) -> Process:
        """Start it. Raises `StackError`."""
        if not self.python.exists():
            raise StackError(f"{self.title} is not installed: run it by make, which sets it up")
        require_free(place.port)
        place.temporary.mkdir(parents=True, exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(place.folder),
            "TMPDIR": str(place.temporary),
            "LANG": "C.UTF-8",
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **self.variables(place),
        }
        command = [
            *(str(self.python), str(self.program), *self.arguments(place)),
            *("--unpacked", str(LOCAL / "unpacked")),
            *("--page-port", str(place.port), *place.guard),
        ]
        process = Process.start(
            "emulator", command, environment, place.folder, dies_with_us=dies_with_us
        )
        wait_until_healthy(f"http://127.0.0.1:{place.port}{self.health}", process)
        return process

    def functions(self, folder: Path) -> Iterator[psutil.Process]:
        """The processes that run functions of the stack in `folder` now."""
        emulator = Process.running("emulator", folder)
        children = psutil.Process(emulator.pid).children() if emulator else []
        return (child for child in children if self.runs_a_function(child))

    def last_words(self, folder: Path) -> str:
        """What the function wrote that wrote last."""
        logs = sorted(folder.glob(self.function_logs), key=lambda log: log.stat().st_mtime)
        return end_of(logs[-1]) if logs else ""


PASSED_ON = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""What the functions need to reach Google from behind a proxy. Nothing else of our environment
reaches them: an emulator's functions inherit its own."""

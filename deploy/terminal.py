"""The person at the terminal: what they are shown and asked."""

import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from deploy.target import DeployError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

SIGN_OF_LIFE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Terminal:
    """Shows on the error stream: the outputs of the stack have the other for themselves."""

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    says_yes: bool = False
    """Whether questions that lose nothing are answered already (`YES=1`)."""
    named: Collection[str] = ()
    """What was typed in advance, where a name is asked for."""

    def say(self, text: str, style: str = "") -> None:
        self.console.print(text, style=style or None, markup=False, soft_wrap=True)

    def show(self, event: "StackEventTypeDef") -> None:
        """One line of what CloudFormation does."""
        status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
        when = event["Timestamp"].astimezone()
        style = "red" if status.endswith("FAILED") else "dim" if "PROGRESS" in status else ""
        line = f"{when:%H:%M:%S}  {status:<20} {event.get('LogicalResourceId', '')}  {reason}"
        self.say(line.rstrip(), style)

    def agrees(self, question: str) -> bool:
        """Whether the answer is yes. Raises `DeployError` where nobody can answer."""
        if self.says_yes:
            return True
        self.require_somebody("YES=1")
        return self._ask(f"{question} [y/N] ").lower() in {"y", "yes"}

    def names(self, name: str, what_for: str, setting: str) -> bool:
        """Whether `name` is typed, or was in advance by `setting`; a yes is not enough."""
        if name in self.named:
            return True
        self.require_somebody(f"{setting}={name}")
        return self.types(name, what_for)

    def types(self, name: str, what_for: str) -> bool:
        """Whether `name` is typed."""
        return self._ask(f"Type {name} {what_for}: ") == name

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """A sign of life while something takes its time: a spinner, or a line now and then where
        no terminal is."""
        if self.console.quiet:
            yield
            return
        if self.console.is_terminal:
            with self.console.status(f"{text} …"):
                yield
            return
        self.say(f"{text} …")
        began, has_ended = time.monotonic(), threading.Event()

        def tell() -> None:
            while not has_ended.wait(SIGN_OF_LIFE_SECONDS):
                self.say(f"{text}, for {time.monotonic() - began:.0f} s now …")

        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        try:
            yield
        finally:
            has_ended.set()
            teller.join()

    @contextmanager
    def sending(self, file: Path) -> "Iterator[Callable[[int], None]]":
        """A bar for an upload; what it gives is told of bytes that have gone."""
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, TransferSpeedColumn(), console=self.console) as progress:
            bar = progress.add_task("Uploading the functions", total=file.stat().st_size)
            yield lambda sent: progress.advance(bar, sent)

    def _ask(self, question: str) -> str:
        try:
            return self.console.input(question, markup=False).strip()
        except EOFError:
            return ""

    def require_somebody(self, setting: str) -> None:
        """Raise `DeployError` where nobody can answer, with the setting that answers for them."""
        if not sys.stdin.isatty():
            raise DeployError(f"nobody is here to be asked: say {setting} before it is run")


def unattended() -> Terminal:
    """Nobody looks, and everything that loses nothing is agreed to."""
    return Terminal(Console(quiet=True), says_yes=True)

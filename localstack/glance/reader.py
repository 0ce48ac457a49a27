"""Reads what the page shows: the only one who does, however many pages are open."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock

from deploy.running import settings_in
from localstack.glance.look import Look

EVERY_SECONDS = 1.0
SHARE = 0.1
"""Of the time, at most, that is spent reading: where there is much, it is read less often."""
LONGEST_REST_SECONDS = 10.0
"""But not less often than that: one look may have to read all that was logged since the last page
was closed, and the next ones little."""


class NotThere(Exception):
    """There is no stack, or not yet; the message says so."""


@dataclass
class Reader:
    """What goes on in the stack whose files are in `folder`; None: there is none."""

    folder: Path | None
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _answer: bytes = b""
    _good_until: float = 0.0

    def look(self) -> bytes:
        """What the page shows, as JSON; of the last second, or less recent where there is much to
        read. Raises `NotThere`, and what botocore raises."""
        with self._lock:
            began = self.clock()
            if began >= self._good_until:
                self._answer = json.dumps(self._look(), ensure_ascii=False).encode()
                took = self.clock() - began
                rest = min(max(EVERY_SECONDS, took / SHARE), LONGEST_REST_SECONDS)
                self._good_until = self.clock() + rest
            return self._answer

    @cached_property
    def _look(self) -> Look:
        if self.folder is None:
            raise NotThere("no stack belongs to this stand-in: make run, or make up, starts both")
        file = self.folder / "stack.env"
        if not file.exists():
            raise NotThere("the stack is on its way")
        environment = settings_in(file)
        # So that whoever starts us, and with whatever of their own, the emulator is asked.
        aws = {name: value for name, value in environment.items() if name.startswith("AWS_")}
        os.environ.update(aws)
        return Look(self.folder, environment)

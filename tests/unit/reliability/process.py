"""One invocation of a function, as a greenlet that stops before every call to the outside."""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from greenlet import greenlet  # type: ignore[import-untyped]

from chalicelib.fulfilment import Tools

if TYPE_CHECKING:
    from tests.unit.reliability.world import World

FUNCTION_MS = 20_000
"""How long Lambda lets it live."""


class Fate(Enum):
    """How one call to the outside goes."""

    WELL = "well"
    REFUSED = "fails before it takes effect"
    LOST = "takes effect, but its answer is lost"
    REPEATED = "takes effect, its answer is lost, and the SDK is about to send it again"
    HANGS = "no answer until the time-out"
    BUSY = "an engine has no time for it; any other call fails as REFUSED"
    DENIED = "refused for good"
    BREAKS = "raises what nobody expects"
    KILLED = "the process is killed before it"
    KILLED_AFTER = "the process is killed after it"


class Killed(BaseException):
    """SIGKILL: no handler of the app's catches it."""


class Process:
    """One invocation of a function. `waits_for` names the call that it stands before."""

    def __init__(self, world: "World", run: Callable[[], Any], skew_ms: int, tools: Tools) -> None:
        self.world = world
        self.began_at = world.now
        self.skew_ms = skew_ms
        self.tools = tools
        self.waits_for: str | None = "start"
        self.result: Any = None
        self.error: Exception | None = None
        self.was_killed = False
        self.calls: list[str] = []
        self.until_ms = world.now + 10**9
        """When whoever makes the present call goes on without its answer."""
        self._run = run
        self._greenlet = greenlet(self._main)
        self.resume(Fate.WELL)

    @property
    def is_over(self) -> bool:
        return self.waits_for is None

    @property
    def is_out_of_time(self) -> bool:
        return self.world.now - self.began_at >= FUNCTION_MS

    def resume(self, fate: Fate) -> None:
        """Make the call it waits for, in this way, and go on to the next."""
        self.world.current = self
        self.waits_for = self._greenlet.switch(fate)
        self.world.current = None
        if self.waits_for:
            self.calls.append(self.waits_for)

    def run(self) -> "Process":
        """Go on to the end; nothing fails from here on."""
        while not self.is_over:
            self.resume(Fate.WELL)
        return self

    def run_well(self) -> Any:
        """The result of a process that nothing has happened to."""
        self.run()
        assert self.error is None, self.error
        return self.result

    def kill(self) -> None:
        if not self.is_over:
            self.resume(Fate.KILLED)

    def wait(self, call: str) -> Fate:
        fate: Fate = self._greenlet.parent.switch(call)
        return fate

    def _main(self, _: Fate) -> None:
        try:
            self.result = self._run()
        except Killed:
            pass
        except Exception as error:
            # The edge of a process: Lambda reports it, and the next invocation goes on.
            self.error = error

"""A circuit breaker: an engine that has just failed is passed over for a while."""

import time
from collections.abc import Callable
from threading import Lock

FIRST_COOL_DOWN = 30.0
LONGEST_COOL_DOWN = 300.0
LAST_RESORT_COOL_DOWN = 1.5
"""Where nothing else can speak: less than the pause before an order's next attempt."""


class Breaker:
    """Closed: calls go through. Open: none does. After the cool-down one call may try.

    Each failure in a row doubles the cool-down, in seconds, up to `LONGEST_COOL_DOWN`; a success
    closes the breaker. Thread-safe: of ten orders in a batch, one tries.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._shut_at = 0.0
        """When it last failed, or last let a trial through."""
        self._is_on_trial = False

    def lets_through(self, *, is_last_resort: bool = False) -> bool:
        """Whether a call may be made now; whoever is let through reports how it went."""
        with self._lock:
            if not self._failures:
                return True
            cool_down = LAST_RESORT_COOL_DOWN if is_last_resort else self._cool_down()
            if self._clock() < self._shut_at + cool_down:
                return False
            self._is_on_trial = True
            self._shut_at = self._clock()
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._is_on_trial = False

    def failed(self) -> None:
        with self._lock:
            # Calls that were under way when the first of them failed count as that one failure.
            if self._failures and not self._is_on_trial:
                return
            self._failures += 1
            self._is_on_trial = False
            self._shut_at = self._clock()

    def was_not_tried(self) -> None:
        """The call did not come to the engine after all: the next one may try in its place."""
        with self._lock:
            if self._is_on_trial:
                self._is_on_trial = False
                self._shut_at = self._clock() - self._cool_down()

    def _cool_down(self) -> float:
        return float(min(FIRST_COOL_DOWN * 2 ** (self._failures - 1), LONGEST_COOL_DOWN))

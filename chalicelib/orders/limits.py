"""How many orders may come in, and how many voices of orders that are not placed yet.

    one LINE user       ORDERS_PER_MINUTE, ORDERS_PER_DAY
    one guest address   GUESTS_PER_ADDRESS times as many: a night market may share one
    all guests          GUEST_ORDERS_PER_DAY, a lid for their cost

    voices              VOICES_FOR_AN_ORDER times as many, counted by themselves
    voices of all       AHEAD_PER_DAY, a lid for their cost

An owner's orders are counted as they come in, and never more are let in; voices likewise. What is
counted for all is counted by the worker once it has worked on it, and the API looks at that number
every ten seconds at most: no request waits for a counter that all share, and nothing in a queue is
counted.
"""

from collections.abc import Callable
from functools import cache

from chalicelib.errors import TooManyOrders, TooManyVoices, TransientError
from chalicelib.orders import counters
from chalicelib.orders.counters import Window
from chalicelib.orders.identity import line_user_id
from chalicelib.settings import settings
from chalicelib.telemetry import Metric, logger, measure

GUESTS = "guests"
"""The owner under which the orders of all guests are counted."""
AHEAD = "ahead"
"""The owner under which the voices of all are counted; and before the name of each owner."""
VOICES_FOR_AN_ORDER = 3
"""A review, and two changes of mind."""
LOOK_EVERY_MS = 10_000


def admit(owner: str, *, now: int) -> None:
    """Count a new order of this owner.

    Raises `TooManyOrders`, and then nothing is counted; or `TransientError`.
    """
    is_guest = line_user_id(owner) is None
    if is_guest and guest_lid().is_reached(now=now):
        lid = settings().guest_orders_per_day
        detail, seconds = _refusal(f"At most {lid} orders a day of all guests together", "day", now)
        raise TooManyOrders(detail + _way_out(owner), retry_after=seconds)
    limits = _limits(owner)
    full = counters.count(owner, limits, now=now)
    if full is not None:
        whose = "from one address" if is_guest else "of one user"
        detail, seconds = _refusal(f"At most {limits[full]} orders a {full} {whose}", full, now)
        raise TooManyOrders(detail + _way_out(owner), retry_after=seconds)


def admit_ahead(owner: str, *, now: int) -> None:
    """Count a voice of an order that this owner has not placed yet.

    Raises `TooManyVoices`, and then nothing is counted; or `TransientError`.
    """
    if ahead_lid().is_reached(now=now):
        lid = settings().ahead_per_day
        detail, seconds = _refusal(f"At most {lid} voices a day before their orders", "day", now)
        raise TooManyVoices(detail, retry_after=seconds)
    limits = {window: most * VOICES_FOR_AN_ORDER for window, most in _limits(owner).items()}
    full = counters.count(f"{AHEAD}#{owner}", limits, now=now)
    if full is not None:
        rule = f"At most {limits[full]} voices a {full} before their orders"
        detail, seconds = _refusal(rule, full, now)
        raise TooManyVoices(detail, retry_after=seconds)


def _limits(owner: str) -> dict[Window, int]:
    shares = settings().guests_per_address if line_user_id(owner) is None else 1
    return {
        "minute": settings().orders_per_minute * shares,
        "day": settings().orders_per_day * shares,
    }


def _refusal(rule: str, full: Window, now: int) -> tuple[str, int]:
    """What a client is told, and in how many seconds it may come again."""
    seconds = counters.moment(now).left[full]
    when = f"in {seconds} s" if full == "minute" else "after midnight in Taiwan"
    return f"{rule}; try again {when}.", seconds


def _way_out(owner: str) -> str:
    could_sign_in = line_user_id(owner) is None and settings().line_login_channel_id
    return " Who signs in with LINE has a limit of their own." if could_sign_in else ""


class Lid:
    """How much of all together was worked on today, as this process last saw it."""

    def __init__(
        self,
        owner: str,
        most: Callable[[], int],
        *,
        reached: Metric | None = None,
        failed: Metric | None = None,
    ) -> None:
        """`most` a day, counted under `owner`; the metrics are of looks that find so many, or
        nothing."""
        self._owner = owner
        self._most = most
        self._reached = reached
        self._failed = failed
        self._date = ""
        self._count = 0
        self._looked_at = 0

    def is_reached(self, *, now: int) -> bool:
        """While the number cannot be read, the last one of the day holds, or else none: whoever
        takes the lid's table away must not take the guests' orders with it."""
        date = counters.moment(now).date
        if date != self._date:
            self._date, self._count = date, 0
        if now - self._looked_at >= LOOK_EVERY_MS:
            self._looked_at = now
            self._look(now)
        return self._count >= self._most()

    def _look(self, now: int) -> None:
        try:
            self._count = counters.counted(self._owner, now=now)
        except TransientError:
            logger.warning("the day's count cannot be read", of=self._owner, exc_info=True)
            if failed := self._failed:
                measure(failed)
        if (reached := self._reached) and self._count >= self._most():
            measure(reached)


@cache
def guest_lid() -> Lid:
    """That of this process."""
    return Lid(
        GUESTS,
        lambda: settings().guest_orders_per_day,
        reached=Metric.GUEST_LID_REACHED,
        failed=Metric.GUEST_LID_FAILED,
    )


@cache
def ahead_lid() -> Lid:
    """That of this process. It keeps nobody's order out, and its metrics are logs."""
    return Lid(AHEAD, lambda: settings().ahead_per_day)


def count_guest_order(*, now: int) -> None:
    """A worker has worked on an order of a guest. Raises nothing: no order fails by it."""
    try:
        counters.add(GUESTS, now=now)
    except TransientError:
        logger.warning("a guest's order was not counted", exc_info=True)
        measure(Metric.GUEST_LID_FAILED)


def count_ahead(*, now: int) -> None:
    """A voice was prepared, or could not be. Raises nothing."""
    try:
        counters.add(AHEAD, now=now)
    except TransientError:
        logger.warning("a prepared voice was not counted", exc_info=True)

"""How many orders may come in: of one owner in a minute and a day, of all guests in a day.

    one LINE user       ORDERS_PER_MINUTE, ORDERS_PER_DAY
    one guest address   GUESTS_PER_ADDRESS times as many: a night market may share one
    all guests          GUEST_ORDERS_PER_DAY, a lid for their cost

An owner's orders are counted as they come in, and never more are let in. Those of all guests are
counted by the worker once it has worked on them, and the API looks at that number every ten
seconds at most: no request waits for a counter that all share, and nothing in the queue is counted.
"""

from functools import cache

from chalicelib.errors import TooManyOrders, TransientError
from chalicelib.orders import counters
from chalicelib.orders.counters import Window
from chalicelib.orders.identity import line_user_id
from chalicelib.settings import settings
from chalicelib.telemetry import Metric, logger, measure

GUESTS = "guests"
"""The owner under which the orders of all guests are counted."""
LOOK_EVERY_MS = 10_000


def admit(owner: str, *, now: int) -> None:
    """Count a new order of this owner.

    Raises `TooManyOrders`, and then nothing is counted; or `TransientError`.
    """
    is_guest = line_user_id(owner) is None
    if is_guest and guest_lid().is_reached(now=now):
        lid = settings().guest_orders_per_day
        raise _refusal(f"At most {lid} orders a day of all guests together", "day", is_guest, now)
    shares = settings().guests_per_address if is_guest else 1
    limits: dict[Window, int] = {
        "minute": settings().orders_per_minute * shares,
        "day": settings().orders_per_day * shares,
    }
    full = counters.count(owner, limits, now=now)
    if full is not None:
        whose = "from one address" if is_guest else "of one user"
        raise _refusal(f"At most {limits[full]} orders a {full} {whose}", full, is_guest, now)


def _refusal(rule: str, full: Window, is_guest: bool, now: int) -> TooManyOrders:
    seconds = counters.moment(now).left[full]
    when = f"in {seconds} s" if full == "minute" else "after midnight in Taiwan"
    could_sign_in = is_guest and settings().line_login_channel_id
    way_out = " Who signs in with LINE has a limit of their own." if could_sign_in else ""
    return TooManyOrders(f"{rule}; try again {when}.{way_out}", retry_after=seconds)


class GuestLid:
    """How many orders of all guests were worked on today, as this process last saw it."""

    def __init__(self) -> None:
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
        return self._count >= settings().guest_orders_per_day

    def _look(self, now: int) -> None:
        try:
            self._count = counters.counted(GUESTS, now=now)
        except TransientError:
            logger.warning("the guests' orders of the day cannot be read", exc_info=True)
            measure(Metric.GUEST_LID_FAILED)
        if self._count >= settings().guest_orders_per_day:
            measure(Metric.GUEST_LID_REACHED)


@cache
def guest_lid() -> GuestLid:
    """That of this process."""
    return GuestLid()


def count_guest_order(*, now: int) -> None:
    """A worker has worked on an order of a guest. Raises nothing: no order fails by it."""
    try:
        counters.add(GUESTS, now=now)
    except TransientError:
        logger.warning("a guest's order was not counted", exc_info=True)
        measure(Metric.GUEST_LID_FAILED)

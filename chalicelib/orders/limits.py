"""How many orders of one owner may come in, in a minute and in a day.

one LINE user       ORDERS_PER_MINUTE, ORDERS_PER_DAY
one guest address   GUESTS_PER_ADDRESS times as many: a night market may share one
"""

from chalicelib.errors import TooManyOrders
from chalicelib.orders import counters
from chalicelib.orders.counters import Window
from chalicelib.orders.identity import line_user_id
from chalicelib.settings import settings


def admit(owner: str, *, now: int) -> None:
    """Count a new order of this owner.

    Raises `TooManyOrders`, and then nothing is counted; or `TransientError`.
    """
    is_guest = line_user_id(owner) is None
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

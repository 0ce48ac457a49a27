"""Which orders get a LINE message: who their traveller is, what they asked for, and who pays.

LINE_PUSH   notify: true   not said     notify: false
always      pushed         pushed       not_asked
asked       pushed         not_asked    not_asked
never       turned_off     turned_off   turned_off
"""

from chalicelib.order import Notified, Order
from chalicelib.orders.identity import line_user_id
from chalicelib.settings import settings


def not_pushed(owner: str, order: Order) -> Notified | None:
    """What becomes of the message of an order that is not pushed; None for one that is."""
    if line_user_id(owner) is None:
        return Notified("skipped")
    setting = settings().line_push
    if setting == "never":
        return Notified("skipped", "turned_off")
    is_wanted = setting == "always" if order.notify is None else order.notify
    return None if is_wanted else Notified("skipped", "not_asked")

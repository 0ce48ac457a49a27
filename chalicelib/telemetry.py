"""Logs and metrics: one structured line per thing that happened.

Lines carry `order_id` and request ids. They never carry bodies, tokens, LINE user ids, client
addresses, presigned URLs or addresses of voices.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "OrderVoice"

logger = Logger(service="order-voice", utc=True, use_rfc3339=True)


@contextmanager
def log_keys(**keys: str) -> Iterator[None]:
    """Add `keys` to every line that this thread logs inside the block."""
    logger.thread_safe_append_keys(**keys)
    try:
        yield
    finally:
        logger.thread_safe_remove_keys(list(keys))


class Metric(Enum):
    """Every metric of ours, with its unit (CloudWatch, StandardUnit)."""

    ORDER_ACCEPTED = "OrderAccepted", MetricUnit.Count
    ORDER_COMPLETED = "OrderCompleted", MetricUnit.Count
    ORDER_FAILED = "OrderFailed", MetricUnit.Count
    SECONDS_TO_VOICE = "SecondsToVoice", MetricUnit.Seconds
    """From acceptance, or the traveller's retry, until the audio may be heard."""
    NOTIFICATION_FAILED = "NotificationFailed", MetricUnit.Count
    QUOTA_USED_UP = "QuotaUsedUp", MetricUnit.Count
    """LINE refused an order's push because the month's quota is used up."""
    VOICE_LEFT_OUT = "VoiceLeftOut", MetricUnit.Count
    """A LINE message went without its voice, whose address LINE would have refused."""
    SEND_FAILED = "SendFailed", MetricUnit.Count
    """SQS did not take an accepted order's message."""
    OVERDUE_ORDERS = "OverdueOrders", MetricUnit.Count
    """Open orders that the sweeper found without a worker; measured at every sweep."""
    GUEST_LID_REACHED = "GuestLidReached", MetricUnit.Count
    """Guests are refused until midnight; measured by each container every ten seconds."""
    GUEST_LID_FAILED = "GuestLidFailed", MetricUnit.Count
    """The orders of all guests could not be counted or read: their lid may be open."""

    def __init__(self, label: str, unit: MetricUnit) -> None:
        self.label = label
        self.unit = unit


def measure(metric: Metric, value: float = 1) -> None:
    """One value of a metric, written at once in Embedded Metric Format; safe in threads."""
    with single_metric(
        name=metric.label, unit=metric.unit, value=value, namespace=NAMESPACE
    ) as written:
        written.add_dimension(name="service", value="order-voice")

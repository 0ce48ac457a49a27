"""Logs and metrics: one structured line per thing that happened.

Lines carry `order_id` and request ids. They never carry bodies, tokens, LINE user ids, client
addresses or presigned URLs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

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


def measure(name: str, value: float = 1, unit: MetricUnit = MetricUnit.Count) -> None:
    """One CloudWatch metric, written at once in Embedded Metric Format; safe in threads."""
    with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE) as metric:
        metric.add_dimension(name="service", value="order-voice")

"""The functions' own settings, for commands of an operator's that run their code."""

import os
from collections.abc import Mapping


def use_settings_of(outputs: Mapping[str, str]) -> None:
    """Those of the stack with these outputs; what no command uses is left empty."""
    os.environ.update(
        STAGE="-",
        ORDERS_TABLE=outputs["OrdersTableName"],
        LIMITS_TABLE="-",
        ORDERS_QUEUE_URL=outputs["OrdersQueueUrl"],
        VOICE_BUCKET=outputs["VoiceBucketName"],
        LINE_CHANNEL_TOKEN_PARAMETER="-",  # noqa: S106
        CLIENT_ADDRESS_KEY_PARAMETER="-",
        VOICE_ADDRESS_KEY_PARAMETER="-",
    )

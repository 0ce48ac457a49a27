"""X-Ray: where they are traced, each of a function's calls to AWS is a subsegment of its own.

What a subsegment holds is the service, the operation and what it is done to (a table, a queue, a
bucket), never an item, a message or a header. LINE and Google are not traced: the address of a
profile holds a user's id.
"""

from chalicelib.once import once
from chalicelib.settings import settings


@once
def trace_aws_calls() -> None:
    """From now on, in all threads; nothing, and nothing imported, where they are not.

    A trace goes with a message of SQS's by itself (`AWSTraceHeader`).
    """
    if settings().tracing == "calls":
        from aws_xray_sdk.core import patch  # type: ignore[import-untyped]

        patch(["botocore"])

"""Why a call to AWS failed, as our lines tell it: `NoSuchBucket, PutObject`.

By AWS's code and the operation alone: its sentences hold names of roles, keys and connections.
"""

from botocore.exceptions import BotoCoreError, ClientError


def reason(error: Exception) -> str:
    """Of an error of botocore's or PynamoDB's, the code that AWS answered with and the operation;
    where AWS did not answer, the class of the SDK's error. Of one of ours, what it says."""
    cause = getattr(error, "cause", None) or error  # PynamoDB's errors hold botocore's.
    if isinstance(cause, ClientError):
        return f"{cause.response['Error']['Code']}, {cause.operation_name}"
    return type(cause).__name__ if isinstance(cause, BotoCoreError) else str(error)

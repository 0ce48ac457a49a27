"""A spoken sentence that lies in S3."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """Where the audio is, how long it plays, and who spoke it."""

    key: str
    """S3 object key."""
    duration_ms: int
    engine: str

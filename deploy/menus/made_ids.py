"""Ids of what a spreadsheet gives no id."""

import hashlib


def id_of(kind: str, *what: str) -> str:
    """An id that is the same wherever in the file its name stands."""
    return f"{kind}-{hashlib.sha256(chr(0).join(what).encode()).hexdigest()[:10]}"

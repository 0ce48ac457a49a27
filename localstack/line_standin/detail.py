"""One wrong property in a request, as LINE reports it, and LINE's way of counting characters."""

from typing import NamedTuple


class Detail(NamedTuple):
    message: str
    property: str


def utf16_length(text: str) -> int:
    """LINE counts UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

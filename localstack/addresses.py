"""Ports, origins and the emulator, as a person names them: checked, origins in the form that
browsers send.

Imports the standard library only: it checks before anything is installed.
"""

import re

from localstack.errors import StackError

BAD_PORTS = {
    *(1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566),
    *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
}
"""The Fetch Standard's bad ports from 1024 on. (Chromium 156 knows all but 4190 and 6679.)"""

EMULATORS = ("ministack", "localstack")

_AUTHORITY = re.compile(r"([a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?")
_THIS_MACHINE = re.compile(
    r"https?://(?:(?:[^/]*\.)?localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])(?::|\Z)"
)
_TUNNEL = "https://abc.trycloudflare.com"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def port(text: str) -> int:
    """A port that has a next one, for the LINE stand-in. Raises `StackError`."""
    if not text.isdecimal() or not 1024 <= int(text) < 65535:
        raise StackError(f"PORT={text} will not do: take one between 1024 and 65534")
    return int(text)


def require_browsable(first: int) -> None:
    """Raises `StackError` if browsers connect neither to `first` nor to the next port, or to one
    of them only."""
    for number in (first, first + 1):
        if number in BAD_PORTS:
            raise StackError(f"PORT={first} will not do: browsers do not connect to port {number}")


def emulator(text: str) -> str:
    """The one of `EMULATOR=`; the first of an empty text. Raises `StackError`."""
    if text and text not in EMULATORS:
        raise StackError(f"EMULATOR={text} will not do: take {' or '.join(EMULATORS)}")
    return text or EMULATORS[0]


def origins(text: str) -> tuple[str, ...]:
    """Those of `ORIGINS=`, separated by commas; none of an empty text. Raises `StackError`."""
    return tuple(_origin("ORIGINS", part.strip()) for part in text.split(",")) if text else ()


def public_url(text: str) -> str:
    """The one of `PUBLIC_URL=`; empty if that is. Raises `StackError`."""
    if not text:
        return ""
    origin = _origin("PUBLIC_URL", text.strip(), example=_TUNNEL)
    if _THIS_MACHINE.match(origin):
        raise StackError(
            f"PUBLIC_URL={text} will not do: that is this machine itself, to a phone too; take a "
            f"tunnel's address, as in {_TUNNEL}"
        )
    return origin


def _origin(variable: str, text: str, example: str = "http://localhost:5173") -> str:
    """`text` as an origin (RFC 6454 6.2): lower case, without the scheme's own port. A slash at
    the end, which many tools print, is dropped."""
    scheme, separator, rest = text.lower().removesuffix("/").partition("://")
    found = _AUTHORITY.fullmatch(rest)
    if scheme not in _DEFAULT_PORTS or not separator or not found:
        raise StackError(
            f"{variable}={text} will not do: take http:// or https://, a host, and a port if need "
            f"be, as in {example}"
        )
    host, number = found[1], int(found[2] or _DEFAULT_PORTS[scheme])
    if not 0 < number < 65536:
        raise StackError(f"{variable}={text} will not do: there is no port {number}")
    return f"{scheme}://{host}" + ("" if number == _DEFAULT_PORTS[scheme] else f":{number}")

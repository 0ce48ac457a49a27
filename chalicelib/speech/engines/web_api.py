"""A speech API on the web, asked with a key that lies in Parameter Store.

By urllib3, which comes with botocore: for one POST the vendors' own libraries are not worth what
they weigh and what their import takes (docs/speech.md has the figures).
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from chalicelib import parameter_store
from chalicelib.errors import PermanentError, TransientError
from chalicelib.once import once
from chalicelib.speech.chunks import spoken_pieces

CONNECT_SECONDS = 1.0
READ_SECONDS = 5.0
KEY_SECONDS = 60.0
"""How long a key that was read is taken for the newest. One that is refused is read again then, and
however many orders are refused, the store is asked once in it."""
MOST_BYTES = 4 * 1024 * 1024
"""Of one answer: ten minutes at 48 kbit/s, or seven in Base64."""
TOO_MANY_REQUESTS = 429
"""Of both vendors a quota that is used up for now, and no trouble of the engine's."""
_PIECE = 64 * 1024

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Neither sound nor, for the surrogates, UTF-8 (XML 1.0, production 2)."""


class Answer(NamedTuple):
    status: int
    reason: str
    """The phrase beside the status."""
    body: bytes


class WebApi:
    """POSTs to one address. Thread-safe.

    No error raised here holds the key, the text or anything of an answer: urllib3's quote what was
    asked, so they are not even chained.
    """

    def __init__(self, whom: str, url: str, *, key_header: str, key_parameter: str) -> None:
        self._whom = whom
        self._url = url
        self._key_header = key_header
        self._key_parameter = key_parameter
        self._pool = once(lambda: _pool(url))

    def post(
        self,
        body: bytes,
        headers: Mapping[str, str],
        *,
        refuses_key: Callable[[Answer], bool],
        deadline: float,
    ) -> Answer:
        """The answer to `body`, whatever its status, with a key that is not refused.

        `deadline` is in `time.monotonic()` seconds. A key that is refused is read again, if that is
        due, and a new one tried. Raises `TransientError`.
        """
        key = parameter_store.secret(self._key_parameter)
        answer = self._send(body, headers, key, deadline)
        if refuses_key(answer):
            renewed = parameter_store.secret(self._key_parameter, max_age=KEY_SECONDS)
            if renewed != key:
                answer = self._send(body, headers, renewed, deadline)
        if refuses_key(answer):
            raise TransientError(
                f"{self._whom} refuses the key in {self._key_parameter}: HTTP {answer.status}"
            )
        return answer

    def _send(self, body: bytes, headers: Mapping[str, str], key: str, deadline: float) -> Answer:
        key = key.strip()
        if not (key and key.isascii() and key.isprintable()):
            # As a header it would raise an error that quotes it.
            raise TransientError(f"there is no key in {self._key_parameter}")
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TransientError(f"no time left to ask {self._whom}")
        try:
            response = self._pool().urlopen(
                "POST",
                self._url,
                body=body,
                # A function is frozen between orders: of a connection that was kept, nobody knows
                # whether it still leads anywhere.
                headers={**headers, self._key_header: key, "Connection": "close"},
                timeout=urllib3.Timeout(
                    connect=min(CONNECT_SECONDS, remaining), read=min(READ_SECONDS, remaining)
                ),
                retries=False,
                redirect=False,  # The key goes nowhere else.
                preload_content=False,
                decode_content=False,
            )
            try:
                return Answer(
                    response.status, response.reason or "", self._read(response, deadline)
                )
            finally:
                response.close()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise TransientError(f"{self._whom} did not answer: {type(error).__name__}") from None

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        """All of the answer, within its bounds: whoever asked may have gone at the deadline."""
        body = bytearray()
        while piece := response.read1(_PIECE):
            body += piece
            if len(body) > MOST_BYTES:
                raise TransientError(f"{self._whom} does not stop answering")
            if time.monotonic() > deadline:
                raise TransientError(f"{self._whom} did not answer in time")
        return bytes(body)


def _pool(url: str) -> urllib3.PoolManager:
    """By the proxy that the environment names, as boto3 and gTTS go."""
    there, named = urlsplit(url), getproxies()
    proxy = named.get(there.scheme) or named.get("all")
    if not proxy or proxy_bypass(there.hostname or ""):
        return urllib3.PoolManager()
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    identity = unquote(urllib3.util.parse_url(proxy).auth or "")
    return urllib3.ProxyManager(
        proxy, proxy_headers=urllib3.make_headers(proxy_basic_auth=identity or None)
    )


def mandarin_pieces(text: str, language: str, longest: int) -> list[str]:
    """`text` in pieces of at most `longest` characters that have a sound, without the characters
    that XML forbids. Raises `PermanentError` if there are none, or it is not Mandarin."""
    if language.split("-")[0] not in ("zh", "cmn"):
        raise PermanentError(f"the voice does not speak {language}")
    pieces = spoken_pieces(_NOT_IN_XML.sub(" ", text), longest)
    if not pieces:
        raise PermanentError("there is nothing to say")
    return pieces

"""LINE Login: whose ID token this is.

A LIFF page's ID token is a JWT signed ES256 by LINE ("Verify ID tokens", LINE Login reference;
RFC 7519). It is verified here, without a call to LINE per request: the signature against the
public keys that LINE publishes (its JWKS), then issuer, audience and times.

When the keys are fetched again:

    no key at hand        at once, after a failure every `PAUSE_WITHOUT_KEYS` seconds
    a `kid` not among them    at once, but never twice within `PAUSE` seconds, so that a flood of
                          made-up tokens cannot make us flood LINE
    older than `MAX_AGE`  in the request that notices; if LINE does not answer, the old keys stay
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import urllib3

from chalicelib.errors import ServiceUnavailable, TokenExpired, TokenInvalid, TransientError
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.settings import settings

ISSUER = "https://access.line.me"
ALGORITHM = "ES256"
LEEWAY = 10
"""Seconds by which LINE's clock and ours may differ."""
PAUSE = 60.0
"""Seconds between two fetches of the JWKS that unknown key ids ask for."""
PAUSE_WITHOUT_KEYS = 10.0
"""Seconds between two fetches while there is not one key to verify with."""
MAX_AGE = 3600.0
"""Seconds after which the keys are fetched again, so that a withdrawn key is forgotten."""

_LONGEST_TOKEN = 4096  # LINE's have about 800 characters.
_LONGEST_KEY_ID = 256
_LARGEST_JWKS = 256 * 1024
FETCH_SECONDS = 5.0
"""For one fetch, from the name look-up to the last byte."""
_TIMEOUT = urllib3.Timeout(connect=2.0, read=3.0)


class JwksError(Exception):
    """LINE's public keys could not be fetched or read."""


class KeySet:
    """LINE's public keys by key id, fetched when needed and no more often. Thread-safe."""

    def __init__(
        self,
        url: str,
        *,
        pool: urllib3.PoolManager,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._pool = pool
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._tried_at = -float("inf")
        self._fetched_at = -float("inf")
        self._failed = False

    def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id, or None if LINE has no such key.

        Raises `ServiceUnavailable` when that cannot be told because LINE does not answer.
        """
        if self._clock() - self._fetched_at > MAX_AGE:
            # A known key need not wait while another thread is fetching.
            self._refresh(wait=key_id not in self._keys)
        elif key_id not in self._keys:
            self._refresh(wait=True)
        key = self._keys.get(key_id)
        if key is None and self._failed:
            raise ServiceUnavailable(
                "Sign-in cannot be checked right now", retry_after=self._seconds_until_next_try()
            )
        return key

    def _refresh(self, *, wait: bool) -> None:
        if not self._lock.acquire(blocking=wait):
            return
        try:
            if self._clock() - self._tried_at < self._pause():
                return
            try:
                self._keys = self._fetch()
            except JwksError:
                self._failed = True
            else:
                self._failed = False
                self._fetched_at = self._clock()
            # At its end: a failure that took long is shared by all who waited for it.
            self._tried_at = self._clock()
        finally:
            self._lock.release()

    def _pause(self) -> float:
        return PAUSE if self._keys else PAUSE_WITHOUT_KEYS

    def _seconds_until_next_try(self) -> int:
        return max(1, round(self._tried_at + self._pause() - self._clock()))

    def _fetch(self) -> Mapping[str, jwt.PyJWK]:
        try:
            status, body = in_time("LINE's keys", self._request, time.monotonic() + FETCH_SECONDS)
        except (urllib3.exceptions.HTTPError, TransientError) as error:
            raise JwksError(type(error).__name__) from error
        if status != 200:
            raise JwksError(f"HTTP {status}")
        keys = _signing_keys(body)
        if not keys:
            raise JwksError("no usable key")
        return keys

    def _request(self) -> tuple[int, bytes]:
        response = self._pool.request(
            "GET", self._url, timeout=_TIMEOUT, retries=False, preload_content=False
        )
        try:
            # Cut off, a larger one is no JSON any more.
            return response.status, response.read(_LARGEST_JWKS)
        finally:
            response.close()


def _signing_keys(jwks: bytes) -> dict[str, jwt.PyJWK]:
    """The P-256 signing keys of a JWK set (RFC 7517); what else is in it is passed over."""
    try:
        entries = json.loads(jwks)["keys"]
        candidates = [entry for entry in entries if _is_signing_key(entry)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise JwksError("not a JWK set") from error
    keys = {}
    for entry in candidates:
        try:
            keys[entry["kid"]] = jwt.PyJWK(entry, algorithm=ALGORITHM)
        except jwt.PyJWTError:
            continue
    return keys


def _is_signing_key(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("kid"), str)
        and entry.get("kty") == "EC"
        and entry.get("crv") == "P-256"
        and entry.get("alg", ALGORITHM) == ALGORITHM
        and entry.get("use", "sig") == "sig"
    )


class IdTokenVerifier:
    """Verifies the ID tokens of one LINE Login channel."""

    def __init__(self, *, channel_id: str, keys: KeySet) -> None:
        self._channel_id = channel_id
        self._keys = keys

    def verify(self, token: str) -> str:
        """The LINE user id that `token` speaks for.

        Raises `TokenExpired`, `TokenInvalid`, or `ServiceUnavailable` while LINE's keys cannot be
        had. The error does not say which check failed: only an attacker would use it.
        """
        if not self._channel_id:
            raise TokenInvalid("Sign-in with LINE is not set up here; order without a token")
        if len(token) > _LONGEST_TOKEN:
            raise TokenInvalid("The ID token is too long")
        key = self._keys.find(_key_id(token))
        if key is None:
            raise _invalid()
        try:
            claims = jwt.decode(
                token,
                key=key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=self._channel_id,
                leeway=LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"], "strict_aud": True},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired("The ID token has expired; sign in again") from error
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            # Beside its own errors PyJWT lets those of absurd claims through (`exp: 1e400`).
            raise _invalid() from error
        subject: str = claims["sub"]
        if not subject:
            raise _invalid()
        return subject


def _key_id(token: str) -> str:
    """The token's `kid`. `jku`, `x5u`, `jwk` and their like are an attacker's and never read."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise _invalid() from error
    key_id = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
        raise _invalid()
    if not 0 < len(key_id) <= _LONGEST_KEY_ID:
        raise _invalid()
    return key_id


def _invalid() -> TokenInvalid:
    return TokenInvalid("The ID token is not valid; sign in again")


@once
def verifier() -> IdTokenVerifier:
    """This process's verifier, with its cached keys."""
    keys = KeySet(
        f"{settings().line_api_url}/oauth2/v2.1/certs", pool=urllib3.PoolManager(maxsize=2)
    )
    return IdTokenVerifier(channel_id=settings().line_login_channel_id, keys=keys)


def verify_id_token(token: str) -> str:
    """The LINE user id that a LIFF ID token speaks for; see `IdTokenVerifier.verify`."""
    return verifier().verify(token)

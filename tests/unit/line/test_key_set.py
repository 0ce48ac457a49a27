"""LINE's keys: how often LINE is asked for them, and what holds while it does not answer."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from chalicelib.errors import ServiceUnavailable, TokenInvalid
from chalicelib.line.login import PAUSE, PAUSE_WITHOUT_KEYS, IdTokenVerifier, KeySet
from tests.unit.line.clock import Clock
from tests.unit.line.id_tokens import CHANNEL, USER, SigningKey
from tests.unit.line.key_endpoint import Certs
from tests.unit.waiting import Asked, outcomes, until


def test_the_keys_are_fetched_once_for_many_tokens(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs
) -> None:
    for _ in range(20):
        verifier.verify(key.token())
    assert len(certs.requests) == 1


def test_a_new_key_of_line_is_found(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs, clock: Clock
) -> None:
    verifier.verify(key.token())
    successor = SigningKey("key-2")
    certs.publish(key, successor)
    clock.now += PAUSE
    assert verifier.verify(successor.token()) == USER
    assert verifier.verify(key.token()) == USER


def test_a_withdrawn_key_is_forgotten_within_the_hour(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs, clock: Clock
) -> None:
    verifier.verify(key.token())
    certs.publish(SigningKey("key-2"))
    clock.now += 3601
    with pytest.raises(TokenInvalid):
        verifier.verify(key.token())


def test_bad_tokens_make_us_ask_line_at_most_once_a_minute(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs, clock: Clock
) -> None:
    verifier.verify(key.token())
    for minute in range(3):
        for attempt in range(50):
            with pytest.raises(TokenInvalid):
                verifier.verify(SigningKey(f"made-up-{minute}-{attempt}").token())
        assert len(certs.requests) <= 1 + minute
        clock.now += 60
    assert verifier.verify(key.token()) == USER


def test_many_threads_ask_line_once(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs
) -> None:
    start = threading.Barrier(10)
    users: list[str] = []

    def verify() -> None:
        start.wait()
        users.append(verifier.verify(key.token()))

    threads = [threading.Thread(target=verify) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert users == [USER] * 10
    assert len(certs.requests) == 1


def break_status(certs: Certs) -> None:
    certs.status = 500


def break_body(certs: Certs) -> None:
    certs.body = b"<html>sorry</html>"


def break_shape(certs: Certs) -> None:
    certs.body = b'{"keys": [null, 1, {"kid": "key-1", "kty": "EC", "crv": "P-256"}]}'


def break_size(certs: Certs) -> None:
    certs.body = b" " * 300_000 + certs.body


@pytest.mark.parametrize("damage", [break_status, break_body, break_shape, break_size])
def test_without_lines_keys_it_is_our_trouble_and_nobody_is_let_in(
    verifier: IdTokenVerifier,
    key: SigningKey,
    certs: Certs,
    clock: Clock,
    damage: Callable[[Certs], None],
) -> None:
    damage(certs)
    for _ in range(5):
        with pytest.raises(ServiceUnavailable) as refusal:
            verifier.verify(key.token())
        assert refusal.value.retry_after == PAUSE_WITHOUT_KEYS
    assert len(certs.requests) == 1

    certs.status = 200
    certs.publish(key)
    clock.now += PAUSE_WITHOUT_KEYS
    assert verifier.verify(key.token()) == USER


def test_a_closed_port_is_our_trouble_too(key: SigningKey, clock: Clock) -> None:
    with Certs().serving() as url:
        pass
    with urllib3.PoolManager() as pool:
        verifier = IdTokenVerifier(channel_id=CHANNEL, keys=KeySet(url, pool=pool, clock=clock))
        with pytest.raises(ServiceUnavailable) as refusal:
            verifier.verify(key.token())
    assert refusal.value.retry_after


def test_known_keys_serve_on_while_line_is_down(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs, clock: Clock
) -> None:
    verifier.verify(key.token())
    certs.status = 500
    clock.now += 7200
    assert verifier.verify(key.token()) == USER
    with pytest.raises(ServiceUnavailable) as refusal:
        verifier.verify(SigningKey("key-2").token())
    assert refusal.value.retry_after == PAUSE
    assert len(certs.requests) == 2


def test_keys_of_other_kinds_are_passed_over(key: SigningKey) -> None:
    certs = Certs(key)
    oct_key = {"kty": "oct", "kid": "key-3", "k": "c2VjcmV0", "alg": "HS256"}
    certs.body = json.dumps({"keys": [oct_key, {"kty": "RSA", "kid": "r"}, key.jwk()]}).encode()
    with certs.serving() as url, urllib3.PoolManager() as pool:
        verifier = IdTokenVerifier(channel_id=CHANNEL, keys=KeySet(url, pool=pool))
        assert verifier.verify(key.token()) == USER
        with pytest.raises(TokenInvalid):
            verifier.verify(SigningKey("key-3").token())


def test_ten_travellers_wait_together_for_keys_that_are_long_in_failing(
    key: SigningKey, clock: Clock
) -> None:
    """A fetch that took longer than the pause was begun anew by each who had waited for it."""
    asked = Asked(clock)
    fetches: list[str] = []

    class Line:
        def request(self, _: str, url: str, **__: object) -> None:
            fetches.append(url)
            until(lambda: asked.looks > 10)  # Each before its turn, and the first in it.
            clock.now += 10 * PAUSE_WITHOUT_KEYS
            raise urllib3.exceptions.ReadTimeoutError(None, "/", "no answer")  # type: ignore[arg-type]

    pool: Any = Line()
    verifier = IdTokenVerifier(channel_id=CHANNEL, keys=KeySet("/certs", pool=pool, clock=asked))
    assert outcomes(lambda: verifier.verify(key.token())) == [ServiceUnavailable] * 10
    assert len(fetches) == 1

"""ID tokens that LINE has not signed: forged, garbled or huge, none is let in."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from chalicelib.errors import TokenInvalid
from chalicelib.line.login import IdTokenVerifier
from tests.unit.line.id_tokens import SigningKey, encoded
from tests.unit.line.key_endpoint import Certs


def test_a_token_without_a_signature_is_refused(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs
) -> None:
    payload = key.token().split(".")[1]
    header = encoded({"alg": "none", "typ": "JWT", "kid": key.key_id})
    for token in (f"{header}.{payload}.", f"{header}.{payload}", key.token().rpartition(".")[0]):
        with pytest.raises(TokenInvalid):
            verifier.verify(token)


def test_the_public_key_is_no_hmac_secret(verifier: IdTokenVerifier, key: SigningKey) -> None:
    header = encoded({"alg": "HS256", "typ": "JWT", "kid": key.key_id})
    signed = f"{header}.{key.token().split('.')[1]}"
    for secret in (key.public_pem(), json.dumps(key.jwk()).encode()):
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        signature = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        with pytest.raises(TokenInvalid):
            verifier.verify(f"{signed}.{signature}")


def test_another_key_under_a_known_id_is_refused(verifier: IdTokenVerifier) -> None:
    with pytest.raises(TokenInvalid):
        verifier.verify(SigningKey("key-1").token())


@pytest.mark.parametrize("header", ["jku", "x5u", "jwk", "x5c"])
def test_a_key_that_the_token_brings_is_never_looked_at(
    verifier: IdTokenVerifier, key: SigningKey, header: str
) -> None:
    attacker = SigningKey(key.key_id)
    attackers_certs = Certs(attacker)
    with attackers_certs.serving() as url:
        value: Any = {"jwk": attacker.jwk(), "x5c": ["MIIB"]}.get(header, url)
        with pytest.raises(TokenInvalid):
            verifier.verify(attacker.token(headers={header: value}))
    assert attackers_certs.requests == []


def test_unknown_critical_headers_are_refused(verifier: IdTokenVerifier, key: SigningKey) -> None:
    with pytest.raises(TokenInvalid):
        verifier.verify(key.token(headers={"crit": ["exp"]}))


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param(".", id="one dot"),
        pytest.param("..", id="two dots"),
        pytest.param("a.b.c", id="letters"),
        pytest.param("not a token", id="words"),
        pytest.param("\ud800.\ud800.\ud800", id="lone surrogates"),
        pytest.param("\x00" * 50, id="zero bytes"),
        pytest.param(f"{encoded([])}.{encoded({})}.AA", id="header a list"),
        pytest.param(f"{encoded({'alg': 'ES256'})}.{encoded({})}.AA", id="no kid"),
        pytest.param(f"{encoded({'alg': 'ES256', 'kid': 7})}.{encoded({})}.AA", id="kid a number"),
        pytest.param(f"{encoded({'alg': 'ES256', 'kid': ''})}.{encoded({})}.AA", id="kid empty"),
        pytest.param(
            f"{encoded({'alg': 'ES256', 'kid': 'k' * 300})}.{encoded({})}.AA",
            id="kid of 300 letters",
        ),
        pytest.param(
            base64.urlsafe_b64encode(b"[" * 2900).decode() + ".e30.AA",
            id="header of 2,900 brackets",
        ),
    ],
)
def test_garbage_is_refused_without_asking_line(
    verifier: IdTokenVerifier, certs: Certs, token: str
) -> None:
    with pytest.raises(TokenInvalid):
        verifier.verify(token)
    assert certs.requests == []


def test_a_huge_token_is_refused_before_it_is_read(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs
) -> None:
    with pytest.raises(TokenInvalid, match="too long"):
        verifier.verify(key.token(name="x" * 5000))
    assert certs.requests == []

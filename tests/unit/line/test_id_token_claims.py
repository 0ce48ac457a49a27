"""ID tokens by what they say: whose are let in, and which claims keep one out."""

import json
import time
from typing import Any

import jwt
import pytest
import urllib3

from chalicelib.errors import TokenExpired, TokenInvalid
from chalicelib.line import login
from chalicelib.line.login import IdTokenVerifier, KeySet
from chalicelib.settings import settings
from tests.unit.line.id_tokens import CHANNEL, USER, SigningKey
from tests.unit.line.key_endpoint import Certs

YEAR_2100 = 4102444800


def test_a_token_of_our_channel_names_its_user(verifier: IdTokenVerifier, key: SigningKey) -> None:
    assert verifier.verify(key.token()) == USER


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"aud": "9999999999"}, id="another channel"),
        pytest.param({"aud": [CHANNEL, "9999999999"]}, id="two channels"),
        pytest.param({"aud": None}, id="no aud"),
        pytest.param({"iss": "https://access.line.me.example.com"}, id="another issuer"),
        pytest.param({"iss": None}, id="no iss"),
        pytest.param({"exp": None}, id="no exp"),
        pytest.param({"exp": "soon"}, id="exp no number"),
        pytest.param({"iat": None}, id="no iat"),
        pytest.param({"iat": YEAR_2100}, id="iat in 2100"),
        pytest.param({"nbf": YEAR_2100}, id="nbf in 2100"),
        pytest.param({"sub": None}, id="no sub"),
        pytest.param({"sub": ""}, id="empty sub"),
        pytest.param({"sub": 42}, id="sub no text"),
    ],
)
def test_a_wrong_claim_is_refused(
    verifier: IdTokenVerifier, key: SigningKey, changes: dict[str, Any]
) -> None:
    token = key.token(**changes) if changes.get("sub") != 42 else _token_with_numeric_subject(key)
    with pytest.raises(TokenInvalid) as refusal:
        verifier.verify(token)
    assert refusal.value.code == "token_invalid"


def _token_with_numeric_subject(key: SigningKey) -> str:
    """PyJWT will not issue one itself."""
    now = int(time.time())
    claims = {
        "iss": "https://access.line.me",
        "aud": CHANNEL,
        "sub": 42,
        "iat": now,
        "exp": now + 3600,
    }
    return jwt.api_jws.encode(
        json.dumps(claims).encode(), key.private, "ES256", headers={"kid": key.key_id}
    )


def test_an_expired_token_says_so(verifier: IdTokenVerifier, key: SigningKey) -> None:
    with pytest.raises(TokenExpired) as refusal:
        verifier.verify(key.token(exp=time.time() - 60))
    assert refusal.value.code == "token_expired"


def test_clocks_may_differ_a_little(verifier: IdTokenVerifier, key: SigningKey) -> None:
    assert verifier.verify(key.token(iat=int(time.time()) + 5)) == USER
    assert verifier.verify(key.token(exp=int(time.time()) - 5)) == USER


@pytest.mark.parametrize("moment", ["1e400", "NaN", "-1e400", "99999999999999999999"])
def test_absurd_times_are_refused(verifier: IdTokenVerifier, key: SigningKey, moment: str) -> None:
    payload = (
        f'{{"iss":"https://access.line.me","aud":"{CHANNEL}","sub":"{USER}",'
        f'"iat":{moment},"exp":{moment}}}'
    )
    token = jwt.api_jws.encode(payload.encode(), key.private, "ES256", headers={"kid": key.key_id})
    with pytest.raises(TokenInvalid):
        verifier.verify(token)


def test_without_a_channel_every_token_is_refused_clearly(certs: Certs, key: SigningKey) -> None:
    with certs.serving() as url, urllib3.PoolManager() as pool:
        verifier = IdTokenVerifier(channel_id="", keys=KeySet(url, pool=pool))
        with pytest.raises(TokenInvalid, match="not set up"):
            verifier.verify(key.token(aud=""))
    assert certs.requests == []


def test_the_app_takes_channel_and_address_from_its_settings(
    certs: Certs, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    with certs.serving() as url:
        environment = {
            "ORDERS_TABLE": "orders",
            "LIMITS_TABLE": "limits",
            "ORDERS_QUEUE_URL": "http://localhost/orders",
            "VOICE_BUCKET": "voices",
            "LINE_CHANNEL_TOKEN_PARAMETER": "/token",
            "CLIENT_ADDRESS_KEY_PARAMETER": "/key",
            "VOICE_ADDRESS_KEY_PARAMETER": "/voices",
            "LINE_API_URL": url.removesuffix("/oauth2/v2.1/certs"),
            "LINE_LOGIN_CHANNEL_ID": CHANNEL,
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        login.verifier.cache_clear()
        try:
            assert login.verify_id_token(key.token()) == USER
            assert login.verify_id_token(key.token()) == USER
        finally:
            settings.cache_clear()
            login.verifier.cache_clear()
    assert certs.requests == ["/oauth2/v2.1/certs"]

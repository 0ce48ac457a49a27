"""ID tokens: whom they let in, whom they keep out, and how often LINE is asked for its keys."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
import urllib3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chalicelib.errors import ServiceUnavailable, TokenExpired, TokenInvalid
from chalicelib.line import login
from chalicelib.line.login import PAUSE, PAUSE_WITHOUT_KEYS, IdTokenVerifier, KeySet
from chalicelib.settings import settings

CHANNEL = "1234567890"
USER = "U" + "0a" * 16
YEAR_2100 = 4102444800


class SigningKey:
    """A P-256 key as LINE holds one."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        self.private = ec.generate_private_key(ec.SECP256R1())

    def jwk(self) -> dict[str, Any]:
        public = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.key_id, "alg": "ES256", "use": "sig"}

    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def token(self, *, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """An ID token like LINE's; a claim changed to None is left out."""
        now = int(time.time())
        claims = {
            "iss": "https://access.line.me",
            "sub": USER,
            "aud": CHANNEL,
            "exp": now + 3600,
            "iat": now,
            "amr": ["linesso"],
            "name": "旅人",
        } | changes
        return jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            self.private,
            algorithm="ES256",
            headers={"kid": self.key_id} | (headers or {}),
        )


class Certs:
    """A loopback JWKS endpoint whose answer a test can change. Counts its requests."""

    def __init__(self, *keys: SigningKey) -> None:
        self.requests: list[str] = []
        self.status = 200
        self.publish(*keys)

    def publish(self, *keys: SigningKey) -> None:
        self.body = json.dumps({"keys": [key.jwk() for key in keys]}).encode()

    @contextmanager
    def serving(self) -> Iterator[str]:
        certs = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                certs.requests.append(self.path)
                self.send_response(certs.status)
                self.send_header("Content-Length", str(len(certs.body)))
                self.end_headers()
                self.wfile.write(certs.body)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/oauth2/v2.1/certs"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def key() -> SigningKey:
    return SigningKey("key-1")


@pytest.fixture
def certs(key: SigningKey) -> Certs:
    return Certs(key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(certs: Certs, clock: Clock) -> Iterator[IdTokenVerifier]:
    with certs.serving() as url, urllib3.PoolManager() as pool:
        yield IdTokenVerifier(channel_id=CHANNEL, keys=KeySet(url, pool=pool, clock=clock))


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_a_token_of_our_channel_names_its_user(verifier: IdTokenVerifier, key: SigningKey) -> None:
    assert verifier.verify(key.token()) == USER


def test_the_keys_are_fetched_once_for_many_tokens(
    verifier: IdTokenVerifier, key: SigningKey, certs: Certs
) -> None:
    for _ in range(20):
        verifier.verify(key.token())
    assert len(certs.requests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "9999999999"},
        {"aud": [CHANNEL, "9999999999"]},
        {"aud": None},
        {"iss": "https://access.line.me.example.com"},
        {"iss": None},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": YEAR_2100},
        {"nbf": YEAR_2100},
        {"sub": None},
        {"sub": ""},
        {"sub": 42},
    ],
    ids=str,
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
        "",
        ".",
        "..",
        "a.b.c",
        "not a token",
        "\ud800.\ud800.\ud800",
        "\x00" * 50,
        f"{encoded([])}.{encoded({})}.AA",
        f"{encoded({'alg': 'ES256'})}.{encoded({})}.AA",
        f"{encoded({'alg': 'ES256', 'kid': 7})}.{encoded({})}.AA",
        f"{encoded({'alg': 'ES256', 'kid': ''})}.{encoded({})}.AA",
        f"{encoded({'alg': 'ES256', 'kid': 'k' * 300})}.{encoded({})}.AA",
        base64.urlsafe_b64encode(b"[" * 2900).decode() + ".e30.AA",
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


def test_the_app_takes_channel_and_address_from_its_settings(
    certs: Certs, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    with certs.serving() as url:
        environment = {
            "ORDERS_TABLE": "orders",
            "ORDERS_QUEUE_URL": "http://localhost/orders",
            "VOICE_BUCKET": "voices",
            "LINE_CHANNEL_TOKEN_PARAMETER": "/token",
            "CLIENT_ADDRESS_KEY_PARAMETER": "/key",
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

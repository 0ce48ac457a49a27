"""LINE Login's part: signing keys, ID tokens, and what `/oauth2/v2.1/verify` says of one."""

import json
import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from localstack.line_standin.store import Store

ISSUER = "https://access.line.me"
LIFE = 3600
"""Seconds; LINE's tokens live as long."""

_KEYS = "signing_keys"


class SigningKeys:
    """ES256 keys, kept in the store so that tokens outlive a restart. The last one signs."""

    def __init__(self, store: Store) -> None:
        self._store = store
        if store.memo(_KEYS) is None:
            self.rotate(keep_old=False)

    def rotate(self, *, keep_old: bool) -> str:
        """Sign with a new key from now on; returns its id."""
        key_id = uuid.uuid4().hex
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        kept = self._load() if keep_old else []
        self._store.set_memo(_KEYS, json.dumps([*kept, [key_id, pem.decode()]]))
        return key_id

    def _load(self) -> list[tuple[str, str]]:
        loaded: list[tuple[str, str]] = json.loads(self._store.memo(_KEYS) or "[]")
        return loaded

    def jwks(self) -> dict[str, Any]:
        """The public keys, as LINE publishes its own (RFC 7517)."""
        keys = []
        for key_id, pem in self._load():
            public = ECAlgorithm.to_jwk(_private(pem).public_key(), as_dict=True)
            keys.append({**public, "kid": key_id, "use": "sig", "alg": "ES256"})
        return {"keys": keys}

    def issue(self, *, channel_id: str, user_id: str, name: str | None, expires_in: int) -> str:
        """An ID token such as `liff.getIDToken()` returns."""
        now = int(time.time())
        # A token that is to have expired already was issued an hour before its end.
        issued_at = min(now, now + expires_in - LIFE) if expires_in <= 0 else now
        claims = {
            "iss": ISSUER,
            "sub": user_id,
            "aud": channel_id,
            "exp": now + expires_in,
            "iat": issued_at,
            "amr": ["linesso"],
        }
        if name:
            claims["name"] = name
        key_id, pem = self._load()[-1]
        return jwt.encode(claims, _private(pem), algorithm="ES256", headers={"kid": key_id})

    def verify(self, token: str, *, channel_id: str) -> dict[str, Any]:
        """The claims of `token`; raises `TokenRefused` with LINE's words."""
        try:
            keys = {key["kid"]: jwt.PyJWK(key) for key in self.jwks()["keys"]}
            key = keys[jwt.get_unverified_header(token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=["ES256"], issuer=ISSUER, audience=channel_id
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenRefused("IdToken expired.") from error
        except jwt.InvalidAudienceError as error:
            raise TokenRefused("Invalid IdToken Audience.") from error
        except jwt.InvalidIssuerError as error:
            raise TokenRefused("Invalid IdToken Issuer.") from error
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise TokenRefused("Invalid IdToken.") from error
        return claims


class TokenRefused(Exception):
    """An ID token that `/oauth2/v2.1/verify` refuses; the message is `error_description`."""


def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the signing key is not an elliptic curve key")
    return key

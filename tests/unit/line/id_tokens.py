"""ID tokens as LINE signs them, for the tests of the verifier."""

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

CHANNEL = "1234567890"
USER = "U" + "0a" * 16


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


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

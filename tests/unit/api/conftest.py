"""The API on moto, and a sign-in that believes every token."""

from collections.abc import Iterator

import pytest
from chalice.test import Client

from app import app
from chalicelib.errors import TokenExpired
from chalicelib.line import login
from tests.unit.api.api_client import Api


@pytest.fixture
def api(aws: None) -> Iterator[Api]:
    with Client(app) as client:
        yield Api(client)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are their own subject, but for one that has expired. login.py has its own tests."""

    def verify(token: str) -> str:
        if token == "expired":
            raise TokenExpired("The ID token has expired.")
        return token

    monkeypatch.setattr(login, "verify_id_token", verify)

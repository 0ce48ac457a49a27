"""LINE as these tests meet it: its keys on the loopback, and its Messaging API as a stand-in."""

from collections.abc import Iterator

import pytest
import urllib3

from chalicelib.line.login import IdTokenVerifier, KeySet
from localstack.line_standin.app import Config
from localstack.line_standin.server import serving
from tests.unit.line.channel_token import TOKEN
from tests.unit.line.clock import Clock
from tests.unit.line.id_tokens import CHANNEL, SigningKey
from tests.unit.line.key_endpoint import Certs
from tests.unit.line.pushes import Line


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


@pytest.fixture(scope="module")
def shared() -> Iterator[Line]:
    config = Config(channel_id="1234567890", channel_token=TOKEN, hang_seconds=5)
    with serving(config) as url, urllib3.PoolManager() as http:
        yield Line(url, http)


@pytest.fixture
def line(shared: Line) -> Line:
    shared.reset()
    return shared

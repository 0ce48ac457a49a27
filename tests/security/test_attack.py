"""Schemathesis against the running stack: our own description, read by somebody hostile.

`ATTACK_EXAMPLES` requests in all, valid and broken ones, as guest, as user and with bad tokens.
None may be answered by a 5xx, by a status or a document that the description does not name, or
by a word about what runs here.
"""

import os
import random
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.openapi import document
from tests.seed_order import SEED_ORDER
from tests.stack.client import Client

EXAMPLES = int(os.environ.get("ATTACK_EXAMPLES", "120"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DETAILS = ("Traceback", "botocore", "pynamodb", "chalice", "/var/task", "site-packages")
SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS: dict[str, Any] = {
    result.ok().label: result.ok()
    for result in SCHEMA.get_all_operations()
    if isinstance(result, Ok)
}


def can_be_broken(operation: Any) -> bool:
    """Not where nothing is taken, or any string: then whatever is sent is valid."""
    rules = [parameter.definition["schema"] for parameter in operation.iter_parameters()]
    return bool(operation.body) or any(rule != {"type": "string"} for rule in rules)


BROKEN, VALID = schemathesis.GenerationMode.NEGATIVE, schemathesis.GenerationMode.POSITIVE
CASES = [
    (label, mode)
    for label, operation in OPERATIONS.items()
    for mode in (VALID, BROKEN)
    if mode is VALID or can_be_broken(operation)
]
SENT: dict[tuple[str, Any], int] = {}


def share(label: str) -> float:
    """Of all requests: half of them go where a body is parsed."""
    like_it = [case for case in CASES if ("quick" in case[0]) == ("quick" in label)]
    return 0.5 / len(like_it)


@pytest.fixture(scope="module")
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


@pytest.fixture(scope="module")
def known(client: Client) -> dict[str, list[str]]:
    """What an attacker has come by: orders of others and of their own, tokens good and bad."""
    user, other = client.sign_in("U" + "a" * 32), client.sign_in("U" + "b" * 32)
    own = client.place(SEED_ORDER, **user)
    client.follow(own, **user)
    voice = client.chat("U" + "a" * 32)[-1]["message"]["originalContentUrl"]
    orders = [client.place(), own, client.place(SEED_ORDER, **other)]
    token = user["Authorization"]
    stores = ["sample-tea", "sample-seafood", "nobody"]
    return {
        "orders": orders,
        "stores": stores,
        "files": [voice.rpartition("/")[2]],
        "tokens": [token, token[:-3], "Bearer x.y.z", "Basic eDp5", "Bearer"],
    }


def test_the_stack_describes_itself_as_its_code_does(client: Client) -> None:
    assert client.call("GET", "/api/openapi.json").json == document()


@pytest.mark.parametrize(
    ("label", "mode"), CASES, ids=[f"{label} {mode.value}" for label, mode in CASES]
)
@pytest.mark.timeout(3000)
def test_no_request_makes_the_api_stumble(
    client: Client,
    known: dict[str, list[str]],
    label: str,
    mode: Any,
) -> None:
    sent = 0

    @seed(20261124 if EXAMPLES < 5000 else random.SystemRandom().getrandbits(32))
    @settings(
        max_examples=round(EXAMPLES * share(label)) + 1,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=OPERATIONS[label].as_strategy(generation_mode=mode),
        dice=st.randoms(use_true_random=False),
    )
    def attack(case: Any, dice: random.Random) -> None:
        nonlocal sent
        headers = dict(case.headers or {})
        if dice.random() < 0.5:
            headers["Authorization"] = dice.choice(known["tokens"])
        if "order_id" in (case.path_parameters or {}) and dice.random() < 0.5:
            case.path_parameters["order_id"] = dice.choice(known["orders"])
        if "store_id" in (case.path_parameters or {}) and dice.random() < 0.5:
            case.path_parameters["store_id"] = dice.choice(known["stores"])
        if "file" in (case.path_parameters or {}) and dice.random() < 0.5:
            case.path_parameters["file"] = dice.choice(known["files"])
        case.headers.clear()
        case.headers.update(headers)
        # Where a voice is, is no part of the API.
        response = case.call(base_url=client.stack["API_URL"], timeout=30, allow_redirects=False)
        sent += 1
        case.validate_response(response, checks=CHECKS)
        assert not [word for word in DETAILS if word in response.text]

    attack()
    SENT[label, mode] = sent


@pytest.mark.timeout(60)
def test_there_were_as_many_requests_as_we_say() -> None:
    if set(SENT) != set(CASES):
        pytest.skip("only a part of this file has run")
    assert sum(SENT.values()) >= EXAMPLES * 0.9
    print(f"{sum(SENT.values())} requests")  # noqa: T201

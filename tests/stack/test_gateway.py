"""What the gateway answers by itself, and that it reaches the app."""

import json

import pytest
import urllib3

from localstack.emulators.emulator import Gap
from tests.emulators import rests_on

UNKNOWN = pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/api/nothing/here"),
        ("GET", "/api/orders/status/x/y"),
        ("DELETE", "/api/health"),
        ("PUT", "/api/orders/quick"),
    ],
)


def test_the_pulse_is_felt(stack: dict[str, str]) -> None:
    answer = urllib3.request("GET", stack["API_URL"] + "/api/health")
    assert (answer.status, answer.json()) == (200, {"status": "ok"})


@UNKNOWN
def test_nothing_is_at_an_unknown_address(stack: dict[str, str], method: str, path: str) -> None:
    assert urllib3.request(method, stack["API_URL"] + path).status == 404


@rests_on(Gap.GATEWAY_RESPONSES)
@UNKNOWN
def test_an_unknown_address_is_a_problem_like_any_other(
    stack: dict[str, str], method: str, path: str
) -> None:
    answer = urllib3.request(method, stack["API_URL"] + path)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.data)
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert (problem["status"], problem["code"]) == (404, "not_found")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"

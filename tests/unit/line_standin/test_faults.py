"""Trouble to order: for tests of what meets a LINE in trouble."""

import uuid
from typing import Any

import pytest
import urllib3

from tests.unit.line_standin.standin_client import HELLO, Client


def test_faults_are_met_in_order_and_once(line: Client) -> None:
    line.post("/standin/faults", {"push": [500, 429, None, 503]})
    assert [line.push(HELLO).status for _ in range(5)] == [500, 429, 200, 503, 200]
    assert line.get("/standin/counts").json() == {
        "push_requests": 5,
        "push_faults": 3,
        "push_accepted": 2,
    }


def test_both_kinds_of_too_many_requests_have_lines_own_words(line: Client) -> None:
    line.post("/standin/faults", {"push": [429, "monthly-limit"]})
    answers = [line.push(HELLO) for _ in range(2)]
    assert [answer.status for answer in answers] == [429, 429]
    assert [answer.json()["message"] for answer in answers] == [
        "The API rate limit has been exceeded. Try again later.",
        "You have reached your monthly limit.",
    ]


def test_new_faults_replace_those_that_wait(line: Client) -> None:
    line.post("/standin/faults", {"push": [500], "certs": ["garbage"]})
    left = line.post("/standin/faults", {"push": []}).json()
    assert left == {"push": [], "profile": [], "quota": [], "certs": ["garbage"]}
    assert line.push(HELLO).status == 200


@pytest.mark.parametrize(
    ("fault", "delivered"),
    [("drop", 0), ("hang", 0), ("drop-after-accept", 1), ("hang-after-accept", 1)],
)
def test_a_cut_connection_gives_no_answer(line: Client, fault: str, delivered: int) -> None:
    line.post("/standin/faults", {"push": [fault]})
    with pytest.raises(urllib3.exceptions.ProtocolError):
        line.push(HELLO)
    assert len(line.received()) == delivered


def test_an_accepted_push_may_be_answered_with_500(line: Client) -> None:
    key = str(uuid.uuid4())
    line.post("/standin/faults", {"push": ["500-after-accept"]})
    assert line.push(HELLO, key=key).status == 500
    assert line.push(HELLO, key=key).status == 409
    assert line.received() == [HELLO]


@pytest.mark.parametrize(
    "faults",
    [
        {"push": [200]},
        {"push": ["explode"]},
        {"certs": ["monthly-limit"]},
        {"profile": ["500-after-accept"]},
        {"push": 500},
        {"pull": [500]},
        {"certs": ["drop-after-accept"]},
        {"push": [True]},
        [500],
    ],
)
def test_an_unknown_fault_is_refused(line: Client, faults: Any) -> None:
    assert line.post("/standin/faults", faults).status == 400

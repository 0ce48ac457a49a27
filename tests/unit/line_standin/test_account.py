"""The official account: its friends, who gets its messages, and what is left of its quota."""

import uuid
from pathlib import Path

import pytest

from tests.unit.line_standin.standin_client import HELLO, TOKEN, USER, Client, running

AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


def becomes(line: Client, relation: str, user_id: str = USER) -> None:
    assert line.post("/standin/friends", {"user_id": user_id, "is": relation}).status == 200


def profile(line: Client) -> int:
    return line.get(f"/v2/bot/profile/{USER}", headers=AUTHORIZED).status


@pytest.mark.parametrize("relation", ["blocked", "stranger"])
def test_a_push_to_somebody_who_is_no_friend_is_taken_and_not_in_the_chat(
    line: Client, relation: str
) -> None:
    becomes(line, relation)
    key = str(uuid.uuid4())
    assert (line.push(HELLO, key=key).status, profile(line)) == (200, 404)
    assert line.received() == []
    becomes(line, "friend")
    assert line.push(HELLO, key=key).status == 409, "LINE took it, and delivers it no more"
    assert line.received() == []
    assert line.push(HELLO).status == 200
    assert (line.received(), profile(line)) == ([HELLO], 200)


def test_a_friends_profile_has_their_name(line: Client) -> None:
    line.id_token(name="Anna")
    answer = line.get(f"/v2/bot/profile/{USER}", headers=AUTHORIZED).json()
    assert answer == {"userId": USER, "displayName": "Anna"}


@pytest.mark.parametrize(
    "path",
    [f"/v2/bot/profile/{USER}", "/v2/bot/message/quota", "/v2/bot/message/quota/consumption"],
)
def test_the_account_is_told_nothing_without_its_token(line: Client, path: str) -> None:
    assert line.get(path).status == 401
    assert line.get(path, headers=AUTHORIZED).status == 200


def test_a_quota_is_used_up_by_what_is_delivered(line: Client) -> None:
    line.post("/standin/quota", {"limit": 1})
    becomes(line, "blocked")
    assert line.push(HELLO).status == 200, "and costs nothing"
    becomes(line, "friend")
    key = str(uuid.uuid4())
    assert line.push(HELLO, key=key).status == 200
    over = line.push(HELLO)
    assert (over.status, over.json()["message"]) == (429, "You have reached your monthly limit.")
    assert line.push(HELLO, key=key).status == 409
    assert line.received() == [HELLO]
    asked = "/v2/bot/message/quota"
    assert line.get(asked, headers=AUTHORIZED).json() == {"type": "limited", "value": 1}
    assert line.get(f"{asked}/consumption", headers=AUTHORIZED).json() == {"totalUsage": 1}
    line.post("/standin/quota", {"limit": None})
    assert line.get(asked, headers=AUTHORIZED).json() == {"type": "none"}
    assert line.push(HELLO).status == 200


def test_a_profile_may_fail_as_a_push_may(line: Client) -> None:
    line.post("/standin/faults", {"profile": [500, 404, None]})
    assert [profile(line) for _ in range(3)] == [500, 404, 200]
    assert line.get("/standin/counts").json()["profile_requests"] == 3


def test_who_is_no_friend_stays_so_over_a_restart(tmp_path: Path) -> None:
    with running(tmp_path / "line.sqlite3") as line:
        becomes(line, "blocked")
        line.post("/standin/quota", {"limit": 5})
        line.push(HELLO)
    with running(tmp_path / "line.sqlite3") as line:
        assert line.get(f"/standin/friends?user_id={USER}").json() == {"is": "blocked"}
        assert (line.received(), profile(line)) == ([], 404)
        line.post("/standin/reset")
        assert profile(line) == 200
        assert line.get("/v2/bot/message/quota", headers=AUTHORIZED).json() == {"type": "none"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/standin/friends", {"user_id": USER, "is": "foe"}),
        ("/standin/friends", {"is": "friend"}),
        ("/standin/quota", {"limit": "many"}),
        ("/standin/quota", {"limit": -1}),
        ("/standin/quota", {"limit": True}),
    ],
)
def test_what_is_not_understood_is_refused(line: Client, path: str, body: object) -> None:
    assert line.post(path, body).status == 400

"""Whether LINE shows the account a user's profile, against the LINE stand-in."""

import logging
import time
import uuid

import pytest

from chalicelib.errors import TransientError
from tests.unit.line.channel_token import Vault
from tests.unit.line.pushes import MESSAGES, USER, Line, assert_tells_nothing, push, sender_to


def has_profile(line: Line, vault: Vault | None = None, *, seconds: float = 2) -> bool | None:
    return sender_to(line, vault).has_profile(USER, deadline=time.monotonic() + seconds)


def test_a_friend_has_a_profile(line: Line) -> None:
    assert has_profile(line) is True


@pytest.mark.parametrize("relation", ["blocked", "stranger"])
def test_line_takes_a_push_to_somebody_who_is_no_friend_and_shows_no_profile(
    line: Line, relation: str
) -> None:
    line.post("/standin/friends", {"user_id": USER, "is": relation})
    push(sender_to(line))
    assert line.received() == []
    assert has_profile(line) is False


@pytest.mark.parametrize("fault", [400, 401, 403, 429, 500, 503, "drop"])
def test_whatever_else_line_says_is_not_known(line: Line, fault: object) -> None:
    line.set_faults(fault, endpoint="profile")
    assert has_profile(line) is None


def test_a_wrong_token_is_not_known_either(line: Line) -> None:
    assert has_profile(line, Vault(cached="another")) is None


def test_a_profile_that_hangs_is_left_at_its_deadline(line: Line) -> None:
    line.set_faults("hang", endpoint="profile")
    began = time.monotonic()
    try:
        assert has_profile(line, seconds=1) is None
    except TransientError as error:
        assert_tells_nothing(error)
    assert time.monotonic() - began < 2


def test_profiles_that_hang_keep_no_push_back(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.in_time.MOST_LEFT_BEHIND", 1)
    monkeypatch.setattr("chalicelib.in_time._left_behind", {"LINE's profiles": 1, "LINE": 0})
    with pytest.raises(TransientError):
        has_profile(line)
    push(sender_to(line), key=uuid.uuid4())
    assert line.received() == MESSAGES


def test_nothing_of_a_profile_is_logged(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.post("/standin/id-token", {"user_id": USER, "name": "Anna Nobody"})
    sender = sender_to(line)  # Which turns them off.
    for name in ("", "linebot.v3.messaging", "urllib3", "chalicelib"):
        caplog.set_level(logging.DEBUG, name)
    for relation in ("friend", "blocked"):
        line.post("/standin/friends", {"user_id": USER, "is": relation})
        is_friend = relation == "friend"
        assert sender.has_profile(USER, deadline=time.monotonic() + 2) is is_friend
    logged = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("linebot", "urllib3", "chalicelib"))
    )
    assert "Starting new HTTP connection" in logged, "everything is turned on"
    assert "Anna" not in logged
    assert USER not in logged

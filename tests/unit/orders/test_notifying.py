"""Which orders get a LINE message, by setting, by what the traveller asked, and by who they are."""

from dataclasses import replace

import pytest

from chalicelib.order import Notified
from chalicelib.orders.notifying import not_pushed
from chalicelib.settings import settings
from tests.unit.orders_support import ORDER, USER

PUSHED = None
NOT_ASKED = Notified("skipped", "not_asked")
TURNED_OFF = Notified("skipped", "turned_off")


@pytest.mark.parametrize(
    ("setting", "asked", "not_said", "refused"),
    [
        ("", PUSHED, PUSHED, NOT_ASKED),
        ("always", PUSHED, PUSHED, NOT_ASKED),
        ("asked", PUSHED, NOT_ASKED, NOT_ASKED),
        ("never", TURNED_OFF, TURNED_OFF, TURNED_OFF),
    ],
)
def test_the_setting_and_the_order_say_together_who_gets_a_message(
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    asked: Notified | None,
    not_said: Notified | None,
    refused: Notified | None,
) -> None:
    monkeypatch.setenv("LINE_PUSH", setting)
    settings.cache_clear()
    wishes = {True: asked, None: not_said, False: refused}
    for notify, expected in wishes.items():
        assert not_pushed(f"line:{USER}", replace(ORDER, notify=notify)) == expected
        assert not_pushed("guest:abc", replace(ORDER, notify=notify)) == Notified("skipped")

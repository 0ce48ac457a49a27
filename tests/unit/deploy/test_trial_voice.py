"""Which engine spoke the trial order, and what is said where it is not the one that should."""

import pytest

from chalicelib.order import Notified
from chalicelib.orders import transitions
from chalicelib.settings import settings
from deploy.trial_voice import not_the_first, spoken_by
from tests.unit.orders_support import NOW, SENTENCE, VOICE, claimed


@pytest.mark.usefixtures("aws")
def test_the_engine_is_the_one_that_the_order_was_spoken_by() -> None:
    spoken = transitions.record_voice(claimed(), VOICE, SENTENCE)
    transitions.complete(spoken, Notified("skipped"), now=NOW)
    assert spoken_by(spoken.order_id, {"OrdersTableName": settings().orders_table}) == VOICE.engine


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("outputs", [{}, {"OrdersTableName": "nobodys"}])
def test_where_the_table_does_not_say_it_nobody_is_named(outputs: dict[str, str]) -> None:
    assert spoken_by("0" * 26, outputs) == ""


@pytest.mark.usefixtures("aws")
def test_of_an_order_without_a_voice_nobody_is_named() -> None:
    order_id = claimed().order_id
    assert spoken_by(order_id, {"OrdersTableName": settings().orders_table}) == ""


@pytest.mark.parametrize(
    ("engine", "chain"), [("polly", "polly"), ("polly", " polly , gtts"), ("", "google,polly")]
)
def test_nobody_is_warned_of_the_first_engine_nor_of_what_is_not_known(
    engine: str, chain: str
) -> None:
    assert not_the_first(engine, chain, "make logs") == ""


def test_where_another_engine_spoke_the_first_is_named_and_where_its_reason_stands() -> None:
    warning = not_the_first("polly", "google, polly", "make logs STAGE=prod ORDER=o1")
    assert warning.startswith("google, the first of SpeechEngines, did not speak")
    assert "engine=google" in warning
    assert warning.endswith(": make logs STAGE=prod ORDER=o1")
    assert "\n" not in warning

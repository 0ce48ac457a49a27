"""When a page is told to look again."""

from collections.abc import Callable
from itertools import pairwise, takewhile

import pytest

from chalicelib.order import Notified
from chalicelib.orders import pace, transitions
from chalicelib.orders.record import OrderRecord
from chalicelib.settings import settings
from tests.unit.orders_support import NOW, SENTENCE, VOICE, accepted, claimed

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def led_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def lead(engine: str) -> None:
        monkeypatch.setenv("SPEECH_ENGINES", f"{engine},polly")
        settings.cache_clear()

    return lead


def looks(record: OrderRecord, until: int) -> list[int]:
    """The moments, in ms from acceptance, at which a page looks that does as it is told."""

    def each() -> "list[int]":
        moments, at = [], 0
        while at < 60_000:
            at += pace.look_after_ms(record, now=int(record.opened_at) + at)
            moments.append(at)
        return moments

    found = each()
    before = list(takewhile(lambda at: at < until, found))
    return found[: len(before) + 1]


def test_a_voice_that_was_prepared_is_seen_at_the_first_look() -> None:
    assert looks(accepted(), until=400) == [700]


@pytest.mark.parametrize(
    ("engine", "spoken_ms"), [("gtts", 1500), ("polly", 1100), ("kokoro", 2000), ("espeak", 400)]
)
def test_a_new_voice_is_seen_soon_and_at_the_second_look(
    led_by: Callable[[str], None], engine: str, spoken_ms: int
) -> None:
    led_by(engine)
    seen = looks(accepted(), until=spoken_ms)
    assert len(seen) <= 3
    assert 0 <= seen[-1] - spoken_ms <= 700


@pytest.mark.parametrize("percent", [60, 140, 300])
def test_a_worker_that_has_measured_its_pace_is_waited_for_as_long(
    led_by: Callable[[str], None], percent: int
) -> None:
    led_by("gtts")
    measured, order_id = pace.Measured(), accepted().order_id
    for _ in range(12):
        measured.learn(accepted("another"), seconds=1.2 * percent / 100)
    assert measured.percent == percent
    record = transitions.claim(order_id, token="w", lease_ms=20_000, now=NOW, pace=percent)
    assert record is not None
    spoken_ms = 250 + 12 * percent
    seen = looks(record, until=spoken_ms)
    assert len(seen) <= 2
    assert 0 <= seen[-1] - spoken_ms <= 700


def test_a_quick_sentence_after_very_slow_ones_is_seen_in_four_seconds(
    led_by: Callable[[str], None],
) -> None:
    """A first one waits for the engine to be loaded, or the machine was busy."""
    led_by("kokoro")
    measured, order_id = pace.Measured(), accepted().order_id
    for _ in range(3):
        measured.learn(accepted("another"), seconds=60)
    record = transitions.claim(order_id, token="w", lease_ms=20_000, now=NOW, pace=measured.percent)
    assert record is not None
    seen = looks(record, until=1500)
    assert seen[-1] - 1500 <= pace.FARTHEST_MS


def test_a_pace_is_of_the_last_sentences_and_bounded() -> None:
    record, measured = accepted(), pace.Measured()
    assert measured.percent == pace.AS_EXPECTED
    measured.learn(record, seconds=2.4)
    assert measured.percent == 150
    measured.learn(record, seconds=3600)
    assert measured.percent == (150 + pace.SLOWEST) / 2


def test_a_worker_that_tells_no_pace_takes_another_ones_away() -> None:
    order_id = accepted().order_id
    transitions.claim(order_id, token="slow", lease_ms=0, now=NOW, pace=900)
    record = transitions.claim(order_id, token="new", lease_ms=0, now=NOW + 60_000)
    assert record is not None
    assert record.pace is None


def test_a_voice_that_is_late_is_looked_for_often_and_then_at_the_contracts_pace(
    led_by: Callable[[str], None],
) -> None:
    led_by("gtts")
    moments = looks(accepted(), until=20_000)
    pauses = [b - a for a, b in pairwise(moments)]
    assert pauses.count(pace.NEAR_MS) in range(4, 8)
    assert pauses[-1] == pace.CONTRACT_MS
    assert len(moments) < 17


def test_what_is_to_be_pushed_is_looked_for_a_second_later() -> None:
    record = transitions.record_voice(claimed(), VOICE, SENTENCE)
    assert pace.look_after_ms(record, now=NOW + 900) == pace.PUSHING_MS


def test_an_order_that_was_handed_back_or_has_ended_is_at_the_contracts_pace() -> None:
    waits = transitions.hand_back(claimed(), "speech_unavailable", now=NOW)
    assert pace.look_after_ms(waits, now=NOW + 900) == pace.CONTRACT_MS
    spoken = transitions.record_voice(claimed(), VOICE, SENTENCE)
    ended = transitions.complete(spoken, Notified("skipped"), now=NOW)
    assert pace.look_after_ms(ended, now=NOW + 900) == pace.CONTRACT_MS


def test_an_answer_stays_the_same_while_nothing_has_changed(led_by: Callable[[str], None]) -> None:
    led_by("kokoro")
    record = accepted()
    told = {pace.look_after_ms(record, now=NOW + 700 + ms) for ms in range(400)}
    assert len(told) <= 2


def test_every_engine_has_its_pace() -> None:
    from chalicelib.speech.engines import ENGINES

    assert set(pace.SPEAKING_MS) == set(ENGINES)

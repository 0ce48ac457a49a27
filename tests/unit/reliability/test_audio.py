"""Recordings: one per sentence, kept longer than the orders that point to them."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.settings import settings
from chalicelib.speech.store import VoiceStore
from tests.unit.orders_support import NOW, accepted
from tests.unit.reliability.promises import DAY_MS
from tests.unit.reliability.steps import delivered, placed, until_call
from tests.unit.reliability.systems import FakeEngine, mp3
from tests.unit.reliability.world import World


@pytest.fixture
def slower_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice that takes longer for the same words, as another release of Google's may."""
    speak, times = FakeEngine.speak, iter(range(1, 100))

    def slower(*arguments: Any, **options: Any) -> bytes:
        return speak(*arguments, **options) + mp3(" " * next(times))

    monkeypatch.setattr(FakeEngine, "speak", slower)


@pytest.mark.usefixtures("slower_every_time")
def test_audio_that_is_made_again_is_not_put_in_the_place_of_the_old(world: World) -> None:
    for days in (0, 29, 2, 27, 2):
        world.advance(days * DAY_MS)
        placed(world)
        world.deliver_all()
        world.promises.verify()


@pytest.mark.usefixtures("slower_every_time")
def test_two_workers_that_say_the_same_at_once_keep_one_recording(world: World) -> None:
    placed(world)
    placed(world)
    first, second = world.visible()
    slow = until_call(delivered(world, first), "PutObject")
    delivered(world, second).run_well()
    slow.run_well()
    world.promises.verify()
    assert len(world.objects) == 1


@pytest.mark.usefixtures("aws")
def test_audio_always_outlives_the_order_that_is_handed_it() -> None:
    """Until the last moment of its reuse, with an order that is accepted at that moment."""
    clock = [NOW / 1000]
    keep = timedelta(days=settings().audio_retention_days - settings().order_retention_days)
    s3 = boto3.client("s3")
    store = VoiceStore("voices", s3, s3, reusable_for=keep, clock=lambda: clock[0])
    put_at = clock[0] = (NOW / 1000 // keep.total_seconds() + 1) * keep.total_seconds()
    put = store.put("voice/x.mp3", b"x", duration_ms=1, engine="e")
    while store.find("voice/x.mp3") == put:
        order_expires_at = int(accepted(now=round(clock[0] * 1000)).expires_at)
        assert order_expires_at <= put_at + settings().audio_retention_days * 86_400 + 1
        clock[0] += 86_400 / 2
    assert clock[0] - put_at >= keep.total_seconds()

"""The engine with the real model: what it says, what it declines, and what it costs."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from chalicelib.errors import EngineBusy, EngineTooSlow, PermanentError, TransientError
from chalicelib.speech.engines.kokoro import audio
from chalicelib.speech.engines.kokoro.engine import LONGEST, KokoroEngine
from chalicelib.speech.engines.kokoro.model import SAMPLE_RATE, Model
from chalicelib.speech.engines.kokoro.phonemes import phrases, pieces
from chalicelib.speech.engines.kokoro.reader import SPEED

ORDER = "老闆您好，我要點：牛肉麵兩碗、珍珠奶茶一杯，謝謝。"


TWO_AT_ONCE = r"""
import json, re, sys, threading, time
from chalicelib.speech.engines.kokoro.engine import KokoroEngine
engine = KokoroEngine(sys.argv[1])
dishes = ["牛肉麵兩碗", "炒米粉五盤", "珍珠奶茶三杯", "小籠包一籠"]
order = f"老闆您好，我要點：{'、'.join(dishes)}，謝謝。"
sizes = []
def speak():
    sizes.append(len(engine.speak(order, "zh-TW", deadline=time.monotonic() + 90)))
threads = [threading.Thread(target=speak) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
# Not getrusage(): its ru_maxrss begins with that of the process that started this one.
most = int(re.search(r"VmHWM:\s*(\d+) kB", open("/proc/self/status").read())[1]) / 1000
print(json.dumps({"sizes": sizes, "mb": most}))
"""


def _in(seconds: float) -> float:
    return time.monotonic() + seconds


def wait_for_the_voice() -> None:
    for thread in threading.enumerate():
        if thread.name == "loads Kokoro":
            thread.join(60)


@pytest.fixture(scope="module")
def engine(kokoro_voice: Path) -> KokoroEngine:
    return KokoroEngine(str(kokoro_voice))


def test_an_order_becomes_an_mp3_of_a_plausible_length(engine: KokoroEngine) -> None:
    mp3 = engine.speak(ORDER, "zh-TW", deadline=_in(60))
    seconds = len(mp3) * 8 / 64_000
    # 22 syllables at the four to five a second of a careful speaker, and the pauses.
    assert 4.4 < seconds < 10


def test_a_sentence_has_pauses_even_loudness_and_quiet_ends(model: Model) -> None:
    for text in (ORDER, "老闆您好，我要點：Latte三杯，謝謝。"):
        spoken = [
            model.samples(piece, speed=SPEED) for piece in pieces(phrases(text, model.english))
        ]
        mixed = audio.mix(spoken)
        assert audio.loudness(mixed) == pytest.approx(audio.TARGET_LOUDNESS, abs=1)
        assert np.abs(mixed).max() <= audio.PEAK
        assert np.abs(mixed[: SAMPLE_RATE // 50]).max() < 0.01
        assert np.abs(mixed[-SAMPLE_RATE // 50 :]).max() < 0.01
        loud = np.flatnonzero(np.abs(mixed) > 0.02)
        pauses = np.diff(loud) / SAMPLE_RATE
        assert (pauses > 0.12).sum() >= 1, "at commas"


def test_the_same_phonemes_sound_the_same_each_time(model: Model) -> None:
    phonemes = phrases("牛肉麵兩碗", model.english)[0]
    first, second = (model.samples(phonemes, speed=SPEED) for _ in range(2))
    assert np.abs(first).max() > 0.05
    assert len(first) == len(second)


@pytest.mark.parametrize("language", ["en", "ja", "ko", "th", "vi", "id"])
def test_languages_it_does_not_speak_well_go_on_to_the_next_engine(language: str) -> None:
    with pytest.raises(PermanentError, match=language):
        KokoroEngine("nowhere").speak("hello", language, deadline=_in(60))


@pytest.mark.parametrize("text", ["カレーライス一份", "……"])
def test_what_it_cannot_read_goes_on_to_the_next_engine(engine: KokoroEngine, text: str) -> None:
    with pytest.raises(PermanentError, match="cannot read"):
        engine.speak(text, "zh-TW", deadline=_in(60))


def test_a_missing_voice_is_named_and_may_be_there_later(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match=r"kokoro-v1\.0\.int8-parted\.onnx"):
        KokoroEngine(str(tmp_path)).speak(ORDER, "zh-TW", deadline=_in(60))


def test_a_missing_layer_is_told_plainly_and_may_be_there_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "chalicelib.speech.engines.kokoro.reader", None)
    with pytest.raises(TransientError, match="not installed"):
        KokoroEngine("nowhere").speak(ORDER, "zh-TW", deadline=_in(60))


def test_a_voice_that_is_installed_later_is_found_without_a_restart(
    tmp_path: Path, kokoro_voice: Path
) -> None:
    folder = tmp_path / "kokoro"
    engine = KokoroEngine(str(folder))
    with pytest.raises(TransientError):
        engine.speak("一杯", "zh-TW", deadline=_in(60))
    folder.symlink_to(kokoro_voice)
    assert engine.speak("一杯", "zh-TW", deadline=_in(60))


def test_an_order_too_long_to_ever_be_ready_is_declined_at_once() -> None:
    with pytest.raises(PermanentError, match="more than can be spoken"):
        KokoroEngine("nowhere").speak("珍" * (LONGEST + 1), "zh-TW", deadline=_in(1000))


def test_a_machine_that_was_busy_once_is_tried_again(kokoro_voice: Path) -> None:
    # A clock that jumps while the first order is spoken: 25 s for two characters.
    now = iter([0.0] * 4 + [25.0] * 1000)
    engine = KokoroEngine(str(kokoro_voice), clock=lambda: next(now))
    engine.speak("一杯", "zh-TW", deadline=60)
    declined = 0
    while True:
        try:
            engine.speak("一杯", "zh-TW", deadline=25 + 0.3)
            break
        except EngineBusy:
            declined += 1
    assert 1 <= declined <= 4


def test_too_little_time_left_is_worth_another_attempt(engine: KokoroEngine) -> None:
    started = time.monotonic()
    with pytest.raises(EngineBusy, match="than is left"):
        engine.speak(ORDER, "zh-TW", deadline=_in(0.2))
    assert time.monotonic() - started < 0.2


def test_what_would_not_be_ready_even_without_others_is_told_apart_from_being_busy(
    engine: KokoroEngine,
) -> None:
    with pytest.raises(EngineTooSlow):
        engine.speak(ORDER, "zh-TW", deadline=_in(len(ORDER) * 0.1 - 0.1))
    engine._pace = 10.0  # As after an order that was spoken beside nine others.
    with pytest.raises(EngineBusy) as busy:
        engine.speak(ORDER, "zh-TW", deadline=_in(len(ORDER) * 0.1 + 1))
    engine._pace = 0.1
    assert not isinstance(busy.value, EngineTooSlow)


def test_a_voice_that_was_loaded_ahead_costs_the_first_order_no_time(kokoro_voice: Path) -> None:
    engine = KokoroEngine(str(kokoro_voice))
    began = time.monotonic()
    engine.preload()
    assert time.monotonic() - began < 0.5, "it waits for nothing"
    wait_for_the_voice()
    loaded = engine._reader
    assert loaded is not None
    engine.speak("一杯", "zh-TW", deadline=_in(60))
    assert engine._reader is loaded


def test_a_voice_that_cannot_be_loaded_ahead_is_told_and_is_tried_again_by_an_order(
    tmp_path: Path, kokoro_voice: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "kokoro"
    engine = KokoroEngine(str(folder))
    engine.preload()
    wait_for_the_voice()
    assert "Kokoro was not loaded ahead" in caplog.text
    folder.symlink_to(kokoro_voice)
    assert engine.speak("一杯", "zh-TW", deadline=_in(60))


@pytest.mark.nightly
def test_it_gives_up_between_two_pieces_when_the_rest_cannot_be_ready(kokoro_voice: Path) -> None:
    # A clock on which every look takes four seconds: a core that is far too slow.
    now = iter(range(0, 4000, 4))
    engine = KokoroEngine(str(kokoro_voice), clock=lambda: float(next(now)))
    with pytest.raises(EngineBusy, match=r"said \d of \d+ pieces"):
        engine.speak("、".join([ORDER[9:-5]] * 8)[:119], "zh-TW", deadline=30.0)


def test_an_order_that_waits_too_long_for_its_turn_is_worth_another_attempt(
    kokoro_voice: Path,
) -> None:
    engine = KokoroEngine(str(kokoro_voice))
    engine.speak("一杯", "zh-TW", deadline=_in(60))
    with engine._turn, pytest.raises(EngineBusy, match="busy"):
        engine.speak("一杯", "zh-TW", deadline=_in(3))


@pytest.mark.nightly
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_two_orders_at_once_are_both_spoken_in_bounded_memory(kokoro_voice: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWO_AT_ONCE, str(kokoro_voice)],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    result = json.loads(done.stdout)
    assert len(result["sizes"]) == 2
    assert min(result["sizes"]) > 40_000
    assert result["mb"] < 900

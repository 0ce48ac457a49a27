"""The chain: cache, breaker, engine, check, store."""

import contextlib
from dataclasses import dataclass, field

import pytest

from chalicelib.errors import (
    EngineBusy,
    EngineOverran,
    EngineTooSlow,
    NoEngineFree,
    PermanentError,
    StorageUnavailable,
    TransientError,
)
from chalicelib.order import Voice
from chalicelib.speech.breaker import FIRST_COOL_DOWN
from chalicelib.speech.speaker import Speaker
from chalicelib.speech.store import voice_key
from tests.unit.speech.mp3_samples import MPEG2_64K_24000_MONO

SENTENCE = "牛肉麵兩碗，謝謝。"
AUDIO = MPEG2_64K_24000_MONO * 100
"""2.4 s."""


@dataclass
class FakeEngine:
    name: str
    answers: list[bytes | Exception]
    version: str = "1"
    voice: str = "v"
    is_clear: bool = True
    calls: int = 0
    deadlines: list[float] = field(default_factory=list)

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        self.calls += 1
        self.deadlines.append(deadline)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeStore:
    voices: dict[str, Voice] = field(default_factory=dict)
    error: Exception | None = None

    def find(self, key: str) -> Voice | None:
        if self.error:
            raise self.error
        return self.voices.get(key)

    def put(self, key: str, mp3: bytes, *, duration_ms: int, engine: str) -> Voice:
        self.voices[key] = Voice(key, duration_ms, engine)
        return self.voices[key]


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def speak(speaker: Speaker, *, deadline: float = 18.0) -> Voice:
    return speaker.speak(SENTENCE, "zh-TW", deadline=deadline)


def chain(
    *engines: FakeEngine, store: FakeStore | None = None, clock: Clock | None = None
) -> Speaker:
    return Speaker(engines, store or FakeStore(), clock=clock or Clock())


def test_the_first_engine_that_can_speaks() -> None:
    one, two = FakeEngine("one", [AUDIO]), FakeEngine("two", [AUDIO])
    voice = speak(chain(one, two))
    assert (voice.engine, voice.duration_ms, two.calls) == ("one", 2400, 0)


@pytest.mark.parametrize(
    "trouble",
    [
        TransientError("429"),
        PermanentError("no such language"),
        RuntimeError("a bug in a library"),
        b"",
        b"<html></html>",
        AUDIO[:-10],
        MPEG2_64K_24000_MONO,
    ],
    ids=["transient", "permanent", "broken", "empty", "HTML", "cut off", "too short to be all"],
)
def test_the_next_engine_speaks_if_the_first_gives_no_good_audio(
    trouble: bytes | Exception,
) -> None:
    store = FakeStore()
    voice = speak(chain(FakeEngine("one", [trouble]), FakeEngine("two", [AUDIO]), store=store))
    assert voice.engine == "two"
    assert [stored.engine for stored in store.voices.values()] == ["two"]


def test_what_was_said_before_is_not_said_again() -> None:
    engine, store = FakeEngine("one", [AUDIO]), FakeStore()
    assert speak(chain(engine, store=store)) == speak(chain(engine, store=store))
    assert engine.calls == 1


def test_the_better_engines_old_audio_is_taken_even_while_it_is_down() -> None:
    store = FakeStore()
    speak(chain(FakeEngine("one", [AUDIO]), store=store))
    down, two = FakeEngine("one", [TransientError("429")]), FakeEngine("two", [AUDIO])
    assert speak(chain(down, two, store=store)).engine == "one"
    assert two.calls == 0


def test_an_engine_that_has_just_failed_is_passed_over_for_a_while() -> None:
    clock = Clock()
    one, two = FakeEngine("one", [TransientError("no network")]), FakeEngine("two", [AUDIO])
    speaker = Speaker([one, two], FakeStore(), clock=clock)
    for n in range(5):
        speaker.speak(f"{SENTENCE}{n}", "zh-TW", deadline=clock.now + 18)
    assert one.calls == 1
    clock.now = FIRST_COOL_DOWN
    speak(speaker, deadline=clock.now + 18)
    assert one.calls == 2


def test_where_nothing_else_can_speak_a_failed_engine_is_asked_again_soon() -> None:
    """An order comes back after 2 s, 4 s …: it must not be refused unasked each time."""
    clock = Clock()
    one = FakeEngine("one", [TransientError("429"), AUDIO])
    speaker = Speaker([one], FakeStore(), clock=clock)
    with pytest.raises(TransientError):
        speak(speaker)
    with pytest.raises(TransientError):
        speak(speaker)
    assert one.calls == 1  # At once is too soon: nine others of its batch would ask as well.
    clock.now = 2
    assert speak(speaker).engine == "one"


def test_the_last_resort_is_asked_in_the_chains_order_and_has_all_the_time() -> None:
    clock = Clock()
    one = FakeEngine("one", [TransientError("429"), AUDIO])
    two = FakeEngine("two", [TransientError("503"), PermanentError("no")])
    speaker = Speaker([one, two], FakeStore(), clock=clock)
    with pytest.raises(TransientError):
        speak(speaker)
    clock.now = 2
    assert speaker.speak(SENTENCE, "zh-TW", deadline=20).engine == "one"
    assert (one.calls, two.calls) == (2, 1)


def test_while_another_can_speak_the_failed_engine_is_left_alone() -> None:
    clock = Clock()
    one, two = FakeEngine("one", [TransientError("429")]), FakeEngine("two", [AUDIO])
    speaker = Speaker([one, two], FakeStore(), clock=clock)
    for n in range(10):
        clock.now += 2
        speaker.speak(f"{SENTENCE}{n}", "zh-TW", deadline=clock.now + 18)
    assert (one.calls, two.calls) == (1, 10)


def test_a_busy_engine_is_not_passed_over_the_next_time() -> None:
    one = FakeEngine("one", [EngineBusy("with another order"), AUDIO])
    speaker = chain(one, FakeEngine("two", [AUDIO]))
    assert speak(speaker).engine == "two"
    assert speaker.speak("另一句話", "zh-TW", deadline=18).engine == "one"


def test_an_engine_whose_trial_found_it_busy_is_tried_by_the_next_order() -> None:
    clock = Clock()
    one = FakeEngine("one", [TransientError("429"), EngineBusy("with another order"), AUDIO])
    speaker = Speaker([one, FakeEngine("two", [AUDIO])], FakeStore(), clock=clock)
    for n in range(2):
        clock.now = n * FIRST_COOL_DOWN
        assert speaker.speak(f"{SENTENCE}{n}", "zh-TW", deadline=100).engine == "two"
    assert speaker.speak(f"{SENTENCE}{2}", "zh-TW", deadline=100).engine == "one"


def unclear(*answers: bytes | Exception) -> FakeEngine:
    return FakeEngine("unclear", [*(answers or (AUDIO,))], is_clear=False)


def test_no_unclear_voice_speaks_because_a_clear_one_is_only_busy() -> None:
    robot, store = unclear(), FakeStore()
    clear = FakeEngine("clear", [EngineBusy("with another order"), AUDIO])
    speaker = chain(clear, robot, store=store)
    with pytest.raises(EngineBusy):
        speak(speaker)
    assert (robot.calls, store.voices) == (0, {})
    assert speak(speaker).engine == "clear"


def test_what_an_unclear_voice_said_before_is_not_taken_either() -> None:
    store = FakeStore()
    speak(chain(unclear(), store=store))
    busy = FakeEngine("clear", [EngineBusy("with another order")])
    with pytest.raises(EngineBusy):
        speak(chain(busy, unclear(), store=store))


def test_a_clear_engine_that_has_no_time_left_is_busy() -> None:
    robot = unclear()
    with pytest.raises(EngineBusy):
        speak(chain(FakeEngine("clear", [AUDIO]), robot), deadline=0.2)
    assert robot.calls == 0


def test_at_the_last_attempt_any_voice_is_better_than_none() -> None:
    clear = FakeEngine("clear", [EngineBusy("with another order")])
    voice = chain(clear, unclear()).speak(SENTENCE, "zh-TW", deadline=18, any_voice=True)
    assert voice.engine == "unclear"
    assert clear.deadlines[0] < 18, "which leaves time for it"


def test_before_the_last_attempt_a_clear_engine_leaves_no_time_for_an_unclear_one() -> None:
    failing, clear = FakeEngine("one", [TransientError("429")]), FakeEngine("two", [AUDIO])
    speak(chain(failing, clear, unclear()), deadline=10)
    assert failing.deadlines[0] < 9
    assert clear.deadlines == [10]


@pytest.mark.parametrize(
    "trouble",
    [TransientError("no voice"), PermanentError("no such letter"), EngineTooSlow("150 letters")],
    ids=["failed", "refused", "too slow for this text"],
)
def test_where_waiting_helps_nothing_an_unclear_voice_speaks_at_once(trouble: Exception) -> None:
    assert speak(chain(FakeEngine("clear", [trouble]), unclear())).engine == "unclear"


def test_where_every_clear_engine_has_just_failed_an_unclear_voice_speaks() -> None:
    speaker = chain(FakeEngine("clear", [TransientError("no voice")]), unclear())
    for n in range(2):
        assert speaker.speak(f"{SENTENCE}{n}", "zh-TW", deadline=18).engine == "unclear"


def test_a_clear_engine_that_overran_is_waited_for_as_a_busy_one_is() -> None:
    """What kept it may have ended by the next attempt."""
    robot = unclear()
    with pytest.raises(EngineBusy):
        speak(chain(FakeEngine("clear", [EngineOverran("said 1 of 8")]), robot))
    assert robot.calls == 0


def test_while_one_clear_engine_is_busy_another_one_speaks() -> None:
    busy = FakeEngine("one", [EngineBusy("with another order")])
    assert speak(chain(busy, FakeEngine("two", [AUDIO]), unclear())).engine == "two"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (EngineBusy("429"), EngineBusy("with another order")),
        (EngineBusy("429"), TransientError("no network")),
        (PermanentError("no such letter"), EngineBusy("429")),
    ],
    ids=["both busy", "one fails", "one refuses"],
)
def test_where_a_clear_engine_is_only_busy_and_none_speaks_it_is_told(
    first: Exception, second: Exception
) -> None:
    with pytest.raises(NoEngineFree):
        speak(chain(FakeEngine("one", [first]), FakeEngine("two", [second])))


def test_at_the_last_attempt_the_unclear_voice_has_its_turn_before_none_is_free() -> None:
    busy, robot = FakeEngine("one", [EngineBusy("429")]), unclear(TransientError("not there"))
    with pytest.raises(NoEngineFree):
        chain(busy, robot).speak(SENTENCE, "zh-TW", deadline=18, any_voice=True)
    assert robot.calls == 1


@pytest.mark.parametrize(
    "trouble",
    [TransientError("503"), EngineTooSlow("150 letters"), EngineOverran("said 1 of 8")],
    ids=["fails", "too slow", "overran"],
)
def test_an_engine_that_time_will_not_cure_is_not_waited_for(trouble: Exception) -> None:
    with pytest.raises(TransientError) as failure:
        speak(chain(FakeEngine("one", [trouble])))
    assert not isinstance(failure.value, NoEngineFree)


def test_an_engine_without_time_of_this_attempts_is_not_one_that_others_keep_busy() -> None:
    with pytest.raises(TransientError) as failure:
        speak(chain(FakeEngine("one", [AUDIO])), deadline=0.2)
    assert not isinstance(failure.value, NoEngineFree)


def test_what_is_only_busy_is_asked_by_every_order() -> None:
    one = FakeEngine("one", [EngineBusy("429")])
    speaker = chain(one)
    for n in range(5):
        with pytest.raises(NoEngineFree):
            speaker.speak(f"{SENTENCE}{n}", "zh-TW", deadline=18)
    assert one.calls == 5


def test_only_engines_that_load_something_are_told_to() -> None:
    class Loading(FakeEngine):
        loaded = 0

        def preload(self) -> None:
            self.loaded += 1

    loading = Loading("one", [AUDIO])
    chain(loading, FakeEngine("two", [AUDIO])).preload()
    assert (loading.loaded, loading.calls) == (1, 0)


@pytest.mark.parametrize(
    ("text", "milliseconds", "is_plausible"),
    [
        ("麵" * 40, 200, False),
        ("麵" * 40, 3000, False),
        ("麵" * 40, 3400, True),
        ("A" * 40, 1000, False),
        ("A" * 40, 1300, True),
        ("，。🍜" * 40 + "麵", 120, True),
    ],
)
def test_audio_too_short_for_its_text_has_lost_a_part(
    text: str, milliseconds: int, is_plausible: bool
) -> None:
    one = FakeEngine("one", [MPEG2_64K_24000_MONO * (milliseconds // 24)])
    speaker = chain(one, FakeEngine("two", [AUDIO * 10]))
    assert speaker.speak(text, "zh-TW", deadline=18).engine == ("one" if is_plausible else "two")


def test_a_text_that_an_engine_leaves_letters_of_does_not_shut_it_off_for_others() -> None:
    one = FakeEngine("one", [MPEG2_64K_24000_MONO, AUDIO])
    speaker = chain(one, FakeEngine("two", [AUDIO * 10]))
    assert speaker.speak("龘" * 40, "zh-TW", deadline=18).engine == "two"
    assert speak(speaker).engine == "one"


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (AUDIO, "spoken", ""),
        (TransientError("Google answered 429"), "failed", "Google answered 429"),
        (b"", "failed", "broken audio: no audio"),
        (MPEG2_64K_24000_MONO, "too short", "24 ms cannot be the whole of"),
        (EngineBusy("with another order"), "busy", "with another order"),
        (PermanentError("no such language"), "refused", "no such language"),
        (RuntimeError(f"cannot say {SENTENCE}"), "broke", "RuntimeError at test_speaker.py"),
    ],
    ids=["spoken", "failed", "broken audio", "too short", "busy", "refused", "broke"],
)
def test_each_engine_leaves_one_line_that_says_how_it_went_and_never_what_it_said(
    answer: bytes | Exception, outcome: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"), contextlib.suppress(TransientError, PermanentError):
        speak(chain(FakeEngine("one", [answer])))
    [line] = [record for record in caplog.records if record.message == "speech engine"]
    said = vars(line)
    assert (said["engine"], said["outcome"], said["ms"]) == ("one", outcome, 0)
    assert said["reason"].startswith(reason)
    assert bool(said["reason"]) == bool(reason)
    assert SENTENCE not in repr(said)
    assert line.exc_info is None


def test_a_text_that_an_engine_refuses_does_not_close_it_for_others() -> None:
    one = FakeEngine("one", [PermanentError("no"), AUDIO])
    speaker = chain(one, FakeEngine("two", [AUDIO]))
    assert speak(speaker).engine == "two"
    assert speaker.speak("另一句話", "zh-TW", deadline=18).engine == "one"


def test_an_engine_leaves_time_for_those_after_it() -> None:
    one, two = FakeEngine("one", [TransientError("slow")]), FakeEngine("two", [AUDIO])
    speak(chain(one, two), deadline=10)
    assert one.deadlines[0] < 9
    assert two.deadlines == [10]


def test_an_engine_is_not_begun_without_time() -> None:
    one = FakeEngine("one", [AUDIO])
    with pytest.raises(TransientError):
        speak(chain(one), deadline=0.2)
    assert one.calls == 0


def test_one_transient_failure_makes_the_whole_worth_another_attempt() -> None:
    engines = FakeEngine("one", [TransientError("429")]), FakeEngine("two", [PermanentError("no")])
    with pytest.raises(TransientError):
        speak(chain(*engines))


def test_if_all_refuse_it_cannot_be_spoken() -> None:
    with pytest.raises(PermanentError):
        speak(
            chain(
                FakeEngine("one", [PermanentError("a")]), FakeEngine("two", [PermanentError("b")])
            )
        )


def test_trouble_at_s3_is_told_as_such_and_costs_no_speech() -> None:
    engine = FakeEngine("one", [AUDIO])
    with pytest.raises(StorageUnavailable):
        speak(chain(engine, store=FakeStore(error=StorageUnavailable("503"))))
    assert engine.calls == 0


def test_the_key_is_over_all_that_changes_the_sound_and_nothing_else() -> None:
    base = FakeEngine("one", [AUDIO])
    keys = {
        voice_key(base, SENTENCE, "zh-TW"),
        voice_key(FakeEngine("two", []), SENTENCE, "zh-TW"),
        voice_key(FakeEngine("one", [], version="2"), SENTENCE, "zh-TW"),
        voice_key(FakeEngine("one", [], voice="w"), SENTENCE, "zh-TW"),
        voice_key(base, SENTENCE + "。", "zh-TW"),
        voice_key(base, SENTENCE, "ja"),
    }
    assert len(keys) == 6
    assert voice_key(base, "caf\u00e9", "en") == voice_key(base, "cafe\u0301", "en")

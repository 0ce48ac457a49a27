"""eSpeak NG, really speaking."""

import math
import os
import shutil
import subprocess
import sys
import threading
import time
from array import array
from pathlib import Path

import pytest

from chalicelib.errors import PermanentError, TransientError
from chalicelib.mandarin.han import is_readable
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order
from chalicelib.speech.engines import espeak
from chalicelib.speech.engines.espeak import EspeakEngine
from chalicelib.speech.mp3 import duration_ms
from tests.dishes import DISHES


def speak(text: str, language: str = "zh-TW") -> bytes:
    return EspeakEngine().speak(text, language, deadline=time.monotonic() + 5)


def test_a_longer_order_takes_longer_to_say() -> None:
    short, long = (duration_ms(speak("牛肉麵兩碗" * n)) for n in (1, 4))
    assert short > 800
    assert 3 < long / short < 5


def test_every_dish_can_be_said() -> None:
    for dish in DISHES[::10]:
        item = Item(original=dish.name, translated=dish.name, quantity=2, price=50)
        sentence = order_sentence(Order(store_name="店", items=(item,), language="en"))
        assert duration_ms(speak(sentence.text)) > 2000


@pytest.mark.nightly
def test_every_character_that_is_read_aloud_is_spoken() -> None:
    letters = [chr(code) for code in range(0x3007, 0x9FA6) if is_readable(chr(code))]
    for at in range(0, len(letters), 500):
        text = "".join(letters[at : at + 500])
        assert duration_ms(speak(text)) > 100 * len(text), text


def test_markup_is_said_and_never_obeyed() -> None:
    plain = duration_ms(speak("牛肉麵"))
    assert duration_ms(speak('<break time="20s"/>牛肉麵')) < plain + 10_000
    assert duration_ms(speak("[[niu2 niu2 niu2 niu2]]牛肉麵")) > plain
    assert duration_ms(speak("<b>牛肉麵</b>")) > plain


def test_a_nul_does_not_end_the_sentence() -> None:
    assert duration_ms(speak("牛肉麵\0兩碗謝謝")) > duration_ms(speak("牛肉麵")) + 500


def test_the_voice_is_heard_and_not_silence() -> None:
    """Decoded by a real player's code, where the machine has one."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("no ffmpeg here to decode the MP3 with")
    mp3 = speak("老闆您好，我要點：牛肉麵兩碗、珍珠奶茶一杯，謝謝。")
    command = [ffmpeg, "-v", "error", "-i", "-", "-f", "s16le", "-ac", "1", "-ar", "22050", "-"]
    decoded = subprocess.run(command, input=mp3, capture_output=True, check=True).stdout
    samples = array("h", decoded)
    loudness = math.sqrt(sum(sample * sample for sample in samples) / len(samples))
    assert loudness > 500
    assert len(samples) / 22.05 == pytest.approx(duration_ms(mp3), abs=100)


IN_A_PROCESS_OF_ITS_OWN = """
import espeakng_loader, sys
if len(sys.argv) > 1:
    espeakng_loader.get_data_path = lambda: sys.argv[1]
from chalicelib.errors import TransientError
from chalicelib.speech.engines.espeak import EspeakEngine
from chalicelib.speech.mp3 import duration_ms
for text in ("牛肉麵兩碗", "Cheese Burger兩個", "珍珠奶茶一杯") * 5:
    try:
        print(duration_ms(EspeakEngine().speak(text, "zh-TW", deadline=0)))
    except TransientError as error:
        print(error)
"""


def in_a_process_of_its_own(*arguments: str) -> list[str]:
    """What the library does to a whole process. Freed memory is poisoned (mallopt(3))."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, *arguments],
        env=os.environ | {"MALLOC_PERTURB_": "165"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.splitlines()


def test_many_engines_in_one_process_speak_alike() -> None:
    durations = in_a_process_of_its_own()
    assert durations[:3] * 5 == durations
    assert all(int(duration) > 500 for duration in durations)


def test_missing_data_is_told_plainly_and_does_not_end_the_process(tmp_path: Path) -> None:
    said = in_a_process_of_its_own(str(tmp_path / "espeak-ng-data"))
    assert len(said) == 15
    assert all("no Mandarin voice" in line for line in said)


def test_it_speaks_from_a_folder_however_deep(tmp_path: Path) -> None:
    import espeakng_loader  # type: ignore[import-untyped]

    deep = tmp_path / ("a" * 100) / ("b" * 100)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    assert in_a_process_of_its_own(str(deep / "espeak-ng-data")) == in_a_process_of_its_own()


def test_orders_at_once_are_said_one_after_another_and_each_as_a_whole() -> None:
    texts = ["牛肉麵兩碗", "珍珠奶茶一杯，謝謝", "小籠包三籠"] * 3
    alone = [duration_ms(speak(text)) for text in texts]
    together: dict[int, int] = {}
    engine = EspeakEngine()

    def order(index: int) -> None:
        together[index] = duration_ms(engine.speak(texts[index], "zh-TW", deadline=0))

    threads = [threading.Thread(target=order, args=(index,)) for index in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[index] for index in range(len(texts))] == alone


@pytest.mark.parametrize(("text", "language"), [("ラーメン", "ja"), ("，。🍜", "zh-TW")])
def test_what_it_cannot_say_is_refused_for_good(text: str, language: str) -> None:
    with pytest.raises(PermanentError):
        speak(text, language)


@pytest.fixture
def not_loaded_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process; what this one has loaded stays loaded, and is used again afterwards."""
    monkeypatch.setattr(espeak, "_library", espeak._library.__wrapped__)


@pytest.mark.parametrize("package", ["espeakng_loader", "lameenc"])
def test_a_missing_layer_is_told_plainly_and_may_be_there_later(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, package: str
) -> None:
    if package == "espeakng_loader":
        request.getfixturevalue("not_loaded_yet")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(TransientError, match="not installed"):
        speak("牛肉麵")


def test_a_library_for_another_machine_is_told_plainly(
    monkeypatch: pytest.MonkeyPatch, not_loaded_yet: None, tmp_path: Path
) -> None:
    import espeakng_loader

    library = tmp_path / "libespeak-ng.so"
    library.write_bytes(b"not for this processor")
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(library))
    with pytest.raises(TransientError, match="not installed"):
        speak("牛肉麵")

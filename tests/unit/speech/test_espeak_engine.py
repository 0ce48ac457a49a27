"""eSpeak NG, really speaking."""

import sys
import threading
import time

import pytest

from chalicelib.errors import PermanentError
from chalicelib.speech.espeak_engine import EspeakEngine
from chalicelib.speech.mp3 import duration_ms
from chalicelib.speech.sentence import order_sentence
from tests.dishes import DISHES


def speak(text: str, language: str = "zh-TW") -> bytes:
    return EspeakEngine().speak(text, language, deadline=time.monotonic() + 5)


def test_a_longer_order_takes_longer_to_say() -> None:
    short, long = (duration_ms(speak("牛肉麵兩碗" * n)) for n in (1, 4))
    assert short > 800
    assert 3 < long / short < 5


def test_every_dish_can_be_said() -> None:
    from chalicelib.orders.order import Item

    for dish in DISHES[::10]:
        item = Item(original=dish.name, translated=dish.name, quantity=2, price=50)
        assert duration_ms(speak(order_sentence([item]))) > 2000


def test_markup_is_said_and_never_obeyed() -> None:
    plain = duration_ms(speak("牛肉麵"))
    assert duration_ms(speak('<break time="9s"/>牛肉麵')) < plain + 9000


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


@pytest.mark.parametrize("package", ["espeakng_loader", "lameenc"])
def test_a_missing_layer_is_told_plainly(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(PermanentError, match="not installed"):
        speak("牛肉麵")

"""What `make load` finds wrong with orders and with memory."""

import pytest

from bench.journeys import LEAST_SAMPLES, Journey, Limits, complaints, growth, leaks, order
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.orders.request import parse_order

LIMITS = Limits(late=30, growth=30)
GOOD = Journey("01A", "U1", 0.1, (0.02, 0.03), 2.5, "completed", False)


def journey(**others: object) -> Journey:
    return Journey(**{**{name: getattr(GOOD, name) for name in Journey.__slots__}, **others})


def test_orders_that_are_as_they_should_be_are_not_complained_of() -> None:
    assert not list(complaints([GOOD], {"U1": 1}, LIMITS))


@pytest.mark.parametrize(
    ("wrong", "pushes", "said"),
    [
        ({"status": "processing"}, 1, "did not end: 01A"),
        ({"status": "not accepted", "heard": None}, 0, "did not end: 01A"),
        ({"status": "failed", "heard": None}, 0, "failed: 01A"),
        ({"heard": None}, 1, "completed without an MP3 that could be fetched: 01A"),
        ({"heard": 31.0}, 1, "heard later than 30 s after Confirm: 01A"),
        ({}, 2, "pushed twice: 01A"),
        ({}, 0, "completed without a push: 01A"),
    ],
)
def test_each_thing_that_is_wrong_is_said(wrong: dict[str, object], pushes: int, said: str) -> None:
    found = list(complaints([journey(**wrong)], {"U1": pushes}, LIMITS))
    assert found == [f"1 of 1 orders {said}"]


def test_a_run_without_an_order_is_no_good_run() -> None:
    assert list(complaints([], {}, LIMITS)) == ["no order was placed"]


def test_a_journey_comes_back_as_it_was_written() -> None:
    assert Journey.of(GOOD.line()) == GOOD


def test_a_process_that_grows_all_the_time_is_told_by_name() -> None:
    megabyte = 10**6
    leaking = [100 * megabyte + number * megabyte // 2 for number in range(LEAST_SAMPLES)]
    flat = [100 * megabyte + number % 5 * megabyte for number in range(LEAST_SAMPLES)]
    said = list(leaks({"FulfilOrders 7": leaking, "APIHandler 8": flat}, LIMITS))
    assert said == ["FulfilOrders 7 has grown by 60 MB, more than 30"]


def test_what_a_process_loads_in_its_first_quarter_is_no_growth() -> None:
    assert growth([50 * 10**6] * 60 + [130 * 10**6] * 180) == 0


def test_of_a_short_life_nothing_is_said() -> None:
    assert growth(list(range(LEAST_SAMPLES - 1))) is None


def test_every_order_is_another_sentence_and_all_of_it_is_said() -> None:
    orders = [parse_order(order(number, "1234567"), "en").order for number in range(300)]
    sentences = [order_sentence(one) for one in orders]
    assert len({sentence.text for sentence in sentences}) == len(orders)
    assert not any(sentence.unspoken for sentence in sentences)

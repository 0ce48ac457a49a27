"""The circuit breaker, on a clock of its own."""

from chalicelib.speech.breaker import (
    FIRST_COOL_DOWN,
    LAST_RESORT_COOL_DOWN,
    LONGEST_COOL_DOWN,
    Breaker,
)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_lets_through_until_a_failure_and_again_after_the_cool_down() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()
    clock.now = FIRST_COOL_DOWN - 0.1
    assert not breaker.lets_through()
    clock.now = FIRST_COOL_DOWN
    assert breaker.lets_through()


def test_only_one_call_tries_after_the_cool_down() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.failed()
    clock.now = FIRST_COOL_DOWN
    assert [breaker.lets_through() for _ in range(5)] == [True, False, False, False, False]
    breaker.succeeded()
    assert [breaker.lets_through() for _ in range(5)] == [True] * 5


def test_each_failed_trial_doubles_the_cool_down_up_to_a_limit() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.failed()
    waits = []
    for _ in range(8):
        began = clock.now
        while not breaker.lets_through():
            clock.now += 1
        waits.append(clock.now - began)
        breaker.failed()
    assert waits[:4] == [30, 60, 120, 240]
    assert waits[-1] == LONGEST_COOL_DOWN


def test_ten_calls_that_fail_together_count_once() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    assert all(breaker.lets_through() for _ in range(10))
    for _ in range(10):
        breaker.failed()
    clock.now = FIRST_COOL_DOWN
    assert breaker.lets_through()


def test_a_trial_that_never_reports_does_not_close_the_door_for_ever() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.failed()
    clock.now = FIRST_COOL_DOWN
    assert breaker.lets_through()
    clock.now += FIRST_COOL_DOWN
    assert breaker.lets_through()


def test_as_a_last_resort_it_lets_one_through_sooner() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.failed()
    assert not breaker.lets_through(is_last_resort=True)
    clock.now = LAST_RESORT_COOL_DOWN
    assert not breaker.lets_through()
    assert [breaker.lets_through(is_last_resort=True) for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert breaker.lets_through()


def test_a_trial_that_did_not_come_to_the_engine_leaves_its_place_to_the_next() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.failed()
    clock.now = FIRST_COOL_DOWN
    assert breaker.lets_through()
    breaker.was_not_tried()
    assert [breaker.lets_through() for _ in range(2)] == [True, False]


def test_a_call_that_did_not_come_to_the_engine_leaves_a_closed_breaker_closed() -> None:
    breaker = Breaker(clock=Clock())
    assert breaker.lets_through()
    breaker.was_not_tried()
    assert breaker.lets_through()

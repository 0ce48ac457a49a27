"""The simulation of docs/scale.md, part by part, where what is right is known."""

import json
import math
import random
import statistics
from itertools import pairwise, repeat

import pytest

from bench.simulation import (
    FUNCTION_SECONDS,
    GIVE_UP_SECONDS,
    MAX_ATTEMPTS,
    Engine,
    Order,
    Outcome,
    Rate,
    Setting,
    Stack,
    poisson,
    simulate,
)
from chalicelib.fulfilment import LONGEST_PAUSE_SECONDS
from chalicelib.settings import Settings
from deploy.paths import ROOT


def always(seconds: float, **limits: float) -> Engine:
    return Engine("steady", lambda _: seconds, **limits)


def bare(engine: Engine, workers: int, batch: int = 1, known: float = 0.0) -> Setting:
    """Nothing but queue, workers and engine takes time."""
    return Setting([engine], workers, batch, known, pushed=0, around=0, after=0)


def placed_at(setting: Setting, *moments: float) -> Outcome:
    return Stack(setting, random.Random(1)).run(iter(moments))


def mean_wait(servers: int, rate: float, service: float) -> float:
    """Seconds in the queue of M/M/c (Erlang's C formula)."""
    load = rate * service
    full = load**servers / math.factorial(servers) * servers / (servers - load)
    waits = full / (sum(load**k / math.factorial(k) for k in range(servers)) + full)
    return waits * service / (servers - load)


@pytest.mark.parametrize(("servers", "rate"), [(1, 0.5), (1, 0.8), (3, 2.4), (10, 8.5)])
def test_workers_with_one_order_each_are_erlangs_queue(servers: int, rate: float) -> None:
    engine = Engine("of Erlang", lambda chance: chance.expovariate(1.0))
    # Long services would meet the function's deadline: a tenth of a second each.
    quick = Engine("of Erlang", lambda chance: engine.takes(chance) / 10)
    found = simulate(bare(quick, servers), rate * 10, 60_000 / (rate * 10))
    expected = mean_wait(servers, rate * 10, 0.1) + 0.1
    assert statistics.fmean(found.to_voice) == pytest.approx(expected, rel=0.08)


def test_orders_come_as_often_as_said() -> None:
    arrivals = list(poisson(5, 10_000, random.Random(1)))
    assert len(arrivals) / 10_000 == pytest.approx(5, rel=0.02)
    assert arrivals == sorted(arrivals)


def test_a_worker_takes_no_new_batch_before_the_slowest_of_the_last_is_done() -> None:
    lengths = iter([1.0, 5.0, 1.0, 1.0])
    engine = Engine("in turns", lambda _: next(lengths))
    # The first is a batch by itself; the second and the third are one, and the fourth comes then.
    found = placed_at(bare(engine, workers=1, batch=2), 0.0, 0.1, 0.2, 1.5)
    assert [one.voice_at for one in found.orders] == [1.0, 6.0, 2.0, 7.0]


def test_an_engine_that_speaks_one_sentence_at_a_time_has_the_others_wait() -> None:
    found = placed_at(bare(always(2, in_a_worker=1), workers=1, batch=10), *repeat(0.0, 10))
    first_batch = sorted(found.to_voice)[1:8]
    steps = [later - one for one, later in pairwise(first_batch)]
    assert steps == pytest.approx([2.0] * len(steps))


def test_what_an_engine_fails_comes_again_and_ends_failed_after_five_attempts() -> None:
    [order] = placed_at(bare(always(FUNCTION_SECONDS), workers=1), 0.0).orders
    assert order.has_failed
    assert (order.attempts, order.handed_back) == (MAX_ATTEMPTS, MAX_ATTEMPTS - 1)
    assert order.ended_at is not None
    # 2, 4, 8 and 16 s, each with a second of jitter at the most, and five times 17 s at the most;
    # a breaker that has just opened has them fail at once.
    assert 30 <= order.ended_at <= 35 + 5 * 17


def test_what_an_engines_quota_refuses_uses_up_no_attempt_and_its_time_alone_ends_it() -> None:
    [order] = placed_at(bare(always(1, at_once=0), workers=1), 0.0).orders
    assert order.has_failed
    assert order.attempts == 0
    assert order.ended_at is not None
    assert GIVE_UP_SECONDS <= order.ended_at <= GIVE_UP_SECONDS + LONGEST_PAUSE_SECONDS + 2
    # After 2, 4, 8, 16, 32 s, and then each minute.
    assert 18 <= order.handed_back <= 22


def test_of_twice_what_an_engine_bears_all_are_spoken_while_there_is_time() -> None:
    engine = always(0.5, a_second=2)
    found = simulate(bare(engine, workers=5, batch=10), 4, 120)
    assert found.failed == 0
    # Some 480 orders at two a second: four minutes, and two pauses of the last of them.
    assert found.within(1.0) <= 240 + 2 * LONGEST_PAUSE_SECONDS


def test_another_engine_speaks_where_one_refuses() -> None:
    setting = Setting(
        [always(1, at_once=0), always(3)], workers=1, batch=1, pushed=0, around=0, after=0
    )
    [order] = placed_at(setting, 0.0).orders
    assert order.voice_at == pytest.approx(3.1)
    assert order.attempts == 1


def test_a_sentence_that_takes_too_long_is_left_at_the_deadline() -> None:
    [order] = placed_at(bare(always(FUNCTION_SECONDS), workers=1), 0.0).orders
    assert order.has_failed
    assert order.voice_at is None


def test_an_order_that_nobody_comes_to_in_a_quarter_of_an_hour_has_failed() -> None:
    found = placed_at(bare(always(10), workers=1), *repeat(0.0, 100))
    late = [one for one in found.orders if one.has_failed]
    assert late
    assert len(found.to_voice) == pytest.approx(GIVE_UP_SECONDS / 10, abs=1)
    assert all(one.attempts == 0 for one in late)


def test_a_push_that_line_refuses_fails_no_order() -> None:
    setting = Setting([always(0.1)], workers=1, batch=10, pushed=1.0, pushes_a_second=1)
    found = placed_at(setting, *repeat(0.0, 10))
    assert found.failed == 0
    assert found.handed_back == pytest.approx(0.9)
    assert found.within(1.0) < 1


def test_known_sentences_need_no_engine() -> None:
    found = placed_at(bare(always(1, at_once=0), workers=1, batch=10, known=1.0), *repeat(0.0, 5))
    assert found.to_voice == [0.0] * 5


def test_workers_come_by_and_by() -> None:
    together = Setting([always(1)], workers=100, batch=1, pushed=0, around=0, after=0)
    grown = Setting([always(1)], workers=100, batch=1, pushed=0, around=0, after=0, grows=True)
    assert placed_at(together, *repeat(0.0, 100)).within(1.0) == 1
    # Five to begin with, and five more each second: 5 + 10 + 15 + … are done.
    assert placed_at(grown, *repeat(0.0, 100)).within(1.0) == pytest.approx(6, abs=1)


def test_a_rate_lets_a_seconds_worth_through_at_once_and_then_so_many_a_second() -> None:
    rate = Rate(8)
    assert sum(rate.takes(0.0) for _ in range(20)) == 8
    assert sum(rate.takes(0.5) for _ in range(20)) == 4


def test_a_share_that_was_never_reached_is_said_to_be_never() -> None:
    heard, failed = Order(0.0, False, False, voice_at=2.0), Order(0.0, False, False)
    found = Outcome([heard, failed], [])
    assert (found.within(0.5), found.within(0.95)) == (2.0, math.inf)


def test_its_constants_are_those_of_the_stack() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    assert config["lambda_functions"]["fulfil_orders"]["lambda_timeout"] == FUNCTION_SECONDS
    assert Settings.__dataclass_fields__["max_attempts"].default == MAX_ATTEMPTS

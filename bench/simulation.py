"""Orders, workers, engines and LINE as a discrete-event simulation (simpy).

    orders ──▶ queue ──▶ worker: a batch, and all of it before the next ──▶ engines ──▶ LINE
                 ▲                                      │
                 └────────── 2, 4, 8, 16 s later ───────┘ handed back

Where every engine is busy, or its quota used up, an order comes again after as long as it has
waited, 2 to 60 s, and no attempt is counted. Attempts, pauses, deadlines and breakers are the
product's own constants and code, by the simulation's clock. Not in it: containers that start,
messages that come twice, the sweeper, and DynamoDB that throttles. The queue is first in, first
out, which SQS promises of none. Times are seconds.
"""

import math
import random
import statistics
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import simpy

from chalicelib.fulfilment import (
    COMPLETING_SECONDS,
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    PUSH_SECONDS,
)
from chalicelib.orders.transitions import GIVE_UP_AFTER_MS
from chalicelib.speech.breaker import Breaker
from chalicelib.speech.speaker import SHARE, SHORTEST_TRY
from chalicelib.worker import RESERVE_SECONDS

FUNCTION_SECONDS = 20.0
"""What Lambda gives the worker (.chalice/config.json)."""
MAX_ATTEMPTS = 5
GIVE_UP_SECONDS = GIVE_UP_AFTER_MS / 1000
OUT_OF_TIME_PAUSE = 8.0
"""What `worker.py` asks for where the function's time is over."""
FIRST_WORKERS = 5
"""Batches that Lambda takes from a queue at once to begin with (AWS, "Configuring scaling behavior
for SQS event source mappings")."""
MORE_WORKERS_A_SECOND = 300 / 60
REFUSAL_SECONDS = 0.1
PUSH_TAKES = 0.2

SPOKEN, BUSY, FAILED = "spoken", "busy", "failed"
"""What came of asking an engine, or a chain of them."""

Seconds = Callable[[random.Random], float]
Steps = Generator[simpy.Event, Any, Any]


def lognormal(median: float, sigma: float) -> Seconds:
    return lambda chance: chance.lognormvariate(math.log(median), sigma)


@dataclass(frozen=True, slots=True)
class Engine:
    """How long a sentence takes, and how many there may be."""

    name: str
    takes: Seconds
    in_a_worker: float = math.inf
    """At once, in one process; others wait."""
    at_once: float = math.inf
    """By all workers together; others are refused."""
    a_second: float = math.inf
    """Likewise."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A stack, and what it is asked for."""

    engines: Sequence[Engine]
    workers: int = 5
    """`FulfilConcurrency`."""
    batch: int = 10
    """`FulfilBatch`."""
    known: float = 0.0
    """The share of orders whose sentence is in S3."""
    pushed: float = 1.0
    """The share of orders that are pushed to LINE."""
    pushes_a_second: float = 2_000.0
    around: float = 0.1
    """What claiming, storing and recording take of an order until its voice is there."""
    after: float = 0.05
    """What completing takes, and counting."""
    grows: bool = False
    """Whether workers come by and by, as Lambda starts them."""


@dataclass(slots=True, eq=False)
class Order:
    placed: float
    is_known: bool
    is_pushed: bool
    attempts: int = 0
    handed_back: int = 0
    voice_at: float | None = None
    ended_at: float | None = None
    has_failed: bool = False


class Rate:
    """A token bucket that holds a second's worth."""

    def __init__(self, a_second: float) -> None:
        self._a_second, self._left, self._at = a_second, max(1.0, a_second), 0.0

    def takes(self, now: float) -> bool:
        if self._a_second == math.inf:
            return True
        self._left += (now - self._at) * self._a_second
        self._left, self._at = min(self._left, max(1.0, self._a_second)), now
        has_room = self._left >= 1
        self._left -= has_room
        return has_room


@dataclass(slots=True)
class Line:
    """An engine as all workers share it."""

    engine: Engine
    rate: Rate = field(init=False)
    busy: int = 0

    def __post_init__(self) -> None:
        self.rate = Rate(self.engine.a_second)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the orders."""

    orders: Sequence[Order]
    waiting: Sequence[tuple[float, int]]
    """How many messages lay in the queue, each second."""

    @property
    def to_voice(self) -> list[float]:
        return [one.voice_at - one.placed for one in self.orders if one.voice_at is not None]

    def within(self, share: float) -> float:
        """Seconds in which so many of all orders had their voice; infinite where fewer did."""
        found = sorted(self.to_voice)
        wanted = math.ceil(share * len(self.orders))
        return found[wanted - 1] if wanted <= len(found) else math.inf

    @property
    def failed(self) -> float:
        """The share of orders that ended without a voice."""
        return statistics.fmean(one.has_failed for one in self.orders)

    @property
    def handed_back(self) -> float:
        """The share of orders that were handed back at least once."""
        return statistics.fmean(one.handed_back > 0 for one in self.orders)

    @property
    def longest_queue(self) -> int:
        return max((length for _, length in self.waiting), default=0)


class Worker:
    """One of the function's environments: its breakers, and its turns at each engine."""

    def __init__(self, env: simpy.Environment, lines: Sequence[Line]) -> None:
        self.chain = [
            (
                line,
                Breaker(clock=lambda: float(env.now)),
                None
                if line.engine.in_a_worker == math.inf
                else simpy.Resource(env, int(line.engine.in_a_worker)),
            )
            for line in lines
        ]


Chain = list[tuple[Line, Breaker, simpy.Resource | None]]


class Stack:
    """The running simulation of one setting."""

    def __init__(self, setting: Setting, chance: random.Random) -> None:
        self.env = simpy.Environment()
        self.setting, self.chance = setting, chance
        self.orders: list[Order] = []
        self.waiting: list[tuple[float, int]] = []
        self._lines = [Line(engine) for engine in setting.engines]
        self._line_pushes = Rate(setting.pushes_a_second)
        self._queue: deque[Order] = deque()
        self._idle: deque[simpy.Event] = deque()

    def run(self, arrivals: Iterator[float]) -> Outcome:
        """Until every order has ended; `arrivals` are moments, in their order."""
        self.env.process(self._arrive(arrivals))
        for number in range(self.setting.workers):
            late = max(0, number + 1 - FIRST_WORKERS) / MORE_WORKERS_A_SECOND
            self.env.process(self._work(late if self.setting.grows else 0.0))
        self.env.process(self._watch())
        self.env.run()
        return Outcome(self.orders, self.waiting)

    def _arrive(self, arrivals: Iterator[float]) -> Steps:
        for at in arrivals:
            yield self.env.timeout(max(0.0, at - self.env.now))
            is_known = self.chance.random() < self.setting.known
            order = Order(self.env.now, is_known, self.chance.random() < self.setting.pushed)
            self.orders.append(order)
            self._put(order)

    def _watch(self) -> Steps:
        while not self.orders or any(one.ended_at is None for one in reversed(self.orders)):
            self.waiting.append((self.env.now, len(self._queue)))
            yield self.env.timeout(1.0)

    def _put(self, order: Order) -> None:
        self._queue.append(order)
        if self._idle:
            self._idle.popleft().succeed()

    def _work(self, begins: float) -> Steps:
        yield self.env.timeout(begins)
        worker = Worker(self.env, self._lines)
        while True:
            while not self._queue:
                called = self.env.event()
                self._idle.append(called)
                yield called
            size = min(self.setting.batch, len(self._queue))
            batch = [self._queue.popleft() for _ in range(size)]
            deadline = self.env.now + FUNCTION_SECONDS - RESERVE_SECONDS
            tasks = [self.env.process(self._fulfil(order, worker, deadline)) for order in batch]
            yield self.env.all_of(tasks)
            for order, task in zip(batch, tasks, strict=True):
                if task.value is not None:  # Pauses begin when the function answers.
                    self.env.process(self._again(order, task.value))

    def _again(self, order: Order, pause: float) -> Steps:
        yield self.env.timeout(pause)
        self._put(order)

    def _fulfil(self, order: Order, worker: Worker, deadline: float) -> Steps:
        """The pause before another attempt, or None."""
        if self._is_spent(order):
            self._end(order)
            return None
        order.attempts += 1
        if order.voice_at is None:
            if not order.is_known:
                until = deadline - (PUSH_SECONDS if order.is_pushed else 1.0)
                outcome = yield from self._speak(worker.chain, until)
                if outcome == BUSY:
                    return self._wait_for_an_engine(order)
                if outcome == FAILED:
                    return self._hand_back(order)
            yield self.env.timeout(self.setting.around)
            order.voice_at = self.env.now
        if order.is_pushed:
            if deadline - self.env.now < COMPLETING_SECONDS:
                return OUT_OF_TIME_PAUSE
            if not self._line_pushes.takes(self.env.now):
                yield self.env.timeout(REFUSAL_SECONDS)
                return self._hand_back(order)
            yield self.env.timeout(PUSH_TAKES)
        yield self.env.timeout(self.setting.after)
        self._end(order)
        return None

    def _wait_for_an_engine(self, order: Order) -> float | None:
        order.attempts -= 1
        if self._is_spent(order):
            self._end(order)
            return None
        order.handed_back += 1
        waited = self.env.now - order.placed
        pause = min(max(waited, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        return pause + self.chance.randint(0, 1)

    def _hand_back(self, order: Order) -> float | None:
        if self._is_spent(order):
            self._end(order)
            return None
        order.handed_back += 1
        return float(FIRST_PAUSE_SECONDS**order.attempts + self.chance.randint(0, 1))

    def _is_spent(self, order: Order) -> bool:
        is_too_old = self.env.now - order.placed > GIVE_UP_SECONDS
        return order.attempts >= MAX_ATTEMPTS or is_too_old

    def _end(self, order: Order) -> None:
        order.ended_at, order.has_failed = self.env.now, order.voice_at is None

    def _speak(self, chain: Chain, deadline: float) -> Steps:
        """What came of it: `Speaker.speak` in the simulation's time, of clear engines alone."""
        passed_over, found = chain, FAILED
        for is_last_resort in (False, True):
            chain, passed_over = passed_over, []
            for link in chain:
                line, breaker, turns = link
                now = self.env.now
                is_last = link is chain[-1]
                until = deadline if is_last else now + (deadline - now) * SHARE
                if until - now < SHORTEST_TRY or not breaker.lets_through(
                    is_last_resort=is_last_resort
                ):
                    passed_over.append(link)
                else:
                    outcome = yield from self._attempt(line, breaker, turns, until)
                    if outcome == SPOKEN:
                        return SPOKEN
                    found = BUSY if outcome == BUSY else found
        return found

    def _attempt(
        self, line: Line, breaker: Breaker, turns: simpy.Resource | None, until: float
    ) -> Steps:
        turn = turns.request() if turns else None
        if turn:
            yield turn | self.env.timeout(until - self.env.now)
            if not turn.triggered:
                turn.cancel()
                breaker.was_not_tried()
                return BUSY
        try:
            return (yield from self._ask(line, breaker, until))
        finally:
            if turns and turn:
                turns.release(turn)

    def _ask(self, line: Line, breaker: Breaker, until: float) -> Steps:
        if line.busy >= line.engine.at_once or not line.rate.takes(self.env.now):
            yield self.env.timeout(REFUSAL_SECONDS)
            breaker.was_not_tried()
            return BUSY
        line.busy += 1
        takes = line.engine.takes(self.chance)
        left = until - self.env.now
        yield self.env.timeout(min(takes, left))
        line.busy -= 1
        if takes > left:
            breaker.failed()
            return FAILED
        breaker.succeeded()
        return SPOKEN


def poisson(rate: float, seconds: float, chance: random.Random) -> Iterator[float]:
    """Moments of arrival, so many a second, for so long."""
    at = chance.expovariate(rate)
    while at < seconds:
        yield at
        at += chance.expovariate(rate)


def simulate(setting: Setting, rate: float, seconds: float, *, seed: int = 1) -> Outcome:
    """`rate` orders a second for `seconds`, until all have ended."""
    chance = random.Random(seed)
    return Stack(setting, chance).run(poisson(rate, seconds, chance))

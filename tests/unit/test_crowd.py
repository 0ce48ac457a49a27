"""Many who scan one QR code together, at a gateway and an account as small as they come.

A model of both: the stage's token bucket, which refuses with 429, and the ten functions at once of
a new AWS account, beyond which the gateway answers 500. What a visit asks for is read from the page
as it is served; of what is refused, the guard (guard.js) loads the page once more.
"""

import heapq
import itertools
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import pytest

from chalicelib import liff
from chalicelib.settings import Settings
from tests.template import resources_yaml

VISITORS = 20
ANSWER_SECONDS = 0.05
"""Of a function that has started: five times what one takes on the emulator."""
GUARD_PAUSE = (1.0, 3.0)

SETTINGS = Settings(
    stage="-",
    orders_table="-",
    limits_table="-",
    orders_queue_url="-",
    voice_bucket="-",
    line_channel_token_parameter="-",
    client_address_key_parameter="-",
    voice_address_key_parameter="-",
)


@cache
def stage_limit(name: str) -> float:
    return float(resources_yaml()["Parameters"][name]["Default"])


@dataclass
class SmallAccount:
    """Time passes from event to event; all of it in seconds."""

    functions: int = 10
    now: float = 0.0
    filled_at: float = 0.0
    tokens: float = field(default_factory=lambda: stage_limit("ThrottlingBurst"))
    busy: int = 0
    refused: int = 0
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._ids), work))

    def run(self) -> None:
        while self._events:
            self.now, _, work = heapq.heappop(self._events)
            work()

    def ask(self, on_answer: Callable[[], None], on_refusal: Callable[[], None]) -> None:
        rate, most = stage_limit("ThrottlingRate"), stage_limit("ThrottlingBurst")
        self.tokens = min(most, self.tokens + (self.now - self.filled_at) * rate)
        self.filled_at = self.now
        if self.tokens < 1 or self.busy == self.functions:
            self.refused += 1
            self.later(0, on_refusal)
            return
        self.tokens -= 1
        self.busy += 1

        def answer() -> None:
            self.busy -= 1
            on_answer()

        self.later(ANSWER_SECONDS, answer)


@dataclass
class Visit:
    """One phone: the page, then its scripts at once; what is there is not asked for again."""

    account: SmallAccount
    scripts: Sequence[str]
    chance: random.Random
    had: set[str] = field(default_factory=set)
    tries: int = 0
    is_dead: bool = False

    @property
    def is_alive(self) -> bool:
        return self.had >= {"page", *self.scripts}

    def load(self) -> None:
        self.tries += 1
        failed: list[str] = []

        def refuse() -> None:
            if not failed and self.tries == 1:
                self.account.later(self.chance.uniform(*GUARD_PAUSE), self.load)
            self.is_dead = self.tries > 1
            failed.append("")

        def die() -> None:
            self.is_dead = True  # There is no guard yet.

        def page_came() -> None:
            self.had.add("page")
            for script in set(self.scripts) - self.had:
                self.account.ask(lambda script=script: self.had.add(script), refuse)  # type: ignore[misc]

        self.account.ask(page_came, die)


def visits(within: float, seed: int, scripts: Sequence[str]) -> tuple[list[Visit], SmallAccount]:
    """So many phones whose first requests come within so many seconds."""
    chance, account = random.Random(seed), SmallAccount()
    phones = [Visit(account, scripts, chance) for _ in range(VISITORS)]
    for phone in phones:
        account.later(chance.uniform(0, within), phone.load)
    account.run()
    return phones, account


def scripts_of_a_first_visit() -> list[str]:
    body = liff.page(SETTINGS, "th").body
    return sorted(set(re.findall(r'(?:href|src)="(liff/[^"]+)"', body)))


@pytest.mark.parametrize("seed", range(20))
def test_twenty_who_scan_one_code_within_a_second_all_get_their_page(seed: int) -> None:
    phones, _ = visits(1, seed, scripts_of_a_first_visit())
    assert all(phone.is_alive for phone in phones)


def test_a_page_of_many_modules_would_have_been_dead() -> None:
    phones, account = visits(1, 0, [f"module-{number}" for number in range(27)])
    assert account.refused > 0
    assert any(phone.is_dead for phone in phones)

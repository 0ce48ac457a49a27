"""A machine that does to the real code what a bad day does, and looks whether it keeps its word.

It places orders, interleaves processes at every call to the outside, lets any call fail in any
way, kills, duplicates, reorders, sweeps, and lets time pass: seconds, a day, a month. What must
hold is in `promises.py`, and checked at every write; at the end everything heals, and every
accepted order has to end.

`make nightly` runs it for long: MACHINE_EXAMPLES sequences of MACHINE_STEPS steps.
"""

import json
import os
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.errors import RequestError, TransientError
from chalicelib.order import Item, Order
from chalicelib.orders import intake, queue
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.intake import Caller
from chalicelib.orders.transitions import CLOCK_SKEW_MS, GIVE_UP_AFTER_MS
from chalicelib.orders.view import status
from chalicelib.settings import settings as app_settings
from tests.unit.reliability.process import FUNCTION_MS, Fate, Process
from tests.unit.reliability.promises import DAY_MS
from tests.unit.reliability.world import World

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "120"))
STEPS = int(os.environ.get("MACHINE_STEPS", "50"))

TRAVELLERS = [Caller(f"U{number:032x}", "192.0.2.1") for number in range(3)]
GUEST = Caller(None, "192.0.2.2")
CALLERS = [*TRAVELLERS, GUEST]
KEYS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(4)]
DISHES = ["牛肉麵", "珍珠奶茶", "滷肉飯"]
LEASE_MS = FUNCTION_MS + 2 * CLOCK_SKEW_MS
SHARDS = 2
"""Of the index of open orders: as many as any deployment writes."""
AT_ONCE = 4
"""Processes under way."""

callers = st.sampled_from(CALLERS)
skews = st.sampled_from([0, CLOCK_SKEW_MS // 2, -CLOCK_SKEW_MS // 2])
"""Between two clocks there are at most `CLOCK_SKEW_MS`."""
fates = st.sampled_from([Fate.WELL, *Fate])


class BadDay(RuleBasedStateMachine):
    """See above."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: list[Process] = []
        self.number = 0
        self._stack = ExitStack()
        # Few attempts, so that they are used up now and then.
        self._stack.callback(app_settings.cache_clear)
        self._stack.enter_context(patch.dict(os.environ, MAX_ATTEMPTS="2"))
        app_settings.cache_clear()
        self.world = self._stack.enter_context(World(shards=SHARDS).inhabited())

    def _bury(self) -> None:
        for process in self.processes:
            if process.is_over and process.error is not None:
                assert isinstance(process.error, (RequestError, TransientError)), process.error
        self.processes = [process for process in self.processes if not process.is_over]

    def _let_everybody_die(self) -> None:
        for process in self.processes:
            process.kill()
        self._bury()

    def pick(self, data: st.DataObject, of: list[Any]) -> Any:
        return of[data.draw(st.integers(0, len(of) - 1))]

    @property
    def order_ids(self) -> list[str]:
        return list(self.world.table.items)

    def an_order(self, dish: str) -> Order:
        self.number += 1
        item = Item(original=dish, translated=f"dish {self.number}", quantity=1, price=50)
        return Order(store_name=f"店{self.number:04}號", items=(item,), language="en")

    @initialize(dish=st.sampled_from(DISHES), caller=callers)
    def first_order(self, dish: str, caller: Caller) -> None:
        self.world.place(self.an_order(dish), caller, None).run_well()

    # What travellers do

    @precondition(lambda self: len(self.processes) < AT_ONCE)
    @rule(
        dish=st.sampled_from(DISHES),
        caller=callers,
        key=st.sampled_from([None, None, *KEYS]),
        calls=st.integers(0, 5),
        fate=fates,
    )
    def place(self, dish: str, caller: Caller, key: str | None, calls: int, fate: Fate) -> None:
        self._go_on(self.world.place(self.an_order(dish), caller, key), calls, fate)

    @precondition(lambda self: len(self.processes) < AT_ONCE - 1)
    @rule(caller=callers, key=st.sampled_from(KEYS), calls=st.integers(0, 3), fate=fates)
    def tap_twice(self, caller: Caller, key: str, calls: int, fate: Fate) -> None:
        """The client tries again while its first request is still under way."""
        order = self.an_order(DISHES[0])
        taps = [self.world.place(order, caller, key) for _ in range(2)]
        for process in taps:
            self._go_on(process, calls, Fate.WELL)
        self._go_on(taps[0], 0, fate)

    @precondition(lambda self: self.order_ids and len(self.processes) < AT_ONCE)
    @rule(data=st.data(), calls=st.integers(0, 3), fate=fates)
    def try_again(self, data: st.DataObject, calls: int, fate: Fate) -> None:
        order_id = self.pick(data, self.order_ids)
        self._go_on(self.world.try_again(order_id, self._owner_of(order_id)), calls, fate)

    @precondition(lambda self: self.order_ids)
    @rule(data=st.data(), caller=callers)
    def look(self, data: st.DataObject, caller: Caller) -> None:
        """Nobody sees more than their own, and what they see is true."""
        order_id = self.pick(data, self.order_ids)
        looking = self.world._start(lambda: intake.look_up(order_id, caller)).run()
        item = self.world.table.items[order_id]
        owner = item["owner"]["S"] if "owner" in item else "nobody"
        is_theirs = owner.startswith("guest:") or owner == f"line:{caller.user_id}"
        is_shown = is_theirs and int(item["expires_at"]["N"]) * 1000 > self.world.now
        assert (looking.error is None) is is_shown
        if looking.error is None:
            shown = json.dumps(status(looking.result, None, now=self.world.now), ensure_ascii=False)
            assert owner.removeprefix("line:") not in shown
            orders = self.world.table.items.values()
            others = [other["store_name"]["S"] for other in orders if "owner" in other]
            assert [name for name in others if name in shown] == [item["store_name"]["S"]]

    @precondition(lambda self: len(self.processes) < AT_ONCE)
    @rule(caller=st.sampled_from(TRAVELLERS), calls=st.integers(0, 8), fate=fates)
    def erase(self, caller: Caller, calls: int, fate: Fate) -> None:
        self._go_on(self.world.erase(str(caller.user_id)), calls, fate)

    @precondition(lambda self: len(self.processes) < AT_ONCE)
    @rule(
        caller=st.sampled_from(TRAVELLERS),
        ago_ms=st.sampled_from([0, 1000, 60_000, DAY_MS]),
        calls=st.integers(0, 1),
        fate=fates,
    )
    def leave(self, caller: Caller, ago_ms: int, calls: int, fate: Fate) -> None:
        """The event may come late."""
        until = self.world.now - ago_ms
        self._go_on(self.world.leave(str(caller.user_id), until), calls, fate)

    @rule(caller=st.sampled_from(TRAVELLERS))
    def erase_until_none_is_left(self, caller: Caller) -> None:
        """Whoever asks until none is left has none, but those that are erased by their end."""
        answers = [self.world.erase(str(caller.user_id)).run_well() for _ in range(2)]
        assert not answers[-1].left
        orders = self.world.table.items.values()
        theirs = [item for item in orders if item.get("owner") == {"S": f"line:{caller.user_id}"}]
        assert all("open" in item and "erasure_asked_at" in item for item in theirs)

    @rule(caller=st.sampled_from(TRAVELLERS), key=st.sampled_from([None, *KEYS]))
    def pretend(self, caller: Caller, key: str | None) -> None:
        """A request that is refused leaves no trace."""
        before = dict(self.world.table.items), dict(self.world.messages)
        process = self.world.place(self.an_order("茶"), caller, key, claims="U" + "f" * 32).run()
        assert isinstance(process.error, RequestError)
        assert (self.world.table.items, self.world.messages) == before

    # What operators do

    @rule(shards=st.integers(1, SHARDS))
    def deploy(self, shards: int) -> None:
        """Raising or lowering how many shards are written, whatever is under way."""
        os.environ["OPEN_SHARDS"] = str(shards)
        app_settings.cache_clear()

    # What AWS does

    @precondition(lambda self: self.world.visible() and len(self.processes) < AT_ONCE)
    @rule(
        data=st.data(),
        size=st.integers(1, 3),
        container=st.integers(0, 1),
        skew=skews,
        calls=st.integers(0, 12),
        fate=fates,
    )
    def deliver(
        self, data: st.DataObject, size: int, container: int, skew: int, calls: int, fate: Fate
    ) -> None:
        names = data.draw(st.permutations(self.world.visible()))[:size]
        process = self.world.deliver(names, container=container, skew_ms=skew)
        if process is not None:
            self._go_on(process, calls, fate)

    @precondition(lambda self: self.world.messages)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        """A message that a worker has is visible, or is there twice."""
        message = self.pick(data, list(self.world.messages.values()))
        if data.draw(st.booleans()):
            message.visible_at = self.world.now
        else:
            self.world.send(message.body)

    @precondition(lambda self: len(self.world.messages) < 3)
    @rule(body=st.sampled_from(["{", "[]", '{"order_id": "x"}', "unknown", "old"]))
    def send_something_else(self, body: str) -> None:
        if body == "unknown":
            body = queue.body_of(new_order_id())
        if body == "old":
            body = json.dumps({"order_id": self.order_ids[0]})
        self.world.send(body)

    @precondition(lambda self: len(self.processes) < AT_ONCE)
    @rule(skew=skews, calls=st.integers(0, 12), fate=fates)
    def sweep(self, skew: int, calls: int, fate: Fate) -> None:
        self._go_on(self.world.sweep(skew_ms=skew), calls, fate)

    # What goes wrong

    @precondition(lambda self: self.processes)
    @rule(data=st.data(), calls=st.integers(0, 8), fate=fates)
    def go_on(self, data: st.DataObject, calls: int, fate: Fate) -> None:
        self._go_on(self.pick(data, self.processes), calls, fate)

    @precondition(lambda self: 0 < len(self.processes) < AT_ONCE)
    @rule(data=st.data(), calls=st.integers(1, 6), late_calls=st.integers(0, 4), fate=fates)
    def be_overtaken(self, data: st.DataObject, calls: int, late_calls: int, fate: Fate) -> None:
        """A process stands still until every lease is over; others take its orders, then it
        wakes up."""
        late = self.pick(data, self.processes)
        self.world.advance(LEASE_MS)
        for order_id in self._leased()[: AT_ONCE - len(self.processes)]:
            self._deliver_one_more(order_id, calls)
        self._go_on(late, late_calls, fate)

    @precondition(lambda self: self._leased() and len(self.processes) < AT_ONCE)
    @rule(data=st.data(), calls=st.integers(1, 6))
    def be_looked_at_by_two(self, data: st.DataObject, calls: int) -> None:
        """Another message about an order that a worker holds."""
        self._deliver_one_more(self.pick(data, self._leased()), calls)

    def _leased(self) -> list[str]:
        return [key for key, item in self.world.table.items.items() if "lease_token" in item]

    def _deliver_one_more(self, order_id: str, calls: int) -> None:
        body = queue.body_of(order_id)
        process = self.world.deliver([self.world.send(body)])
        assert process is not None
        self._go_on(process, calls, Fate.WELL)

    @rule(seconds=st.sampled_from([1, 3, 10, 24, 24, 60, 120]))
    def time_passes(self, seconds: int) -> None:
        """Around what matters: a pause, the end of a lease, a sweep, the visibility timeout."""
        self.world.advance(seconds * 1000)

    @precondition(lambda self: self.number % 3 == 0)
    @rule(ms=st.sampled_from([GIVE_UP_AFTER_MS, DAY_MS, 20 * DAY_MS, 31 * DAY_MS]))
    def long_time_passes(self, ms: int) -> None:
        self._let_everybody_die()
        self.world.advance(ms)

    @precondition(lambda self: self.number % 4 == 0)
    @rule(dish=st.sampled_from(DISHES), days=st.sampled_from([29, 31, 59]))
    def order_the_same_again(self, dish: str, days: int) -> None:
        """Weeks later the audio of the same words may be about to expire."""
        for wait_days in (days, 1):
            self._let_everybody_die()
            self.world.place(self.an_order(dish), TRAVELLERS[0], None).run()
            self.world.deliver_all()
            self.world.advance(wait_days * DAY_MS)

    @precondition(lambda self: self.world.dead_letters)
    @rule()
    def redrive_by_hand(self) -> None:
        """As the console does it: the message as it was, without reopening its order."""
        self.world.send(self.world.dead_letters.pop())

    def _go_on(self, process: Process, calls: int, fate: Fate) -> None:
        """So many calls go well, the next one as `fate` wills; before another, it waits."""
        for each in (*[Fate.WELL] * calls, fate):
            if not process.is_over:
                process.resume(each)
        if process not in self.processes:
            self.processes.append(process)
        self._bury()

    def _owner_of(self, order_id: str) -> Caller:
        item = self.world.table.items[order_id]
        owner = item["owner"]["S"] if "owner" in item else "nobody"
        return next((c for c in TRAVELLERS if owner == f"line:{c.user_id}"), GUEST)

    # What must hold

    @invariant()
    def promises_are_kept(self) -> None:
        self.world.promises.verify()

    def teardown(self) -> None:
        """Everything heals; whoever has not woken up is dead. Every order ends, most at once."""
        try:
            for process in self.processes:
                process.kill()
            hopeful = [*filter(self._is_hopeful, self.world.table.items.values())]
            self.world.pass_minutes(2)
            for item in hopeful:
                now = self.world.table.items[item["order_id"]["S"]]
                is_erased = "owner" not in now  # By whose wish, the promises look.
                assert is_erased or now["status"]["S"] == "completed", (now, *self.world.log)
            self.world.pass_minutes(GIVE_UP_AFTER_MS // 60_000)
            self.world.promises.verify()
            for item in self.world.table.items.values():
                assert "open" not in item
                assert "erasure_asked_at" not in item
            assert self.world.messages == {}
        finally:
            self._stack.close()

    def _is_hopeful(self, item: dict[str, Any]) -> bool:
        """Whether the sweeper has to save an open order within 90 s, were its message lost."""
        if "open" not in item:
            return False
        has_attempts = int(item["attempts"]["N"]) < app_settings().max_attempts
        age = self.world.now - int(item["opened_at"]["N"])
        has_time = age < GIVE_UP_AFTER_MS - 3 * 60_000
        return has_attempts and has_time and int(item["requeues"]["N"]) < 2


def run(examples: int, *phases: Phase) -> None:
    run_state_machine_as_test(
        BadDay,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            phases=phases,
            database=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=True,
        ),
    )

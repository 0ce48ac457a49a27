"""Whether the machine would catch our mistakes: the code is broken on purpose, one line a time.

`make nightly`; each takes seconds to a minute.
"""

import inspect
import textwrap
from typing import Any

import pytest
from hypothesis import Phase

from chalicelib import fulfilment, worker
from chalicelib.orders import conditional, erasing, intake, transitions
from chalicelib.orders.open_orders import OpenOrders
from chalicelib.speech.speaker import Speaker
from chalicelib.speech.store import VoiceStore
from tests.unit.reliability.machine import EXAMPLES, run

MUTANTS: dict[str, tuple[Any, str, str, str]] = {
    "a new retry key at every push": (
        *(fulfilment, "_notify", "retry_key=retry_key(record)"),
        "retry_key=uuid.uuid4()",
    ),
    "a claim in spite of a lease": (
        *(transitions, "claim", " & (OrderRecord.lease_expires_at <= now)"),
        "",
    ),
    "a claim whenever": (*(transitions, "claim", " & is_recent"), ""),
    "a claim however often": (*(transitions, "claim", " & has_attempts_left"), ""),
    "writing without the lease": (
        *(transitions, "_is_mine", "has_my_lease & is_being_worked_on"),
        "is_being_worked_on",
    ),
    "accepting over what is there": (
        *(transitions, "accept", "is_new | is_forgotten"),
        "OrderRecord.owner.exists() | is_new",
    ),
    "giving up what is worked on": (
        *(transitions, "give_up", " & (OrderRecord.lease_expires_at <= now)"),
        "",
    ),
    "reopening what has not failed": (
        *(transitions, "reopen", "has_failed & may_be_cured"),
        "may_be_cured",
    ),
    "a sweeper that sends nothing": (
        *(worker, "_queue_again", "queue.send_all(order_ids, deadline=deadline)"),
        "{}",
    ),
    "a sweeper that reads the shards that are written": (
        *(OpenOrders, "__init__", "in SHARDS:"),
        "in SHARDS[:settings().open_shards]:",
    ),
    "a sweeper that ends nothing": (*(worker, "_sweep", "end_spent(record)"), "False"),
    "audio that was never stored": (
        *(Speaker, "speak", "self._store.put(key, mp3, duration_ms=length, engine=engine.name)"),
        "Voice(key, length, engine.name)",
    ),
    "audio that is about to expire": (
        *(VoiceStore, "_recording", "self._reusable_for.total_seconds()"),
        "(self._reusable_for.total_seconds() * 9)",
    ),
    "somebody else's write for one's own": (
        *(conditional, "_after_refusal", "and record.write_id == write_id"),
        "",
    ),
    "erasing what is under way": (*(transitions, "erase", " & has_ended"), ""),
    "erasing nothing": (
        *(erasing, "erase_orders", "transitions.erase(record)"),
        "None",
    ),
    "an end that forgets to erase": (*(transitions, "_end", "condition & is_kept"), "condition"),
    "erasing all but a name": (
        *(transitions, "_erasure", "name not in KEPT_OF_ERASED"),
        'name not in {*KEPT_OF_ERASED, "store_name"}',
    ),
    "an erased order's id for anybody's order": (
        *(transitions, "_erasure", "name not in KEPT_OF_ERASED"),
        'name not in KEPT_OF_ERASED - {"expires_at"}',
    ),
    "anybody's order for anybody": (
        *(intake, "_is_visible", "line_user_id(record.owner) in (None, caller.user_id)"),
        "True",
    ),
}
"""What is broken: where, what is there, what is put in its place."""


@pytest.mark.skipif(EXAMPLES < 1000, reason="make nightly: takes minutes")
@pytest.mark.timeout(0)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_machine_catches_every_mistake(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, good, bad = MUTANTS[mutant]
    source = textwrap.dedent(inspect.getsource(getattr(place, name)))
    assert good in source
    namespace = vars(place if inspect.ismodule(place) else inspect.getmodule(place))
    made: dict[str, Any] = {}
    exec(compile(source.replace(good, bad), mutant, "exec"), namespace, made)  # noqa: S102
    monkeypatch.setattr(place, name, made[name])
    with pytest.raises((AssertionError, ExceptionGroup)):
        run(EXAMPLES, Phase.generate)

"""Steps that the tests of this folder share: one order's way through a `World`."""

from chalicelib.orders.intake import Caller
from chalicelib.orders.record import OrderRecord
from tests.unit.orders_support import ORDER, USER
from tests.unit.reliability.process import Fate, Process
from tests.unit.reliability.world import World

TRAVELLER = Caller(USER, "192.0.2.1")


def placed(world: World, *, key: str | None = None) -> OrderRecord:
    record: OrderRecord = world.place(ORDER, TRAVELLER, key).run_well()
    return record


def delivered(world: World, *messages: str, skew_ms: int = 0) -> Process:
    process = world.deliver(messages or world.visible(), skew_ms=skew_ms)
    assert process is not None
    return process


def until_call(process: Process, name: str) -> Process:
    while process.waits_for and not process.waits_for.endswith(name):
        process.resume(Fate.WELL)
    return process


def assert_one_push(world: World, order_id: str) -> None:
    world.promises.verify()
    assert world.record(order_id).status == "completed", world.log
    assert len(world.accepted_pushes) == 1
    assert len(world.objects) == 1

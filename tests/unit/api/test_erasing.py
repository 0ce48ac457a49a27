"""The contract of DELETE /api/orders, and what an erased order is to everybody afterwards."""

from collections.abc import Callable
from itertools import count
from types import SimpleNamespace

import boto3
import pytest

import app
from chalicelib.order import Notified
from chalicelib.orders import erasing, transitions
from chalicelib.orders.identity import line_owner
from chalicelib.orders.record import table
from chalicelib.orders.voice_address import voice_file
from tests.unit.api.api_client import UUID, Api, complete, order
from tests.unit.orders_support import NOW, SENTENCE, USER, VOICE, Queue, accepted

pytestmark = pytest.mark.usefixtures("signed_in")
ME = {"Authorization": f"Bearer {USER}"}
OTHER = {"Authorization": "Bearer U2"}


def placed(api: Api, user: str = USER, *, ended: bool = True, **headers: str) -> str:
    answer = api.post(order(), Authorization=f"Bearer {user}", **headers)
    order_id: str = answer.json["order_id"]
    if ended:
        complete(order_id)
    return order_id


def erase(api: Api) -> dict[str, object]:
    answer = api.request("DELETE", "/api/orders", headers=ME)
    assert answer.status == 200
    return answer.json


def listed(api: Api, headers: dict[str, str]) -> list[str]:
    orders = api.request("GET", "/api/orders", headers=headers).json["orders"]
    return [entry["order_id"] for entry in orders]


def test_a_user_erases_all_of_their_orders_and_nobody_elses(api: Api) -> None:
    mine = [placed(api) for _ in range(3)]
    theirs, guests = placed(api, "U2"), api.post(order()).json["order_id"]
    assert erase(api) == {"erased": 3, "under_way": 0, "left": False}
    assert listed(api, ME) == []
    assert listed(api, OTHER) == [theirs]
    assert api.status(guests).status == 200
    for order_id in mine:
        assert api.status(order_id, **ME).status == 404


def test_nothing_of_an_erased_order_is_stored_but_its_id(api: Api) -> None:
    order_id = placed(api)
    expires_at = int(table().get(order_id).expires_at)
    erase(api)
    [item] = boto3.client("dynamodb").scan(TableName="orders")["Items"]
    assert item.keys() == {"order_id", "expires_at", "write_id"}
    assert (item["order_id"]["S"], int(item["expires_at"]["N"])) == (order_id, expires_at)


def test_an_erased_order_is_as_one_that_never_was(api: Api) -> None:
    key = "s3cret"
    order_id = placed(api)
    file = voice_file(order_id, int(table().get(order_id).created_at), key)
    assert api.request("GET", f"/api/voices/{order_id}/{file}").status == 302
    asked: dict[str, Callable[[str], tuple[str, str]]] = {
        "status": lambda at: ("GET", f"/api/orders/status/{at}"),
        "retry": lambda at: ("POST", f"/api/orders/{at}/retry"),
        "voice": lambda at: ("GET", f"/api/voices/{at}/{file}"),
    }
    erase(api)
    for ask in asked.values():
        for headers in (ME, OTHER, {}):
            answers = [api.request(*ask(at), headers=headers) for at in (order_id, "0" * 26)]
            erased, never = [(each.status, each.text) for each in answers]
            assert erased == never
            assert erased[0] == 404


def test_a_guest_has_to_sign_in_to_erase(api: Api) -> None:
    order_id = placed(api)
    answer = api.request("DELETE", "/api/orders")
    assert (answer.status, answer.json["code"]) == (401, "sign_in_required")
    expired = api.request("DELETE", "/api/orders", headers={"Authorization": "Bearer expired"})
    assert (expired.status, expired.json["code"]) == (401, "token_expired")
    assert api.status(order_id, **ME).status == 200


def test_erasing_again_finds_nothing(api: Api) -> None:
    placed(api)
    erase(api)
    [before] = table().scan()
    assert erase(api) == {"erased": 0, "under_way": 0, "left": False}
    [after] = table().scan()
    assert after.write_id == before.write_id


def test_an_order_under_way_is_spoken_and_erased_as_it_ends(api: Api) -> None:
    order_id = placed(api, ended=False)
    assert erase(api) == {"erased": 0, "under_way": 1, "left": False}
    assert api.status(order_id, **ME).json["processing"]
    complete(order_id)
    assert api.status(order_id, **ME).status == 404
    assert listed(api, ME) == []


def test_one_that_is_claimed_while_it_is_erased_is_erased_by_its_worker(api: Api) -> None:
    order_id = placed(api, ended=False)
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    spoken = transitions.record_voice(record, VOICE, SENTENCE)
    assert erase(api)["under_way"] == 1
    ended = transitions.complete(spoken, Notified("sent"), now=NOW)
    assert ended.is_erased
    assert erase(api) == {"erased": 0, "under_way": 0, "left": False}


def test_whoever_has_many_orders_is_told_that_some_are_left_and_asks_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        placed(api)
    ticks = count()
    clock = SimpleNamespace(monotonic=lambda: next(ticks))
    for module in (app, erasing):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(app, "ERASE_SECONDS", 3)  # The third look at the clock is too late.
    answers = [erase(api)]
    while answers[-1]["left"]:
        answers.append(erase(api))
    assert [answer["left"] for answer in answers] == [True, True, False]
    assert sum(int(str(answer["erased"])) for answer in answers) == 5
    assert listed(api, ME) == []


def test_a_key_sent_again_after_erasing_places_no_order_behind_ones_back(
    api: Api, queued: Queue
) -> None:
    """Not for its user, nor for a guest who has the UUID; a new key does."""
    order_id = placed(api, Idempotency_Key=UUID)
    placed(api, Idempotency_Key="mine")
    erase(api)
    queued.bodies()
    for headers in (ME, OTHER, {}):
        again = api.post(order(), **headers, Idempotency_Key=UUID)
        assert (again.status, again.json["code"]) == (422, "idempotency_key_reused")
    again = api.post(order(), **ME, Idempotency_Key="mine")
    assert (again.status, again.json["code"]) == (422, "idempotency_key_reused")
    assert queued.bodies() == []
    assert api.status(order_id, **ME).status == 404
    assert placed(api, Idempotency_Key=UUID.replace("6", "7")) != order_id


def test_the_id_of_an_erased_order_is_free_when_it_would_have_expired(api: Api) -> None:
    order_id = placed(api)
    record = table().get(order_id)
    late = int(record.expires_at) * 1000
    erase(api)
    owner, what = line_owner(USER), accepted().order
    assert transitions.accept(order_id, owner, what, now=late - 1) is None
    assert transitions.accept(order_id, owner, what, now=late) is not None


def test_what_was_erased_is_not_brought_back_by_a_write_that_comes_late(api: Api) -> None:
    record = transitions.claim(placed(api, ended=False), token="a", lease_ms=1, now=NOW)
    assert record is not None
    spoken = transitions.record_voice(record, VOICE, SENTENCE)
    transitions.complete(spoken, Notified("sent"), now=NOW)
    erase(api)
    with pytest.raises(transitions.LeaseLost):
        transitions.complete(spoken, Notified("sent"), now=NOW)
    with pytest.raises(transitions.LeaseLost):
        transitions.hand_back(record, "internal_error", now=NOW)
    with pytest.raises(transitions.LeaseLost):
        transitions.record_voice(record, VOICE, SENTENCE)
    assert transitions.claim(record.order_id, token="b", lease_ms=1, now=NOW) is None
    assert transitions.reopen(record, now=NOW) is None
    assert transitions.give_up(record, "internal_error", now=NOW) is None
    assert transitions.requeue(spoken, now=NOW) is None
    assert table().get(record.order_id).is_erased


def test_a_late_erasure_leaves_a_later_order_of_the_same_id_alone(api: Api) -> None:
    old = table().get(placed(api))
    late = int(old.expires_at) * 1000
    assert transitions.accept(old.order_id, line_owner(USER), old.order, now=late) is not None
    assert transitions.erase(old) is None
    assert transitions.erase_once_ended(old, now=late) is None


def test_a_failed_order_that_is_tried_again_meanwhile_is_erased_by_its_end(api: Api) -> None:
    record = transitions.claim(placed(api, ended=False), token="a", lease_ms=1, now=NOW)
    assert record is not None
    failed = transitions.fail(record, "speech_unavailable", now=NOW)
    assert transitions.reopen(failed, now=NOW) is not None
    assert transitions.erase(failed) is None
    assert transitions.erase_once_ended(failed, now=NOW) is not None
    again = transitions.claim(failed.order_id, token="b", lease_ms=1, now=NOW)
    assert again is not None
    assert transitions.fail(again, "speech_impossible", now=NOW).is_erased

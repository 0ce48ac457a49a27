"""What must hold at every moment, whatever dies: checked at every write and every push."""

import json
from typing import TYPE_CHECKING, Any

from chalicelib.orders import voice_address
from chalicelib.orders.identity import line_owner, line_user_id
from chalicelib.orders.transitions import CLOCK_SKEW_MS, KEPT_OF_ERASED
from chalicelib.settings import settings
from chalicelib.speech.mp3 import duration_ms
from tests.unit.reliability.fake_table import Item

if TYPE_CHECKING:
    from tests.unit.reliability.process import Process
    from tests.unit.reliability.world import World

NEXT = {
    None: {"pending"},
    "pending": {"pending", "processing", "completed", "failed"},
    "processing": {"processing", "completed", "failed"},
    "failed": {"pending"},
    "completed": set(),
}
"""The life of an order, as `transitions.py` draws it. Nothing follows on completed."""
ORDERED = ("owner", "request_digest", "created_at", "expires_at", "store_name", "items", "language")
OPEN_STATUSES = {"pending", "processing"}
DAY_MS = 86_400_000
ADDRESS_KEY = "address-key"


class Promises:
    """Those of one world. Broken ones are noted: what is raised here, the app might catch."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.broken: list[str] = []
        self._holders: dict[str, Process | None] = {}
        """By lease token."""
        self._asked: dict[str, int] = {}
        """By owner: the moment until which their orders may be erased."""
        self._erased: dict[str, Item] = {}
        """What was erased, as it was before."""

    def verify(self) -> None:
        """Raises `AssertionError` with what happened, if a promise was broken so far."""
        self._check_what_lives()
        self._check_what_is_erased()
        assert not self.broken, "\n".join([*self.broken, *self._world.log])

    def check_write(self, before: Item | None, after: Item) -> None:
        """No state goes backwards, and every state is true."""
        if "owner" not in after:
            self._check_erasure(before, after)
            return
        if before and before.get("created_at") != after["created_at"]:
            is_forgotten = int(before["expires_at"]["N"]) * 1000 <= self._world.now + CLOCK_SKEW_MS
            self._promise(is_forgotten, "an order in the place of another that lives")
            before = None
        status = after["status"]["S"]
        self._promise(status in NEXT[before["status"]["S"] if before else None], "backwards")
        self._promise(("open" in after) is (status in OPEN_STATUSES), "open orders are open")
        self._promise(("due_at" in after) is ("open" in after), "every open order is looked after")
        self._promise(int(after["attempts"]["N"]) <= settings().max_attempts, "too many attempts")
        self._check_lease(before, after)
        if before:
            self._promise(all(before[name] == after[name] for name in ORDERED), "what was ordered")
            spoken = before.get("voice_key")
            self._promise(spoken in (None, after.get("voice_key")), "a voice is kept")
            if "voice_key" in after and not spoken:
                self._check_outlives(after)
        if status == "failed":
            self._promise("voice_key" not in after and "trouble" in after, "failed says why")
        if status == "completed" and self._is_alive(after):
            self.check_completed(after)

    def erasing_is_asked(self, user_id: str, until: int) -> None:
        owner = line_owner(user_id)
        self._asked[owner] = max(until, self._asked.get(owner, 0))

    def _check_erasure(self, before: Item | None, after: Item) -> None:
        """Only what its owner asked for, and has ended, or ends so; nothing stays but its id."""
        self._promise(after.keys() <= KEPT_OF_ERASED, "something stays of an erased order")
        if before is None or "owner" not in before:
            self.broken.append("erased, and was none")
            return
        until = self._asked.get(before["owner"]["S"], 0)
        self._promise(int(before["created_at"]["N"]) <= until, "erased, and nobody asked")
        is_end = "erasure_asked_at" in before
        self._promise("open" not in before or is_end, "erased while it was under way")
        self._promise(before["expires_at"] == after["expires_at"], "another life for its id")
        self._check_lease(before, after)
        self._erased[after["order_id"]["S"]] = before

    def _check_what_is_erased(self) -> None:
        """Nothing erased comes back: its id is nobody's until it would have expired."""
        for order_id, was in self._erased.items():
            item = self._world.table.items[order_id]
            is_later = "owner" in item and item["created_at"] != was["created_at"]
            self._promise("owner" not in item or is_later, "an erased order is back")

    def _orders(self) -> dict[str, Item]:
        """The orders that are there; of those that were erased under way, as they were."""
        there = self._world.table.items.items()
        return {key: item if "owner" in item else self._erased[key] for key, item in there}

    def _check_lease(self, before: Item | None, after: Item) -> None:
        """While a lease lives, whoever holds it writes, and nobody else, but that it is to be
        erased by its end."""
        held = before.get("lease_token") if before else None
        if before and held:
            lives = int(before["lease_expires_at"]["N"]) > self._world.now + CLOCK_SKEW_MS
            is_holder = self._world.current is self._holders[held["S"]]
            changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
            is_wish = changed <= {"erasure_asked_at", "write_id"}
            self._promise(is_holder or is_wish or not lives, "somebody else's lease")
        if "lease_token" in after and after["lease_token"] != held:
            self._holders[after["lease_token"]["S"]] = self._world.current

    def _check_outlives(self, item: Item) -> None:
        """Audio is not about to expire when an order is given it."""
        entry = self._world.objects.get(item["voice_key"]["S"], {"put_at": 0})
        goes_at = entry["put_at"] + settings().audio_retention_days * DAY_MS
        stays = goes_at + CLOCK_SKEW_MS >= int(item["expires_at"]["N"]) * 1000
        self._promise(stays or not self._is_alive(item), "audio that expires before its order")

    def check_completed(self, item: Item) -> None:
        """Completed means that the audio is there, and as long as it says."""
        entry = self._world.objects.get(item["voice_key"]["S"])
        if entry is None:
            self.broken.append("completed without audio")
            return
        says = int(item["voice_duration_ms"]["N"])
        self._promise(duration_ms(entry["body"]) == says, "a duration that is not true")
        is_guest = line_user_id(item["owner"]["S"]) is None
        pushes = self.pushes_of(item)
        notification = item["notification"]["S"]
        detail = item.get("notification_detail", {"S": None})["S"]
        belongs_to = {None: notification, "not_reachable": "sent"}.get(detail, "failed")
        self._promise(notification == belongs_to, "a detail of something else")
        if is_guest:
            self._promise(notification == "skipped" or not pushes, "a guest was pushed to")
        elif notification == "sent":
            self._promise(len(pushes) == 1, "sent, but nothing arrived")

    def check_push(self, push: dict[str, Any]) -> None:
        """One push per order, to its own traveller, about nothing but that order."""
        text = json.dumps(push, ensure_ascii=False)
        items = self._orders()
        about = [order_id for order_id in items if order_id in text]
        if len(about) != 1:
            self.broken.append("a push about one order")
            return
        [order_id] = about
        item = items[order_id]
        self._promise(not self.pushes_of(item), "pushed twice")
        self._promise(line_user_id(item["owner"]["S"]) == push["to"], "somebody else's push")
        self._promise(item["store_name"]["S"] in text, "its own shop")
        for other in items.values():
            is_other = other["store_name"] != item["store_name"]
            self._promise(
                not (is_other and other["store_name"]["S"] in text), "another order's shop"
            )
        [audio] = [message for message in push["messages"] if message["type"] == "audio"]
        of, file = audio["originalContentUrl"].split("/")[-2:]
        accepted_at = voice_address.verify(order_id, file, ADDRESS_KEY)
        is_its_own = of == order_id and accepted_at == int(item["created_at"]["N"])
        self._promise(is_its_own and "voice_key" in item, "its own audio")
        self._promise(item["voice_key"]["S"] in self._world.objects, "audio that is there")

    def _check_what_lives(self) -> None:
        """What was true when it was written still is."""
        for item in self._world.table.items.values():
            if "owner" in item and item["status"]["S"] == "completed" and self._is_alive(item):
                self.check_completed(item)

    def _is_alive(self, item: Item) -> bool:
        return int(item["expires_at"]["N"]) * 1000 > self._world.now

    def pushes_of(self, item: Item) -> list[dict[str, Any]]:
        """What LINE accepted for this order; a month later, its id may be another one's."""
        order_id, since = item["order_id"]["S"], int(item["created_at"]["N"])
        return [
            push
            for push in self._world.accepted_pushes
            if push["accepted_at"] >= since and order_id in json.dumps(push)
        ]

    def _promise(self, holds: bool, what: str) -> None:
        if not holds:
            self.broken.append(what)

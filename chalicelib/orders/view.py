"""What a client is shown of an order. Pure: never the owner, never how the work is organised."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.languages import texts
from chalicelib.order import Notified, Order, Part, SignedUrl, Twd, Wording
from chalicelib.orders.erasing import Erasure
from chalicelib.orders.history import Page
from chalicelib.orders.identity import line_user_id
from chalicelib.orders.notifying import not_pushed
from chalicelib.orders.pace import look_after_ms
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.summary import readings, summarise
from chalicelib.orders.transitions import is_retryable

if TYPE_CHECKING:  # See answers.py.
    from chalicelib.orders.answers import (
        Accepted,
        ErasedOrders,
        ListedOrder,
        OrderError,
        OrderList,
        OrderStatus,
        ShownName,
        ShownPart,
        StageName,
    )

POLLED_FOR_MS = 60_000
"""How long a page asks for an order by itself."""


class Stage(NamedTuple):
    name: "StageName"
    progress: int
    """Percent."""


QUEUED = Stage("queued", 10)
SPEAKING = Stage("speaking", 40)
NOTIFYING = Stage("notifying", 80)
DONE = Stage("done", 100)


def stage(record: OrderRecord) -> Stage:
    """How far the order has come; for a failed one, how far it came."""
    if record.status == "completed":
        return DONE
    if record.voice_key:
        return NOTIFYING
    return QUEUED if record.status == "pending" else SPEAKING


def is_processing(record: OrderRecord) -> bool:
    return record.status in {"pending", "processing"}


def has_just_ended(record: OrderRecord, *, now: int) -> bool:
    """Whether whoever is told of the end now has waited for it. Later, an order is read again."""
    return not is_processing(record) and now - int(record.completed_at or 0) <= POLLED_FOR_MS


def accepted(
    record: OrderRecord, ignored: Sequence[str] = (), *, now: int, push_url: str | None = None
) -> "Accepted":
    """The answer to `POST /api/orders/quick` and to a retry; a replay says how far it is."""
    is_new = record.status == "pending"
    answer: Accepted = {
        "order_id": record.order_id,
        "status": record.status,
        "processing": is_processing(record),
        "polling_url": f"/api/orders/status/{record.order_id}",
        "poll_after_ms": look_after_ms(record, now=now),
        "message": texts(record.language)["status"]["accepted"] if is_new else _message(record),
        "ignored": [*ignored],
    }
    return {**answer, "push_url": push_url} if push_url else answer


def status(record: OrderRecord, voice: SignedUrl | None, *, now: int) -> "OrderStatus":
    """The answer to `GET /api/orders/status/{order_id}` at `now` (epoch ms); `voice` once the audio
    is in S3."""
    order = record.order
    summary = summarise(order)
    at = stage(record)
    return {
        **_listed_order(record, order),
        "stage": at.name,
        "progress": at.progress,
        "message": _message(record),
        "poll_after_ms": look_after_ms(record, now=now),
        "voice_ready": voice is not None,
        "voice_url": voice.url if voice else None,
        "voice_duration_ms": int(record.voice_duration_ms) if voice else None,
        "voice_expires_at": _iso(voice.expires_at * 1000) if voice else None,
        "spoken": record.spoken,
        "unspoken": _parts(record.unspoken),
        "undecided": _parts(record.undecided),
        "readings": [_part(part) for part in readings(order)],
        "summary_ready": True,
        "summary": {
            "chinese": summary.chinese,
            "translated": summary.translated,
            "language": summary.language,
        },
        "error": _error(record),
    }


def _parts(parts: list[Part] | None) -> "list[ShownPart] | None":
    return None if parts is None else [_part(part) for part in parts]


def _part(part: Part) -> "ShownPart":
    return {"field": part.field, "text": part.text}


def listed(page: Page) -> "OrderList":
    """The answer to `GET /api/orders`."""
    return {
        "orders": [_listed_order(record, record.order) for record in page.records],
        "next_cursor": page.next_cursor,
    }


def erased(erasure: Erasure) -> "ErasedOrders":
    """The answer to `DELETE /api/orders`."""
    return {"erased": erasure.erased, "under_way": erasure.under_way, "left": erasure.left}


def _listed_order(record: OrderRecord, order: Order) -> "ListedOrder":
    notified = _notified(record)
    return {
        "order_id": record.order_id,
        "status": record.status,
        "processing": is_processing(record),
        "store_name": order.store_name,
        "store": _shown(order.store),
        "store_id": order.store_id,
        "items": [
            {
                "name": {"original": item.original, "translated": item.translated},
                "options": [_shown(option) for option in item.options],
                "note": _shown(item.note) if item.note else None,
                "quantity": item.quantity,
                "price": _number(item.price or None),
                "subtotal": _number(item.subtotal),
                "menu_item_id": item.menu_item_id,
            }
            for item in order.items
        ],
        "total_amount": _number(order.total_amount),
        "language": order.language,
        "note": _shown(order.note) if order.note else None,
        "dining": order.dining or None,
        "people": order.people,
        "table": order.table or None,
        "allergies": [*order.allergies],
        "diets": [*order.diets],
        "notify": order.notify,
        "order_time": _iso(record.created_at),
        "notification": notified.notification,
        "notification_detail": notified.detail,
    }


def _shown(wording: Wording) -> "ShownName":
    return {"original": wording.original, "translated": wording.translated}


def _number(amount: Twd | None) -> int | float | None:
    """100 stays 100; 7.5, which JSON has no decimal for, is exact in binary."""
    return amount if amount is None or isinstance(amount, int) else float(amount)


def _message(record: OrderRecord) -> str:
    sentences = texts(record.language)["status"]
    if record.status == "failed":
        sentence = sentences["errors"][record.trouble]
    elif is_processing(record) and record.trouble and not record.voice_key:
        sentence = sentences["retrying"]
    else:
        at = stage(record).name
        is_skipped = _notified(record).notification == "skipped"
        sentence = sentences["done" if is_skipped and at == "notifying" else at]
    return str(sentence)


def _notified(record: OrderRecord) -> Notified:
    """What became of the LINE message; before the end, whether there will be one."""
    if line_user_id(record.owner) is None:
        return Notified("skipped")
    if record.notification == "pending":
        return not_pushed(record.owner, record.order) or Notified("pending")
    return Notified(record.notification, record.notification_detail)


def _error(record: OrderRecord) -> "OrderError | None":
    if record.status != "failed" or record.trouble is None:
        return None
    return {
        "code": record.trouble,
        "message": _message(record),
        "retryable": is_retryable(record),
    }


def _iso(epoch_ms: float) -> str:
    """RFC 3339, UTC, whole milliseconds."""
    moment = datetime.fromtimestamp(int(epoch_ms) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

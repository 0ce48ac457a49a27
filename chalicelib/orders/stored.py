"""An order's values in DynamoDB and back, and their digest: one mapping over the fields.

A new field of `Item` or `Order` needs no line here. The fields of the first version have their
own attributes, or their own place in the digest; every later one is stored by its name, in the
item's map or in the record's `details`, and only where it says something. So an order that uses
nothing new is stored, and digested, as it was in every version before.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pynamodb.attributes import Attribute
from pynamodb.constants import LIST, MAP

from chalicelib.order import Item, Order, Part, Wording, twd

COLUMNS = ("store_name", "store_id", "language", "items")
"""The fields of `Order` that are attributes of the record."""
_FIRST = {
    Order: COLUMNS,
    Item: ("original", "translated", "quantity", "price", "menu_item_id"),
}
"""The fields of the first version, in the digest's order."""

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def columns_of(order: Order) -> dict[str, Any]:
    """The record's attributes that hold `order`."""
    said = _said(order)
    columns = {name: said.pop(name) for name in COLUMNS if name in said}
    return columns | ({"details": said} if said else {})


def order_of(columns: Mapping[str, Any]) -> Order:
    """The order that `columns_of` took apart."""
    values = dict(columns)
    order: Order = _value(Order, (values.pop("details", None) or {}) | values)
    return order


def digest(order: Order) -> str:
    """A fingerprint of what was ordered: tells a repeated request from another one."""
    # default: a half is exact in JSON, as it is in binary.
    written = json.dumps(_content(order), ensure_ascii=False, default=float)
    return hashlib.sha256(written.encode()).hexdigest()


def _content(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_content(part) for part in value]
    first = _FIRST.get(type(value))
    if first is None:
        return value
    later = {name: _content(part) for name, part in _said(value).items() if name not in first}
    return [*(_content(getattr(value, name)) for name in first), *([later] if later else [])]


def _said(value: Order | Item) -> dict[str, Any]:
    """The fields of `value` that say something."""
    said = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: part for name, part in said.items() if part not in (None, "", ())}


def _value(kind: Any, said: Mapping[str, Any]) -> Any:
    """An `Order` or `Item` of its stored fields; those of a later version are passed over."""
    return kind(**{field.name: said[field.name] for field in fields(kind) if field.name in said})


class ItemsAttribute(Attribute[tuple[Item, ...]]):
    """A list of maps, one for each item."""

    attr_type = LIST

    def serialize(self, value: tuple[Item, ...]) -> Any:
        return [_serialize(_plain(_said(item))) for item in value]

    def deserialize(self, value: Any) -> tuple[Item, ...]:
        return tuple(_value(Item, _python(_deserialize(item))) for item in value)


class DetailsAttribute(Attribute[dict[str, Any]]):
    """A map of the order's later fields."""

    attr_type = MAP

    def serialize(self, value: dict[str, Any]) -> Any:
        return _serialize(_plain(value))["M"]

    def deserialize(self, value: Any) -> dict[str, Any]:
        details: dict[str, Any] = _python(_deserialize({"M": value}))
        return details


class PartsAttribute(Attribute[list[Part]]):
    """A list of maps: parts of the order. A list here too: PynamoDB takes a tuple for one
    element."""

    attr_type = LIST

    def serialize(self, value: list[Part]) -> Any:
        return [_serialize(part._asdict()) for part in value]

    def deserialize(self, value: Any) -> list[Part]:
        return [Part(**_deserialize(part)) for part in value]


def _plain(value: Any) -> Any:
    """Tuples as the lists that DynamoDB knows, a `Wording` as a map."""
    if isinstance(value, Wording):
        return value._asdict()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (tuple, list)) else value


def _python(value: Any) -> Any:
    """Lists as tuples, numbers as `Twd`, a map of two wordings as a `Wording`."""
    if isinstance(value, dict) and value.keys() == {*Wording._fields}:
        return Wording(**value)
    if isinstance(value, dict):
        return {name: _python(part) for name, part in value.items()}
    if isinstance(value, list):
        return tuple(_python(part) for part in value)
    return twd(value) if isinstance(value, Decimal) else value

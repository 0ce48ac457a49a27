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
    return hashlib.sha256(_as_json(_content(order)).encode()).hexdigest()


# default: a half is exact in JSON, as it is in binary.
_as_json = json.JSONEncoder(ensure_ascii=False, default=float).encode


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
        return [_written(_said(item)) for item in value]

    def deserialize(self, value: Any) -> tuple[Item, ...]:
        return tuple(_value(Item, _read(item)) for item in value)


class DetailsAttribute(Attribute[dict[str, Any]]):
    """A map of the order's later fields."""

    attr_type = MAP

    def serialize(self, value: dict[str, Any]) -> Any:
        return _written(value)["M"]

    def deserialize(self, value: Any) -> dict[str, Any]:
        details: dict[str, Any] = _read({"M": value})
        return details


class PartsAttribute(Attribute[list[Part]]):
    """A list of maps: parts of the order. A list here too: PynamoDB takes a tuple for one
    element."""

    attr_type = LIST

    def serialize(self, value: list[Part]) -> Any:
        return [_written(part._asdict()) for part in value]

    def deserialize(self, value: Any) -> list[Part]:
        return [Part(**_read(part)) for part in value]


def _written(value: Any) -> dict[str, Any]:
    """A value as DynamoDB has it ("AttributeValue", its API reference); a `Wording` as a map."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case Wording():
            return _written(value._asdict())
        case dict():
            return {"M": {name: _written(part) for name, part in value.items()}}
        case list() | tuple():
            return {"L": [_written(part) for part in value]}
    raise TypeError(f"no {type(value).__name__} is stored")


def _read(stored: Mapping[str, Any]) -> Any:
    """The same back: lists as tuples, numbers as `Twd`, a map of two wordings as a `Wording`. What
    no version so far has stored, a later one may have: it stays as it is."""
    [(kind, value)] = stored.items()
    if kind == "N":
        return twd(Decimal(value))
    if kind == "M":
        read = {name: _read(part) for name, part in value.items()}
        return Wording(**read) if read.keys() == {*Wording._fields} else read
    if kind == "L":
        return tuple(map(_read, value))
    return None if kind == "NULL" else value

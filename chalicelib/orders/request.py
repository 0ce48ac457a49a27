"""The rules of `POST /api/orders/quick`: what a client may send, under which names.

These models validate, and `GET /api/openapi.json` is generated from them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from chalicelib.errors import FieldError, OrderRefused
from chalicelib.languages import negotiate
from chalicelib.mandarin.han import has_han
from chalicelib.order import Item, Order, Twd, Wording, total_of, twd
from chalicelib.orders import aliases
from chalicelib.orders.aliases import ITEM_ALIASES, NAMES, ORDER_ALIASES
from chalicelib.orders.fields import (
    LONGEST_RAW,
    Allergies,
    Diets,
    Identifier,
    ItemName,
    ItemNote,
    LanguageTag,
    Name,
    Note,
    Options,
    Price,
    Quantity,
    StoreName,
    Sum,
    Table,
    Text,
    unread_of_options,
)
from chalicelib.orders.text import clean, places_of_lost_letters


def _aliases_of(aliases: Mapping[str, Sequence[str]]) -> Callable[[dict[str, Any]], None]:
    """For the OpenAPI document: what a field may be called, and that null is no value."""
    return lambda schema: _tell_aliases(schema, aliases)


def _tell_aliases(schema: dict[str, Any], aliases: Mapping[str, Sequence[str]]) -> None:
    properties = schema["properties"]
    if "quantity" in properties:
        number = properties["quantity"]
        kept = {"description": number.pop("description"), "default": number.pop("default")}
        properties["quantity"] = {"anyOf": [number, {"type": "null"}], **kept}
        properties["item_name"] = properties["name"]
        for name in ("original_name", "translated_name"):
            properties[name] = {"anyOf": [{"type": "string", "maxLength": 100}, {"type": "null"}]}
        schema.pop("required")
        schema["anyOf"] = [{"required": [name]} for name in ("name", "item_name", "original_name")]
    for name, others in aliases.items():
        properties |= dict.fromkeys(others, properties[name])


class OrderItem(BaseModel):
    """One line of the order. Null and blank strings are as if the field were not there."""

    model_config = ConfigDict(json_schema_extra=_aliases_of(ITEM_ALIASES))

    name: Annotated[
        Name,
        Field(
            description="A string or an object. Aliases: `item_name`, or `original_name` with "
            "`translated_name`; beside one another they may only repeat the original or the "
            "translation. Where only `translated` holds Han characters the two were swapped, and "
            "are swapped back."
        ),
    ]
    quantity: Annotated[Quantity, Field(description="Alias: `qty`.")] = 1
    price: Annotated[
        Price | None,
        Field(description="Price of one, in TWD; null or 0: not known. Alias: `price_unit`."),
    ] = None
    subtotal: Annotated[
        Sum | None,
        Field(description="Must be price × quantity where both are known; null or 0: not told."),
    ] = None
    menu_item_id: Identifier | None = None
    options: Options = []
    note: Note = None

    @model_validator(mode="before")
    @classmethod
    def _read_aliases(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        told = aliases.read(data, ITEM_ALIASES)
        names = {key: told[key] for key in NAMES if key in told}
        if names:
            told["name"] = aliases.dish_name(names)
        elif any(isinstance(data.get(key), str) for key in NAMES):
            told["name"] = {}  # Given, and blank.
        return told

    @model_validator(mode="after")
    def _subtotal_adds_up(self) -> Self:
        if self.product is not None and self.subtotal not in (None, 0, self.product):
            raise PydanticCustomError(
                "subtotal",
                "subtotal is {subtotal}, price × quantity is {product}.",
                {"subtotal": str(self.subtotal), "product": str(self.product)},
            )
        return self

    @property
    def product(self) -> Twd | None:
        return twd(self.price * self.quantity) if self.price else None


class QuickOrder(BaseModel):
    """The body of `POST /api/orders/quick`. Fields not named here are ignored, never stored; null
    and blank strings are as if the field were not there."""

    model_config = ConfigDict(json_schema_extra=_aliases_of(ORDER_ALIASES))

    store_name: Annotated[StoreName, Field(description="A string or an object.")]
    store_id: Identifier | None = None
    items: Annotated[list[OrderItem], Field(min_length=1, max_length=50)]
    total_amount: Annotated[
        Sum | None,
        Field(
            description="Must be the sum of the items where all prices are known; null or 0: "
            "not told. Alias: `total`."
        ),
    ] = None
    language: Annotated[
        LanguageTag | None,
        Field(description="BCP 47. Default: `X-LIFF-User-Lang`, `Accept-Language`, zh-TW."),
    ] = None
    note: Note = None
    dining: Annotated[
        Text | None,
        Field(
            description="`eat_in` or `takeaway`; dine_in, for_here, 內用, take_out, to_go, pickup "
            "and 外帶 are known, anything else is shown and not said. Aliases: `dining_option`, "
            "`order_type`."
        ),
    ] = None
    people: Annotated[Quantity | None, Field(description="How many eat.")] = None
    table: Table | None = None
    allergies: Annotated[
        Allergies,
        Field(description="Said last, by themselves; an unknown id is refused, never ignored."),
    ] = []
    diets: Annotated[Diets, Field(description="As `allergies`.")] = []
    notify: Annotated[
        StrictBool | None,
        Field(
            description="Whether the order is to be in the traveller's LINE chat, too. Not said: "
            "as the service is set up."
        ),
    ] = None
    line_user_id: Annotated[
        Any,
        Field(description="Never trusted. Must be the ID token's subject where there is one."),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _read_aliases(cls, data: Any) -> Any:
        return aliases.read(data, ORDER_ALIASES) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _total_adds_up(self) -> Self:
        total = total_of(item.product for item in self.items)
        if total is not None and self.total_amount not in (None, 0, total):
            raise PydanticCustomError(
                "total_amount",
                "total_amount is {given}, the items add up to {total}.",
                {"given": str(self.total_amount), "total": str(total)},
            )
        return self


class ParsedOrder(NamedTuple):
    """What a request says."""

    order: Order
    claimed_user_id: Any
    """Its `line_user_id`; not to be trusted."""
    ignored: list[str]
    """The names of fields that are not known here, at most `MOST_IGNORED`."""


MOST_IGNORED = 20


def parse_order(
    data: dict[str, Any], accept_language: str | None, page_language: str | None = None
) -> ParsedOrder:
    """The order in a JSON object; the languages are those of the request's headers.

    Raises `OrderRefused` with one `FieldError` for each broken rule.
    """
    _refuse_lost_letters(data)
    try:
        request = QuickOrder.model_validate(data)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise _refused([_field_error(problem, data) for problem in problems]) from error
    store = _wording(request.store_name)
    parts = {"store_name", "items", "total_amount", "line_user_id", "note"}
    said = request.model_dump(exclude=parts, exclude_none=True)
    said["language"] = negotiate(request.language, page_language, accept_language)
    order = Order(
        **said | {name: tuple(said[name]) for name in ("allergies", "diets")},
        store_name=store.original,
        store_translated=store.translated if store.translated != store.original else "",
        items=tuple(map(_item, request.items)),
        note=_note(request.note),
    )
    return ParsedOrder(order, request.line_user_id, _ignored(data))


def _refuse_lost_letters(data: dict[str, Any]) -> None:
    places = islice(places_of_lost_letters(data), MOST_IGNORED)
    words = "Holds U+FFFD: letters were lost on the way here. Send the body in UTF-8."
    if errors := [FieldError(_path(place), words) for place in places]:
        raise _refused(errors)


def _refused(errors: list[FieldError]) -> OrderRefused:
    detail = "; ".join(f"{field}: {message}" for field, message in errors[:3])
    return OrderRefused(detail, errors=errors)


def _ignored_in_wording(field: str, data: dict[str, Any]) -> list[str]:
    value = data.get(field)
    if not isinstance(value, dict | list):
        return []
    objects = [part for part in (value if isinstance(value, list) else [value]) if part]
    return [
        f"{field}.{name}"
        for part in objects
        if isinstance(part, dict) and "original" in part
        for name in part
        if name not in _KNOWN_IN_WORDING
    ]


_KNOWN = {*QuickOrder.model_fields, *chain(*ORDER_ALIASES.values())}
_KNOWN_IN_ITEM = {*OrderItem.model_fields, *chain(*ITEM_ALIASES.values()), *NAMES}
_KNOWN_IN_WORDING = {*ItemName.model_fields}


def _ignored(data: dict[str, Any]) -> list[str]:
    names = [name for name in data if name not in _KNOWN]
    for field in ("store_name", "note", *ORDER_ALIASES["note"]):
        names += _ignored_in_wording(field, data)
    for item in data["items"]:
        names += [f"items[].{name}" for name in item if name not in _KNOWN_IN_ITEM]
        names += [f"items[].options.{name}" for name in unread_of_options(item.get("options"))]
        for field in ("name", "item_name", "options", "note", *ITEM_ALIASES["note"]):
            names += [f"items[].{name}" for name in _ignored_in_wording(field, item)]
    shown = map(_shown, dict.fromkeys(names))
    return [name for name in shown if name][:MOST_IGNORED]


def _shown(name: str) -> str:
    """A field's name, by a stranger, as it may stand in an answer."""
    return clean(name[:LONGEST_RAW])[:100].encode(errors="replace").decode()


def _item(item: OrderItem) -> Item:
    name = _wording(item.name)
    said = item.model_dump(exclude={"name", "price", "subtotal", "options", "note"})
    return Item(
        **said,
        price=item.price or 0,
        original=name.original,
        translated=name.translated,
        options=tuple(map(_wording, item.options)),
        note=_note(item.note),
    )


def _note(note: ItemNote | None) -> Wording | None:
    return None if note is None else _wording(note)


def _wording(said: ItemName | ItemNote) -> Wording:
    original, translated = said.original, said.translated or said.original
    swapped = _is_chinese(translated) and not _is_chinese(original)
    return Wording(translated, original) if swapped else Wording(original, translated)


def _is_chinese(text: str) -> bool:
    """Han characters without kana: 抹茶ラテ is a translation, not a swapped name."""
    return has_han(text) and not _KANA.search(text)


_KANA = re.compile("[\u3041-\u30ff]")


# Errors of a whole model, told at the field that the rule is about.
_FIELD_OF_RULE = {"subtotal": "subtotal", "total_amount": "total_amount"}
# Where Pydantic speaks of itself.
_OUR_WORDS = {
    "missing": "Must be given.",
    "too_short": "Must not be empty.",
    "string_too_short": "Must not be empty.",
    "string_type": "Must be a string.",
    "list_type": "Must be a list.",
    "int_type": "Must be a whole number.",
    "bool_type": "Must be true or false.",
    "model_type": "Must be an object.",
    "model_type ItemNote": "Must be a string, or an object with `original` and `translated`.",
    "model_type ItemName": "Must be a string, or an object with `original` and `translated`.",
}


def _field_error(problem: Any, data: dict[str, Any]) -> FieldError:
    location = list(problem["loc"])
    if location[:1] == ["store_name"] and not isinstance(data.get("store_name"), dict):
        location = ["store_name"]
    rule = _FIELD_OF_RULE.get(problem["type"])
    if rule is not None:
        location.append(rule)
    kind = problem["type"]
    of_class = f"{kind} {problem.get('ctx', {}).get('class_name')}"
    words = _OUR_WORDS.get(of_class) or _OUR_WORDS.get(kind) or problem["msg"]
    if kind in ("too_long", "string_too_long"):
        is_text = isinstance(problem["input"], str)
        most = problem["ctx"]["max_length"]
        words = f"Must have at most {most} {'characters' if is_text else 'entries'}."
    return FieldError(_path(location), words)


def _path(location: Sequence[str | int]) -> str:
    """`("items", 0, "name", "original")` as `items[0].name.original`."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{_shown(step)}" if path else _shown(step)
    return path

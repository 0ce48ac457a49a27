"""The rules of `POST /api/orders/quick`: what a client may send, under which names.

These models validate, and `GET /api/openapi.json` is generated from them.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from chalicelib.errors import FieldError, OrderRefused
from chalicelib.languages import negotiate
from chalicelib.mandarin.han import has_han
from chalicelib.order import Item, Order, Wording
from chalicelib.orders.text import clean, has_lone_surrogate

LONGEST_RAW = 1000
"""Characters that a text may have before it is cleaned, which takes its time."""


def _cleaned(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    if len(text) > LONGEST_RAW:
        raise PydanticCustomError("text", "The text is far too long.")
    if has_lone_surrogate(text):
        raise PydanticCustomError("text", "The text holds half of a surrogate pair.")
    return clean(text)


def _whole(number: Any) -> Any:
    """`100.0` is 100; anything else that is no integer is left for the type to refuse."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _identifier(value: Any) -> Any:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_integer else value


Text = Annotated[str, BeforeValidator(_cleaned), Field(min_length=1, max_length=100)]
Identifier = Annotated[
    str,
    BeforeValidator(_cleaned),
    BeforeValidator(_identifier, json_schema_input_type=str | int),
    Field(min_length=1, max_length=100),
]
WholeTwd = Annotated[int, Field(strict=True, ge=0, le=1_000_000), BeforeValidator(_whole)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=99), BeforeValidator(_whole)]
Remark = Annotated[str, BeforeValidator(_cleaned), Field(min_length=1, max_length=200)]
LARGEST_SUM = 50 * 99 * 1_000_000
Sum = Annotated[int, Field(strict=True, ge=0, le=LARGEST_SUM), BeforeValidator(_whole)]


ITEM_ALIASES = {
    "quantity": ("qty",),
    "price": ("price_unit",),
    "name": ("item_name",),
    "note": ("notes", "remark", "remarks"),
}
ORDER_ALIASES = {"total_amount": ("total",), "note": ("notes", "remark", "remarks")}
FLAT_NAMES = ("original_name", "translated_name")


def _one_name(data: dict[str, Any], name: str, *aliases: str) -> None:
    """Move the value of an alias to its canonical `name`; two different values are refused."""
    given = [data.pop(key) for key in (name, *aliases) if data.get(key) is not None]
    if any(value != given[0] for value in given):
        raise PydanticCustomError(
            "ambiguous",
            "{names} say different things.",
            {"names": " and ".join((name, *aliases))},
        )
    if given:
        data[name] = given[0]


class ItemName(BaseModel):
    """A dish as the shop writes it, and in the traveller's language."""

    original: Text
    translated: Text | None = None


class ItemNote(BaseModel):
    """A remark in the shop's language, and in the traveller's."""

    original: Remark
    translated: Remark | None = None


def _as_object(value: Any) -> Any:
    """A bare string as the object it stands for; an empty one as if it were not there."""
    if value == "":
        return None
    return {"original": value} if isinstance(value, str) else value


def _as_objects(value: Any) -> Any:
    """One option as a list of one, and {"sweetness": "half"} as what it says."""
    if isinstance(value, dict) and "original" not in value:
        value = [_option(name, choice) for name, choice in value.items() if choice]
    options = value if isinstance(value, list) else [value]
    return [_as_object(option) for option in options if option not in (None, "")]


def _option(name: str, choice: Any) -> Any:
    """sugar: half; what is no choice stays as it is, to be refused."""
    choices = choice if isinstance(choice, list) else [choice]
    if choice is True:
        return name
    is_said = all(isinstance(part, str | int) and not isinstance(part, bool) for part in choices)
    return f"{name}: {', '.join(map(str, choices))}" if is_said else choice


Note = Annotated[
    Annotated[ItemNote | None, Field(description="A string or an object.")],
    BeforeValidator(_as_object, json_schema_input_type=str | ItemNote | None),
]
Options = Annotated[
    list[ItemName],
    Field(max_length=12, description="Each a string or an object."),
    BeforeValidator(_as_objects, json_schema_input_type=list[str | ItemName] | None),
]


class OrderItem(BaseModel):
    """One line of the order. Prices are whole TWD."""

    name: Annotated[
        ItemName,
        Field(
            description="A string or an object. Aliases: `item_name`, or `original_name` with "
            "`translated_name`. Where only `translated` holds Han characters the two were "
            "swapped, and are swapped back."
        ),
    ]
    quantity: Annotated[Quantity, Field(description="Alias: `qty`.")] = 1
    price: Annotated[WholeTwd, Field(description="Price of one, in TWD. Alias: `price_unit`.")]
    subtotal: Annotated[Sum | None, Field(description="Must be price × quantity.")] = None
    menu_item_id: Identifier | None = None
    options: Options = []
    note: Note = None

    @model_validator(mode="before")
    @classmethod
    def _read_aliases(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = dict(data)
        for field, aliases in ITEM_ALIASES.items():
            _one_name(data, field, *aliases)
        name: Any = data.get("name")
        if isinstance(name, str):
            name = {"original": name}
        if name is None or isinstance(name, dict):
            # original_name and translated_name beside it, or in place of it
            parts = dict(name or {})
            for part, flat in zip(("original", "translated"), FLAT_NAMES, strict=True):
                parts[flat] = data.get(flat)
                _one_name(parts, part, flat)
                parts.pop(flat, None)
            data["name"] = parts or None
        return data

    @model_validator(mode="after")
    def _subtotal_adds_up(self) -> Self:
        if self.subtotal is not None and self.subtotal != self.price * self.quantity:
            raise PydanticCustomError(
                "subtotal",
                "subtotal is {subtotal}, price × quantity is {product}.",
                {"subtotal": self.subtotal, "product": self.price * self.quantity},
            )
        return self


def _is_language_tag(tag: str) -> str:
    if not tag.replace("-", "").replace("_", "").isalnum():
        raise PydanticCustomError("language", "This is not a BCP 47 language tag.")
    return tag


class QuickOrder(BaseModel):
    """The body of `POST /api/orders/quick`. Fields not named here are ignored, never stored."""

    model_config = ConfigDict(json_schema_extra={"title": "QuickOrder"})

    store_name: Text
    store_id: Identifier | None = None
    items: Annotated[list[OrderItem], Field(min_length=1, max_length=50)]
    total_amount: Annotated[
        Sum | None, Field(description="Must be the sum of the items. Alias: `total`.")
    ] = None
    language: Annotated[
        Annotated[str, AfterValidator(_is_language_tag), Field(min_length=1, max_length=35)] | None,
        Field(description="BCP 47. Default: `Accept-Language`, then zh-TW."),
    ] = None
    note: Note = None
    line_user_id: Annotated[
        Any,
        Field(description="Never trusted. Must be the ID token's subject where there is one."),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _read_aliases(cls, data: Any) -> Any:
        if isinstance(data, dict):
            data = dict(data)
            for name, aliases in ORDER_ALIASES.items():
                _one_name(data, name, *aliases)
        return data

    @model_validator(mode="after")
    def _total_adds_up(self) -> Self:
        total = sum(item.price * item.quantity for item in self.items)
        if self.total_amount is not None and self.total_amount != total:
            raise PydanticCustomError(
                "total_amount",
                "total_amount is {given}, the items add up to {total}.",
                {"given": self.total_amount, "total": total},
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


def parse_order(data: dict[str, Any], accept_language: str | None) -> ParsedOrder:
    """The order in a JSON object.

    Raises `OrderRefused` with one `FieldError` for each broken rule.
    """
    try:
        request = QuickOrder.model_validate(data)
    except ValidationError as error:
        errors = [_field_error(problem) for problem in error.errors(include_url=False)]
        raise OrderRefused(
            "; ".join(f"{field}: {message}" for field, message in errors[:3]), errors=errors
        ) from error
    said = request.model_dump(exclude={"items", "total_amount", "line_user_id", "note"})
    said["language"] = negotiate(request.language, accept_language)
    order = Order(**said, items=tuple(map(_item, request.items)), note=_note(request.note))
    return ParsedOrder(order, request.line_user_id, _ignored(data))


def _ignored_in_wording(field: str, data: dict[str, Any]) -> list[str]:
    value = data.get(field)
    objects = [part for part in (value if isinstance(value, list) else [value]) if part]
    return [
        f"{field}.{name}"
        for part in objects
        if isinstance(part, dict) and "original" in part
        for name in part
        if name not in ItemName.model_fields
    ]


def _ignored(data: dict[str, Any]) -> list[str]:
    known = {*QuickOrder.model_fields, *chain(*ORDER_ALIASES.values())}
    known_in_item = {*OrderItem.model_fields, *chain(*ITEM_ALIASES.values()), *FLAT_NAMES}
    names = [name for name in data if name not in known]
    for field in ("note", *ORDER_ALIASES["note"]):
        names += _ignored_in_wording(field, data)
    for item in data["items"]:
        names += [f"items[].{name}" for name in item if name not in known_in_item]
        for field in ("name", "item_name", "options", "note", *ITEM_ALIASES["note"]):
            names += [f"items[].{name}" for name in _ignored_in_wording(field, item)]
    shown = (clean(name[:LONGEST_RAW])[:100] for name in dict.fromkeys(names))
    return [name for name in shown if name][:MOST_IGNORED]


def _item(item: OrderItem) -> Item:
    name = _wording(item.name)
    said = item.model_dump(exclude={"name", "subtotal", "options", "note"})
    return Item(
        **said,
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
    has_kana = any("\u3041" <= character <= "\u30ff" for character in text)
    return has_han(text) and not has_kana


# Errors of a whole model, told at the field that the rule is about.
_FIELD_OF_RULE = {"subtotal": "subtotal", "total_amount": "total_amount"}
# Where Pydantic speaks of itself.
_OUR_WORDS = {
    "too_short": "Must not be empty.",
    "model_type": "Must be an object.",
    "model_type ItemNote": "Must be a string, or an object with `original` and `translated`.",
    "model_type ItemName": "Must be a string, or an object with `original` and `translated`.",
}


def _field_error(problem: Any) -> FieldError:
    location = list(problem["loc"])
    rule = _FIELD_OF_RULE.get(problem["type"])
    if rule is not None:
        location.append(rule)
    kind = problem["type"]
    of_class = f"{kind} {problem.get('ctx', {}).get('class_name')}"
    words = _OUR_WORDS.get(of_class) or _OUR_WORDS.get(kind) or problem["msg"]
    return FieldError(_path(location), words)


def _path(location: Sequence[str | int]) -> str:
    """`("items", 0, "name", "original")` as `items[0].name.original`."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else str(step)
    return path

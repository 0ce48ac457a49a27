"""What a field of a request may hold: cleaned texts, exact amounts, wordings in two languages."""

import re
from typing import Annotated, Any, Final, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from chalicelib.order import Allergen, Diet, Twd, twd
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


def said(value: Any) -> Any:
    """A text as it would be kept, to compare it; None for one that says nothing, as for null."""
    if isinstance(value, str) and len(value) <= LONGEST_RAW and not has_lone_surrogate(value):
        return clean(value) or None
    return value


def says_nothing(value: Any) -> bool:
    return said(value) is None


_DECIMAL: Final = r"[0-9]{1,12}(\.[0-9]{1,2})?"


def number(value: Any) -> Any:
    """ "120", "7.50" and 100.0 as numbers; whatever else might be another number stays as it is."""
    if isinstance(value, str) and re.fullmatch(_DECIMAL, value.strip()):
        value = float(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


_Decimal = Annotated[str, Field(pattern=f"^{_DECIMAL}$")]


def _amount(most: int) -> PlainValidator:
    """TWD, from 0 to `most`, in halves."""

    def exact(given: Any) -> Twd:
        amount = number(given)
        is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
        if not is_number or not 0 <= amount <= most or amount * 2 % 1:
            raise PydanticCustomError(
                "amount", "Must be a number, a multiple of 0.5, from 0 to {most}.", {"most": most}
            )
        return twd(amount)

    as_json = Annotated[float, Field(ge=0, le=most, multiple_of=0.5)]
    return PlainValidator(exact, json_schema_input_type=as_json | _Decimal)


def _language_tag(tag: str) -> str:
    if not tag.replace("-", "").replace("_", "").isalnum():
        raise PydanticCustomError("language", "This is not a BCP 47 language tag.")
    return tag


def _identifier(value: Any) -> Any:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_integer else value


Absent = BeforeValidator(lambda value: None if says_nothing(value) else value)
"""Of an optional text: a blank one is as if it were not there."""
Text = Annotated[str, BeforeValidator(_cleaned), Field(min_length=1, max_length=100)]
Identifier = Annotated[
    str,
    BeforeValidator(_cleaned),
    BeforeValidator(_identifier, json_schema_input_type=str | int),
    Field(min_length=1, max_length=100),
]
LanguageTag = Annotated[
    str,
    BeforeValidator(_cleaned),
    AfterValidator(_language_tag),
    Field(min_length=1, max_length=35),
]
Price = Annotated[Twd, _amount(1_000_000)]
Quantity = Annotated[
    int,
    Field(strict=True, ge=1, le=99),
    BeforeValidator(number, json_schema_input_type=Annotated[int, Field(ge=1, le=99)] | _Decimal),
]
Remark = Annotated[str, BeforeValidator(_cleaned), Field(min_length=1, max_length=200)]
Table = Annotated[
    str,
    BeforeValidator(_cleaned),
    BeforeValidator(_identifier, json_schema_input_type=str | int),
    Field(min_length=1, max_length=10),
]
Sum = Annotated[Twd, _amount(50 * 99 * 1_000_000)]


class ItemName(BaseModel):
    """A dish as the shop writes it, and in the traveller's language."""

    original: Text
    translated: Annotated[Text | None, Absent] = None


class ItemNote(BaseModel):
    """A remark in the shop's language, and in the traveller's."""

    original: Remark
    translated: Annotated[Remark | None, Absent] = None


def as_object(value: Any) -> Any:
    """A bare string as the object it stands for; a blank one as if it were not there."""
    parts = value.values() if isinstance(value, dict) else [value]
    if all(map(says_nothing, parts)):
        return None
    return {"original": value} if isinstance(value, str) else value


_LABELS = ("name", "group", "title", "label")
_CHOICES = ("value", "choice", "option")
_COUNTS = ("quantity", "qty", "count")
_IS_CHOSEN = ("selected", "checked", "chosen")


def _labelled(value: Any) -> Any:
    """{"id": 7, "name": "少冰", "price": 0} is 少冰, {"name": "Size", "value": "L"} is Size: L.

    {"name": "加蛋", "quantity": 2} is 加蛋 x2, {"name": "加蛋", "selected": false} is 加蛋: no.
    """
    if not isinstance(value, dict) or "original" in value:
        return value
    found = [
        next((value[name] for name in names if not says_nothing(value.get(name))), None)
        for names in (_LABELS, _CHOICES)
    ]
    texts = [text for text in found if text is not None]
    is_text = texts and all(isinstance(text, str) for text in texts)
    if not is_text:
        return value
    is_left_out = any(value.get(name) is False for name in _IS_CHOSEN)
    counts = [value[name] for name in _COUNTS if isinstance(value.get(name), int | str)]
    times = "".join(f" x{count}" for count in counts[:1] if str(count) != "1")
    return ": ".join([*texts, *(["no"] if is_left_out else [])]) + times


def unread_of_options(value: Any) -> list[str]:
    """What an object says beside its option: the `price` of {"name": "加蛋", "price": 10}."""
    known = {*_LABELS, *_CHOICES, *_COUNTS, *_IS_CHOSEN}
    options = value if isinstance(value, list) else [value]
    return [
        name
        for option in options
        if isinstance(option, dict) and isinstance(_labelled(option), str)
        for name in option
        if name not in known
    ]


def _as_objects(value: Any) -> Any:
    """One option as a list of one, and {"sweetness": "half"} as what it says."""
    if isinstance(value, list):
        value = [part for option in value for part in _said_of(option)]
    elif isinstance(value, dict):
        value = _said_of(value)
    options = value if isinstance(value, list) else [value]
    return [option for option in map(as_object, options) if option is not None]


def _said_of(value: Any) -> list[Any]:
    value = _labelled(value)
    if isinstance(value, dict) and "original" not in value:
        return [
            _option(name, choice)
            for name, choice in value.items()
            if choice and not says_nothing(choice)
        ]
    return [value]


def _option(name: str, choice: Any) -> Any:
    """sugar: half; what is no choice stays as it is, to be refused."""
    choices = choice if isinstance(choice, list) else [choice]
    choices = [part for part in choices if not says_nothing(part)]
    if choice is True:
        return name
    is_said = all(isinstance(part, str | int) and not isinstance(part, bool) for part in choices)
    return f"{name}: {', '.join(map(str, choices))}" if is_said else choice


_Short = Annotated[str, Field(max_length=100)]
_Long = Annotated[str, Field(max_length=200)]
Name = Annotated[
    ItemName, BeforeValidator(lambda name: name, json_schema_input_type=_Short | ItemName)
]
StoreName = Annotated[
    ItemName, BeforeValidator(as_object, json_schema_input_type=_Short | ItemName)
]
Note = Annotated[
    Annotated[ItemNote | None, Field(description="A string or an object.")],
    BeforeValidator(as_object, json_schema_input_type=_Long | ItemNote | None),
]
_Listed = Annotated[list[_Short | ItemName | dict[str, Any]], Field(max_length=12)]
Options = Annotated[
    list[ItemName],
    Field(
        max_length=12,
        description="Each a string or an object: `original` and `translated`, or what a menu's "
        "database has, `name` and `value`, `sugar: half`. One alone needs no list.",
    ),
    BeforeValidator(_as_objects, json_schema_input_type=_Listed | _Short | dict[str, Any] | None),
]


def _listed(value: Any) -> Any:
    """One id as a list of one; none as no list."""
    if says_nothing(value):
        return []
    return [value] if isinstance(value, str) else value


def _in_order(ids: list[Any]) -> list[Any]:
    """Each once, in the order of the labels, so that the same needs are the same order."""
    every = (*get_args(Allergen), *get_args(Diet))
    return sorted(set(ids), key=every.index)


Allergies = Annotated[
    list[Allergen],
    BeforeValidator(_listed, json_schema_input_type=list[Allergen] | Allergen | None),
    AfterValidator(_in_order),
]
Diets = Annotated[
    list[Diet],
    BeforeValidator(_listed, json_schema_input_type=list[Diet] | Diet | None),
    AfterValidator(_in_order),
]

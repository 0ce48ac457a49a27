"""A menu's document, field by field. What no single field can say is in `rules.py`.

`docs/menu.schema.json` and the answer of `GET /api/menus/{store_id}` in the API's description are
generated from these classes. The route itself serves what was published as it is, so that no
request waits for them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from chalicelib.order import Allergen
from chalicelib.orders.fields import Text

ID_PATTERN = "^[a-z0-9-]{1,64}$"
MAX_BYTES = 256 * 1024
"""Of a published document."""
HIGHEST_PRICE = 100_000
"""TWD. An order takes ten times as much, so a dish with all of its options is never too dear."""
HIGHEST_SURCHARGE = 10_000

Diet = Literal["vegan", "ovo_lacto", "five_pungent"]
"""全素, 蛋奶素, 五辛素."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _amount(least: float, most: int) -> PlainValidator:
    def halves(value: Any) -> int | float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most or value * 2 % 1:
            raise PydanticCustomError(
                "amount",
                "must be a number from {least} to {most}, a multiple of 0.5",
                {"least": least, "most": most},
            )
        return int(value) if value == int(value) else value

    as_json = Annotated[float, Field(ge=least, le=most, multiple_of=0.5)]
    return PlainValidator(halves, json_schema_input_type=as_json)


Id = Annotated[str, Field(pattern=ID_PATTERN)]
Price = Annotated[int | float, _amount(0.5, HIGHEST_PRICE)]
Surcharge = Annotated[int | float, _amount(0, HIGHEST_SURCHARGE)]
Count = Annotated[int, Field(strict=True, ge=0, le=12)]
"""An order's item takes twelve options."""


Allergens = Annotated[
    list[Allergen] | None,
    Field(description="What is in it; [] for none of these. Without it the shop has not said."),
]


class Part(BaseModel):
    """What all parts have in common: no key that nobody knows."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class Names(Part):
    """A text by language. What is published has all of them."""

    zh: Text = Field(alias="zh-TW", description="As the shop writes it: it is said to the staff.")
    en: Text | None = None
    ja: Text | None = None
    ko: Text | None = None
    th: Text | None = None
    vi: Text | None = None
    id: Text | None = None


class Hours(Part):
    """When the shop is open; shown, and asked by nobody."""

    days: list[Day] = Field(min_length=1, max_length=7)
    opens: str = Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
    closes: str = Field(
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$",
        description="Earlier than `opens`: on the next day.",
    )


class Size(Part):
    """One size of a dish."""

    id: Id
    name: Names
    price: Price | None = Field(default=None, description="TWD; null where it is not known.")


class Dish(Part):
    """One line of the menu. Either `price` or `sizes`."""

    id: Id
    name: Names
    price: Price | None = Field(default=None, description="TWD; null: 時價, or not known.")
    sizes: list[Size] = Field(default=[], max_length=12)
    options: list[Id] = Field(default=[], max_length=12, description="Ids of option groups.")
    kind: str | None = Field(
        default=None, pattern="^[a-z_]{1,32}$", description="A kind of the dictionary of dishes."
    )
    sold_out: bool = Field(default=False, strict=True)
    allergens: Allergens = None
    spicy: int = Field(default=0, strict=True, ge=0, le=3)
    diet: Diet | None = None


class Section(Part):
    """A heading, and the dishes below it."""

    id: Id
    name: Names
    dishes: list[Dish] = Field(min_length=1, max_length=500)


class Option(Part):
    """One choice of a group."""

    id: Id
    name: Names
    price: Surcharge = Field(default=0, description="TWD, on top of the dish's.")
    sold_out: bool = Field(default=False, strict=True)
    allergens: Allergens = None


class OptionGroup(Part):
    """Choices that belong together: how many must be made (`min`), and may be made (`max`)."""

    id: Id
    name: Names
    required: bool = Field(default=False, strict=True)
    min: Count = Field(default=0, description="If any is chosen; 1 at least where `required`.")
    max: Count = Field(default=1)
    options: list[Option] = Field(min_length=1, max_length=60)


class Menu(Part):
    """A shop's menu."""

    store_id: Id
    name: Names
    hours: list[Hours] = Field(default=[], max_length=21)
    sections: list[Section] = Field(min_length=1, max_length=60)
    option_groups: list[OptionGroup] = Field(default=[], max_length=60)

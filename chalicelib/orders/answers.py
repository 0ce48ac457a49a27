"""What the API answers, field by field. `view.py` and `web.py` make these answers, and
`GET /api/openapi.json` is generated from them.

A new field is one line here and one where the answer is made; mypy misses either. What a class
says of itself in a docstring is served as its description, so here comments say it.

Only mypy and `openapi.py` import this, so that no cold start waits for it.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict  # Before Python 3.12 Pydantic reads no other.

from chalicelib.languages import SUPPORTED
from chalicelib.order import Allergen, Diet, Notification, NotificationDetail, Status, Trouble
from chalicelib.orders.identity import ORDER_ID_PATTERN

StageName = Literal["queued", "speaking", "notifying", "done"]

OrderId = Annotated[str, Field(pattern=ORDER_ID_PATTERN)]
Language = Annotated[str, Field(json_schema_extra={"enum": [*SUPPORTED]})]
Twd = Annotated[
    int | float | None,
    WithJsonSchema({"type": ["number", "null"], "exclusiveMinimum": 0, "multipleOf": 0.5}),
    Field(description="TWD; null where a price is not known."),
]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Uri = Annotated[str, Field(json_schema_extra={"format": "uri"})]
UriReference = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
PollAfterMs = Annotated[int, Field(ge=0)]


class OrderState(TypedDict):
    order_id: OrderId
    status: Status
    processing: bool


# POST /api/orders/quick, and a retry.
class Accepted(OrderState):
    polling_url: UriReference
    poll_after_ms: PollAfterMs
    message: str
    ignored: Annotated[
        list[str], Field(description="Names of fields that are not known here, and not stored.")
    ]
    push_url: NotRequired[
        Annotated[
            Uri,
            Field(
                description="A WebSocket that says when to ask for the status, for who opens it "
                "within 90 s. Absent where there is none, or the order has ended."
            ),
        ]
    ]


class ShownName(TypedDict):
    original: str
    translated: str


class ShownItem(TypedDict):
    name: ShownName
    quantity: Annotated[int, Field(ge=1, le=99)]
    price: Twd
    subtotal: Twd
    menu_item_id: str | None
    options: list[ShownName]
    note: ShownName | None


class ListedOrder(OrderState):
    store_name: Annotated[str, Field(description="`store.original`.")]
    store: ShownName
    store_id: str | None
    items: list[ShownItem]
    total_amount: Twd
    language: Language
    note: ShownName | None
    dining: Annotated[
        str | None, Field(description="`eat_in`, `takeaway`, or what else the client said.")
    ]
    people: int | None
    table: str | None
    allergies: list[Allergen]
    diets: list[Diet]
    notify: Annotated[
        bool | None, Field(description="Whether to push it to the LINE chat; null: not said.")
    ]
    order_time: Time
    notification: Annotated[
        Notification,
        Field(description="`sent`: handed to LINE. Whether the chat has it is not known."),
    ]
    notification_detail: Annotated[
        NotificationDetail | None,
        WithJsonSchema({"type": ["string", "null"]}),  # There may be more one day.
        Field(
            description="Why LINE did not take the message: `quota_used_up` for this month, or "
            "`rejected`. `not_reachable`: LINE took it and shows no profile of the user, who has "
            "blocked the account, is none of its friends, or has not agreed to show it. Why none "
            "was sent: `not_asked`, or `turned_off` in this service. Null where nothing more is "
            "known."
        ),
    ]


# GET /api/orders
class OrderList(TypedDict):
    orders: list[ListedOrder]
    next_cursor: str | None


# DELETE /api/orders
class ErasedOrders(TypedDict):
    erased: Annotated[int, Field(ge=0)]
    under_way: Annotated[
        int, Field(ge=0, description="Being worked on: each is erased as soon as it has ended.")
    ]
    left: Annotated[bool, Field(description="Whether there may be more: ask again.")]


class ShownSummary(TypedDict):
    chinese: str
    translated: str
    language: Language


class ShownPart(TypedDict):
    field: Annotated[str, Field(description="Its path in the request: `items[0].note`.")]
    text: str


class OrderError(TypedDict):
    code: Annotated[Trouble, WithJsonSchema({"type": "string"})]  # There may be more one day.
    message: str
    retryable: bool


# GET /api/orders/status/{order_id}
class OrderStatus(ListedOrder):
    stage: StageName
    progress: Annotated[int, Field(ge=0, le=100)]
    message: str
    poll_after_ms: PollAfterMs
    voice_ready: bool
    voice_url: Uri | None
    voice_duration_ms: Annotated[int, Field(ge=1)] | None
    voice_expires_at: Time | None
    spoken: Annotated[str | None, Field(description="The sentence that the audio says.")]
    unspoken: Annotated[
        list[ShownPart] | None,
        Field(description="What was sent and is not said: it is to be shown."),
    ]
    undecided: Annotated[
        list[ShownPart] | None,
        Field(description="Choices that a name leaves open (乾或湯): the staff will ask."),
    ]
    readings: Annotated[
        list[ShownPart],
        Field(description="Chinese for wishes in other languages: for the staff to read."),
    ]
    summary_ready: bool
    summary: ShownSummary
    error: OrderError | None


# GET /api/health
class Health(TypedDict):
    status: Literal["ok"]


class WrongField(TypedDict):
    field: str
    message: str


# RFC 9457, of every route.
class Problem(TypedDict):
    type: UriReference
    title: str
    status: int
    detail: str
    code: str
    errors: NotRequired[list[WrongField]]

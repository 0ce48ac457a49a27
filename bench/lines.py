"""What `make bench` measures, each line against its alternative."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import gtts.tts  # type: ignore[import-untyped]
from gtts import gTTS

from bench.interpreters import Serving, Spent, fresh
from bench.loopback import answering
from bench.measuring import Line, Measured, alternate, measured
from chalicelib.mandarin.dish_name import spoken_dish
from chalicelib.speech.engines.gtts import GttsEngine
from localstack.speech_standin import serving, spoken
from tests.menu_names import menu_lines

REQUESTS = 50
"""In one batch: some 100 ms of CPU."""
BATCHES = 15
STARTS = 9
GOOGLE_SECONDS = 0.1
LONG_ORDER = "老闆您好，我要點：" + "、".join(["紅燒牛肉麵兩碗", "珍珠奶茶一杯"] * 10) + "，謝謝。"

IN_PROCESS = MappingProxyType(
    {
        "create": Line(
            "create, CPU in process",
            "µs",
            "POST /api/orders/quick of a guest, as deployed (push on)",
            "UpdateItem, PutItem, SendMessage; JSON in and out",
            goal=1.20,
        ),
        "status": Line(
            "status, CPU in process",
            "µs",
            "GET /api/orders/status/… of a completed order",
            "GetItem, a presigned URL made anew, JSON out",
            goal=1.10,
        ),
        "unchanged": Line(
            "status, unchanged (304), CPU in process",
            "µs",
            "the same with If-None-Match",
            "the same as before",
            goal=1.10,
        ),
    }
)
OVER_LOOPBACK = MappingProxyType(
    {
        what: Line(
            f"{what}, elapsed",
            "ms",
            "as above, AWS at a loopback address: DynamoDB 4 ms, SQS 6 ms",
            "as above, the same AWS",
        )
        for what in ("create", "status")
    }
)

CLIENTS = "import boto3; [boto3.client(name) for name in ({})]"
API = """
import app
from chalicelib.orders import counters, queue, record
from chalicelib.speech import store
record.table(), counters.client(), queue._client(), store.voice_store()
"""
WORKER = """
from chalicelib import worker
from chalicelib.orders import record
record.table(), worker.tools().speaker._chain[0][0]._client()
"""
SENTENCE = """
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order
item = Item(original="牛肉麵", translated="Beef noodles", quantity=2, price=150)
order_sentence(Order(store_name="老王", items=(item,), language="en"))
"""
ANSWERED = """
from bench.inside import aws, serve
aws.answer_at_once()
serve.handler_of({side!r}, "create")(serve.event("create"), serve.Context())
"""
THREE = CLIENTS.format("'dynamodb', 'sqs', 's3'")
SPEAKING = CLIENTS.format("'dynamodb', 's3', 'polly'") + (
    "\nboto3.client('apigatewaymanagementapi', endpoint_url='https://push.example/v1')"
)
OF_WORKER = "boto3's clients of DynamoDB, S3, Polly and the WebSocket's management API"
COLD = (
    (
        API,
        THREE,
        Line(
            "API, fresh interpreter until its clients stand, CPU",
            "ms",
            "app, with its clients of DynamoDB (two), SQS and S3",
            "boto3's clients of DynamoDB, SQS and S3",
            goal=1.20,
        ),
        Line("the same, memory", "MB", "as above", "as above", goal=1.20),
    ),
    (
        ANSWERED.format(side="ours"),
        ANSWERED.format(side="floor"),
        Line(
            "API, fresh interpreter until its first order is accepted, CPU",
            "ms",
            "app, one order, with what checks it",
            "the bare handler, one order",
        ),
        Line("the same until then, memory", "MB", "as above", "as above"),
    ),
    (
        WORKER,
        SPEAKING,
        Line(
            "worker, fresh interpreter until it can speak, CPU",
            "ms",
            "worker, its tools with the engine polly, its table",
            OF_WORKER,
            goal=1.50,
        ),
        Line("worker until then, memory", "MB", "as above", "as above"),
    ),
    (
        WORKER + SENTENCE,
        SPEAKING,
        Line(
            "worker, fresh interpreter until its first sentence, CPU",
            "ms",
            "the same, and an order's sentence: the tables of wishes and all expressions",
            OF_WORKER,
        ),
        Line("worker with its first sentence, memory", "MB", "as above", "as above"),
    ),
)


def lines(folder: Path, compiled_by_chalice: Path) -> Iterator[Measured]:
    """Measured one after another; `folder` is the functions' zip, the other the same without what
    is compiled in it."""
    for what, line in IN_PROCESS.items():
        yield _requests(line, folder, what, "cpu", scale=1e6)
    with answering() as endpoint:
        for what, line in OVER_LOOPBACK.items():
            yield _requests(line, folder, what, "seconds", scale=1e3, endpoint=endpoint)
    for ours, floor, cpu, memory in COLD:
        yield from _starts(cpu, memory, _starting(folder, ours), _starting(folder, floor))
    compiled, plain = _starting(folder, "import app"), _starting(compiled_by_chalice, "import app")
    line = Line(
        "API, import, CPU", "ms", "our zip, compiled", "as Chalice packs it: nothing compiled"
    )
    pairs = alternate(compiled, plain, rounds=5)
    yield measured(line, [(a.cpu * 1e3, b.cpu * 1e3) for a, b in pairs])
    yield _long_order()
    yield _names()


def _requests(
    line: Line, folder: Path, what: str, told: str, *, scale: float, endpoint: str = ""
) -> Measured:
    children = [Serving(folder, side, what, endpoint=endpoint) for side in ("ours", "floor")]
    ours, floor = (
        (lambda child=child: child.batch(REQUESTS)[told] / REQUESTS * scale) for child in children
    )
    for child in children:
        child.batch(2 * REQUESTS)
    pairs = alternate(ours, floor, rounds=BATCHES)
    for child in children:
        child.end()
    return measured(line, pairs)


def _starting(folder: Path, code: str) -> Callable[[], Spent]:
    return lambda: fresh(folder, code)


def _starts(
    cpu: Line, memory: Line, ours: Callable[[], Spent], floor: Callable[[], Spent]
) -> Iterator[Measured]:
    pairs = alternate(ours, floor, rounds=STARTS)
    yield measured(cpu, [(a.cpu * 1e3, b.cpu * 1e3) for a, b in pairs])
    yield measured(memory, [(a.memory, b.memory) for a, b in pairs])


def _seconds(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def _long_order() -> Measured:
    with serving() as google:
        google.answers, google.seconds = [(200, spoken(b"an mp3"))], GOOGLE_SECONDS
        gtts.tts._translate_url = lambda **_: google.url
        engine = GttsEngine()

        def packed() -> object:
            return engine.speak(LONG_ORDER, "zh-TW", deadline=time.monotonic() + 60)

        def as_gtts_cuts() -> object:
            return list(gTTS(LONG_ORDER, lang="zh-TW", lang_check=False, timeout=60).stream())

        line = Line(
            f"gTTS, {len(LONG_ORDER)} characters at {GOOGLE_SECONDS} s a request, elapsed",
            "ms",
            "packed at pauses",
            "as gTTS cuts them",
        )
        pairs = alternate(lambda: _seconds(packed), lambda: _seconds(as_gtts_cuts), rounds=5)
        return measured(line, [(a * 1e3, b * 1e3) for a, b in pairs])


def _names() -> Measured:
    """What it costs to read the names of menus, which must stay under 1 ms for one."""
    names = [line.name for line in menu_lines()]

    def with_a_wish() -> object:
        return [spoken_dish(f"{name} (no peanuts)") for name in names]

    def as_they_are() -> object:
        return [spoken_dish(name) for name in names]

    line = Line(f"one of {len(names)} names of menus", "µs", "with a wish", "without")
    pairs = alternate(lambda: _seconds(with_a_wish), lambda: _seconds(as_they_are), rounds=5)
    return measured(line, [(a / len(names) * 1e6, b / len(names) * 1e6) for a, b in pairs])

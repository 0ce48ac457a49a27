"""The HTTP API: each route parses, authorises, delegates and answers."""

import time
from collections.abc import Sequence

from chalice import Chalice, Response
from chalice.app import Request

from chalicelib import languages, liff, page_events, web, worker
from chalicelib.ahead import asking, preparing
from chalicelib.clock import now_ms
from chalicelib.errors import FieldError, NothingHere, OrderRefused, SignInRequired
from chalicelib.line import webhook
from chalicelib.menus import reading as menus
from chalicelib.orders import intake, json_body, queue, view
from chalicelib.orders.erasing import ERASE_SECONDS, erase_orders
from chalicelib.orders.history import MOST_ORDERS_A_PAGE, history
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.transitions import CLOCK_SKEW_MS
from chalicelib.push import connecting, tickets
from chalicelib.settings import settings
from chalicelib.speech.store import voice_store
from chalicelib.telemetry import Metric, logger, measure

# Not its own handler and level: what is logged, and how, is telemetry's.
app = Chalice(app_name="order-voice", configure_logs=False)
app.register_middleware(web.middleware, "http")
app.register_blueprint(worker.bp)
app.register_blueprint(connecting.bp)
app.register_blueprint(preparing.bp)


def _request() -> Request:
    request = app.current_request
    assert request is not None, "only routes call this"  # noqa: S101
    return request


@app.route("/api/orders/quick", methods=["POST", "OPTIONS"])
def create_quick_order() -> Response:
    from chalicelib.orders.request import parse_order  # Brings Pydantic and its models.

    request = _request()
    caller = web.caller(request)
    data = json_body.parse(web.body(request), web.content_type(request))
    parsed = parse_order(
        data,
        accept_language=request.headers.get("accept-language"),
        page_language=request.headers.get("x-liff-user-lang"),
    )
    record = intake.place(
        parsed.order,
        caller,
        claimed_user_id=parsed.claimed_user_id,
        idempotency_key=request.headers.get("idempotency-key", "").strip() or None,
    )
    logger.info("🚀 快速訂單建立請求", order_id=record.order_id, items=len(parsed.order.items))
    return _accepted(record, parsed.ignored, location=f"status/{record.order_id}")


@app.route("/api/orders/status/{order_id}", methods=["GET", "OPTIONS"])
def get_order_status(order_id: str) -> Response:
    request = _request()
    record = intake.look_up(order_id, web.caller(request))
    logger.info("🔍 查詢訂單狀態", order_id=record.order_id, status=record.status)
    voice = None
    if record.voice_key:
        voice = voice_store().url(record.voice_key, record.order_id)
    headers: web.Headers = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
    now = now_ms()
    status = view.status(record, voice, now=now)
    if view.is_processing(record):
        headers |= web.retry_after(status["poll_after_ms"])
    response = web.revalidated_json(request, status, headers)
    measure(Metric.STATUS_REQUESTS)
    if response.status_code == 200 and view.has_just_ended(record, now=now):
        measure(Metric.END_SEEN)
    return response


@app.route("/api/voices", methods=["POST", "OPTIONS"])
def prepare_voice() -> Response:
    from chalicelib.orders.request import parse_order  # As above.

    if not settings().speaks_ahead:
        raise NothingHere("No voices are prepared here.")
    request = _request()
    owner = web.caller(request).owner
    data = json_body.parse(web.body(request), web.content_type(request))
    asking.ask(parse_order(data, accept_language=None).order, owner)
    return web.answer({}, status=202)


@app.route("/api/voices/{order_id}/{file}", methods=["GET"])
def get_voice(order_id: str, file: str) -> Response:
    record = intake.with_voice(order_id, file)
    logger.info("voice asked for by its address", order_id=record.order_id)
    voice = voice_store().url(record.voice_key, record.order_id)
    return Response(body="", status_code=302, headers={"Location": voice.url})


@app.route("/api/orders/{order_id}/retry", methods=["POST", "OPTIONS"])
def retry_order(order_id: str) -> Response:
    record = intake.try_again(order_id, web.caller(_request()))
    logger.info("order reopened by its traveller", order_id=record.order_id)
    return _accepted(record, location=f"../status/{record.order_id}")


def _accepted(record: OrderRecord, ignored: Sequence[str] = (), *, location: str) -> Response:
    """202. `location` is relative, so that it survives API Gateway's stage prefix."""
    now = now_ms()
    push_url = tickets.push_url(record.order_id, now=now) if record.open else None
    answer = view.accepted(record, ignored, now=now, push_url=push_url)
    headers: web.Headers = {"Location": location, **web.retry_after(answer["poll_after_ms"])}
    return web.answer(answer, status=202, headers=headers)


@app.route("/api/orders", methods=["GET", "OPTIONS"])
def list_orders() -> Response:
    request = _request()
    user_id = web.caller(request).user_id
    if user_id is None:
        raise SignInRequired("Sign in with LINE to see your orders.")
    query: dict[str, str] = dict(request.query_params or {})
    page = history(
        user_id,
        limit=_limit(query.get("limit", "20")),
        cursor=query.get("cursor"),
        now=now_ms(),
    )
    return web.answer(view.listed(page))


@app.route("/api/orders", methods=["DELETE"])
def delete_orders() -> Response:
    user_id = web.caller(_request()).user_id
    if user_id is None:
        raise SignInRequired("Sign in with LINE to erase your orders.")
    # What was placed before it was asked, by whichever container's clock.
    until = now_ms() + CLOCK_SKEW_MS
    erasure = erase_orders(user_id, until=until, deadline=time.monotonic() + ERASE_SECONDS)
    logger.info("orders erased", **erasure._asdict())
    return web.answer(view.erased(erasure))


def _limit(text: str) -> int:
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= limit <= MOST_ORDERS_A_PAGE:
        raise OrderRefused(
            f"limit must be a whole number from 1 to {MOST_ORDERS_A_PAGE}.",
            errors=[FieldError("limit", f"A whole number from 1 to {MOST_ORDERS_A_PAGE}.")],
        )
    return limit


@app.route("/api/line/webhook", methods=["POST"])
def receive_line_webhook() -> Response:
    if not settings().line_channel_secret_parameter:
        raise NothingHere("There is nothing at this address.")
    request = _request()
    departures = webhook.departures(
        web.body(request),
        request.headers.get("x-line-signature", ""),
        settings().line_channel_secret_parameter,
    )
    for departure in departures:
        # What is ordered from then on is not meant, however late or often the event comes.
        queue.send(queue.Erasing(departure.user_id, until=min(departure.at, now_ms()) - 1))
    logger.info("webhook of LINE", departures=len(departures))
    return web.answer({})


@app.route("/api/menus/{store_id}", methods=["GET", "OPTIONS"])
def get_menu(store_id: str) -> Response:
    headers: web.Headers = {
        "Content-Type": "application/json",
        "Cache-Control": "public, max-age=60",
    }
    return web.revalidated(_request(), menus.published(store_id), headers)


@app.route(
    "/api/page-events",
    methods=["POST", "OPTIONS"],
    # `navigator.sendBeacon` sends a text as text/plain, which a page elsewhere may without asking.
    content_types=["text/plain", "application/json"],
)
def receive_page_events() -> Response:
    body = web.body(_request())
    page_events.count(json_body.parse(body, "application/json", max_bytes=page_events.MAX_BYTES))
    return Response(body="", status_code=204)


@app.route("/api/health", methods=["GET", "OPTIONS"])
def get_health() -> Response:
    return web.answer({"status": "ok"})


@app.route("/api/openapi.json", methods=["GET", "OPTIONS"])
def get_openapi() -> Response:
    from chalicelib.openapi import document  # A cold start needs neither it nor the answers' types.

    return web.revalidated_json(_request(), document(), {"Cache-Control": "public, max-age=300"})


@app.route("/liff", methods=["GET"])
def get_liff_page() -> Response:
    request = _request()
    # API Gateway routes `/liff/` to this resource as well, and tells the path as it was.
    page = liff.page(
        settings(),
        languages.negotiate(None, None, request.headers.get("accept-language")),
        with_order=liff.opens_order(request.query_params or {}),
        ends_in_slash=request.context["path"].endswith("/"),
    )
    return web.revalidated(request, page.body, dict(page.headers))


@app.route("/liff/order-client.js", methods=["GET"])
def get_order_client() -> Response:
    client = liff.client()
    return web.revalidated(_request(), client.body, dict(client.headers))


@app.route("/liff/{version}/{name}", methods=["GET"])
def get_liff_asset(version: str, name: str) -> Response:
    asset = liff.asset(version, name)
    if asset is None:
        raise NothingHere("There is no such file.")
    return Response(body=asset.body, status_code=200, headers=dict(asset.headers))

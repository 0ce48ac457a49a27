"""The glance in a real browser: what it shows, to whom, and nothing that bites."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect

from chalicelib.telemetry import Metric
from localstack.line_standin.app import Config
from localstack.line_standin.server import serving
from tests.browser.manners import SCHEMES
from tests.nightly import at_night

EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
TOLD = Path(__file__).with_name("told.json").read_text("utf-8")
Show = Callable[..., None]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Config(channel_id="1", channel_token="t")) as url:
        yield url


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """For all: the page keeps nothing, and a new context is a new process and window."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The test fails if anything complains in it."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.unroute_all(behavior="ignoreErrors")
    page.close()
    assert [said for said in complaints if "503" not in said] == []


@pytest.fixture
def show(page: Page, url: str) -> Show:
    """Opens the page, and tells it this from then on."""
    told: dict[str, Any] = {}

    def answer(route: Route) -> None:
        route.fulfill(json=told)

    def show(state: dict[str, Any]) -> None:
        told.clear()
        told.update(state)
        if page.url == "about:blank":
            page.route("**/glance/state", answer)
            page.goto(f"{url}/glance")
        expect(page.get_by_text("Live", exact=True)).to_be_visible()

    return show


def told() -> Any:
    return json.loads(TOLD)


def order(page: Page, shop: str) -> Any:
    return page.locator("details.order").filter(has_text=shop)


def test_a_trainee_sees_what_broke(page: Page, show: Show) -> None:
    show(told())
    expect(page.get_by_role("status").get_by_text("DeadLetterAlarm would ring")).to_be_visible()
    runbook = page.get_by_role("link", name="docs/operations.md#deadletteralarm")
    with page.expect_popup() as opened:
        runbook.click()
    expect(opened.value.locator("#deadletteralarm")).to_be_in_viewport()
    expect(page.get_by_text("LINE's month is nearly used up")).to_be_hidden()
    dead = page.locator(".station").filter(has_text="Dead letters")
    expect(dead).to_contain_text("1 message")
    expect(dead).to_have_attribute("data-trouble", "")
    failed = order(page, "阿嬤牛肉麵")
    expect(failed).to_contain_text("speech_unavailable")
    expect(failed).to_contain_text("attempts 5")
    expect(failed.get_by_role("img")).to_have_accessible_name(
        "waiting 6.0 s, speaking 1.0 s, waiting 33.8 s"
    )
    expect(page).to_have_title("(1) What goes on · Order Voice")


def test_a_metric_is_told_with_its_unit_and_what_tells_it_from_others(
    page: Page, show: Show
) -> None:
    state = told()
    [of_ours] = state["metrics"]
    elsewhere = {"stage": "rehearsal", "engine": "espeak"}
    state["metrics"].append({**of_ours, "dimensions": elsewhere, "unit": "Percent", "last": 81})
    show(state)
    ours, theirs = page.locator("#metrics li").all()
    expect(ours).to_contain_text("engine espeak")
    expect(ours).to_contain_text("2.3 s")
    expect(ours).not_to_contain_text("stage")
    expect(theirs).to_contain_text("stage rehearsal")
    expect(theirs).to_contain_text("81 %")


def of_a_full_day() -> list[dict[str, Any]]:
    """Every metric there is, with every value of its dimension."""
    line = [None if n % 7 == 0 else n * n % 23 for n in range(40)]
    measured = []
    for metric in Metric:
        sets = [{metric.by.name: value} for value in metric.by.values] if metric.by else [{}]
        sets += [{}] if metric.by and metric.by.has_total else []
        seconds = {"unit": str(metric.unit), "last": 170.4, "last_at": 1795787240800}
        counts = {"count": 12345, "sum": 123456.78, "line": line}
        name = {"name": metric.label, "namespace": "OrderVoice"}
        measured += [{**name, **seconds, **counts, "dimensions": one} for one in sets]
    return measured


def test_the_metrics_of_a_full_day_fit_their_card(page: Page, show: Show) -> None:
    state = told()
    state["metrics"] = of_a_full_day()
    show(state)
    accept = page.locator("#metrics li").filter(has_text="SecondsToAccept")
    expect(accept).to_contain_text("2 min 50 s")
    assert page.locator("#metrics li").count() == len(state["metrics"]) > 40
    for width in (320, 390, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.locator(".metrics, .metrics *").evaluate_all(
            "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)"
            ".map((one) => one.className)"
        )
        assert wide == [], width
        beyond = page.locator("#metrics .spark").evaluate_all(
            """bars => {
                const card = document.querySelector(".panel.metrics").getBoundingClientRect();
                return bars.filter((one) => one.getBoundingClientRect().right > card.right).length;
            }"""
        )
        assert beyond == 0, width


def test_an_order_opened_by_the_keyboard_stays_open_and_focused_while_it_goes_on(
    page: Page, show: Show
) -> None:
    state = told()
    show(state)
    waiting = order(page, "永和豆漿")
    waiting.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(waiting.locator(".order-inside")).to_be_visible()
    expect(waiting).to_contain_text("pending")
    [newest, *_] = state["orders"]["newest"]
    newest["status"], newest["complete_ms"] = "completed", 2500
    newest["phases"][0]["to_ms"] = newest["created_at"] + 2500
    state["now"] += 1000
    show(state)
    expect(waiting).to_contain_text("complete 2.5 s")
    expect(waiting.locator(".order-inside")).to_be_visible()
    expect(waiting.locator("summary")).to_be_focused()


def test_a_time_line_ends_with_its_order(page: Page, show: Show) -> None:
    state = told()
    completed = state["orders"]["newest"][2]
    late = {"kind": "trouble", "function": "api", "text": "its voice is gone", "is_trouble": True}
    completed["steps"].append({**late, "at_ms": completed["ended_at"] + 83_000})
    show(state)
    breakfast = order(page, "早餐店")
    expect(breakfast.locator(".length")).to_have_text("2.4 s")
    expect(breakfast.locator(".mark")).to_have_text(["♪", "✓"])
    breakfast.locator("summary").click()
    expect(breakfast.get_by_text("its voice is gone")).to_be_visible()


def test_what_somebody_reads_is_not_made_anew(page: Page, show: Show) -> None:
    state = told()
    show(state)
    failed = order(page, "阿嬤牛肉麵")
    failed.evaluate("node => { node.dataset.mark = 'kept' }")
    state["now"] += 5000
    show(state)
    expect(page.get_by_text("swept 15 s ago")).to_be_visible()
    expect(failed).to_have_attribute("data-mark", "kept")


@pytest.mark.parametrize(("count", "said"), [(1, "1 message waits"), (3, "3 messages wait")])
def test_the_queue_counts_messages_which_may_be_of_one_order(
    page: Page, show: Show, count: int, said: str
) -> None:
    state = told()
    state["queues"]["orders"]["waiting"] = count
    show(state)
    expect(page.locator(".station[data-id=queue]")).to_contain_text(said)


def test_a_sweeper_that_is_silent_or_gone_is_seen(page: Page, show: Show) -> None:
    state = told()
    sweeper = page.locator(".station").filter(has_text="Sweeper")
    show(state)
    expect(sweeper).not_to_have_attribute("data-trouble", "")
    state["functions"][2]["last_at"] = state["now"] - 200_000
    show(state)
    expect(sweeper).to_have_attribute("data-trouble", "")
    state["functions"][2] |= {"exists": False, "last_at": state["now"]}
    show(state)
    expect(sweeper).to_contain_text("is gone")
    expect(sweeper).to_have_attribute("data-trouble", "")


def test_what_customers_type_stays_text(page: Page, show: Show) -> None:
    state = told()
    [first, *_] = state["orders"]["newest"]
    first |= {"store_name": EVIL, "names": [EVIL], "trouble": EVIL, "voice_engine": EVIL}
    first["steps"][0] |= {"text": EVIL, "function": EVIL}
    state["alarms"][2] |= {"description": EVIL, "reason": EVIL}
    state["metrics"][0] |= {"name": EVIL, "dimensions": {EVIL: EVIL}, "unit": EVIL}
    show(state)
    page.locator("details.order").first.locator("summary").click()
    expect(page.locator(".order-inside").first.get_by_text(EVIL).first).to_be_visible()
    assert page.locator("img, body script").count() == 0
    assert page.evaluate("window.hacked") is None


GONE: dict[str, tuple[str, str]] = {
    "orders": (".station[data-id=failed], .panel.orders", "orders"),
    "orders_queue": (".station[data-id=queue]", ""),
    "dead_queue": (".station[data-id=dead]", ""),
    "voices": (".station[data-id=voices]", "voices"),
    "functions": (".station[data-id=accepted]", ""),
    "alarms": (".panel.alarms", "alarms"),
    "logs": (".station[data-id=sweeper], .panel.metrics", ""),
}


@pytest.mark.parametrize("source", GONE)
def test_what_cannot_be_read_says_so_in_its_place_and_the_rest_lives(
    page: Page, show: Show, source: str
) -> None:
    state = told()
    where, part = GONE[source]
    why = "AWS: An error occurred (NoSuchBucket)"
    state["troubles"] = {source: why}
    if part:
        state[part] = None
    elif source == "functions":
        for function in state["functions"]:
            function["exists"] = None
    elif source != "logs":
        state["queues"][source.removesuffix("_queue")] = None
    show(state)
    for place in where.split(", "):
        expect(page.locator(place)).to_contain_text("cannot be read", ignore_case=True)
        expect(page.locator(place)).to_contain_text(why)
    expect(page.get_by_role("alert")).to_be_hidden()
    assert page.locator(".station").count() == 8
    if source != "orders":
        expect(order(page, "永和豆漿")).to_be_visible()
    if source != "alarms":
        expect(page.get_by_text("DeadLetterAlarm would ring")).to_be_visible()
    expect(page.locator("#metrics")).to_contain_text("espeak")
    for never in ("undefined", "NaN", "is gone", "null"):
        expect(page.locator("body")).not_to_contain_text(never)


@pytest.mark.parametrize("width", [320, *at_night(390, 1280)])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_fits_and_axe_finds_nothing(page: Page, show: Show, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    state = told()
    state["orders"]["newest"][0] |= {"store_name": "W" * 100, "names": ["滷" * 100]}
    state["metrics"] = of_a_full_day()
    show(state)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.getAnimations().length") == 0
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def test_where_nothing_can_be_read_it_says_why_and_goes_on_asking(page: Page, url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{url}/glance")
    expect(page.get_by_role("alert")).to_contain_text("no stack belongs to this stand-in")
    with page.expect_response("**/glance/state"):
        pass
    assert page.get_by_role("main").is_hidden()


@pytest.fixture
def clocked(browser: Browser) -> Iterator[Page]:
    """Its clock is the test's, and so that of the whole context."""
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    yield page
    page.unroute_all(behavior="ignoreErrors")
    context.close()


def test_nothing_is_asked_while_nobody_looks(clocked: Page, url: str) -> None:
    page = clocked
    page.route("**/glance/state", lambda route: route.fulfill(json=told()))
    page.goto(f"{url}/glance")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))

    def asked_within(seconds: int) -> int:
        for _ in range(seconds):
            page.clock.run_for(1000)
            page.evaluate("fetch('/glance/dom.js').then((answer) => answer.text())")
        count = asked.count("state")
        asked.clear()
        return count

    asked_within(2)
    assert asked_within(5) >= 4
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    asked_within(2)
    assert asked_within(20) == 0
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: false });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    assert asked_within(5) >= 4


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    ],
)
@pytest.mark.parametrize("path", ["/glance", "/glance/state"])
def test_other_sites_read_nothing_of_it(url: str, path: str, headers: dict[str, str]) -> None:
    assert urllib3.request("GET", url + path, headers=headers, retries=False).status == 403


def test_the_chat_view_leads_to_it(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="What goes on").click()
    expect(page.get_by_role("heading", name="What goes on")).to_be_visible()

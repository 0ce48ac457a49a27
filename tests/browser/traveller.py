"""What a traveller does on the page, and what they notice, in the page's English."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ElementHandle, Locator, Page, Request, Route, expect

STATUS = re.compile(r"/api/orders/status/[^/]+$")
QUICK = re.compile(r"/api/orders/quick$")
RETRY = re.compile(r"/api/orders/[^/]+/retry$")
AUDIO = re.compile(r"\.mp3(\?|$)")
HISTORY = re.compile(r"/api/orders\?")
ID_TOKEN = re.compile(r"/standin/id-token$")

SHOP = "sample-fuqi"
BEEF_NOODLES = "Braised beef noodle soup"
BUBBLE_TEA = "Bubble milk tea"

READY = "Now play it to the staff"
"""The headline once the voice is there."""


def new_user_id() -> str:
    """A LINE user id that nobody else has: limits count by user."""
    return f"U{secrets.token_hex(16)}"


@dataclass
class Traveller:
    page: Page
    liff_url: str
    problems: list[str] = field(default_factory=list)
    """What the browser's console complained about."""
    expected_problems: list[re.Pattern[str]] = field(default_factory=list)

    def open(self, rest: str = "", *, store: str = SHOP) -> None:
        """The page; `rest` of its address is a query, a hash, or both. At the sample shop, unless
        `store` is empty: at any counter."""
        parts = urlsplit(self.liff_url + rest)
        query = "&".join(filter(None, (parts.query, store and f"store={store}")))
        self.page.goto(parts._replace(query=query).geturl())
        expect(self.page.locator("main .boot")).to_have_count(0)
        expect(self.page.locator("main")).to_be_visible()

    def choose(self, dish: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.get_by_role("button", name=f"Add one: {dish}", exact=True).click()

    def review(self) -> None:
        self.page.get_by_role("button", name="Review order").click()
        expect(self.confirm_button).to_be_visible()

    def is_told_nothing(self) -> None:
        """Orders from now on come without a WebSocket's address: the page polls."""
        self.page.route(QUICK, changed(push_url=None))

    @property
    def confirm_button(self) -> Locator:
        return self.page.get_by_role("button", name="Confirm")

    def order(self, dish: str = BEEF_NOODLES, times: int = 2, *, aloud: bool = False) -> None:
        """From the menu up to the confirm tap; `aloud`: let the voice start by itself."""
        self.choose(dish, times)
        self.review()
        if aloud:
            self.aloud.click()
        self.confirm_button.click()

    @property
    def aloud(self) -> Locator:
        return self.page.get_by_role("button", name="Play it out loud as soon as it's ready")

    @property
    def headline(self) -> Locator:
        return self.page.locator(".headline h2")

    def sees(self, headline: str, seconds: float = 30) -> None:
        expect(self.headline).to_have_text(headline, timeout=seconds * 1000)

    def sees_the_end(self, seconds: float = 60, *, patiently: bool = False) -> None:
        """`patiently`: at the page's own pace, which is every two seconds. Otherwise the traveller
        looks away and back, and the page asks at once."""
        if not patiently:
            is_done = """() => document.querySelector('.headline[data-kind="done"]')"""
            self._looks_away_and_back_until(is_done, seconds)
        headline = self.page.locator('.headline[data-kind="done"]')
        expect(headline).to_be_visible(timeout=seconds * 1000)

    @property
    def order_id(self) -> str:
        found = re.search(r"[?&]order_id=([^&#]+)", self.page.url)
        assert found, self.page.url
        return found.group(1)

    def hears_something(self, seconds: float = 10) -> None:
        """The position moves on: sound is really being played."""
        slider = self.page.get_by_role("slider", name="Position")
        moved = "slider => Number(slider.value) > 0.3"
        self._looks_away_and_back_until(moved, seconds, slider.element_handle())
        expect(self.page.get_by_role("button", name="Pause").first).to_be_visible()

    def _looks_away_and_back_until(
        self, condition: str, seconds: float, arg: ElementHandle | None = None
    ) -> None:
        self.page.wait_for_function(
            f"""(arg) => {{
                dispatchEvent(new Event("pageshow"));
                return ({condition})(arg);
            }}""",
            arg=arg,
            polling=100,
            timeout=seconds * 1000,
        )

    def expects_failed_requests(self) -> None:
        """Chromium logs every failed request; here they are the test's doing."""
        self.expected_problems.append(re.compile("Failed to load resource"))

    def watch(self) -> None:
        """Collect what the console complains about, from now on."""
        self.page.on(
            "console",
            lambda message: (
                self.problems.append(message.text) if message.type in {"error", "warning"} else None
            ),
        )
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    @property
    def unexpected_problems(self) -> list[str]:
        return [
            problem
            for problem in self.problems
            if not any(pattern.search(problem) for pattern in self.expected_problems)
        ]


def sign_in(page: Page, user_id: str, name: str = "Mia") -> None:
    """Be that user of the LINE stand-in from the next page load on."""
    kept = json.dumps({"user_id": user_id, "name": name})
    page.add_init_script(
        "localStorage.setItem('order-voice.standin-user', "
        f"JSON.stringify({{ value: {kept}, at: Date.now() }}))"
    )


def requests_to(page: Page, pattern: re.Pattern[str], method: str = "POST") -> list[Request]:
    """A list that grows with every such request from now on."""
    seen: list[Request] = []
    page.on(
        "request",
        lambda request: (
            seen.append(request)
            if request.method == method and pattern.search(request.url)
            else None
        ),
    )
    return seen


def in_turn(*actions: Callable[[Route], None]) -> Callable[[Route], None]:
    """A route handler: the first request meets the first action, …; the rest go through."""
    left = list(actions)

    def handle(route: Route) -> None:
        if left:
            left.pop(0)(route)
        else:
            route.continue_()

    return handle


def dead_network(route: Route) -> None:
    route.abort("connectionfailed")


def server_error(route: Route) -> None:
    route.fulfill(status=500, json={"message": "Internal server error"})


def no_answer(route: Route) -> None:
    """The request hangs until the page gives it up."""


def answer_lost(route: Route) -> None:
    """The request arrives, the answer does not."""
    route.fetch()
    route.abort("connectionreset")


def changed(**news: Any) -> Callable[[Route], None]:
    """The server's own answer with other values in it, and so without its ETag."""

    def handle(route: Route) -> None:
        headers = {k: v for k, v in route.request.headers.items() if k != "if-none-match"}
        answer = route.fetch(headers=headers)
        kept = {k: v for k, v in answer.headers.items() if k != "etag"}
        route.fulfill(status=answer.status, headers=kept, json=answer.json() | news)

    return handle


STILL_SPEAKING: dict[str, Any] = {
    "status": "processing",
    "processing": True,
    "stage": "speaking",
    "progress": 40,
    "message": None,
    "voice_ready": False,
    "voice_url": None,
    "poll_after_ms": 500,
}

FAILED = {
    **STILL_SPEAKING,
    "status": "failed",
    "processing": False,
    "error": {"code": "speech_unavailable", "message": "no engine spoke", "retryable": True},
}

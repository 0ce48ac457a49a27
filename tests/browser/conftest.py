"""A phone-sized Chromium before the deployed stack."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.browser.phone import PHONE, QUIET, UNHURRIED, NewTraveller, find_chromium
from tests.browser.served_page import LIFF_URL, NewVisit, Server, serve
from tests.browser.traveller import Traveller, new_user_id, sign_in


@pytest.fixture(scope="session")
def chromium_path() -> str:
    if found := find_chromium():
        return found
    reason = "no Chromium on this machine (Debian: apt-get install chromium)"
    if os.environ.get("CI"):
        pytest.fail(f"CI looks at the page in a real browser, and there is {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    # As strict as the strictest web view: sound only in a tap.
    flags = [*QUIET, "--autoplay-policy=user-gesture-required"]
    launched = playwright.chromium.launch(executable_path=chromium_path, args=flags)
    yield launched
    launched.close()


@pytest.fixture
def new_traveller(browser: Browser, liff_url: str) -> Iterator[NewTraveller]:
    """Travellers with a phone each. At the end nobody's console may have complained."""
    yield from _travellers(browser, liff_url)


@pytest.fixture
def new_visit(browser: Browser) -> Iterator[NewVisit]:
    """Travellers at a page without a stack, each with what answers it."""

    def new(**phone: object) -> tuple[Traveller, Server]:
        traveller = new_traveller(**phone)
        return traveller, serve(traveller.page.context)

    travellers = _travellers(browser, LIFF_URL)
    new_traveller = next(travellers)
    yield new
    next(travellers, None)


def _travellers(browser: Browser, liff_url: str) -> Iterator[NewTraveller]:
    travellers: list[Traveller] = []
    contexts: list[BrowserContext] = []

    def new(
        *, user_id: str | None = None, locale: str = "en-GB", hurried: bool = False, **phone: object
    ) -> Traveller:
        """`hurried`: may tap what has come under the finger just now."""
        options = {"viewport": PHONE, "has_touch": True, "is_mobile": True} | phone
        context = browser.new_context(locale=locale, **options)  # type: ignore[arg-type]
        contexts.append(context)
        if not hurried:
            context.add_init_script(UNHURRIED)
        traveller = Traveller(context.new_page(), liff_url)
        traveller.watch()
        if user_id:
            sign_in(traveller.page, user_id)
        travellers.append(traveller)
        return traveller

    yield new
    for traveller in travellers:
        traveller.page.unroute_all(behavior="ignoreErrors")
    for context in contexts:
        context.close()
    for traveller in travellers:
        assert traveller.unexpected_problems == []


@pytest.fixture
def guest(new_traveller: NewTraveller) -> Traveller:
    return new_traveller()


@pytest.fixture
def user_id() -> str:
    return new_user_id()


@pytest.fixture
def user(new_traveller: NewTraveller, user_id: str) -> Traveller:
    """Signed in at the LINE stand-in."""
    return new_traveller(user_id=user_id)


@pytest.fixture
def hurried_user(new_traveller: NewTraveller, user_id: str) -> Traveller:
    """Signed in too; taps what has come under the finger just now."""
    return new_traveller(user_id=user_id, hurried=True)


@pytest.fixture(scope="session")
def liff_url(stack: dict[str, str]) -> str:
    return stack["LIFF_URL"]


@pytest.fixture(scope="session")
def line_url(stack: dict[str, str]) -> str:
    return stack["LINE_URL"]


@pytest.fixture(scope="session")
def api_url(stack: dict[str, str]) -> str:
    return stack["API_URL"]

"""A phone-sized Chromium before the deployed stack."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, ViewportSize

from tests.browser.phone import PHONE, QUIET, NewTraveller, find_chromium
from tests.browser.phones import HOME, ONE_PROCESS_FOR_A_SITE, Phones
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
    flags = [*QUIET, ONE_PROCESS_FOR_A_SITE, "--autoplay-policy=user-gesture-required"]
    launched = playwright.chromium.launch(executable_path=chromium_path, args=flags)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def phones(browser: Browser) -> Phones:
    return Phones(browser)


@pytest.fixture
def new_traveller(phones: Phones, liff_url: str) -> Iterator[NewTraveller]:
    """Travellers with a phone each. At the end nobody's console may have complained."""
    yield from _travellers(phones, liff_url)


@pytest.fixture
def new_visit(phones: Phones) -> Iterator[NewVisit]:
    """Travellers at a page without a stack, each with what answers it."""

    servers: list[Server] = []

    def new(**phone: object) -> tuple[Traveller, Server]:
        traveller = new_traveller(**phone)
        servers.append(serve(traveller.page.context))
        return traveller, servers[-1]

    travellers = _travellers(phones, LIFF_URL)
    new_traveller = next(travellers)
    yield new
    for server in servers:
        server.is_over = True
    next(travellers, None)


def _travellers(phones: Phones, liff_url: str) -> Iterator[NewTraveller]:
    travellers: list[Traveller] = []
    contexts: list[BrowserContext] = []

    def new(
        *,
        user_id: str | None = None,
        locale: str = HOME,
        hurried: bool = False,
        never_used: bool = False,
        viewport: ViewportSize = PHONE,
        **media: Any,
    ) -> Traveller:
        """`hurried`: may tap what has come under the finger just now. `never_used`: a phone with
        nothing in its cache. `media` as `Page.emulate_media` takes them."""
        context = phones.take(liff_url, locale=locale, hurried=hurried, never_used=never_used)
        contexts.append(context)
        page = context.new_page()
        if viewport != PHONE:
            page.set_viewport_size(viewport)
        if media:
            page.emulate_media(**media)
        traveller = Traveller(page, liff_url)
        traveller.watch()
        if user_id:
            sign_in(page, user_id)
        travellers.append(traveller)
        return traveller

    yield new
    for traveller in travellers:
        traveller.page.unroute_all(behavior="ignoreErrors")
    for context in contexts:
        phones.give_back(context)
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

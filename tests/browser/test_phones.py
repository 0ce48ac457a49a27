"""A phone that one test hands on to the next has nothing of it left."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.phones import HOME, Phones
from tests.browser.served_page import LIFF_URL, serve

LEFT = """() => ({
    kept: Object.keys(localStorage),
    keptInTheTab: Object.keys(sessionStorage),
    cookies: document.cookie,
    isOnline: navigator.onLine,
    width: innerWidth,
    isDark: matchMedia("(prefers-color-scheme: dark)").matches,
    isNamed: "named" in window,
    entries: history.length,
})"""


@pytest.fixture
def own_phones(browser: Browser) -> Iterator[Phones]:
    """That no other test takes."""
    before = [*browser.contexts]
    yield Phones(browser)
    for context in {*browser.contexts}.difference(before):
        context.close()


def open_page(context: BrowserContext) -> Page:
    page = context.new_page()
    serve(context)
    page.goto(LIFF_URL)
    return page


def test_nothing_of_a_test_is_left_on_a_phone_for_the_next_one(own_phones: Phones) -> None:
    context = own_phones.take(LIFF_URL)
    untouched = open_page(context).evaluate(LEFT)
    own_phones.give_back(context)

    context = own_phones.take(LIFF_URL)
    page = context.new_page()
    page.add_init_script("window.named = true")
    page.set_viewport_size({"width": 320, "height": 568})
    page.emulate_media(color_scheme="dark")
    serve(context)
    page.goto(LIFF_URL)
    page.evaluate("localStorage.a = sessionStorage.b = 1; document.cookie = 'c=1'")
    page.evaluate("history.pushState(null, ''); open('about:blank')")
    context.grant_permissions(["geolocation"])
    context.set_offline(True)
    touched = page.evaluate(LEFT)
    assert all(touched[what] != untouched[what] for what in untouched), touched
    own_phones.give_back(context)

    again = own_phones.take(LIFF_URL)
    assert again is context
    page = open_page(again)
    assert page.evaluate(LEFT) == untouched
    asked = "navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)"
    assert page.evaluate(asked) != "granted"


def test_a_phone_in_use_is_nobody_elses(own_phones: Phones) -> None:
    assert own_phones.take(LIFF_URL) is not own_phones.take(LIFF_URL)


def test_a_phone_with_another_clock_is_not_handed_on(own_phones: Phones) -> None:
    context = own_phones.take(LIFF_URL)
    open_page(context).clock.install()
    own_phones.give_back(context)
    assert own_phones.take(LIFF_URL) is not context


def test_who_asks_for_a_phone_that_was_never_used_gets_one(own_phones: Phones) -> None:
    context = own_phones.take(LIFF_URL)
    own_phones.give_back(context)
    new = own_phones.take(LIFF_URL, never_used=True)
    assert new is not context
    own_phones.give_back(new)
    assert own_phones.take(LIFF_URL) is context


def test_a_phone_is_handed_on_to_who_speaks_its_language(own_phones: Phones) -> None:
    context = own_phones.take(LIFF_URL, locale="ja")
    assert open_page(context).evaluate("navigator.language") == "ja"
    own_phones.give_back(context)
    assert open_page(own_phones.take(LIFF_URL)).evaluate("navigator.language") == HOME
    assert own_phones.take(LIFF_URL, locale="ja") is context

"""Phones that one test hands on to the next, with nothing left on them.

Chromium starts a process for every new browser context, and for every page that finds no other of
its site there. Opening the page then takes three times the processor time of a process that has
opened it before, and more than half of what a whole visit takes. So a context is kept, with an
empty page of the site in it that keeps the process. Every test has a tab of its own, as a context
of its own would have; what tabs share is taken away in between.

Kept are Chromium's cache and what it has compiled. A test that counts what is fetched takes a
phone `never_used`.
"""

from collections import defaultdict
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.browser.phone import PHONE, UNHURRIED

ONE_PROCESS_FOR_A_SITE = "--process-per-site"
HOME = "en-GB"
"""The language of a phone where a test names none."""


class Phone(NamedTuple):
    context: BrowserContext
    kept_open: Page
    session: CDPSession


class Phones:
    """Of one browser, started with `ONE_PROCESS_FOR_A_SITE`."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[str, str, bool], list[Phone]] = defaultdict(list)
        self._lent: dict[BrowserContext, tuple[Phone, list[Phone]]] = {}

    def take(
        self,
        page_url: str,
        *,
        locale: str = HOME,
        hurried: bool = False,
        never_used: bool = False,
    ) -> BrowserContext:
        """A phone for the site of `page_url`; `hurried` is explained at `UNHURRIED`."""
        if never_used:
            return self._new(locale, hurried)
        free = self._free[page_url, locale, hurried]
        phone = free.pop() if free else self._with_the_site_open(page_url, locale, hurried)
        self._lent[phone.context] = phone, free
        return phone.context

    def give_back(self, context: BrowserContext) -> None:
        phone, free = self._lent.pop(context, (None, []))
        if not phone or has_another_clock(phone.kept_open):
            context.close()
            return
        for page in context.pages:
            if page is not phone.kept_open:
                page.close()
        context.unroute_all(behavior="ignoreErrors")
        context.set_offline(False)
        context.clear_permissions()
        phone.session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
        free.append(phone)

    def _new(self, locale: str, hurried: bool) -> BrowserContext:
        context = self._browser.new_context(
            locale=locale, viewport=PHONE, has_touch=True, is_mobile=True
        )
        if not hurried:
            context.add_init_script(UNHURRIED)
        return context

    def _with_the_site_open(self, page_url: str, locale: str, hurried: bool) -> Phone:
        context = self._new(locale, hurried)
        page = context.new_page()
        page.route("**", lambda route: route.fulfill(body=""))
        page.goto(urlsplit(page_url)._replace(path="/kept-open").geturl())
        page.unroute_all()
        return Phone(context, page, context.new_cdp_session(page))


def has_another_clock(page: Page) -> bool:
    """`page.clock` replaces the clock of a context's every page, for good."""
    is_replaced: bool = page.evaluate("!String(setTimeout).includes('[native code]')")
    return is_replaced

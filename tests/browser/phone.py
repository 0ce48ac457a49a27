"""A phone-sized Chromium, and how a test gets a traveller with one."""

import shutil
from collections.abc import Callable

from playwright.sync_api import ViewportSize

from tests.browser.traveller import Traveller

PHONE: ViewportSize = {"width": 390, "height": 844}
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Nothing but the page under test talks to the network. No sandbox: CI runs as root."""

UNHURRIED = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(".is-settling * { pointer-events: auto }");
document.adoptedStyleSheets = [sheet];
"""
"""A test looks before it taps, so what has just come under its finger takes the tap. Half a second
for each view, several in each test, are a third of the time that these tests take."""

NewTraveller = Callable[..., Traveller]


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)

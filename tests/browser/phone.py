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

NewTraveller = Callable[..., Traveller]


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)

"""What every view has to keep: room on a small screen, targets for a thumb, what axe looks at."""

from playwright.sync_api import Page, ViewportSize

from chalicelib import languages
from tests.nightly import at_night

SCHEMES = ["light", *at_night("dark")]
# By day Thai, whose letters are tall. English is that of all other tests.
SOME_LANGUAGES = ["th", *at_night(*(one for one in languages.SUPPORTED if one != "th"))]
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 568}
TWICE_AS_LARGE: ViewportSize = {"width": 195, "height": 422}
"""A phone at a zoom of 200 %, in CSS pixels."""


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def small_targets(page: Page) -> list[str]:
    """What is tapped and is smaller than a thumb (44 pixels)."""
    small: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, a, select, input")]
            .map((element) => (element.matches(":is([type=checkbox], [type=radio])")
                ? element.closest("label") : element))
            .filter((element) => element.checkVisibility({ visibilityProperty: true }))
            .map((element) => [element.textContent, element.getBoundingClientRect()])
            .filter(([, { width, height }]) => width < 44 || height < 44)
            .map(([text, { width, height }]) => `${text}: ${width} x ${height}`)"""
    )
    return small

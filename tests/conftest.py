"""The deployed stack, for the tests that need one: started once, on ports of its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

from deploy import page
from tests.order import comes_late
from tests.ports import FOREIGN_ORIGIN
from tests.running_stack import running_stack

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

# No test is timed: the machine may be busy.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# A helper's assert says as much as a test's.
pytest.register_assert_rewrite("tests.browser", "tests.security", "tests.stack", "tests.unit")


def pytest_configure() -> None:
    page.build()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run what takes long, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: comes_late(item.nodeid))
    if config.getoption("--nightly"):
        return
    for item in items:
        if item.get_closest_marker("nightly"):
            item.add_marker(pytest.mark.skip(reason="takes long: make nightly"))


@pytest.fixture(scope="session")
def stack() -> Iterator[dict[str, str]]:
    """What `stack.env` says of the stack that tests share; a foreign page may use it."""
    with running_stack("--origins", FOREIGN_ORIGIN) as environment:
        yield environment


@pytest.fixture(scope="session")
def playwright() -> "Iterator[Playwright]":
    """The one Playwright of a run: a second one cannot start beside it."""
    from playwright.sync_api import expect, sync_playwright  # Most tests need no browser.

    # Five seconds, as Playwright has it, are not enough while a stack starts beside the page.
    expect.set_options(timeout=30_000)
    with sync_playwright() as started:
        yield started

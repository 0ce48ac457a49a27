"""What a first visit asks the API for, which `make load` puts on the bill."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request

from bench.load import first_visit
from tests.browser.phone import NewTraveller
from tests.browser.traveller import SHOP, Traveller


@pytest.fixture
def guest(new_traveller: NewTraveller) -> Traveller:
    return new_traveller(never_used=True)


def requests_of(traveller: Traveller, api_url: str) -> list[str]:
    """The addresses at our API, as the browser will have asked for them."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith(api_url):
            asked.append(request.url)

    traveller.page.on("request", note)
    return asked


@pytest.mark.parametrize(("store", "most"), [("", 3), (SHOP, 4)], ids=["any counter", "a shop"])
def test_a_first_visit_can_be_used_after_a_few_requests(
    guest: Traveller, api_url: str, store: str, most: int
) -> None:
    asked = requests_of(guest, api_url)
    guest.open(store=store)
    guest.page.wait_for_load_state("networkidle")
    names = [urlsplit(address).path.rsplit("/", 1)[-1] for address in asked]
    in_idle_time = names.index("later.js")
    assert len(names[:in_idle_time]) == most, names


def test_the_bill_counts_what_a_browser_asks_for_at_its_first_visit(
    guest: Traveller, api_url: str
) -> None:
    asked = requests_of(guest, api_url)
    guest.open()
    guest.page.wait_for_load_state("networkidle")
    assert len(asked) == len(set(asked)) == first_visit(guest.liff_url)

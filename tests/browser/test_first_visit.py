"""What a first visit asks the API for, which `make load` puts on the bill."""

from playwright.sync_api import Request

from bench.load import first_visit
from tests.browser.traveller import Traveller


def test_the_bill_counts_what_a_browser_asks_for_at_its_first_visit(
    guest: Traveller, api_url: str
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith(api_url):
            asked.append(request.url)

    guest.page.on("request", note)
    guest.open()
    guest.page.wait_for_load_state("networkidle")
    assert len(asked) == len(set(asked)) == first_visit(guest.liff_url)

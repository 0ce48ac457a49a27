"""A front end of another origin, the one of the job's own description, in a browser."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser.traveller import new_user_id
from tests.ports import FOREIGN_ORIGIN
from tests.seed_client import AT_A_PARTNER, ELSEWHERE, LIFF_HEADERS

PAGE = Path(__file__).with_name("seed-page.html").read_text("utf-8")
ORDER = "([api, body, headers]) => order(api, body, headers)"


def opened(browser: Browser, origin: str) -> Page:
    context = browser.new_context(locale="en-GB")
    # Chromium asks before a page of elsewhere may reach this machine.
    context.grant_permissions(["local-network-access"], origin=origin)
    page = context.new_page()
    page.route(f"{origin}/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(f"{origin}/")
    page.unroute_all()  # While it intercepts anything, Playwright answers preflights itself.
    return page


@pytest.mark.parametrize(
    ("body", "total", "spoken"),
    [
        (AT_A_PARTNER, 155, "老闆您好，我要點：蚵仔麵線兩碗、冬瓜茶一杯，謝謝。"),
        (ELSEWHERE, None, "老闆您好，我要點：韭菜水餃十顆、時令鮮魚一份，謝謝。"),
    ],
    ids=["a partner's menu", "a photographed menu"],
)
def test_a_front_end_of_an_allowed_origin_orders_and_polls_to_the_end(
    browser: Browser, api_url: str, body: dict[str, Any], total: int | None, spoken: str
) -> None:
    page = opened(browser, FOREIGN_ORIGIN)
    status = page.evaluate(ORDER, [api_url, body, LIFF_HEADERS])
    assert (status["status"], status["voice_ready"]) == ("completed", True)
    assert (status["spoken"], status["total_amount"]) == (spoken, total)
    assert (status["language"], status["notification"]) == ("en", "skipped")
    page.context.close()


def test_a_front_end_of_an_allowed_origin_may_send_its_users_token(
    browser: Browser, api_url: str, line_url: str
) -> None:
    page = opened(browser, FOREIGN_ORIGIN)
    user_id = new_user_id()
    answer = page.request.post(f"{line_url}/standin/id-token", data={"user_id": user_id})
    headers = {**LIFF_HEADERS, "Authorization": f"Bearer {answer.json()['id_token']}"}
    status = page.evaluate(ORDER, [api_url, {**AT_A_PARTNER, "line_user_id": user_id}, headers])
    assert (status["status"], status["notification"]) == ("completed", "sent")
    page.context.close()


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        ("http://liff.stranger.localhost", LIFF_HEADERS),
        (FOREIGN_ORIGIN, {**LIFF_HEADERS, "X-Something-Else": "1"}),
    ],
    ids=["another origin", "another header"],
)
def test_nothing_else_is_let_through(
    browser: Browser, api_url: str, origin: str, headers: dict[str, str]
) -> None:
    page = opened(browser, origin)
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate(ORDER, [api_url, AT_A_PARTNER, headers])
    page.context.close()

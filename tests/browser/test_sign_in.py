"""LINE's identity: through the LIFF SDK (a stand-in for it), expired tokens, the history."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib import languages, liff
from chalicelib.settings import Settings
from tests.browser.manners import SOME_LANGUAGES, overflow, small_targets
from tests.browser.phone import NewTraveller
from tests.browser.served_page import NewVisit
from tests.browser.traveller import (
    BUBBLE_TEA,
    HISTORY,
    QUICK,
    SHOP,
    Traveller,
    answer_lost,
    dead_network,
    in_turn,
    no_answer,
    requests_to,
    server_error,
)
from tests.nightly import at_night

LIFF_ID = "2001234567-AbCdEfGh"
SDK = "https://static.line-scdn.net/liff/edge/2/sdk.js"

FAKE_SDK = """
(() => {
    const told = %s;
    const calls = JSON.parse(sessionStorage.getItem("calls") ?? "[]");
    const note = (...call) => {
        calls.push(call);
        sessionStorage.setItem("calls", JSON.stringify(calls));
    };
    const token = () => sessionStorage.getItem("token") ?? told.token;
    const signInAgain = () => sessionStorage.setItem("token", told.nextToken);
    window.liff = {
        init: async (config) => {
            note("init", config);
            if (told.trouble === "rejects") throw new Error("INIT_FAILED");
            if (told.trouble === "hangs") await new Promise(() => {});
            if (told.inClient && sessionStorage.getItem("out")) {
                sessionStorage.removeItem("out");
                signInAgain();
            }
        },
        isLoggedIn: () => Boolean(token()),
        isInClient: () => told.inClient,
        getIDToken: token,
        getDecodedIDToken: () => told.trouble === "no openid" ? null : {
            name: "Mia",
            exp: token() === told.nextToken ? 9e9 : told.expires,
        },
        getAppLanguage: () => told.language,
        closeWindow: () => note("closeWindow"),
        logout: () => {
            note("logout");
            sessionStorage.setItem("out", "yes");
        },
        login: ({ redirectUri }) => {
            note("login", redirectUri);
            signInAgain();
            location.href = redirectUri;
        },
    };
})();
"""


def id_token(page: Page, line_url: str, user_id: str, **wishes: int) -> str:
    wanted = {"user_id": user_id, "name": "Mia", **wishes}
    answer = page.request.post(f"{line_url}/standin/id-token", data=wanted)
    token: str = answer.json()["id_token"]
    return token


@pytest.fixture
def in_liff(liff_url: str, stack: dict[str, str]) -> Callable[..., None]:
    """Serve the page with a LIFF id, and this SDK instead of LINE's."""
    settings = Settings(
        stage="-",
        orders_table="-",
        limits_table="-",
        orders_queue_url="-",
        voice_bucket="-",
        line_channel_token_parameter="-",
        client_address_key_parameter="-",
        voice_address_key_parameter="-",
        public_s3_endpoint_url=stack["AWS_ENDPOINT_URL"],
        liff_id=LIFF_ID,
    )
    page_asset = liff.page(settings, "en")

    def prepare(page: Page, **told: Any) -> None:
        defaults = {
            "token": None,
            "nextToken": None,
            "expires": 9e9,
            "inClient": True,
            "language": "en",
            "trouble": None,
        }
        # A page that a test answers with is of no network, and its socket is of this machine's.
        page.context.grant_permissions(["local-network-access"])
        script = FAKE_SDK % json.dumps(defaults | told)
        page.route(SDK, lambda route: route.fulfill(body=script, content_type="text/javascript"))
        page.route(
            re.compile(re.escape(liff_url) + r"(\?.*)?$"),
            lambda route: route.fulfill(body=page_asset.body, headers=page_asset.headers),
        )
        # LINE opens the LIFF app's endpoint, with what follows its own address.
        page.route(
            f"https://liff.line.me/{LIFF_ID}**",
            lambda route: route.fulfill(
                body=f"""<script>location.replace(
                    "{liff_url}" + location.href.split("{LIFF_ID}")[1])</script>""",
                content_type="text/html",
            ),
        )

    return prepare


def calls(page: Page) -> list[list[Any]]:
    noted: list[list[Any]] = page.evaluate("JSON.parse(sessionStorage.getItem('calls'))")
    return noted


def test_a_liff_user_orders_with_their_token_and_returns_to_the_chat(
    guest: Traveller, in_liff: Callable[..., None], line_url: str, user_id: str
) -> None:
    token = id_token(guest.page, line_url, user_id)
    in_liff(guest.page, token=token)
    posts = requests_to(guest.page, QUICK)
    guest.open()
    guest.order()
    guest.sees_the_end()
    assert posts[0].headers["authorization"] == f"Bearer {token}"
    assert calls(guest.page)[0] == ["init", {"liffId": LIFF_ID}]
    guest.page.get_by_role("button", name="Back to the LINE chat").click()
    assert calls(guest.page)[-1] == ["closeWindow"]


def test_lines_language_is_the_pages_until_the_traveller_chooses(
    guest: Traveller, in_liff: Callable[..., None], line_url: str, user_id: str
) -> None:
    in_liff(guest.page, token=id_token(guest.page, line_url, user_id), language="ja")
    guest.open()
    expect(guest.page.get_by_role("button", name="注文を確認")).to_be_visible()
    guest.page.get_by_role("combobox").select_option("en")
    guest.page.reload()
    expect(guest.page.get_by_role("button", name="Review order")).to_be_visible()


@pytest.mark.parametrize("in_client", [True, False])
def test_a_token_that_expires_is_renewed_and_the_same_order_goes_on(
    guest: Traveller,
    in_liff: Callable[..., None],
    line_url: str,
    user_id: str,
    in_client: bool,
) -> None:
    guest.expects_failed_requests()
    page = guest.page
    in_liff(
        page,
        token=id_token(page, line_url, user_id, expires_in=-3600),
        nextToken=id_token(page, line_url, user_id),
        inClient=in_client,
    )
    posts = requests_to(page, QUICK)
    guest.open()
    guest.order(BUBBLE_TEA)
    guest.sees_the_end()
    assert len(posts) == 2
    assert len({post.headers["idempotency-key"] for post in posts}) == 1
    assert len({post.headers["authorization"] for post in posts}) == 2
    assert [call[0] for call in calls(page)].count("login") == (0 if in_client else 1)


def test_a_token_known_to_be_expired_is_renewed_before_anything_else(
    guest: Traveller, in_liff: Callable[..., None], line_url: str, user_id: str
) -> None:
    page = guest.page
    fresh = id_token(page, line_url, user_id)
    in_liff(page, token="old", nextToken=fresh, expires=1, inClient=False)
    guest.open()
    expect(page.get_by_role("button", name="Review order")).to_be_visible()
    page.wait_for_function("window.liff.getIDToken() !== 'old'")
    assert [call[0] for call in calls(page)] == ["init", "logout", "login", "init"]


def test_a_token_that_stays_refused_ends_in_a_plain_word_not_in_a_loop(
    guest: Traveller, in_liff: Callable[..., None], line_url: str, user_id: str
) -> None:
    guest.expects_failed_requests()
    bad = id_token(guest.page, line_url, user_id, expires_in=-3600)
    in_liff(guest.page, token=bad, nextToken=bad, inClient=False)
    posts = requests_to(guest.page, QUICK)
    guest.open()
    guest.order(BUBBLE_TEA)
    page = guest.page
    expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible()
    assert len(posts) == 2
    # Only the traveller makes a guest of themselves; nothing had arrived, so that is one order.
    page.get_by_role("button", name="Continue as a guest").click()
    guest.sees_the_end()
    assert "authorization" not in posts[2].headers
    assert len({post.headers["idempotency-key"] for post in posts}) == 1


def test_a_visitor_in_a_browser_of_their_own_may_sign_in(
    guest: Traveller, in_liff: Callable[..., None], line_url: str, user_id: str
) -> None:
    page = guest.page
    in_liff(page, nextToken=id_token(page, line_url, user_id), inClient=False)
    guest.open()
    page.get_by_role("button", name="Sign in with LINE").click()
    expect(page.get_by_role("button", name="My orders")).to_be_visible()
    assert [call[0] for call in calls(page)] == ["init", "login", "init"]


@pytest.fixture(params=["rejects", "hangs", *at_night("is blocked", "no openid")])
def silent_line(
    guest: Traveller, in_liff: Callable[..., None], request: pytest.FixtureRequest
) -> Callable[[], None]:
    """LINE does not say who the traveller is, who is signed in; afterwards it does."""
    page = guest.page
    guest.expects_failed_requests()
    trouble = "INIT_FAILED|LINE's SDK could not be loaded|LINE does not answer|gives no ID token"
    guest.expected_problems.append(re.compile(trouble))
    if request.param == "hangs":
        page.clock.install()
    in_liff(page, token="a token", trouble=request.param)
    if request.param == "is blocked":
        page.route(SDK, lambda route: route.abort())

    def pass_the_patience() -> None:
        if request.param == "hangs":
            page.wait_for_function("(sessionStorage.getItem('calls') ?? '').includes('init')")
            page.clock.fast_forward(10_001)

    return pass_the_patience


def test_whom_line_does_not_name_is_asked_before_an_order_is_a_guests(
    guest: Traveller, silent_line: Callable[[], None]
) -> None:
    page = guest.page
    posts = requests_to(page, QUICK)
    page.goto(f"{guest.liff_url}?store={SHOP}")
    silent_line()
    guest.choose(BUBBLE_TEA)
    page.get_by_role("button", name="Review order").click()
    unknown = page.get_by_role("heading", name="We couldn't confirm your LINE account")
    expect(unknown).to_be_visible()
    expect(guest.confirm_button).to_have_count(0)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.get_by_role("button", name="Continue as a guest").click()
    assert posts == []
    guest.confirm_button.click()
    guest.sees_the_end()
    assert "authorization" not in posts[0].headers


def test_a_users_order_is_not_unknown_because_line_is(
    guest: Traveller, silent_line: Callable[[], None]
) -> None:
    page = guest.page
    page.goto(guest.liff_url + "?order_id=00000000000000000000000000")
    silent_line()
    guest.sees("We couldn't confirm your LINE account")
    expect(page.locator(".detail")).to_contain_text("whether this order is yours")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_users_order_is_there_when_line_answers_again(
    guest: Traveller, in_liff: Callable[..., None], line_url: str, user_id: str
) -> None:
    guest.expects_failed_requests()
    guest.expected_problems.append(re.compile("INIT_FAILED"))
    page = guest.page
    token = id_token(page, line_url, user_id)
    in_liff(page, token=token)
    guest.open()
    guest.order(BUBBLE_TEA)
    guest.sees_the_end()
    page.unroute_all(behavior="ignoreErrors")
    in_liff(page, token=token, trouble="rejects")
    page.reload()
    guest.sees("We couldn't confirm your LINE account")
    page.unroute_all(behavior="ignoreErrors")
    in_liff(page, token=token)
    page.get_by_role("button", name="Try again").click()
    guest.sees_the_end()


def test_the_history_of_whom_line_does_not_name_says_so(
    guest: Traveller, in_liff: Callable[..., None]
) -> None:
    guest.expected_problems.append(re.compile("INIT_FAILED"))
    in_liff(guest.page, trouble="rejects")
    guest.open("#orders")
    unknown = guest.page.get_by_role("heading", name="We couldn't confirm your LINE account")
    expect(unknown).to_be_visible()
    expect(guest.page.get_by_role("button", name="Try again")).to_be_visible()


def test_an_order_on_its_way_waits_for_who_sends_it(
    guest: Traveller, in_liff: Callable[..., None], line_url: str, user_id: str
) -> None:
    guest.expects_failed_requests()
    guest.expected_problems.append(re.compile("INIT_FAILED"))
    page = guest.page
    token = id_token(page, line_url, user_id)
    in_liff(page, token=token)
    page.route(QUICK, in_turn(no_answer))
    posts = requests_to(page, QUICK)
    guest.open()
    guest.order(BUBBLE_TEA)
    guest.sees("Connecting…")
    in_liff(page, token=token, trouble="rejects")
    page.reload()
    expect(page.get_by_role("button", name="Continue as a guest")).to_be_visible()
    assert len(posts) == 1
    in_liff(page, token=token)
    page.get_by_role("button", name="Try again").click()
    guest.sees_the_end()
    assert {post.headers["authorization"] for post in posts} == {f"Bearer {token}"}
    assert len({post.headers["idempotency-key"] for post in posts}) == 1


@pytest.mark.parametrize("trouble", [answer_lost, no_answer])
def test_an_order_lost_as_a_guest_and_sent_again_after_signing_in_stays_one(
    guest: Traveller, trouble: Callable[[Route], None], api_url: str
) -> None:
    guest.expects_failed_requests()
    page = guest.page
    seen: list[str] = []

    def lost(route: Route) -> None:
        if trouble is answer_lost:
            seen.append(route.fetch().json()["order_id"])
        # The answer never comes.

    page.route(QUICK, in_turn(lost))
    posts = requests_to(page, QUICK)
    guest.open()
    guest.order(BUBBLE_TEA)
    guest.sees("Connecting…")
    page.get_by_role("button", name="Sign in with LINE").click()
    guest.sees_the_end()
    assert ["authorization" in post.headers for post in posts] == [False, True]
    assert len({post.headers["idempotency-key"] for post in posts}) == 1
    assert seen in ([], [guest.order_id])
    told = "without signing in" if seen else "asked LINE to send it"
    expect(page.locator(".detail")).to_contain_text(told)


def test_a_users_order_sent_again_as_a_guest_asks_to_sign_in(user: Traveller) -> None:
    user.expects_failed_requests()
    page = user.page
    posts = requests_to(page, QUICK)
    page.route(QUICK, in_turn(lambda route: no_answer(route) if route.fetch() else None))
    user.open()
    user.order(BUBBLE_TEA)
    user.sees("Connecting…")
    page.add_init_script("localStorage.removeItem('order-voice.standin-user')")
    page.reload()
    user.sees("Please sign in again")
    expect(page.locator(".detail")).to_contain_text("while you were signed in to LINE")
    assert len({post.headers["idempotency-key"] for post in posts}) == 1


def test_an_expired_token_of_the_standin_is_renewed_without_a_word(
    user: Traveller, line_url: str, user_id: str
) -> None:
    user.expects_failed_requests()
    expired = id_token(user.page, line_url, user_id, expires_in=-3600)

    def old_token(route: Route) -> None:
        route.fulfill(json={"id_token": expired}, headers={"Access-Control-Allow-Origin": "*"})

    user.page.route("**/standin/id-token", in_turn(old_token))
    user.page.route("**/api/voices", dead_network)  # It would find out first.
    posts = requests_to(user.page, QUICK)
    user.open()
    user.order(BUBBLE_TEA)
    user.sees_the_end()
    assert len(posts) == 2
    assert len({post.headers["idempotency-key"] for post in posts}) == 1


def test_the_history_is_read_page_by_page(user: Traveller) -> None:
    user.expects_failed_requests()

    def order(number: int) -> dict[str, Any]:
        return {
            "order_id": f"{number:026}",
            "status": "completed",
            "store": {"original": "福氣小吃", "translated": "福氣小吃"},
            "items": [{"name": {"original": f"第{number}道", "translated": "x"}, "quantity": 1}],
            "total_amount": number,
            "order_time": "2026-11-24T10:30:00Z",
        }

    def answer(route: Route) -> None:
        start = int((re.findall(r"cursor=(\d+)", route.request.url) or ["0"])[0])
        more = str(start + 10) if start < 20 else None
        numbers = range(start, min(start + 10, 25))
        route.fulfill(json={"orders": [order(n) for n in numbers], "next_cursor": more})

    user.page.route(HISTORY, answer)
    user.open("#orders")
    rows = user.page.locator(".order-row")
    more = user.page.get_by_role("button", name="Show more")
    expect(rows).to_have_count(10)
    more.click()
    expect(rows).to_have_count(20)
    expect(rows.nth(10)).to_be_focused()
    user.page.route(HISTORY, in_turn(server_error))
    more.click()
    expect(user.page.get_by_text("We can't load your orders right now.")).to_be_visible()
    user.page.unroute(HISTORY)
    user.page.route(HISTORY, answer)
    user.page.get_by_role("button", name="Try again").click()
    expect(rows).to_have_count(25)
    expect(more).to_be_hidden()


def test_the_real_history_has_a_users_orders_newest_first(user: Traveller) -> None:
    for dish in (BUBBLE_TEA, "Soy milk"):
        user.open()
        user.order(dish)
        user.sees_the_end()
    user.open("#orders")
    rows = user.page.locator(".order-row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("豆漿")


def test_a_user_without_orders_is_told_so(user: Traveller) -> None:
    user.open("#orders")
    expect(user.page.get_by_text("No orders yet")).to_be_visible()


def test_signing_out_forgets_the_user(new_traveller: NewTraveller) -> None:
    traveller = new_traveller()
    traveller.open()
    traveller.page.get_by_role("button", name="Sign in with LINE").click()
    traveller.page.get_by_role("button", name="My orders").click()
    traveller.page.get_by_role("button", name="Sign out").click()
    expect(traveller.page.get_by_text("Sign in to see your orders.")).to_be_visible()


@pytest.mark.parametrize("locale", SOME_LANGUAGES)
def test_who_may_sign_in_reads_what_the_button_does(new_visit: NewVisit, locale: str) -> None:
    traveller, _ = new_visit(locale=locale)
    page = languages.texts(locale)["page"]
    assert page["sign_in_word"] in page["sign_in"], "who speaks to the phone says what they see"
    button = traveller.page.get_by_role("button", name=page["sign_in"])
    for width in (390, 320, 195):
        traveller.page.set_viewport_size({"width": width, "height": 568})
        traveller.open()
        expect(button).to_be_in_viewport(ratio=1)
        assert button.inner_text() == page["sign_in_word"]
        assert overflow(traveller.page) <= 0
        assert small_targets(traveller.page) == []

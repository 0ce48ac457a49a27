"""What a page of another site can do to a stack on this machine, in a real browser; and what it
can where ORIGINS names it. And the page through a tunnel, as on a real phone."""

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, Response, expect

from localstack.emulators.emulator import Gap
from tests.browser.other_pages import Tunnel, other_site, tunnel
from tests.browser.phone import PHONE, QUIET
from tests.browser.traveller import BEEF_NOODLES, Traveller
from tests.emulators import EMULATOR, rests_on
from tests.nightly import at_night
from tests.running_stack import running_stack
from tests.seed_order import SEED_ORDER
from tests.stack.client import Client

PATIENCE_MS = 90_000
"""The first page that is opened waits for several API workers to start."""


class Sites(NamedTuple):
    stack: dict[str, str]
    stranger_port: int
    front_end: str
    """The origin that ORIGINS names."""
    tunnel: Tunnel


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    with (
        other_site() as stranger_port,
        other_site() as front_end_port,
        tunnel("abc.example") as way_in,
    ):
        front_end = f"http://localhost:{front_end_port}"
        options = ("--origins", front_end, "--public-url", way_in.url)
        with running_stack(*options) as stack:
            way_in.lead_to(stack["AWS_ENDPOINT_URL"])
            yield Sites(stack, stranger_port, front_end, way_in)


@pytest.fixture(scope="module")
def any_name(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """A browser for which every name under .example is this machine."""
    flags = [
        *QUIET,
        "--autoplay-policy=user-gesture-required",
        "--host-resolver-rules=MAP *.example 127.0.0.1",
    ]
    launched = playwright.chromium.launch(executable_path=chromium_path, args=flags)
    yield launched
    launched.close()


@pytest.fixture
def page(any_name: Browser) -> Iterator[Page]:
    context = any_name.new_context(ignore_https_errors=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(params=["http://evil.example", *at_night("http://localhost")])
def stranger(request: pytest.FixtureRequest, page: Page, sites: Sites) -> Page:
    """A page that the stack does not know, and that can reach it."""
    page.goto(f"{request.param}:{sites.stranger_port}/")
    return page


def making(sites: Sites, user: str) -> str:
    """A GET that makes an IAM user, signed by keys that everybody knows."""
    made: str = (
        Client(sites.stack)
        .aws("iam")
        .generate_presigned_url("create_user", Params={"UserName": user}, HttpMethod="GET")
    )
    return made


def is_made(sites: Sites, user: str) -> bool:
    users = Client(sites.stack).aws("iam").list_users()["Users"]
    return user in [entry["UserName"] for entry in users]


def users(page: Page, sites: Sites) -> str:
    """Whom the LINE stand-in knows."""
    return page.request.get(f"{sites.stack['LINE_URL']}/standin/users").text()


FETCH = """async ([url, options]) => {
    try {
        const answer = await fetch(url, options);
        return `${answer.type} ${answer.status} ${await answer.text()}`;
    } catch (error) {
        return error.name;
    }
}"""


def test_no_fetch_of_another_sites_page_gets_through(stranger: Page, sites: Sites) -> None:
    api, line = sites.stack["API_URL"], sites.stack["LINE_URL"]
    seen: list[int] = []
    stranger.on("response", lambda answer: seen.append(answer.status))
    order = json.dumps(SEED_ORDER)
    token = '{"user_id": "Uevil", "name": "Evil"}'
    for url, method, body in (
        (making(sites, "evil"), "GET", None),
        (f"{sites.stack['AWS_ENDPOINT_URL']}/", "POST", "Action=ListUsers"),
        (f"{api}/api/orders/quick", "POST", order),
        (f"{api}/api/health", "GET", None),
        (f"{line}/standin/id-token", "POST", token),
        (f"{line}/standin/users", "GET", None),
    ):
        options: dict[str, Any] = {"method": method, "body": body}
        assert stranger.evaluate(FETCH, [url, options]) == "TypeError"
        options["mode"] = "no-cors"
        assert stranger.evaluate(FETCH, [url, options]) == "opaque 0 "
    assert len(seen) >= 6
    assert set(seen) == {403}
    assert not is_made(sites, "evil")
    assert "Uevil" not in users(stranger, sites)


LISTEN = """(url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
})"""


def push_url(sites: Sites) -> str:
    """A socket's address whose ticket is good."""
    placed = Client(sites.stack).call("POST", "/api/orders/quick", SEED_ORDER).json
    # On this machine, and not through the tunnel.
    told = urlsplit(str(placed["push_url"]))._replace(scheme="ws")
    return told._replace(netloc=urlsplit(sites.stack["AWS_ENDPOINT_URL"]).netloc).geturl()


@rests_on(Gap.WEB_SOCKETS)
def test_no_socket_of_another_sites_page_is_opened(stranger: Page, sites: Sites) -> None:
    assert stranger.evaluate(LISTEN, push_url(sites)) == "refused"


@rests_on(Gap.WEB_SOCKETS)
def test_a_front_end_that_is_named_may_be_told(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.front_end}/")
    assert page.evaluate(LISTEN, push_url(sites)) == "open"


def test_no_form_of_another_sites_page_gets_through(stranger: Page, sites: Sites) -> None:
    line = f"{sites.stack['LINE_URL']}/standin/id-token"
    emulator = f"{sites.stack['AWS_ENDPOINT_URL']}/"
    for url, encoding, name, value in (
        (line, "text/plain", '{"user_id": "Uevil", "name": "', '"}'),
        (emulator, "application/x-www-form-urlencoded", "Action", "ListQueues"),
    ):
        sender = stranger.context.new_page()
        sender.goto(stranger.url)
        with sender.expect_navigation() as sent:
            sender.evaluate(
                """([url, encoding, name, value]) => {
                    const form = document.createElement("form");
                    Object.assign(form, { method: "post", action: url, enctype: encoding });
                    const field = document.createElement("input");
                    Object.assign(field, { name, value });
                    form.append(field);
                    document.body.append(form);
                    form.submit();
                }""",
                [url, encoding, name, value],
            )
        assert sent.value.status == 403
        expect(sender.locator("body")).to_contain_text("its own pages only")
    assert "Uevil" not in users(stranger, sites)


def test_nothing_in_another_sites_page_calls_aws(stranger: Page, sites: Sites) -> None:
    for kind in ("img", "script", "iframe", "audio", "link"):
        user = f"evil-{kind}-{secrets.token_hex(4)}"
        stranger.evaluate(
            """([kind, url]) => new Promise((resolve) => {
                const element = document.createElement(kind);
                element.onload = element.onerror = resolve;
                if (kind === "link") Object.assign(element, { rel: "stylesheet", href: url });
                else element.src = url;
                document.body.append(element);
            })""",
            [kind, making(sites, user)],
        )
        assert not is_made(sites, user)


def test_no_window_that_another_sites_page_opens_calls_aws(stranger: Page, sites: Sites) -> None:
    with stranger.expect_popup() as opened:
        stranger.evaluate("url => { window.open(url); }", making(sites, "evil-window"))
    expect(opened.value.locator("body")).to_contain_text("its own pages only")
    assert not is_made(sites, "evil-window")


def test_a_link_on_another_sites_page_opens_the_page_and_the_chat_view(
    stranger: Page, sites: Sites
) -> None:
    for url, title in (
        (sites.stack["LIFF_URL"], "Order at any counter"),
        (f"{sites.stack['LINE_URL']}/", "LINE chat view"),
        # Which leads on to the page.
        (f"{sites.stack['LINE_URL']}/liff", "Order at any counter"),
    ):
        stranger.evaluate(
            """url => {
                const link = document.createElement("a");
                Object.assign(link, { href: url, textContent: "Order here" });
                document.body.append(link);
            }""",
            url,
        )
        stranger.get_by_role("link", name="Order here").click()
        expect(stranger).to_have_title(re.compile(title), timeout=PATIENCE_MS)
        stranger.go_back()


CONNECT = """url => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => { socket.close(); resolve("open"); };
    socket.onerror = () => resolve("refused");
})"""


def test_no_websocket_of_another_sites_page_is_opened(stranger: Page, sites: Sites) -> None:
    gateway = Client(sites.stack).aws("apigatewayv2")
    api = gateway.create_api(
        Name="a", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    gateway.create_stage(ApiId=api, StageName="v1", AutoDeploy=True)
    host = sites.stack["AWS_ENDPOINT_URL"].removeprefix("http://")
    url = f"ws://{host}/_aws/execute-api/{api}/v1"
    assert stranger.evaluate(CONNECT, url) == "refused"
    # A page of the stack itself, and one that ORIGINS names.
    own = stranger.context.new_page()
    own.goto(sites.stack["AWS_ENDPOINT_URL"] + "/_ministack/health")
    assert own.evaluate(CONNECT, url) == "open"
    own.goto(sites.front_end)
    assert own.evaluate(CONNECT, url) == "open"


@pytest.mark.parametrize("server", ["AWS_ENDPOINT_URL", "LINE_URL"])
def test_a_name_that_resolves_to_this_machine_only_now_is_refused(
    page: Page, sites: Sites, server: str
) -> None:
    """DNS rebinding: to the browser, page and stack are then one origin."""
    answer = page.goto(sites.stack[server].replace("localhost", "rebound.example") + "/")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("body")).to_contain_text("programs on this machine")


ORDER = """async ([api, line, order]) => {
    const signedIn = await fetch(`${line}/standin/id-token`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ user_id: "Ufront", name: "Mia" }),
    });
    const headers = { Authorization: `Bearer ${(await signedIn.json()).id_token}` };
    const placed = await fetch(`${api}/api/orders/quick`, {
        method: "POST",
        headers: {
            ...headers,
            "Content-Type": "application/json",
            "Idempotency-Key": crypto.randomUUID(),
        },
        body: JSON.stringify(order),
    });
    const { polling_url } = await placed.json();
    let etag = "", status;
    do {
        await new Promise((resolve) => setTimeout(resolve, 300));
        const polled = await fetch(`${api}${polling_url}`, {
            headers: { ...headers, "If-None-Match": etag },
        });
        if (polled.status === 304) continue;
        etag = polled.headers.get("ETag");
        status = await polled.json();
    } while (!status || status.processing);
    const unknown = await fetch(`${api}/api/nothing`);
    return { status, unknown: [unknown.status, (await unknown.json()).code] };
}"""


def test_a_front_end_that_origins_names_orders_and_polls_to_the_end(
    page: Page, sites: Sites
) -> None:
    page.goto(sites.front_end)
    done = page.evaluate(ORDER, [sites.stack["API_URL"], sites.stack["LINE_URL"], SEED_ORDER])
    assert done["status"]["status"] == "completed"
    # The gateway's own errors can be read too.
    assert done["unknown"] == [404, "not_found"]
    seconds = page.evaluate(PLAY, done["status"]["voice_url"])
    assert seconds > 0.2


PLAY = """url => new Promise((resolve, reject) => {
    const audio = new Audio(url);
    audio.ontimeupdate = () => audio.currentTime > 0.2 && resolve(audio.currentTime);
    audio.onerror = () => reject(new Error(audio.error.message));
    audio.play();
})"""


def test_the_page_works_through_a_tunnel_until_the_voice_is_heard(
    any_name: Browser, sites: Sites
) -> None:
    context = any_name.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB", ignore_https_errors=True
    )
    url = sites.stack["PUBLIC_LIFF_URL"]
    assert url.startswith(f"{sites.tunnel.url}/restapis/")
    guest = Traveller(context.new_page(), url)
    guest.page.set_default_timeout(PATIENCE_MS)
    guest.watch()
    voices: list[Response] = []
    guest.page.on("response", lambda seen: voices.append(seen) if ".mp3?" in seen.url else None)
    guest.open()
    # A phone does not reach the stand-in for LINE.
    expect(guest.page.get_by_role("button", name="Sign in with LINE")).to_have_count(0)
    sockets: list[str] = []
    guest.page.on("websocket", lambda socket: sockets.append(socket.url))
    guest.order(BEEF_NOODLES)
    guest.sees_the_end()
    if Gap.WEB_SOCKETS not in EMULATOR.gaps:
        [socket] = sockets
        assert socket.startswith(sites.tunnel.url.replace("https://", "wss://"))
    guest.page.locator("button.play").click()
    guest.hears_something(seconds=30)
    assert {voice.url.partition("/order-voice")[0] for voice in voices} == {sites.tunnel.url}
    assert {voice.status for voice in voices} <= {200, 206, 304}
    context.close()
    assert guest.unexpected_problems == []


def test_nothing_else_is_reached_through_a_tunnel(page: Page, sites: Sites) -> None:
    for path in ("/?Action=ListQueues", "/_ministack/health", "/"):
        answer = page.goto(sites.tunnel.url + path)
        assert answer is not None
        assert answer.status == 403
        expect(page.locator("body")).to_contain_text("the page and the API")

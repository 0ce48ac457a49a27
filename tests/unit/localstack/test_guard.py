"""The guard's table: method, address, Host, Origin and Sec-Fetch-*, and whether it is answered."""

from collections.abc import Callable, MutableMapping
from typing import Any, NamedTuple

import pytest

from localstack.guard import ANY_ADDRESS, App, Guard, Receive, Scope, Send

FRONT_END = "https://front.example"
TUNNEL = "https://abc.example"
EVIL = "https://evil.example"
API = "/restapis/0123abcd/v1/_user_request_/api/orders/quick"
PAGE = "/restapis/0123abcd/v1/_user_request_/liff"
SOCKET = "/_aws/execute-api/0123abcd/v1"
AWS = "/?Action=CreateStack&TemplateBody=evil"
LAMBDA = "/2015-03-31/functions"
SIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261126%2Fus-east-1%2Fs3%2F"
SIGNED += "aws4_request&X-Amz-Date=20261126T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
SIGNED += "&X-Amz-Signature=0&response-content-type=audio%2Fmpeg"
VOICE = f"/a-bucket/voice/0123abcd-4.mp3?{SIGNED}"
LOCAL = "localhost:4566"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"


class Seen(NamedTuple):
    """What came of a request: status and text, and what the application behind was given."""

    status: int
    text: str
    scope: Scope | None


Guarded = Callable[[App], Guard]


def ask(guarded: Guarded, method: str, url: str, **headers: str) -> Seen:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return answer(guarded, method, url, named)


def answer(guarded: Guarded, method: str, url: str, headers: list[tuple[str, str]]) -> Seen:
    passed: list[Scope] = []
    sent: list[MutableMapping[str, Any]] = []

    async def application(scope: Scope, _receive: Receive, send: Send) -> None:
        passed.append(scope)
        await send({"type": "http.response.start", "status": 200})

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError("nothing is read of what is refused")

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    path, _, query = url.partition("?")
    scope: dict[str, Any] = {
        **({"type": "websocket"} if method == "WS" else {"type": "http", "method": method}),
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }

    async def served() -> None:
        await guarded(application)(scope, receive, send)

    # Nothing in it waits. A loop of its own would meet Playwright's, after a browser test.
    with pytest.raises(StopIteration):
        served().send(None)
    kind = "websocket.http" if method == "WS" and not passed else "http"
    assert sent[0]["type"] == f"{kind}.response.start"
    text = b"".join(message.get("body", b"") for message in sent).decode()
    return Seen(sent[0]["status"], text, passed[0] if passed else None)


def emulator(app: App) -> Guard:
    return Guard(app, page_ports=(4566, 4567), origins=(FRONT_END,), public_url=TUNNEL)


def alone(app: App) -> Guard:
    """As `make run` starts it: nothing else is let in."""
    return Guard(app, page_ports=(4566, 4567))


def line(app: App) -> Guard:
    return Guard(app, page_ports=(4567, 4566), shows=ANY_ADDRESS)


@pytest.mark.parametrize("guarded", [emulator, alone, line])
@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("localhost:4566", True),
        ("LOCALHOST:4566", True),
        ("localhost", True),
        ("127.0.0.1:4566", True),
        ("[::1]:4566", True),
        ("0123abcd.execute-api.localhost:4566", True),
        ("a_bucket.s3.localhost:4566", True),
        # A forwarder's port, as that of `make soak`.
        ("localhost:31999", True),
        ("evil.example:4566", False),
        ("evil.example", False),
        ("localhost.evil.example:4566", False),
        ("evillocalhost:4566", False),
        ("localhost:4566.evil.example", False),
        ("localhost@evil.example", False),
        ("127.0.0.1.evil.example:4566", False),
        ("192.168.1.7:4566", False),
        ("0.0.0.0:4566", False),
        ("localhost:", False),
        ("", False),
    ],
)
def test_only_names_of_this_machine_are_answered_whatever_they_resolve_to(
    guarded: Guarded, host: str, answered: bool
) -> None:
    for method, url in (("GET", "/"), ("POST", LAMBDA), ("GET", PAGE), ("WS", SOCKET)):
        assert (ask(guarded, method, url, host=host).status == 200) is answered, (method, url)


def test_a_request_without_a_host_is_refused() -> None:
    assert ask(alone, "GET", "/").status == 403


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "WS"])
@pytest.mark.parametrize(
    ("origin", "answered"),
    [
        (None, True),
        ("http://localhost:4566", True),
        ("http://localhost:4567", True),
        ("http://127.0.0.1:4566", True),
        ("http://[::1]:4567", True),
        ("http://0123abcd.execute-api.localhost:4566", True),
        (FRONT_END, True),
        (TUNNEL, True),
        (EVIL, False),
        ("http://front.example", False),
        ("https://front.example:8443", False),
        ("https://front.example.evil.example", False),
        ("http://localhost:3000", False),
        ("http://localhost", False),
        ("https://localhost:4566", False),
        ("http://localhost:4566.evil.example", False),
        ("http://localhost:45660", False),
        ("http://evil.example:4566", False),
        ("null", False),
        ("", False),
        (f"{FRONT_END}, {EVIL}", False),
    ],
)
def test_only_the_stacks_own_pages_and_the_origins_that_were_named_are_answered(
    method: str, origin: str | None, answered: bool
) -> None:
    headers = {"host": LOCAL} if origin is None else {"host": LOCAL, "origin": origin}
    for url in (AWS, API, VOICE, f"{SOCKET}?ticket=x"):
        assert (ask(emulator, method, url, **headers).status == 200) is answered, url


@pytest.mark.parametrize("origin", [FRONT_END, TUNNEL])
def test_without_origins_and_a_public_url_no_other_page_is_answered(origin: str) -> None:
    assert ask(alone, "POST", API, host=LOCAL, origin=origin).status == 403
    assert ask(line, "POST", "/standin/id-token", host=LOCAL, origin=origin).status == 403


TYPED = {"sec_fetch_site": "none", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
OWN = {"sec_fetch_site": "same-origin", "sec_fetch_mode": "cors", "sec_fetch_dest": "empty"}
LINK = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
IMAGE = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"}
SCRIPT = IMAGE | {"sec_fetch_dest": "script"}
FETCH = IMAGE | {"sec_fetch_dest": "empty"}
FRAME = LINK | {"sec_fetch_dest": "iframe"}
AUDIO = IMAGE | {"sec_fetch_dest": "audio"}
SAME_SITE = {"sec_fetch_site": "same-site"}
SILENT = {"user_agent": BROWSER}


@pytest.mark.parametrize(
    ("guarded", "method", "url", "headers", "answered"),
    [
        # What a page that is typed in and the page's own modules are.
        (alone, "GET", PAGE, TYPED, True),
        (alone, "GET", AWS, TYPED, True),
        (alone, "GET", AWS, OWN, True),
        # A link to the page works from wherever it stands.
        (alone, "GET", PAGE, LINK, True),
        (alone, "GET", PAGE, LINK | SAME_SITE, True),
        (alone, "HEAD", PAGE, LINK, True),
        (alone, "GET", SOCKET + "/liff", LINK, True),
        # But none to AWS, where a GET creates what it names.
        (alone, "GET", AWS, LINK, False),
        (alone, "GET", AWS, LINK | SAME_SITE, False),
        (alone, "GET", "/_ministack/health", LINK, False),
        (alone, "GET", LAMBDA, LINK, False),
        (alone, "GET", "/a-bucket/index.html", LINK, False),
        (alone, "GET", "/restapis/0123abcd/v1/_user_request_/@connections/1", LINK, False),
        (alone, "GET", "/x/restapis/0123abcd/v1/_user_request_/liff", LINK, False),
        # Nothing of the stack is a part of another site's page.
        *[(alone, "GET", url, IMAGE, False) for url in (AWS, PAGE, API, VOICE)],
        *[(alone, "GET", url, IMAGE | SAME_SITE, False) for url in (AWS, PAGE, API, VOICE)],
        *[(alone, "GET", url, SCRIPT, False) for url in (AWS, PAGE, API, VOICE)],
        *[(alone, "GET", url, FETCH, False) for url in (AWS, PAGE, API, VOICE)],
        *[(alone, "GET", url, FRAME, False) for url in (AWS, PAGE, API)],
        # But the voice that a URL was signed for, in the chat view or a front end.
        (alone, "GET", VOICE, AUDIO, True),
        (alone, "GET", VOICE, AUDIO | SAME_SITE, True),
        (alone, "GET", VOICE, LINK, True),
        (alone, "GET", AWS, AUDIO, False),
        # Browsers name the origin with every POST; one that does not is none of ours.
        (alone, "POST", API, FETCH, False),
        (alone, "POST", API, LINK, False),
        (alone, "POST", LAMBDA, FETCH, False),
        (alone, "POST", VOICE, AUDIO, False),
        (alone, "PUT", VOICE, AUDIO, False),
        (alone, "GET", AWS, {"sec_fetch_site": "something new"}, False),
        # A browser that knows no Sec-Fetch-*.
        (alone, "GET", PAGE, SILENT, True),
        (alone, "GET", VOICE, SILENT, True),
        (alone, "GET", AWS, SILENT, False),
        (alone, "GET", AWS, {"user_agent": "Boto3/1.43"}, True),
        (alone, "POST", API, SILENT, True),
        # The stand-in's pages are opened, and are no part of another site's.
        (line, "GET", "/", LINK, True),
        (line, "GET", "/liff/history", LINK | SAME_SITE, True),
        (line, "GET", "/standin/users", SILENT, True),
        (line, "GET", "/chat.js", SCRIPT, False),
        (line, "GET", "/oauth2/v2.1/certs", FETCH | SAME_SITE, False),
        (line, "POST", "/standin/reset", LINK, False),
    ],
)
def test_of_another_sites_requests_only_opening_and_playing_are_answered(
    guarded: Guarded, method: str, url: str, headers: dict[str, str], answered: bool
) -> None:
    assert (ask(guarded, method, url, host=LOCAL, **headers).status == 200) is answered


def test_the_page_is_opened_by_its_aws_like_name_too() -> None:
    host = "0123abcd.execute-api.localhost:4566"
    assert ask(alone, "GET", "/v1/liff", host=host, **LINK).status == 200
    assert ask(alone, "GET", "/v20180820/jobs", host=host, **LINK).status == 403
    assert ask(alone, "GET", "/v1/liff", host="0123abcd.s3.localhost:4566", **LINK).status == 403


@pytest.mark.parametrize(
    "query",
    [
        "",
        "Action=CreateStack&TemplateBody=evil",
        f"{SIGNED}&Action=CreateStack",
        f"{SIGNED}&acl",
        SIGNED.replace("%2Fs3%2F", "%2Fcloudformation%2F"),
        f"{SIGNED}&X-Amz-Credential=a%2Fs3%2Faws4_request",
    ],
)
def test_what_else_is_asked_of_a_voices_address_is_not_answered(query: str) -> None:
    url = f"/a-bucket/voice/0123abcd-4.mp3?{query}"
    assert ask(alone, "GET", url, host=LOCAL, **AUDIO).status == 403


@pytest.mark.parametrize("path", ["/a-bucket/models/voice.mp3", "/voice/a.mp3", "/b/voice/a/b.mp3"])
def test_only_a_voice_can_be_played(path: str) -> None:
    assert ask(alone, "GET", f"{path}?{SIGNED}", host=LOCAL, **AUDIO).status == 403


def test_no_header_makes_another_service_of_a_voices_address() -> None:
    headers = {"x_amz_target": "AWSLambda", "content_type": "application/x-www-form-urlencoded"}
    headers |= {"authorization": "AWS4-HMAC-SHA256 Credential=a/b/c/lambda/aws4_request"}
    seen = ask(emulator, "GET", VOICE, host="abc.example", range="bytes=0-1", **headers)
    assert seen.scope is not None
    assert seen.scope["headers"] == [(b"host", b"abc.example"), (b"range", b"bytes=0-1")]


@pytest.mark.parametrize(
    "through",
    [
        {"host": "abc.example"},
        {"host": "abc.example", "x_forwarded_for": "203.0.113.7"},
        # A tunnel that gives the server's own name as Host.
        {"host": LOCAL, "x_forwarded_for": "203.0.113.7"},
        {"host": LOCAL, "forwarded": "for=203.0.113.7"},
    ],
)
@pytest.mark.parametrize(
    ("method", "url", "headers", "answered"),
    [
        ("GET", PAGE, LINK, True),
        ("GET", PAGE, {}, True),
        ("POST", API, {"origin": TUNNEL}, True),
        ("OPTIONS", API, {"origin": FRONT_END}, True),
        ("GET", API, OWN, True),
        ("WS", SOCKET, {"origin": TUNNEL}, True),
        ("GET", VOICE, AUDIO | {"sec_fetch_site": "same-origin"}, True),
        ("GET", VOICE, {}, True),
        ("POST", API, {"origin": EVIL}, False),
        ("WS", SOCKET, {"origin": EVIL}, False),
        ("GET", AWS, {}, False),
        ("POST", f"{SOCKET}/@connections/1", {}, False),
        ("POST", f"{SOCKET}/@connections/1", {"origin": TUNNEL}, False),
        ("GET", AWS, TYPED, False),
        ("POST", "/", {"origin": TUNNEL}, False),
        ("POST", LAMBDA, {}, False),
        ("GET", "/_ministack/health", {}, False),
        ("POST", "/_ministack/reset", {}, False),
        ("GET", "/a-bucket", {}, False),
        ("PUT", VOICE, {}, False),
        ("POST", VOICE, {}, False),
    ],
)
def test_a_tunnel_leads_to_the_page_and_the_voices_and_never_to_aws(
    through: dict[str, str], method: str, url: str, headers: dict[str, str], answered: bool
) -> None:
    assert (ask(emulator, method, url, **through, **headers).status == 200) is answered
    # Without PUBLIC_URL there is none.
    for guarded in (alone, line):
        assert ask(guarded, method, url, **through, **headers).status == 403


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({"host": "evil.example"}, "PUBLIC_URL=https://its.name"),
        ({"host": LOCAL, "origin": EVIL}, "ORIGINS=http://its.origin"),
        ({"host": LOCAL, **IMAGE}, "ORIGINS=http://its.origin"),
        ({"host": "abc.example"}, "shows the page and the API"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "WS"])
def test_a_refusal_says_what_would_let_it_in(
    method: str, headers: dict[str, str], hint: str
) -> None:
    seen = ask(emulator, method, AWS, **headers)
    assert (seen.status, seen.scope) == (403, None)
    assert hint in seen.text
    assert "evil" not in seen.text


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ([("host", LOCAL), ("origin", FRONT_END)], True),
        ([("host", LOCAL), ("origin", FRONT_END), ("origin", EVIL)], False),
        ([("host", LOCAL), ("origin", ""), ("origin", FRONT_END)], False),
        ([("host", LOCAL), ("host", "evil.example")], False),
        ([("Host", "evil.example"), ("host", LOCAL)], False),
    ],
)
def test_two_hosts_or_origins_are_none(headers: list[tuple[str, str]], answered: bool) -> None:
    assert (answer(emulator, "POST", API, headers).status == 200) is answered

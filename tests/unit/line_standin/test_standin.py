"""The LINE stand-in, over HTTP: that it takes, refuses and answers as LINE's references say."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
import urllib3

from chalicelib.line.login import IdTokenVerifier, KeySet
from localstack.line_standin.app import Config
from localstack.line_standin.server import bind, serving
from localstack.line_standin.store import Store

CHANNEL = "1234567890"
TOKEN = "the-channel-token"
USER = "U4af4980629a1b2c3d4e5f60718293a4b"
HELLO = {"type": "text", "text": "哈囉"}


class Client:
    """Talks to one stand-in."""

    def __init__(self, url: str, http: urllib3.PoolManager) -> None:
        self.url = url
        self.http = http

    def get(self, path: str, **arguments: Any) -> urllib3.BaseHTTPResponse:
        return self.http.request("GET", self.url + path, retries=False, **arguments)

    def post(self, path: str, body: Any = None, **arguments: Any) -> urllib3.BaseHTTPResponse:
        return self.http.request(
            "POST", self.url + path, json=body, retries=False, timeout=10, **arguments
        )

    def push(
        self,
        *messages: Any,
        to: Any = USER,
        token: str = TOKEN,
        key: str | None = None,
        **more: Any,
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {token}"}
        if key:
            headers["X-Line-Retry-Key"] = key
        body = {"to": to, "messages": list(messages)} | more
        return self.post("/v2/bot/message/push", body, headers=headers)

    def received(self, user_id: str = USER) -> list[Any]:
        messages = self.get(f"/standin/messages?user_id={user_id}").json()["messages"]
        return [message["message"] for message in messages]

    def id_token(self, **body: Any) -> str:
        response = self.post("/standin/id-token", {"user_id": USER} | body)
        assert response.status == 200, response.data
        token: str = response.json()["id_token"]
        return token


@contextmanager
def running(state_file: Path | None = None) -> Iterator[Client]:
    config = Config(
        channel_id=CHANNEL, channel_token=TOKEN, state_file=state_file, hang_seconds=0.2
    )
    with serving(config) as url, urllib3.PoolManager() as http:
        yield Client(url, http)


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    with running() as client:
        yield client


@pytest.fixture
def line(shared: Client) -> Client:
    shared.post("/standin/reset")
    return shared


# Pushing


def test_a_push_is_answered_as_line_answers(line: Client) -> None:
    response = line.push(HELLO, HELLO)
    assert response.status == 200
    sent = response.json()["sentMessages"]
    assert len(sent) == 2
    assert all(message["id"].isdigit() and message["quoteToken"] for message in sent)
    assert uuid.UUID(response.headers["X-Line-Request-Id"])
    assert line.received() == [HELLO, HELLO]


def test_messages_are_listed_newest_last(line: Client) -> None:
    for text in ("一", "二", "三"):
        line.push({"type": "text", "text": text})
    assert [message["text"] for message in line.received()] == ["一", "二", "三"]
    listing = line.get(f"/standin/messages?user_id={USER}").json()
    assert listing["pushes"] == 3


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}"])
def test_a_push_needs_the_channel_token(line: Client, header: str | None) -> None:
    headers = {"Authorization": header} if header is not None else {}
    body = {"to": USER, "messages": [HELLO]}
    response = line.post("/v2/bot/message/push", body, headers=headers)
    assert response.status == 401
    assert response.json()["message"].startswith("Authentication failed")
    assert "X-Line-Request-Id" in response.headers
    assert line.received() == []


@pytest.mark.parametrize(
    "key", ["1", "not-a-uuid", "123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-4266}"]
)
def test_a_retry_key_must_be_a_uuid(line: Client, key: str) -> None:
    response = line.push(HELLO, key=key)
    assert response.status == 400
    assert "Retry-Key" in response.json()["message"]


def test_a_key_used_before_answers_409_with_the_first_answer(line: Client) -> None:
    key = str(uuid.uuid4())
    first = line.push(HELLO, key=key)
    second = line.push(HELLO, key=key.upper())
    assert second.status == 409
    assert second.headers["X-Line-Accepted-Request-Id"] == first.headers["X-Line-Request-Id"]
    assert second.headers["X-Line-Request-Id"] != first.headers["X-Line-Request-Id"]
    assert second.json()["sentMessages"] == first.json()["sentMessages"]
    assert line.received() == [HELLO]


def test_a_refused_push_does_not_use_up_its_key(line: Client) -> None:
    key = str(uuid.uuid4())
    assert line.push({"type": "text", "text": ""}, key=key).status == 400
    assert line.push(HELLO, key=key).status == 200


def test_one_key_from_many_sides_delivers_once(line: Client) -> None:
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: line.push(HELLO, key=key).status, range(8)))
    assert statuses == [200, *[409] * 7]
    assert line.received() == [HELLO]


def test_two_requests_that_pass_every_check_together_still_deliver_once() -> None:
    store, key = Store(":memory:"), uuid.uuid4()
    entries = [{"id": "1", "quote_token": "q", "message": HELLO, "audio": None}]
    first, is_new = store.accept(request_id="a", retry_key=key, user_id=USER, entries=entries)
    second, is_new_again = store.accept(
        request_id="b", retry_key=key, user_id=USER, entries=entries
    )
    assert (is_new, is_new_again) == (True, False)
    assert second == first
    assert store.pushes(USER) == [first]
    store.close()


def text(value: Any) -> dict[str, Any]:
    return {"type": "text", "text": value}


def flex(contents: Any, alt_text: Any = "alt") -> dict[str, Any]:
    return {"type": "flex", "altText": alt_text, "contents": contents}


def bubble(*components: Any, **more: Any) -> dict[str, Any]:
    body = {"type": "box", "layout": "vertical", "contents": list(components)}
    return {"type": "bubble", "body": body} | more


def button(uri: Any, label: Any = "open") -> dict[str, Any]:
    return {"type": "button", "action": {"type": "uri", "label": label, "uri": uri}}


def audio(url: Any = "https://example.com/a.mp3", duration: Any = 1000) -> dict[str, Any]:
    return {"type": "audio", "originalContentUrl": url, "duration": duration}


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (text(""), "messages[0].text"),
        (text("  "), "messages[0].text"),
        (text(None), "messages[0].text"),
        (text(7), "messages[0].text"),
        (text("字" * 5001), "messages[0].text"),
        (text("🍜" * 2501), "messages[0].text"),
        (text("x") | {"colour": "red"}, "messages[0].colour"),
        ({"type": "sound"}, "messages"),
        ({"text": "no type"}, "messages"),
        ("no object", "messages[0]"),
        (audio("http://example.com/a.mp3"), "messages[0].originalContentUrl"),
        (audio("https://"), "messages[0].originalContentUrl"),
        (audio("a.mp3"), "messages[0].originalContentUrl"),
        (audio("https://example.com/" + "a" * 2000), "messages[0].originalContentUrl"),
        (audio(duration=0), "messages[0].duration"),
        (audio(duration=-5), "messages[0].duration"),
        (audio(duration=1.5), "messages[0].duration"),
        (audio(duration=True), "messages[0].duration"),
        (audio(duration="1000"), "messages[0].duration"),
        (flex(bubble(text("x")), ""), "messages[0].altText"),
        (flex(bubble(text("x")), "字" * 401), "messages[0].altText"),
        (flex(None), "messages[0].contents"),
        (flex({"type": "table"}), "/type"),
        (flex({"type": "bubble"}), "/"),
        (flex(bubble(text(""))), "/body/contents/0/text"),
        (flex(bubble({"type": "marquee"})), "/body/contents/0/type"),
        (flex(bubble(text("x") | {"color": "green"})), "/body/contents/0/color"),
        (flex(bubble(text("x") | {"size": "huge"})), "/body/contents/0/size"),
        (flex(bubble(text("x") | {"flex": -1})), "/body/contents/0/flex"),
        (flex(bubble(text("x") | {"weight": "heavy"})), "/body/contents/0/weight"),
        (flex(bubble(button("javascript:alert(1)"))), "/body/contents/0/action/uri"),
        (flex(bubble(button("https://a b"))), "/body/contents/0/action/uri"),
        (flex(bubble(button("https://a/" + "x" * 1000))), "/body/contents/0/action/uri"),
        (flex(bubble(button("https://a", ""))), "/body/contents/0/action/label"),
        (flex(bubble(button("https://a", "x" * 41))), "/body/contents/0/action/label"),
        (flex(bubble({"type": "button"})), "/body/contents/0/action"),
        (flex(bubble(text("x" * 31_000))), "/"),
        (flex(bubble(text("x"), size="enormous")), "/size"),
        (flex(bubble(text("x"), footer=text("x"))), "/footer"),
        (flex(bubble(text("x") | {"blink": True})), "messages[0].contents.body.contents[0].blink"),
    ],
)
def test_what_line_refuses_is_refused_and_pointed_at(
    line: Client, message: Any, place: str
) -> None:
    response = line.push(message)
    assert response.status == 400
    assert [detail["property"] for detail in response.json()["details"]] == [place]
    assert line.received() == []


@pytest.mark.parametrize(
    "message",
    [
        text("字" * 5000),
        text("🍜" * 2500),
        flex(bubble(text("x"), button("https://example.com/?a=b")), "字" * 400),
        flex(bubble(button("tel:+886223456789"), {"type": "separator", "color": "#AABBCC"})),
        flex({"type": "carousel", "contents": [bubble(text("x"))]}),
    ],
)
def test_what_line_takes_is_taken(line: Client, message: Any) -> None:
    assert line.push(message).status == 200
    assert line.received() == [message]


@pytest.mark.parametrize("to", [None, "", 7, "two words", "x" * 65])
def test_a_push_needs_a_user(line: Client, to: Any) -> None:
    response = line.push(HELLO, to=to)
    assert response.status == 400
    assert "'to'" in response.json()["message"]


@pytest.mark.parametrize("count", [0, 6])
def test_a_push_carries_one_to_five_messages(line: Client, count: int) -> None:
    assert line.push(*[HELLO] * count).status == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 5000])
def test_a_body_that_is_no_json_object_is_refused(line: Client, body: bytes) -> None:
    response = line.http.request(
        "POST",
        f"{line.url}/v2/bot/message/push",
        body=body,
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    assert response.status == 400
    assert response.json()["message"]


# The voice


def mp3(frames: int) -> bytes:
    """Silence of 24 ms a frame: MPEG-2 layer III, 48 kbit/s, 24 kHz, mono, without padding."""
    return (b"\xff\xf3\x64\xc4" + bytes(140)) * frames


@contextmanager
def hosting(
    data: bytes, *, content_type: str = "audio/mpeg", statuses: tuple[int, ...] = ()
) -> Iterator[str]:
    """A loopback host of one file; answers `statuses` first."""
    waiting = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = waiting.pop(0) if waiting else 200
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/voice.mp3?X-Amz-Signature=1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_voice_is_fetched_and_measured(line: Client) -> None:
    with hosting(mp3(50)) as url:
        assert line.push(audio(url, 1200 + 90)).status == 200
    entry = line.get(f"/standin/messages?user_id={USER}").json()["messages"][0]
    assert entry["audio"] == {"duration_ms": 1200, "size": 50 * 144}


@pytest.mark.parametrize("duration", [1200 - 150, 1200 + 150, 12_000])
def test_a_false_duration_is_refused(line: Client, duration: int) -> None:
    with hosting(mp3(50)) as url:
        response = line.push(HELLO, audio(url, duration))
    assert response.status == 400
    assert response.json()["details"][0]["property"] == "messages[1].duration"
    assert line.received() == []


@pytest.mark.parametrize(
    "host",
    [
        lambda: hosting(b""),
        lambda: hosting(b"<html>sorry</html>"),
        lambda: hosting(mp3(50), content_type="text/html"),
        lambda: hosting(mp3(50), statuses=(403,)),
        lambda: hosting(mp3(50), statuses=(500, 503, 500)),
    ],
    ids=["empty", "html", "content type", "forbidden", "broken"],
)
def test_a_voice_that_cannot_be_played_is_refused(line: Client, host: Callable[[], Any]) -> None:
    with host() as url:
        response = line.push(audio(url, 1200))
    assert response.status == 400
    assert response.json()["details"][0]["property"] == "messages[0].originalContentUrl"


def test_a_storage_that_stumbles_once_is_asked_again(line: Client) -> None:
    with hosting(mp3(50), statuses=(503,)) as url:
        assert line.push(audio(url, 1200)).status == 200


# Faults


def test_faults_are_met_in_order_and_once(line: Client) -> None:
    line.post("/standin/faults", {"push": [500, 429, None, 503]})
    assert [line.push(HELLO).status for _ in range(5)] == [500, 429, 200, 503, 200]
    assert line.get("/standin/counts").json() == {
        "push_requests": 5,
        "push_faults": 3,
        "push_accepted": 2,
    }


def test_new_faults_replace_those_that_wait(line: Client) -> None:
    line.post("/standin/faults", {"push": [500], "certs": ["garbage"]})
    left = line.post("/standin/faults", {"push": []}).json()
    assert left == {"push": [], "certs": ["garbage"]}
    assert line.push(HELLO).status == 200


@pytest.mark.parametrize(
    ("fault", "delivered"),
    [("drop", 0), ("hang", 0), ("drop-after-accept", 1), ("hang-after-accept", 1)],
)
def test_a_cut_connection_gives_no_answer(line: Client, fault: str, delivered: int) -> None:
    line.post("/standin/faults", {"push": [fault]})
    with pytest.raises(urllib3.exceptions.ProtocolError):
        line.push(HELLO)
    assert len(line.received()) == delivered


def test_an_accepted_push_may_be_answered_with_500(line: Client) -> None:
    key = str(uuid.uuid4())
    line.post("/standin/faults", {"push": ["500-after-accept"]})
    assert line.push(HELLO, key=key).status == 500
    assert line.push(HELLO, key=key).status == 409
    assert line.received() == [HELLO]


@pytest.mark.parametrize(
    "faults",
    [
        {"push": [200]},
        {"push": ["explode"]},
        {"push": 500},
        {"pull": [500]},
        {"certs": ["drop-after-accept"]},
        {"push": [True]},
        [500],
    ],
)
def test_an_unknown_fault_is_refused(line: Client, faults: Any) -> None:
    assert line.post("/standin/faults", faults).status == 400


# LINE Login


def verified(line: Client, token: str) -> str:
    keys = KeySet(f"{line.url}/oauth2/v2.1/certs", pool=line.http)
    return IdTokenVerifier(channel_id=CHANNEL, keys=keys).verify(token)


def test_its_id_tokens_pass_our_own_verification(line: Client) -> None:
    assert verified(line, line.id_token(name="旅人")) == USER


def test_its_id_tokens_look_like_lines(line: Client) -> None:
    token = line.id_token(name="旅人", expires_in=60)
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (header["alg"], header["typ"]) == ("ES256", "JWT")
    assert header["kid"] == line.get("/oauth2/v2.1/certs").json()["keys"][0]["kid"]
    assert claims == {
        "iss": "https://access.line.me",
        "sub": USER,
        "aud": CHANNEL,
        "iat": claims["iat"],
        "exp": claims["iat"] + 60,
        "amr": ["linesso"],
        "name": "旅人",
    }
    assert abs(claims["iat"] - time.time()) < 5


def test_the_published_keys_are_public(line: Client) -> None:
    (key,) = line.get("/oauth2/v2.1/certs").json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"user_id": ""},
        {"user_id": "a b"},
        {"user_id": 5},
        {"user_id": USER, "name": 5},
        {"user_id": USER, "expires_in": "soon"},
        {"user_id": USER, "expires_in": 10**12},
        [],
    ],
)
def test_a_sign_in_that_makes_no_sense_is_refused(line: Client, body: Any) -> None:
    assert line.post("/standin/id-token", body).status == 400


def verify(line: Client, token: str, **form: str) -> urllib3.BaseHTTPResponse:
    fields = {"id_token": token, "client_id": CHANNEL} | form
    return line.http.request_encode_body(
        "POST", f"{line.url}/oauth2/v2.1/verify", fields=fields, encode_multipart=False
    )


def test_verify_answers_with_the_claims(line: Client) -> None:
    response = verify(line, line.id_token(name="旅人"))
    assert response.status == 200
    assert (response.json()["sub"], response.json()["name"]) == (USER, "旅人")


@pytest.mark.parametrize(
    ("make", "form", "description"),
    [
        (lambda line: "nonsense", {}, "Invalid IdToken."),
        (lambda line: line.id_token()[:-4] + "AAAA", {}, "Invalid IdToken."),
        (lambda line: line.id_token(expires_in=-60), {}, "IdToken expired."),
        (lambda line: line.id_token(), {"client_id": "9"}, "Invalid IdToken Audience."),
        (
            lambda line: line.id_token(),
            {"user_id": "U1"},
            "Invalid IdToken Subject Identifier.",
        ),
    ],
)
def test_verify_says_what_is_wrong_in_lines_words(
    line: Client, make: Callable[[Client], str], form: dict[str, str], description: str
) -> None:
    response = verify(line, make(line), **form)
    assert response.status == 400
    assert response.json() == {"error": "invalid_request", "error_description": description}


def test_keys_can_be_rotated(line: Client) -> None:
    old = line.id_token()
    line.post("/standin/keys", {"keep_old": True})
    new = line.id_token()
    assert verified(line, old) == verified(line, new) == USER
    line.post("/standin/keys", {"keep_old": False})
    assert verify(line, old).status == 400
    assert verified(line, line.id_token()) == USER


def test_certs_can_fail(line: Client) -> None:
    line.post("/standin/faults", {"certs": [503, "garbage", "drop"]})
    assert line.get("/oauth2/v2.1/certs").status == 503
    assert line.get("/oauth2/v2.1/certs").data.startswith(b"<html>")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        line.get("/oauth2/v2.1/certs")
    assert line.get("/oauth2/v2.1/certs").json()["keys"]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:4566", True),
        ("http://abc123.execute-api.localhost:4566", True),
        ("http://127.0.0.1:4566", True),
        ("https://example.com", False),
        ("http://localhost.example.com", False),
        ("null", False),
    ],
)
def test_pages_of_this_machine_may_sign_in(line: Client, origin: str, allowed: bool) -> None:
    preflight = line.http.request(
        "OPTIONS",
        f"{line.url}/standin/id-token",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    answer = line.post("/standin/id-token", {"user_id": USER}, headers={"Origin": origin})
    for response in (preflight, answer):
        expected = origin if allowed else None
        assert response.headers.get("Access-Control-Allow-Origin") == expected
    assert (preflight.status == 200) is allowed


def test_other_names_for_this_machine_are_not_served(line: Client) -> None:
    assert line.get("/standin/health", headers={"Host": "evil.example"}).status == 400


# LIFF links


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/liff", "/v1/liff?x=1"),
        ("/liff?order_id=01A&y=%26", "/v1/liff?x=1&order_id=01A&y=%26"),
        ("/liff/", "/v1/liff?x=1"),
        ("/liff/history?a=b", "/v1/liff/history?x=1&a=b"),
        ("/liff/1234567890-AbcdEfgh?order_id=2", "/v1/liff?x=1&order_id=2"),
        ("/liff/1234567890-AbcdEfgh/history", "/v1/liff/history?x=1"),
        ("/liff//evil.example/", "/v1/liff//evil.example/?x=1"),
    ],
)
def test_a_liff_link_leads_to_the_page_with_its_query(line: Client, path: str, target: str) -> None:
    line.post("/standin/liff", {"endpoint": "http://localhost:4566/v1/liff?x=1"})
    response = line.get(path, redirect=False)
    assert response.status == 302
    assert response.headers["Location"] == f"http://localhost:4566{target}"


def test_without_an_endpoint_a_liff_link_says_so() -> None:
    with running() as line:
        assert line.get("/liff", redirect=False).status == 404


@pytest.mark.parametrize("endpoint", [None, 5, "liff", "javascript:x", "https://example.com/"])
def test_a_liff_endpoint_is_on_this_machine(line: Client, endpoint: Any) -> None:
    assert line.post("/standin/liff", {"endpoint": endpoint}).status == 400


# State


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    state, key = tmp_path / "state.sqlite3", str(uuid.uuid4())
    with running(state) as line:
        first = line.push(HELLO, key=key)
        token = line.id_token(name="旅人")
        line.post("/standin/liff", {"endpoint": "http://localhost:1/liff"})
        line.post("/standin/faults", {"push": [None, 500]})
    with running(state) as line:
        again = line.push(HELLO, key=key)
        assert again.status == 409
        accepted = again.headers["X-Line-Accepted-Request-Id"]
        assert accepted == first.headers["X-Line-Request-Id"]
        assert line.received() == [HELLO]
        assert verified(line, token) == USER
        assert line.get("/liff", redirect=False).status == 302
        assert line.push(HELLO).status == 500
        assert line.get("/standin/users").json()["users"][0]["name"] == "旅人"


def test_a_reset_forgets_messages_keys_and_faults_but_not_who_signs(line: Client) -> None:
    key, token = str(uuid.uuid4()), line.id_token()
    line.push(HELLO, key=key)
    line.post("/standin/faults", {"push": [500]})
    line.post("/standin/reset")
    assert line.received() == []
    assert line.get("/standin/users").json()["users"] == []
    assert line.get("/standin/counts").json() == {}
    assert verified(line, token) == USER
    assert line.push(HELLO, key=key).status == 200


def test_a_user_keeps_a_name_once_given(line: Client) -> None:
    line.id_token(name="旅人")
    line.id_token()
    assert line.get("/standin/users").json()["users"][0]["name"] == "旅人"


def test_users_are_listed_newest_message_first(line: Client) -> None:
    line.id_token(user_id="U-quiet", name="Quiet")
    line.id_token(user_id="U-first", name="First")
    line.push(HELLO, to="U-first")
    line.push(HELLO, to="U-second")
    users = line.get("/standin/users").json()["users"]
    assert [user["user_id"] for user in users] == ["U-second", "U-first", "U-quiet"]
    assert [user["preview"] for user in users] == ["哈囉", "哈囉", None]


def test_an_open_chat_hears_of_a_push(line: Client) -> None:
    with urllib3.PoolManager() as http:
        stream = http.request("GET", f"{line.url}/standin/events", preload_content=False)
        events = stream.stream(1024)
        assert b"event: change" in next(events)
        line.push(HELLO)
        assert b"event: change" in next(chunk for chunk in events if b"event:" in chunk)
        stream.close()


# The command


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "localstack.line_standin", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("LINE_")},
    )


def free_port() -> int:
    with bind(0) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    process = start(
        *("--port", str(port), "--channel-id", CHANNEL, "--channel-token", TOKEN),
        *("--state-dir", str(tmp_path / "new" / "state")),
    )
    assert process.stderr
    try:
        assert process.stderr.readline() == f"LINE stand-in: http://127.0.0.1:{port}/\n"
        with urllib3.PoolManager() as http:
            health = http.request("GET", f"http://127.0.0.1:{port}/standin/health")
        assert health.json() == {"status": "ok", "channel_id": CHANNEL}
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    finally:
        process.kill()
        process.stderr.close()
        process.wait()
    assert (tmp_path / "new" / "state" / "line-standin.sqlite3").exists()


def test_the_command_says_in_one_line_that_its_port_is_taken() -> None:
    with bind(0) as listener:
        port = listener.getsockname()[1]
        process = start(*("--port", str(port), "--channel-id", CHANNEL, "--channel-token", TOKEN))
        _, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert told.splitlines() == [f"Port {port} cannot be used: Address already in use"]


def test_the_command_needs_a_channel() -> None:
    process = start("--port", "0", "--channel-id", CHANNEL)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "--channel-token is missing" in told


def test_the_pages_headers_are_strict(line: Client) -> None:
    for path in ("/", "/chat.js", "/flex.js", "/chat.css"):
        response = line.get(path)
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert json.dumps(line.get("/").data.decode()).count("http") == 0

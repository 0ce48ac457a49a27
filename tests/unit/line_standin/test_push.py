"""What LINE takes and refuses of a push, and the retry key."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from localstack.line_standin.store import Store
from tests.unit.line_standin.standin_client import HELLO, TOKEN, USER, Client, audio


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

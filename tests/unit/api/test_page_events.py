"""`POST /api/page-events`: kinds are counted, and nothing else of a request is kept."""

import json
from typing import Any

import pytest

from chalicelib.openapi import document
from chalicelib.page_events import MAX_BYTES, MOST_EVENTS
from chalicelib.settings import settings
from chalicelib.telemetry import PAGE_EVENTS
from tests import metrics
from tests.unit.api.api_client import Answer, Api

PATH = "/api/page-events"


def send(api: Api, body: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.request("POST", PATH, body, named)


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    return {line["kind"]: line["PageEvent"] for line in metrics.read(capsys.readouterr().out)}


def test_a_pages_events_are_counted_by_kind(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    answer = send(api, {"events": ["page_opened", "voice_played", "voice_played"]})
    assert (answer.status, answer.text) == (204, "")
    assert counted(capsys) == {"page_opened": 1, "voice_played": 2}


@pytest.mark.parametrize(
    "media_type", ["text/plain;charset=UTF-8", "text/plain", "application/json; charset=utf-8"]
)
def test_a_beacon_may_be_text_which_a_browser_sends_without_asking(
    api: Api, capsys: pytest.CaptureFixture[str], media_type: str
) -> None:
    body = json.dumps({"events": ["page_opened"]}).encode()
    assert send(api, body, Content_Type=media_type).status == 204
    assert counted(capsys) == {"page_opened": 1}


@pytest.mark.parametrize(
    "events",
    [
        None,
        "page_opened",
        [],
        {},
        ["page_opened", "made_up"],
        ["other"],
        ["PAGE_OPENED"],
        [None],
        [{"kind": "page_opened"}],
        [["page_opened"]],
        ["page_opened"] * (MOST_EVENTS + 1),
    ],
)
def test_what_is_no_list_of_kinds_is_refused_whole(
    api: Api, capsys: pytest.CaptureFixture[str], events: Any
) -> None:
    refused = send(api, {"events": events})
    assert (refused.status, refused.json["code"]) == (422, "page_events_invalid")
    assert refused.json["errors"][0]["field"].startswith("events")
    assert counted(capsys) == {}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"[]", {}, 400),
        (b"{", {}, 400),
        (b'{"events": ["page_opened"], "events": []}', {}, 400),
        (b"\xff", {}, 400),
        (b'{"events": ["' + b"x" * MAX_BYTES + b'"]}', {}, 413),
        (b'{"events": ["page_opened"]}', {"Content_Type": "application/xml"}, 415),
    ],
)
def test_what_cannot_be_read_is_refused(
    api: Api,
    capsys: pytest.CaptureFixture[str],
    body: bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    assert send(api, body, **headers).status == status
    assert counted(capsys) == {}


def test_the_largest_request_of_known_kinds_fits() -> None:
    longest = max(PAGE_EVENTS, key=len)
    assert len(json.dumps({"events": [longest] * MOST_EVENTS})) <= MAX_BYTES


def test_nothing_that_a_page_sends_is_written_down(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "U" + "5e" * 16
    send(api, {"events": ["page_opened"], "user": secret}, X_LIFF_User_Id=secret)
    send(api, {"events": [secret]})
    assert secret not in "".join(capsys.readouterr())


def test_a_page_of_an_allowed_origin_may_send_them(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://shop.example")
    settings.cache_clear()
    origin = {"Origin": "https://shop.example"}
    asked = api.request("OPTIONS", PATH, headers=origin)
    assert asked.status == 204
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    answer = send(api, {"events": ["page_opened"]}, **origin)
    assert answer.headers["Access-Control-Allow-Origin"] == origin["Origin"]


def test_the_description_names_the_kinds() -> None:
    events = document()["components"]["schemas"]["PageEvents"]["properties"]["events"]
    assert events["items"]["enum"] == [*PAGE_EVENTS]
    assert (events["minItems"], events["maxItems"]) == (1, MOST_EVENTS)

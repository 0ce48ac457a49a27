"""LINE Login as the stand-in plays it, and LIFF links."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import urllib3

from tests.unit.line_standin.standin_client import CHANNEL, USER, Client, running, verified


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
        ("https://front.example", True),
        ("https://example.com", False),
        ("http://localhost:3000", False),
        ("http://localhost.example.com", False),
        ("null", False),
    ],
)
def test_only_the_stacks_own_pages_and_those_that_are_named_may_sign_in(
    line: Client, origin: str, allowed: bool
) -> None:
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
        expected = "*" if allowed else None
        assert response.headers.get("Access-Control-Allow-Origin") == expected
        assert response.status == (200 if allowed else 403)


def test_other_names_for_this_machine_are_not_served(line: Client) -> None:
    assert line.get("/standin/health", headers={"Host": "evil.example"}).status == 403


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

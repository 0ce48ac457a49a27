"""The page as it is served: headers, addresses, size, texts."""

import base64
import dataclasses
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from chalicelib import languages, liff
from chalicelib.settings import Settings

FOLDER = Path(liff.__file__).parent
GUARD = "guard.js"  # It stands in the page itself.
SCRIPTS = sorted(file.name for file in FOLDER.glob("*.js") if file.name != GUARD)
SOURCES = {name: (FOLDER / name).read_text("utf-8") for name in SCRIPTS}


def statically_imported(name: str) -> set[str]:
    """By `name`, directly or not, and itself: a module's first statements are its imports."""
    found: set[str] = set()
    unread = {name}
    while unread:
        found |= unread
        heads = "".join(SOURCES[module] for module in unread)
        unread = set(re.findall(r'^[^/*\n]*\bfrom "\./([^"]+)"', heads, re.MULTILINE)) - found
    return found


FIRST_VIEWS = ("counter", "menu", "order")


def first_scripts(view: str) -> set[str]:
    return statically_imported("app.js") | statically_imported(f"view-{view}.js")


ON_AWS = Settings(
    orders_table="orders",
    limits_table="limits",
    orders_queue_url="https://sqs.eu-west-1.amazonaws.com/1/orders",
    voice_bucket="voices",
    aws_region="eu-west-1",
    line_channel_token_parameter="/token",
    client_address_key_parameter="/key",
)
LOCAL = dataclasses.replace(
    ON_AWS,
    public_s3_endpoint_url="http://localhost:4566",
    line_standin_url="http://localhost:4567/",
)


def policy(settings: Settings) -> dict[str, list[str]]:
    header = liff.page(settings).headers["Content-Security-Policy"]
    parts = (part.split() for part in header.split("; "))
    return {name: sources for name, *sources in parts}


def asset_addresses(settings: Settings = ON_AWS, view: str = "counter") -> list[str]:
    return re.findall(r'(?:href|src)="(liff/[^"]+)"', liff.page(settings, view).body)


def served(address: str) -> liff.Asset:
    _, version, name = address.split("/")
    asset = liff.asset(version, name)
    assert asset is not None, address
    return asset


def guards_hash() -> str:
    digest = hashlib.sha256((FOLDER / GUARD).read_bytes()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def keys(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


@pytest.mark.parametrize("view", FIRST_VIEWS)
def test_everything_that_the_page_names_is_served(view: str) -> None:
    addresses = asset_addresses(view=view)
    for address in addresses:
        assert served(address).body
    assert {Path(address).name for address in addresses} == {"style.css", *first_scripts(view)}


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ({}, "counter"),
        ({"store": ""}, "counter"),
        ({"table": "5"}, "counter"),
        ({"store": "a"}, "menu"),
        ({"store": "a", "order_id": "1"}, "order"),
        ({"liff.state": "?store=a&table=5"}, "menu"),
        ({"liff.state": "/?order_id=1#orders"}, "order"),
        ({"liff.state": "#orders"}, "counter"),
        ({"liff.state": "//[?store"}, "counter"),
    ],
)
def test_the_page_brings_the_view_that_its_address_opens_with(
    query: dict[str, str], view: str
) -> None:
    assert liff.first_view(query) == view


@pytest.mark.parametrize("ends_in_slash", [False, True])
def test_the_page_names_its_assets_relative_to_itself(ends_in_slash: bool) -> None:
    body = liff.page(ON_AWS, ends_in_slash=ends_in_slash).body
    assert not re.search(r'(?:href|src)="(?:/|\.|https?:)', body)


def test_an_address_with_and_without_a_slash_lead_to_the_same_assets() -> None:
    def led_to(address: str) -> set[str]:
        body = liff.page(ON_AWS, ends_in_slash=address.endswith("/")).body
        names = re.findall(r'(?:href|src)="([^":]+)"', body)
        return {urljoin(f"https://api.example/v1{address}", name) for name in names}

    assert led_to("/liff/") == led_to("/liff")
    assert led_to("/liff") > {f"https://api.example/v1/{a}" for a in asset_addresses()[:5]}


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_module_imports_only_its_neighbours(name: str) -> None:
    imported = re.findall(r'(?:from\s+|import\s+|import\()"([^"]+)"', SOURCES[name])
    assert all(module.startswith("./") for module in imported)
    assert {module.removeprefix("./") for module in imported} <= set(SCRIPTS)


def test_what_the_first_view_does_not_need_comes_after_it() -> None:
    later = {"view-review.js", "view-order.js", "view-staff.js", "view-history.js", "player.js"}
    first = first_scripts("counter") | first_scripts("menu")
    assert later <= set(SCRIPTS) - first
    assert "view-menu.js" not in first_scripts("counter")
    assert "view-counter.js" not in first_scripts("menu")
    fetched = re.findall(r'\bimport\("\./([^"]+)"\)', "".join(SOURCES.values()))
    reached = {module for name in fetched for module in statically_imported(name)}
    assert first | reached == set(SCRIPTS), "a module that nothing imports"


def test_the_client_for_reuse_depends_on_nothing() -> None:
    assert not re.search(r"^import ", SOURCES["order-client.js"], re.MULTILINE)


def test_the_client_for_reuse_has_an_address_of_its_own_that_stays() -> None:
    client = liff.client()
    assert client.body == SOURCES["order-client.js"]
    assert client.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert client.headers["Cache-Control"] == "no-cache"
    assert "Cross-Origin-Resource-Policy" not in client.headers


def test_assets_are_kept_for_ever_and_the_page_is_not() -> None:
    page = liff.page(ON_AWS)
    assert page.headers["Cache-Control"] == "no-cache"
    assert re.fullmatch(r'"[0-9a-f]{16}"', page.headers["ETag"])
    for address in asset_addresses():
        assert served(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_etag_changes_with_what_the_page_says() -> None:
    assert liff.page(ON_AWS).headers["ETag"] != liff.page(LOCAL).headers["ETag"]


def test_the_page_can_ask_for_a_reload_in_every_language_before_it_has_any_text() -> None:
    lines = re.findall(r'<p lang="(?:zh-Hant-TW|\w\w)">(.+)</p>', liff.page(ON_AWS).body)
    texts = [languages.texts(language)["page"]["reload"] for language in languages.SUPPORTED]
    assert [unescape(line) for line in lines] == texts


def test_content_types_are_those_that_nosniff_wants() -> None:
    version = asset_addresses()[0].split("/")[1]
    for name, content_type in {
        "app.js": "text/javascript; charset=utf-8",
        "style.css": "text/css; charset=utf-8",
        "th.json": "application/json; charset=utf-8",
    }.items():
        headers = served(f"liff/{version}/{name}").headers
        assert headers["Content-Type"] == content_type
        assert headers["X-Content-Type-Options"] == "nosniff"
    page = liff.page(ON_AWS).headers
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert page["Referrer-Policy"] == "same-origin", "its address may show an order"


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("0000000000000000", "app.js"),
        ("current", "page.html"),
        ("current", "__init__.py"),
        ("current", "../settings.py"),
        ("current", "app.js\0"),
        ("current", "xx.json"),
        ("current", ""),
        ("", ""),
    ],
)
def test_nothing_else_is_served(version: str, name: str) -> None:
    current = asset_addresses()[0].split("/")[1]
    assert liff.asset(version.replace("current", current), name) is None


def test_the_policy_allows_nothing_from_elsewhere_but_the_buckets_audio() -> None:
    bucket = ["https://voices.s3.amazonaws.com", "https://voices.s3.eu-west-1.amazonaws.com"]
    assert policy(ON_AWS) == {
        "default-src": ["'none'"],
        "script-src": ["'self'", guards_hash()],
        "style-src": ["'self'"],
        "img-src": ["data:"],
        "connect-src": ["'self'"],
        "media-src": ["blob:", *bucket],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["'none'"],
    }


def test_lines_servers_are_allowed_with_a_liff_id_only() -> None:
    with_liff = policy(dataclasses.replace(ON_AWS, liff_id="1-a"))
    assert with_liff["script-src"] == ["'self'", guards_hash(), "https://static.line-scdn.net"]
    assert "https://api.line.me" in with_liff["connect-src"]
    assert "line" not in liff.page(ON_AWS).headers["Content-Security-Policy"]


def test_the_local_stack_may_play_from_the_emulator_and_sign_in_at_the_standin() -> None:
    assert policy(LOCAL)["media-src"] == ["blob:", "http://localhost:4566"]
    assert policy(LOCAL)["connect-src"] == ["'self'", "http://localhost:4567"]
    assert 'data-standin-url="http://localhost:4567"' in liff.page(LOCAL).body


def test_a_real_liff_app_never_signs_in_at_the_standin() -> None:
    settings = dataclasses.replace(LOCAL, liff_id="1-a")
    assert "localhost:4567" not in liff.page(settings).body
    assert "http://localhost:4567" not in policy(settings)["connect-src"]


def test_a_setting_cannot_break_out_of_its_attribute() -> None:
    body = liff.page(dataclasses.replace(ON_AWS, liff_id='"><script>alert(1)</script>')).body
    assert "<script>alert" not in body


def test_the_guard_is_the_only_inline_script_and_there_is_no_style() -> None:
    body = liff.page(LOCAL).body
    inline = re.findall(r"<script>(.*?)</script>", body, re.DOTALL)
    assert inline == [(FOLDER / GUARD).read_text("utf-8")]
    assert len(re.findall(r"<script(?![^>]*\bsrc=)", body)) == 1
    body = body.replace(inline[0], "")
    assert "<style" not in body
    assert not re.search(r"\s(?:style|on\w+)=", body)


@pytest.mark.parametrize("name", [*SCRIPTS, GUARD])
def test_no_script_makes_markup_or_code_from_text(name: str) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert not re.search(forbidden, (FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("view", ["counter", "menu"])
def test_the_first_load_is_under_48_kilobytes_compressed(view: str) -> None:
    longest = max(
        (f"liff/{asset_addresses()[0].split('/')[1]}/{tag}.json" for tag in languages.SUPPORTED),
        key=lambda address: len(served(address).body),
    )
    addresses = {*asset_addresses(view=view), longest}
    bodies = [liff.page(LOCAL, view).body, *(served(address).body for address in addresses)]
    size = sum(len(gzip.compress(body.encode(), 6)) for body in bodies)
    assert size < 48_000


@pytest.mark.parametrize("language", languages.SUPPORTED)
def test_every_language_has_every_text_with_the_same_blanks(language: str) -> None:
    english = dict(keys(languages.texts("en")["page"]))
    texts = dict(keys(languages.texts(language)["page"]))
    assert texts.keys() == english.keys()
    for key, text in texts.items():
        assert text.strip() == text != ""
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key


def test_every_text_that_a_script_asks_for_exists_and_none_is_idle() -> None:
    texts = languages.texts("en")
    known = dict(keys(texts["page"] | {"status": texts["status"]}))
    bare = {re.sub(r"_(one|other)$", "", key) for key in known}
    code = "\n".join([*SOURCES.values(), (FOLDER / GUARD).read_text("utf-8")])
    asked = set(re.findall(r'\bt\("([\w.]+)"', code))
    assert asked <= known.keys() | bare
    for key in keys(texts["page"]):
        stem = re.sub(r"_(one|other)$", "", key[0])
        families = [stem[: found.end()] for found in re.finditer("_", stem)]
        is_used = f'"{stem}"' in code or any(f"`{family}$" in code for family in families)
        assert is_used, f"{stem} is used nowhere"


def test_the_page_speaks_the_languages_that_the_server_speaks() -> None:
    block = re.search(r"LANGUAGES = {(.*?)}", SOURCES["i18n.js"], re.DOTALL)
    assert block
    tags = re.findall(r'(?:^|[ ,])"?([a-z]{2}(?:-[A-Z]{2})?)\b', block.group(1))
    assert tuple(tags) == languages.SUPPORTED


@pytest.mark.parametrize("language", languages.SUPPORTED)
def test_texts_are_served_whole(language: str) -> None:
    version = asset_addresses()[0].split("/")[1]
    texts = json.loads(served(f"liff/{version}/{language}.json").body)
    assert texts["player"]["play"]
    assert texts["status"]["errors"]

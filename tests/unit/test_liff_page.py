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


ON_AWS = Settings(
    stage="prod",
    orders_table="orders",
    limits_table="limits",
    orders_queue_url="https://sqs.eu-west-1.amazonaws.com/1/orders",
    voice_bucket="voices",
    aws_region="eu-west-1",
    line_channel_token_parameter="/token",
    client_address_key_parameter="/key",
    voice_address_key_parameter="/key",
)
LOCAL = dataclasses.replace(
    ON_AWS,
    public_s3_endpoint_url="http://localhost:4566",
    line_standin_url="http://localhost:4567/",
)


def policy(settings: Settings) -> dict[str, list[str]]:
    header = page(settings).headers["Content-Security-Policy"]
    parts = (part.split() for part in header.split("; "))
    return {name: sources for name, *sources in parts}


def page(
    settings: Settings = ON_AWS,
    language: str = "en",
    *,
    with_order: bool = False,
    ends_in_slash: bool = False,
) -> liff.Asset:
    return liff.page(settings, language, with_order=with_order, ends_in_slash=ends_in_slash)


def asset_addresses(*, with_order: bool = False) -> list[str]:
    return re.findall(r'(?:href|src)="(liff/[^"]+)"', page(with_order=with_order).body)


def version() -> str:
    return asset_addresses()[0].split("/")[1]


def inline(element: str, settings: Settings = ON_AWS) -> str:
    """What stands in the page's only such element without an address."""
    found = re.findall(rf"<{element}>(.*?)</{element}>", page(settings).body, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def served(address: str) -> liff.Asset:
    _, version, name = address.split("/")
    asset = liff.asset(version, name)
    assert asset is not None, address
    return asset


def hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def keys(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def test_a_first_visit_asks_for_the_page_and_two_scripts() -> None:
    app, shared = sorted(Path(address).name for address in asset_addresses())
    assert app == "app.js"
    assert re.fullmatch(r"shared-\w+\.js", shared)
    for address in asset_addresses():
        assert served(address).body


def test_what_an_order_needs_comes_with_a_page_that_opens_with_it() -> None:
    names = {Path(address).name for address in asset_addresses(with_order=True)}
    more = sorted(names - {Path(address).name for address in asset_addresses()})
    assert [re.sub("-[A-Z0-9]{8}", "", name) for name in more] == ["order-views.js", "shared.js"]


@pytest.mark.parametrize(
    ("query", "opens"),
    [
        ({}, False),
        ({"store": "a", "table": "5"}, False),
        ({"store": "a", "order_id": "1"}, True),
        ({"order_id": ""}, False),
        ({"liff.state": "?store=a&table=5"}, False),
        ({"liff.state": "/?order_id=1#orders"}, True),
        ({"liff.state": "#orders"}, False),
        ({"liff.state": "//[?store"}, False),
    ],
)
def test_the_page_knows_whether_it_opens_with_an_order(query: dict[str, str], opens: bool) -> None:
    assert liff.opens_order(query) is opens


def test_a_script_tells_where_its_source_is() -> None:
    script = served(f"liff/{version()}/app.js").body
    (name,) = re.findall(r"//# sourceMappingURL=(\S+)", script)
    source_map = json.loads(served(f"liff/{version()}/{name}").body)
    assert "app.js" in source_map["sources"]
    at = source_map["sources"].index("app.js")
    assert source_map["sourcesContent"][at] == SOURCES["app.js"]


@pytest.mark.parametrize("language", languages.SUPPORTED)
def test_the_page_brings_the_texts_of_the_language_that_was_asked_for(language: str) -> None:
    element = r'<script type="application/json" id="texts" data-language="(.+?)">(.*?)</script>'
    ((brought, texts),) = re.findall(element, page(language=language).body, re.DOTALL)
    assert brought == language
    assert json.loads(texts) == json.loads(served(f"liff/{version()}/{language}.json").body)
    assert "<" not in texts
    assert page().headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("ends_in_slash", [False, True])
def test_the_page_names_its_assets_relative_to_itself(ends_in_slash: bool) -> None:
    body = page(ends_in_slash=ends_in_slash).body
    assert not re.search(r'(?:href|src)="(?:/|\.|https?:)', body)


def test_an_address_with_and_without_a_slash_lead_to_the_same_assets() -> None:
    def led_to(address: str) -> set[str]:
        body = page(ends_in_slash=address.endswith("/")).body
        names = re.findall(r'(?:href|src)="([^":]+)"', body)
        return {urljoin(f"https://api.example/v1{address}", name) for name in names}

    assert led_to("/liff/") == led_to("/liff")
    assert led_to("/liff") == {f"https://api.example/v1/{name}" for name in asset_addresses()}


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_module_imports_only_its_neighbours(name: str) -> None:
    imported = re.findall(r'(?:from\s+|import\s+|import\()"([^"]+)"', SOURCES[name])
    assert all(module.startswith("./") for module in imported)
    assert {module.removeprefix("./") for module in imported} <= set(SCRIPTS)


def test_every_module_is_in_a_script() -> None:
    names = [name for name in liff._served() if name.endswith(".js.map")]
    maps = [json.loads(served(f"liff/{version()}/{name}").body) for name in names]
    assert {name for found in maps for name in found["sources"]} == set(SCRIPTS)


def test_the_client_for_reuse_depends_on_nothing() -> None:
    assert not re.search(r"^import ", SOURCES["order-client.js"], re.MULTILINE)


def test_the_client_for_reuse_has_an_address_of_its_own_that_stays() -> None:
    client = liff.client()
    assert client.body == SOURCES["order-client.js"]
    assert client.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert client.headers["Cache-Control"] == "no-cache"
    assert "Cross-Origin-Resource-Policy" not in client.headers


def test_assets_are_kept_for_ever_and_the_page_is_not() -> None:
    assert page().headers["Cache-Control"] == "no-cache"
    assert re.fullmatch(r'"[0-9a-f]{16}"', page().headers["ETag"])
    for address in asset_addresses():
        assert served(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_etag_changes_with_what_the_page_says() -> None:
    assert len({asked.headers["ETag"] for asked in [page(), page(LOCAL), page(LOCAL, "ja")]}) == 3


def test_the_page_can_ask_for_a_reload_in_every_language_before_it_has_any_text() -> None:
    lines = re.findall(r'<p lang="(?:zh-Hant-TW|\w\w)">(.+)</p>', page().body)
    texts = [languages.texts(language)["page"]["reload"] for language in languages.SUPPORTED]
    assert [unescape(line) for line in lines] == texts


def test_content_types_are_those_that_nosniff_wants() -> None:
    for name, content_type in {
        "app.js": "text/javascript; charset=utf-8",
        "app.js.map": "application/json; charset=utf-8",
        "th.json": "application/json; charset=utf-8",
    }.items():
        headers = served(f"liff/{version()}/{name}").headers
        assert headers["Content-Type"] == content_type
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert page().headers["Content-Type"] == "text/html; charset=utf-8"
    assert page().headers["Referrer-Policy"] == "same-origin", "its address may show an order"


@pytest.mark.parametrize(
    ("of_version", "name"),
    [
        ("0000000000000000", "app.js"),
        ("current", "page.html"),
        ("current", "needs.json"),
        ("current", "style.css"),
        ("current", "version"),
        ("current", "made-of"),
        ("current", "__init__.py"),
        ("current", "../settings.py"),
        ("current", "app.js\0"),
        ("current", "xx.json"),
        ("current", ""),
        ("", ""),
    ],
)
def test_nothing_else_is_served(of_version: str, name: str) -> None:
    assert liff.asset(of_version.replace("current", version()), name) is None


def test_the_policy_allows_nothing_from_elsewhere_but_the_buckets_audio() -> None:
    bucket = ["https://voices.s3.amazonaws.com", "https://voices.s3.eu-west-1.amazonaws.com"]
    assert policy(ON_AWS) == {
        "default-src": ["'none'"],
        "script-src": ["'self'", hash_source(inline("script"))],
        "style-src": [hash_source(inline("style"))],
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
    assert with_liff["script-src"] == [
        *policy(ON_AWS)["script-src"],
        "https://static.line-scdn.net",
    ]
    assert "https://api.line.me" in with_liff["connect-src"]
    assert "line" not in page().headers["Content-Security-Policy"]


def test_the_local_stack_may_play_from_the_emulator_and_sign_in_at_the_standin() -> None:
    assert policy(LOCAL)["media-src"] == ["blob:", "http://localhost:4566"]
    assert policy(LOCAL)["connect-src"] == ["'self'", "http://localhost:4567"]
    assert 'data-standin-url="http://localhost:4567"' in page(LOCAL).body


def test_the_page_may_be_told_by_the_stacks_own_socket_alone() -> None:
    with_push = dataclasses.replace(ON_AWS, push_url="wss://push.example/v1")
    assert policy(with_push)["connect-src"] == ["'self'", "wss://push.example"]
    assert "push.example" not in page(with_push).body


def test_a_real_liff_app_never_signs_in_at_the_standin() -> None:
    settings = dataclasses.replace(LOCAL, liff_id="1-a")
    assert "localhost:4567" not in page(settings).body
    assert "http://localhost:4567" not in policy(settings)["connect-src"]


def test_a_setting_cannot_break_out_of_its_attribute() -> None:
    body = page(dataclasses.replace(ON_AWS, liff_id='"><script>alert(1)</script>')).body
    assert "<script>alert" not in body


def test_the_guard_is_the_only_inline_script_and_no_element_has_a_style_or_handler() -> None:
    body = page(LOCAL).body.replace(inline("style"), "").replace(inline("script"), "")
    kinds = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", body)
    assert kinds == ["", ' type="application/json" id="texts" data-language="en"']
    elements = "".join(re.findall(r"<\w[^>]*>", re.sub(r'id="texts".*?</script>', "", body)))
    assert not re.search(r"\s(?:style|on\w+)=", elements)


@pytest.mark.parametrize("name", [*SCRIPTS, GUARD])
def test_no_script_makes_markup_or_code_from_text(name: str) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert not re.search(forbidden, (FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("language", languages.SUPPORTED)
@pytest.mark.parametrize(("with_order", "most"), [(False, 32_000), (True, 47_000)])
def test_a_first_visit_is_light(language: str, with_order: bool, most: int) -> None:
    scripts = [served(address).body for address in set(asset_addresses(with_order=with_order))]
    bodies = [page(LOCAL, language, with_order=with_order).body, *scripts]
    assert sum(len(gzip.compress(body.encode(), 6)) for body in bodies) < most


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


@pytest.mark.parametrize("language", languages.SUPPORTED)
def test_what_is_said_of_erasing_comes_by_itself_and_is_all_said(language: str) -> None:
    texts = json.loads(served(f"liff/{version()}/erase-{language}.json").body)
    assert texts.keys() == set(re.findall(r"\bsaid\.(\w+)", SOURCES["erase-orders.js"]))
    assert texts["stays"] not in page(language=language).body


def test_the_page_speaks_the_languages_that_the_server_speaks() -> None:
    block = re.search(r"LANGUAGES = {(.*?)}", SOURCES["i18n.js"], re.DOTALL)
    assert block
    tags = re.findall(r'(?:^|[ ,])"?([a-z]{2}(?:-[A-Z]{2})?)\b', block.group(1))
    assert tuple(tags) == languages.SUPPORTED


@pytest.mark.parametrize("language", languages.SUPPORTED)
def test_texts_are_served_whole(language: str) -> None:
    texts = json.loads(served(f"liff/{version()}/{language}.json").body)
    assert texts["player"]["play"]
    assert texts["status"]["errors"]

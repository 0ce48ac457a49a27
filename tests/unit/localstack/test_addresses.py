"""What a person may name as PORT, ORIGINS and PUBLIC_URL."""

import pytest

from localstack import addresses
from localstack.errors import StackError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("http://localhost:5173", ("http://localhost:5173",)),
        (
            "https://a.example, http://b.example:8080",
            ("https://a.example", "http://b.example:8080"),
        ),
        # As browsers send it.
        ("HTTPS://A.Example:443/", ("https://a.example",)),
        ("http://a.example:80", ("http://a.example",)),
        ("http://[::1]:5173", ("http://[::1]:5173",)),
    ],
)
def test_origins_are_taken_as_browsers_send_them(text: str, found: tuple[str, ...]) -> None:
    assert addresses.origins(text) == found


@pytest.mark.parametrize(
    "wrong",
    [
        "*",
        "null",
        "localhost:5173",
        "//a.example",
        "ftp://a.example",
        "https://",
        "https://a.example/path",
        "https://a.example?x",
        "https://a.example#x",
        "https://you@a.example",
        "https://*.a.example",
        "https://a.example:",
        "https://a.example:0",
        "https://a.example:65536",
        "https://點餐.example",
        "https://a.example'",
        "https://a.example https://b.example",
        ",",
        "https://a.example,",
    ],
)
def test_a_bad_origin_is_refused_in_one_line(wrong: str) -> None:
    with pytest.raises(StackError, match=r"\AORIGINS=.* will not do: .*\Z"):
        addresses.origins(wrong)


def test_a_public_url_is_one_origin() -> None:
    assert addresses.public_url("") == ""
    assert addresses.public_url("https://abc.example/") == "https://abc.example"
    with pytest.raises(StackError, match=r"\APUBLIC_URL=.* will not do: .*\Z"):
        addresses.public_url("https://a.example,https://b.example")
    with pytest.raises(StackError, match=r"\APUBLIC_URL=.* will not do: .*\Z"):
        addresses.public_url("https://abc.example/liff")


@pytest.mark.parametrize(
    "wrong",
    [
        "http://localhost:4810",
        "https://LOCALHOST",
        "http://page.localhost",
        "http://127.0.0.1:4810",
        "http://0.0.0.0",
        "http://[::1]:4810",
        "nonsense",
    ],
)
def test_a_public_url_that_no_phone_reaches_is_refused_with_a_tunnels_as_example(
    wrong: str,
) -> None:
    with pytest.raises(StackError) as raised:
        addresses.public_url(wrong)
    said = str(raised.value)
    assert said.startswith(f"PUBLIC_URL={wrong} will not do: ")
    assert said.endswith("as in https://abc.trycloudflare.com")
    assert "\n" not in said


def test_a_public_url_may_sound_like_this_machines() -> None:
    assert addresses.public_url("https://localhost.example") == "https://localhost.example"
    assert addresses.public_url("https://notlocalhost.example") == "https://notlocalhost.example"


@pytest.mark.parametrize(("first", "bad"), [(6566, 6566), (6565, 6566), (6000, 6000), (5999, 6000)])
def test_a_port_that_browsers_do_not_connect_to_is_refused(first: int, bad: int) -> None:
    with pytest.raises(StackError, match=f"\\APORT={first} will not do: browsers .* port {bad}\\Z"):
        addresses.require_browsable(first)


@pytest.mark.parametrize("first", [4566, 6001, 6567, 8080])
def test_other_ports_are_taken(first: int) -> None:
    addresses.require_browsable(addresses.port(str(first)))


@pytest.mark.parametrize("text", ["", "x", "80", "65535", "-1", "4566.0"])
def test_what_is_no_port_with_a_next_one_is_refused(text: str) -> None:
    with pytest.raises(StackError, match="will not do"):
        addresses.port(text)

"""The page through the app's routes."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from tests.unit.api.api_client import Api


@pytest.mark.parametrize("address", ["/liff", "/liff/"])
def test_what_the_page_names_is_there_with_and_without_a_slash(api: Api, address: str) -> None:
    page = api.request("GET", address)
    names = re.findall(r'(?:href|src)="([^":]+\.js)"', page.text)
    assert len(names) == 2
    for name in names:
        asset = urlsplit(urljoin(f"https://api.example{address}", name)).path
        assert api.request("GET", asset).status == 200, asset

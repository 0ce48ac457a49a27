"""What is said of a stack that has started."""

import re
from io import StringIO

import pytest
from rich.console import Console

from localstack import serving
from localstack.stack import Stack, sample_menus

LONG = "http://localhost:4566/restapis/b5b47f35/v1/_user_request_/liff"


@pytest.mark.parametrize("public", [None, "https://quick-brown-fox.trycloudflare.com/x/liff"])
def test_the_page_of_each_sample_shop_is_named_in_one_piece(
    public: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    monkeypatch.setattr(serving, "console", Console(file=said, width=80))
    environment = {"LIFF_URL": LONG, "LINE_URL": "http://localhost:4567", "API_URL": "u"}
    serving.welcome(Stack(4566), environment | ({"PUBLIC_LIFF_URL": public} if public else {}))
    assert len(sample_menus()) >= 4
    for store in sample_menus():
        assert f" {public or LONG}?store={store}\n" in said.getvalue()
    assert re.search(
        r"^  What goes on  http://localhost:4567/glance$", said.getvalue(), re.MULTILINE
    )

"""The runbook is a page, where the glance refers to it."""

import json
import re

import pytest
import urllib3

from localstack.glance.documents import DOCS, anchor, rendered
from localstack.line_standin.app import Config
from localstack.line_standin.server import serving
from tests.template import resources_yaml


def test_what_each_alarm_refers_to_is_there_to_be_read() -> None:
    told = json.dumps(resources_yaml(), default=str)
    named = set(re.findall(r"docs/operations\.md#([\w-]+)", told))
    with serving(Config(channel_id="1", channel_token="t")) as url:
        answer = urllib3.request("GET", f"{url}/glance/docs/operations.md", retries=False)
    assert answer.status == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    page = answer.data.decode()
    assert named
    for name in named:
        assert f'id="{name}"' in page


@pytest.mark.parametrize(
    "path", ["../README.md", "..%2fREADME.md", "%2e%2e/README.md", "nosuch.md", "screenshots", ""]
)
def test_no_other_file_is_reached(path: str) -> None:
    with serving(Config(channel_id="1", channel_token="t")) as url:
        answer = urllib3.request("GET", f"{url}/glance/docs/{path}", retries=False)
    assert answer.status == 404


def test_links_lead_to_documents_or_nowhere() -> None:
    def links(text: str) -> list[str]:
        return re.findall(r'href="([^"]*)"', rendered(text))

    assert links("[a](metrics.md#x) [b](#here) [c](https://example.com)") == [
        *("metrics.md#x", "#here", "https://example.com"),
    ]
    assert links("[a](../README.md) [b](nosuch.md) [c](http://x) [d](javascript:x)") == []
    assert "<script>" not in rendered("<script>")


def test_every_document_is_rendered_and_its_own_anchors_are_there() -> None:
    for file in DOCS.glob("*.md"):
        page = rendered(file.read_text("utf-8"))
        for target in re.findall(r'href="#([^"]+)"', page):
            assert f'id="{target}"' in page, (file.name, target)


def test_an_anchor_is_that_of_github() -> None:
    assert anchor("LINE's monthly quota") == "lines-monthly-quota"
    assert anchor("`make up`, a start") == "make-up-a-start"

"""The project's documents as pages, for what the glance refers to.

Each has a route of its own: nothing of a request becomes a path.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from localstack import pages

if TYPE_CHECKING:
    from markdown_it.token import Token

DOCS = Path(__file__).parents[2] / "docs"
_PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>{name} · Order Voice</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/glance/glance.css" />
  </head>
  <body class="document">{body}</body>
</html>
"""


def routes() -> list[Route]:
    return [Route(f"/glance/docs/{file.name}", _page(file)) for file in sorted(DOCS.glob("*.md"))]


def _page(file: Path) -> Callable[[Request], Any]:
    async def answer(_: Request) -> Response:
        body = rendered(file.read_text("utf-8"))
        return HTMLResponse(_PAGE.format(name=file.name, body=body), headers=pages.HEADERS)

    return answer


def rendered(text: str) -> str:
    """HTML, with a heading's anchor as GitHub makes it. Links to what is no document of `DOCS`
    lead nowhere here, and are plain text; pictures are left out."""
    # Here: no start waits for it.
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = markdown.parse(text)
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", anchor(inline.content))
        _unlink(inline.children or [])
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _unlink(inline: "list[Token]") -> None:
    is_dead = False
    for token in inline:
        if token.type == "link_open":
            target = str(token.attrGet("href"))
            document = target.partition("#")[0]
            is_there = not document or ("/" not in document and (DOCS / document).is_file())
            is_dead = not (is_there or target.startswith("https://"))
        if is_dead and token.type in ("link_open", "link_close"):
            token.tag = "span"
            token.attrs = {}

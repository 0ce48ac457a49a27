"""The page's routes.

GET /glance                 the page; its parts are below it
GET /glance/state           what goes on, as JSON: 503 and {"trouble"} where that cannot be read
GET /glance/docs/<name>.md  the project's documents, which alarms refer to
"""

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chalicelib.once import once
from localstack import pages
from localstack.glance import documents

if TYPE_CHECKING:
    from localstack.glance.reader import Reader

_PAGE = Path(__file__).parent / "page"
_PARTS = ("glance.css", "glance.js", "orders.js", "panels.js", "dom.js")
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def routes(folder: Path | None) -> list[Route]:
    """Of the stack whose files are in `folder`, as soon as it is there."""

    @once
    def reader() -> "Reader":
        # Here: what reads AWS takes long to load, and no start waits for it.
        from localstack.glance.reader import Reader

        return Reader(folder)

    def look() -> Response:
        from botocore.exceptions import BotoCoreError, ClientError

        from deploy.refusals import in_words
        from localstack.glance.reader import NotThere

        try:
            return Response(reader().look(), media_type="application/json", headers=_HEADERS)
        except NotThere as error:
            trouble = str(error)
        except (BotoCoreError, ClientError) as error:
            trouble = in_words(error)
        return JSONResponse({"trouble": trouble}, 503, _HEADERS)

    async def state(_: Request) -> Response:
        return await run_in_threadpool(look)

    return [
        Route("/glance", pages.file(_PAGE / "index.html")),
        *(Route(f"/glance/{name}", pages.file(_PAGE / name)) for name in _PARTS),
        Route("/glance/state", state),
        *documents.routes(),
    ]

"""The files of pages that a server of the local stack shows to people."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response

HEADERS = {
    # The chat plays audio from the emulator's S3, which is another origin on this machine.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        " media-src 'self' https: http://localhost:* http://*.localhost:* http://127.0.0.1:*"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def file(path: Path) -> Callable[[Request], Any]:
    """A route that answers with the file."""

    async def answer(_: Request) -> Response:
        return FileResponse(path, headers=HEADERS)

    return answer

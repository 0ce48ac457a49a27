"""Tells open chat views that something has arrived (server-sent events)."""

import asyncio
from collections.abc import AsyncIterator, Callable

_HEARTBEAT = 1.0
"""Seconds; also how long a shutdown may go unnoticed."""


class Events:
    """Listeners of one event loop."""

    def __init__(self, is_closing: Callable[[], bool]) -> None:
        self._is_closing = is_closing
        self._listeners: set[asyncio.Event] = set()

    def announce(self) -> None:
        for listener in self._listeners:
            listener.set()

    async def stream(self) -> AsyncIterator[str]:
        """The body of a `text/event-stream`: one `change` per burst of announcements."""
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            yield "retry: 1000\nevent: change\ndata: {}\n\n"
            while not self._is_closing():
                try:
                    async with asyncio.timeout(_HEARTBEAT):
                        await listener.wait()
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                listener.clear()
                yield "event: change\ndata: {}\n\n"
        finally:
            self._listeners.discard(listener)

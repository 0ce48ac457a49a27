"""Addresses of what a test starts."""

import random
import socket
from contextlib import ExitStack

FOREIGN_ORIGIN = "http://shop.localhost"
"""Of a page that is somebody else's; the deployed stack allows it."""


def free_port_pair() -> int:
    """A port that is free on loopback, as is the next one.

    Not of those that the system gives to clients: one that knocks at such a port before the
    server is there may be given that very port, and be connected to itself.
    """
    while True:
        first = random.randrange(20_000, 32_000)
        with ExitStack() as held:
            try:
                for port in (first, first + 1):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first

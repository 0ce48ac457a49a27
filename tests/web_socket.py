"""A WebSocket client (RFC 6455), as much of it as tests need: it opens, and listens."""

import base64
import os
import select
import socket
import time
from types import TracebackType
from urllib.parse import urlsplit


class Refused(Exception):
    """The handshake was answered with another status than 101."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class WebSocket:
    """One connection; as a context it is closed at the end. Raises `Refused`."""

    def __init__(self, url: str, *, seconds: float = 20, **headers: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        self._read = b""
        self._socket = socket.create_connection((parts.hostname, parts.port or 80), timeout=seconds)
        lines = {
            "Host": parts.netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        } | headers
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._socket.sendall(f"GET {target} HTTP/1.1\r\n{head}\r\n".encode())
        while b"\r\n\r\n" not in self._read:
            self._receive()
        answer, _, self._read = self._read.partition(b"\r\n\r\n")
        status = int(answer.split()[1])
        if status != 101:
            self._socket.close()
            raise Refused(status)

    def hear(self, *, seconds: float = 20) -> str | None:
        """The next text; None if nothing is said in time, or the other side has closed."""
        deadline = time.monotonic() + seconds
        while True:
            frame = self._frame(deadline)
            if frame is None or frame[0] == 8:
                return None
            if frame[0] == 1:
                return frame[1].decode()

    def close(self) -> None:
        """As a browser does: with a close frame."""
        self._socket.sendall(bytes([0x88, 0x80, 0, 0, 0, 0]))
        self._socket.close()

    def __enter__(self) -> "WebSocket":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _frame(self, deadline: float) -> tuple[int, bytes] | None:
        """Its opcode and what it says; texts here are shorter than 126 bytes."""
        while len(self._read) < 2 or len(self._read) < 2 + self._read[1]:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._socket], [], [], left)[0]:
                return None
            if not self._receive():
                return None
        size = self._read[1]
        opcode, said = self._read[0] & 0x0F, self._read[2 : 2 + size]
        self._read = self._read[2 + size :]
        return opcode, said

    def _receive(self) -> bool:
        received = self._socket.recv(4096)
        self._read += received
        return bool(received)

"""An execution environment of a Lambda function as a process of this machine, without a container.

    start    the process asks for its first event: it has begun;  or it says why it could not
    invoke   GET …/invocation/next   ◀── the event
             POST …/invocation/<id>/response, or …/error   ──▶ the answer
             GET …/invocation/next   it is done with it

The process runs `awslambdaric`, AWS's own client of this interface; the interface is the one that
AWS documents for custom runtimes ("Using the Lambda runtime API", version 2018-06-01). As on AWS,
a process that ends, or that takes longer than its function may, fails its event and is begun anew
for the next one.

Imports the standard library only: it runs in an emulator's Python.
"""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

_API = "/2018-06-01/runtime"
_TOLD = re.compile(rf"{_API}/(?:init/error|invocation/(?P<id>[\w-]+)/(?P<what>response|error))")
LOG_BYTES = 1 << 20
"""How much of what a process wrote during one event is given back with the answer."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a function is invoked with."""

    request_id: str
    payload: bytes
    """JSON."""
    function_arn: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an event: what the function returned, or an error object as AWS words it."""

    payload: bytes
    """JSON."""
    is_error: bool
    log: str
    """What the processes wrote since the answer before, also of an event that had its answer: here
    nothing freezes them in between."""


class InitError(Exception):
    """The function could not begin: its module does not import, or the process ended."""

    def __init__(self, payload: bytes) -> None:
        super().__init__(payload.decode(errors="replace"))
        self.payload = payload
        """The error object, JSON."""


@dataclass(frozen=True, slots=True)
class Function:
    """What is run, and within which limits."""

    command: Sequence[str]
    """`awslambdaric` with the handler, in a Python of the function's version."""
    variables: Mapping[str, str]
    """The whole environment of the process."""
    code: Path
    """Its unpacked zip, where it runs."""
    timeout_seconds: float
    """For one event."""
    init_seconds: float = 60.0
    """AWS gives 10; a machine that does other things, too, needs more."""


class ExecutionEnvironment:
    """One function's process, or the next one. Takes one event at a time; not thread-safe."""

    def __init__(self, function: Function, log: Path) -> None:
        """What the processes write is added to the file `log`."""
        self._function = function
        self.log = log
        self._process: _Process | None = None
        self._is_stopped = False
        self._told_until = 0
        """How many bytes of the log an answer has brought."""

    def start(self) -> None:
        """Begin the process, and wait until it asks for an event. Raises `InitError`."""
        self._process = process = _Process(self._function, self.log)
        if self._is_stopped:  # Meanwhile, or before.
            process.stop()
        try:
            told = process.told.get(timeout=self._function.init_seconds)
        except Empty:
            process.stop()
            seconds = self._function.init_seconds
            raise InitError(
                _error("Sandbox.Timedout", f"Init timed out after {seconds:.2f} seconds")
            ) from None
        if isinstance(told, int):
            raise InitError(_exited("", told))
        if isinstance(told, bytes):
            process.stop()
            raise InitError(told)

    def invoke(self, event: Event) -> Answer:
        """The function's answer, an error if it fails, ends or takes too long."""
        if self._process is None or not self._process.is_alive():
            try:
                self.start()
            except InitError as error:
                return Answer(error.payload, is_error=True, log=self._not_yet_told())
        assert self._process is not None  # noqa: S101 - for mypy; `start` has set it
        payload, is_error = self._process.invoke(event)
        return Answer(payload, is_error, self._not_yet_told())

    def stop(self) -> None:
        """End the process, also in the middle of an event; from another thread, too."""
        self._is_stopped = True
        if self._process is not None:
            self._process.stop()

    def _not_yet_told(self) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(self._told_until, self.log.stat().st_size - LOG_BYTES))
            written = file.read()
            self._told_until = file.tell()
        return written.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class _Ready:
    """The process asks for an event."""


@dataclass(frozen=True, slots=True)
class _Answered:
    request_id: str
    payload: bytes
    is_error: bool


_Told = _Ready | _Answered | bytes | int
"""What becomes of a process; bytes are the error object of its beginning, an int is its status once
it has ended."""


@dataclass
class _Process:
    """One process, with the server that it asks."""

    function: Function
    log: Path
    told: "Queue[_Told]" = field(default_factory=Queue)
    _events: "Queue[Event | None]" = field(default_factory=Queue)

    def __post_init__(self) -> None:
        self._server = _Server(self)
        address = "{}:{}".format(*self._server.server_address[:2])
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                self.function.command,
                cwd=self.function.code,
                env={**self.function.variables, "AWS_LAMBDA_RUNTIME_API": address},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        for work in (self._server.serve_forever, self._await_the_end):
            threading.Thread(target=work, daemon=True).start()

    def _await_the_end(self) -> None:
        self.told.put(self._popen.wait())
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()

    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def next_event(self) -> Event | None:
        """The event that the process is asking for; None once it has ended."""
        self.told.put(_Ready())
        return self._events.get()

    def invoke(self, event: Event) -> tuple[bytes, bool]:
        """The answer, and whether it is an error."""
        deadline = time.monotonic() + self.function.timeout_seconds
        self._events.put(event)
        answered: _Answered | None = None
        while True:
            try:
                told = self.told.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                self.stop()
                seconds = self.function.timeout_seconds
                timed_out = f"{event.request_id} Task timed out after {seconds:.2f} seconds"
                return _error("Sandbox.Timedout", timed_out), True
            if isinstance(told, _Answered):
                answered = told if told.request_id == event.request_id else answered
            elif answered is not None:
                # It asks for another event, or has ended after it had answered.
                return answered.payload, answered.is_error
            elif isinstance(told, int):
                return _exited(event.request_id, told), True

    def stop(self) -> None:
        self._popen.kill()
        self._popen.wait()


class _Server(ThreadingHTTPServer):
    """The Runtime API of one process, on loopback."""

    daemon_threads = True

    def __init__(self, process: _Process) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.process = process

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A process that ends leaves its connections as they are.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # An answer leaves as one: in two parts the second waits 40 ms for the client.

    def do_GET(self) -> None:
        if self.path != f"{_API}/invocation/next" or not self._is_from_a_program():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        event = self.server.process.next_event()
        if event is None:
            self.close_connection = True
            return
        deadline = time.time() + self.server.process.function.timeout_seconds
        headers = {
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": event.function_arn,
            "Lambda-Runtime-Trace-Id": event.trace_id,
        }
        self._answer(HTTPStatus.OK, event.payload, headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = _TOLD.fullmatch(self.path)
        if not told or not self._is_from_a_program():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        request_id = told["id"]
        self.server.process.told.put(
            _Answered(request_id, body, told["what"] == "error") if request_id else body
        )
        self._answer(HTTPStatus.ACCEPTED, b'{"status":"OK"}\n', {})

    def _is_from_a_program(self) -> bool:
        """Whether no page of a browser can have sent it: it knows the address, and says so."""
        host, port = self.server.server_address[:2]
        is_ours = self.headers.get("Host") == f"{host!s}:{port}"
        return is_ours and not {"Origin", "Sec-Fetch-Site"} & set(self.headers)

    def _answer(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """The server's own lines say nothing that the answers do not."""


def _error(kind: str, message: str) -> bytes:
    """An error object in the form that Lambda gives to callers."""
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def _exited(request_id: str, status: int) -> bytes:
    how = f"signal: {-status}" if status < 0 else f"exit status {status}"
    return _error("Runtime.ExitError", f"RequestId: {request_id} Error: {how}")

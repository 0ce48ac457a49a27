"""Interpreters that have nothing but the functions' zip, as in Lambda, and what they take."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from deploy import package
from deploy.paths import ROOT

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "STAGE": "bench",
    "TRACING": "off",
    "ORDERS_TABLE": "orders",
    "LIMITS_TABLE": "limits",
    "CONNECTIONS_TABLE": "connections",
    "ORDERS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/orders",
    "VOICE_BUCKET": "voices",
    "PUSH_URL": "wss://push.example/v1",
    "PUSH_CALLBACK_URL": "https://push.example/v1",
    "LINE_CHANNEL_TOKEN_PARAMETER": "/line-channel-access-token",
    "CLIENT_ADDRESS_KEY_PARAMETER": "/client-address-key",
    "VOICE_ADDRESS_KEY_PARAMETER": "/voice-address-key",
    "PUSH_TICKET_KEY_PARAMETER": "/push-ticket-key",
    "LINE_LOGIN_CHANNEL_ID": "1234567890",
    "LIFF_URL": "https://liff.line.me/1234567890-AbcdEfgh",
    "API_URL": "https://api.example/v1",
    "SPEECH_ENGINES": "polly",
}
"""As the stack sets it, with push, which is on by default."""


@contextmanager
def unpacked(packed: Path | None = None) -> Iterator[Path]:
    """The folder of the functions' zip, as Lambda has it; of this version's, if none is named."""
    packed = packed or package.build("local").zip_file
    with tempfile.TemporaryDirectory(prefix="order-voice-bench-") as scratch:
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(scratch)
        yield Path(scratch)


def command(folder: Path, code: str, *arguments: str) -> list[str]:
    """Our own modules after the zip's: a measured interpreter takes `bench.inside` from here."""
    paths = f"import sys; sys.path[:0] = [{str(folder)!r}]; sys.path.append({str(ROOT)!r}); "
    return [sys.executable, "-I", "-S", "-B", "-c", paths + code, *arguments]


def environment(**further: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return kept | ENVIRONMENT | further


class Spent(NamedTuple):
    """By an interpreter from its start to its end."""

    cpu: float
    """Seconds, of all its threads."""
    memory: float
    """MB, its most."""


# Not by getrusage's `ru_maxrss`, which counts what this process had before it became that one.
_TELL = """
import os, re, time
with open("/proc/self/status") as status:
    most_kb = re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1]
print(time.process_time(), int(most_kb) / 1024, flush=True)
os._exit(0)
"""


def fresh(folder: Path, code: str) -> Spent:
    """What a fresh interpreter has spent when it has run `code`; what it does after that, as
    threads that still work, is not waited for."""
    done = subprocess.run(
        command(folder, code + _TELL), env=environment(), check=True, capture_output=True, text=True
    )
    cpu, memory = done.stdout.split()[-2:]
    return Spent(float(cpu), float(memory))


class Serving:
    """An interpreter that serves requests, ours or the floor's (`bench.inside.serve`)."""

    def __init__(self, folder: Path, side: str, what: str, *, endpoint: str = "") -> None:
        further = {"AWS_ENDPOINT_URL": endpoint} if endpoint else {}
        sockets = ["--sockets"] if endpoint else []
        run = "from bench.inside import serve; serve.main()"
        self._process = subprocess.Popen(
            command(folder, run, side, what, *sockets),
            env=environment(**further),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def batch(self, requests: int) -> dict[str, float]:
        """Seconds of CPU, and seconds, of so many requests."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{requests}\n")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the measured interpreter has ended: {self._process.wait()}")
        took: dict[str, float] = json.loads(line)
        return took

    def end(self) -> None:
        self._process.communicate()

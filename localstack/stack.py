"""The whole stack on this machine: emulator, LINE stand-in, deployed template.

A stack's files are in `.local/<port>`; `.local/stack.env` is the one that was started last.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import boto3
from botocore.config import Config
from rich.console import Console

from chalicelib.orders import queue
from deploy import cloudformation, kokoro_model, layers, package, secure_strings
from deploy.artifacts import publish_layer
from deploy.function_logs import resources_of
from deploy.paths import LOCAL, ROOT
from deploy.target import CREDENTIALS, stack_name
from localstack import emulators
from localstack.emulators.emulator import Emulator, Place
from localstack.errors import StackEnded, StackError
from localstack.gateway import answer_as_the_gateway
from localstack.processes import Process, require_free, wait_until_healthy

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

STAGE = "local"
API_STAGE = "v1"
CHANNEL_ID = "1234567890"
PARTS = ("line", "emulator")
SET_UP_LOCK = ROOT / ".setup.lock"
UNLIMITED = {
    "OrdersPerMinute": "1000000",
    "OrdersPerDay": "1000000",
    "GuestOrdersPerDay": "1000000",
    "ThrottlingRate": "1000",
}
"""Parameters of a stack that is sent more than people send."""
WITH_KOKORO = {"FulfilBatch": "1", "FulfilConcurrency": "2"}
"""Parameters of a stack whose workers have that voice: each its own (650 MB), and each speaks one
order at a time with every core. So there are as few as the template allows, and orders wait in the
queue, where they use up neither attempts nor a function's time."""
WORKER_SECONDS = 60.0
NOBODY = "U" + "0" * 32
"""A LINE user who has ordered nothing."""
NO_WORKER = "No worker takes orders from the queue: the log above may say why."
Result = TypeVar("Result")
console = Console(highlight=False)


class NoWorker(StackError):
    """Messages stay in the queue, or come back to it."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One local stack, by its port."""

    port: int
    emulator: Emulator = emulators.BY_NAME["ministack"]
    options: dict[str, str] = field(default_factory=dict)
    """Parameters of the template that differ from a local stack's own."""
    keeps_stack_env: bool = False
    """Whether to leave `.local/stack.env` to another stack."""
    enforces_iam: bool = False
    """Whether the emulator refuses what a function's policy does not allow, as AWS does."""
    origins: tuple[str, ...] = ()
    """Of front ends elsewhere that may use the stack."""
    public_url: str = ""
    """The origin of a tunnel to the emulator's port, for a page on a real phone."""

    @property
    def folder(self) -> Path:
        return LOCAL / str(self.port)

    @property
    def line_port(self) -> int:
        return self.port + 1

    @property
    def aws_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def line_url(self) -> str:
        return f"http://localhost:{self.line_port}"

    def up(self, *, dies_with_us: bool) -> dict[str, str]:
        """Start and deploy; returns what `stack.env` holds.

        Raises `StackError`, `PackageError`, `DeployError`; what had been started is then ended.
        `StackEnded` is raised where another process did that.
        """
        LOCAL.mkdir(exist_ok=True)
        with (LOCAL / "ports.lock").open("w") as lock:
            try:
                # Of the file's bytes, the one whose number the port is.
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self.port)
            except OSError as error:
                raise StackError(f"a stack is being started on port {self.port} already") from error
            if Process.running("emulator", self.folder):
                raise StackError(
                    f"a stack is running on port {self.port} already; "
                    f"make down PORT={self.port} ends it"
                )
            if len(self.dead_parts()) < len(PARTS):
                raise StackError(
                    f"parts of a stack are left on port {self.port}; "
                    f"make down PORT={self.port} ends them"
                )
            require_free(self.port)
            require_free(self.line_port)
            shutil.rmtree(self.folder, ignore_errors=True)
            self._ended.unlink(missing_ok=True)
            try:
                return self._up(dies_with_us)
            except BaseException as error:
                # Half a stack is of no use, after Ctrl-C neither.
                self.down()
                if self.was_ended:
                    raise StackEnded("Ended by make down.") from error
                raise

    def _up(self, dies_with_us: bool) -> dict[str, str]:
        os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=self.aws_url)
        token = secrets.token_urlsafe(32)
        with ThreadPoolExecutor(max_workers=1) as pool:
            packing = pool.submit(voice_layers)
            # Here and not in a thread: processes that die with us die with the thread too.
            line = self._launch_line(token, dies_with_us)
            _said(
                f"Starting {self.emulator.title}",
                lambda: self.emulator.start(self._place, dies_with_us=dies_with_us),
            )
            built = _said("Packaging the functions", lambda: package.build(STAGE))
            voices = _said("Packaging the voices", packing.result)
        secure_strings.put_secret(STAGE, secure_strings.LINE_TOKEN, token)
        secure_strings.put_secret(STAGE, secure_strings.LINE_SIGNS_WITH, secrets.token_hex(16))
        secure_strings.ensure_secrets(STAGE)
        parameters = {**self._parameters(voices), **self.options}
        found = _said(
            "Deploying the CloudFormation template",
            lambda: cloudformation.deploy(STAGE, built, parameters),
        )
        cloudformation.tell_what_is_passed_over(stack_name(STAGE), console.print)
        answer_as_the_gateway(found["RestAPIId"], API_STAGE, built.template, self.origins)
        environment = self._environment(found)
        _said("Starting the LINE stand-in", lambda: self._wait_for_line(line))
        with ThreadPoolExecutor(max_workers=1) as pool:
            samples = pool.submit(publish_samples, found["VoiceBucketName"])
            _said("Warming the functions up", lambda: self._warm_up(environment))
            _said("Publishing the sample shops", samples.result)
        self._tell_line(environment["API_URL"])
        self._write(environment)
        return environment

    def dead_parts(self) -> list[str]:
        """Those of `PARTS` that do not run."""
        return [name for name in PARTS if not Process.running(name, self.folder)]

    def down(self) -> None:
        """End every process of this stack, and forget its state."""
        for name in PARTS:
            process = Process.running(name, self.folder)
            if process is not None:
                process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        latest = LOCAL / "stack.env"
        if latest.exists() and f"AWS_ENDPOINT_URL={self.aws_url}\n" in latest.read_text():
            latest.unlink()
            _leave_to_another(latest)

    def end(self) -> None:
        """`down`, of a stack that another process serves or starts; that one finds it said."""
        self._ended.touch()
        self.down()

    @property
    def was_ended(self) -> bool:
        """Whether somebody asked for the end of this stack since it was started."""
        return self._ended.exists()

    @property
    def _ended(self) -> Path:
        # Beside the folder, which goes with the stack.
        return LOCAL / f"ended-{self.port}"

    def start_line(self, token: str, dies_with_us: bool) -> Process:
        """Start the LINE stand-in; its state outlives it, in `line/`."""
        process = self._launch_line(token, dies_with_us)
        self._wait_for_line(process)
        return process

    def _launch_line(self, token: str, dies_with_us: bool) -> Process:
        require_free(self.line_port)
        return Process.start(
            "line",
            [
                *(sys.executable, "-m", "localstack.line_standin"),
                *("--port", str(self.line_port), "--channel-id", CHANNEL_ID),
                *("--state-dir", str(self.folder / "line"), "--stack-folder", str(self.folder)),
                *self._guard(self.port),
            ],
            # Not on the command line, where every process can read it.
            {**os.environ, "LINE_CHANNEL_TOKEN": token, "PYTHONPATH": str(ROOT)},
            self.folder,
            dies_with_us=dies_with_us,
        )

    @property
    def _place(self) -> Place:
        guard = [*self._guard(self.line_port), "--public-url", self.public_url]
        return Place(self.port, self.folder, self.enforces_iam, guard)

    def _warm_up(self, environment: dict[str, str]) -> None:
        try:
            warm_up(environment)
        except NoWorker as error:
            raise StackError(f"{self.emulator.last_words(self.folder)}{error}") from error

    def _guard(self, page_port: int) -> list[str]:
        """Whom a server of the stack answers beside its own pages: those of `page_port` too."""
        others = [argument for origin in self.origins for argument in ("--origin", origin)]
        return ["--page-port", str(page_port), *others]

    def _wait_for_line(self, process: Process) -> None:
        wait_until_healthy(f"{self.line_url}/standin/health", process)

    def _parameters(self, voices: dict[str, Path]) -> dict[str, str]:
        arns = [publish_layer(name, layer) for name, layer in voices.items()]
        engines = self.options.get("SpeechEngines", ",".join(["gtts", *voices]))
        return {
            "SpeechEngines": engines,
            "SpeechLayers": ",".join(arns),
            "SpeakAhead": "on",  # One developer is no heavy caller of Google's.
            "KokoroLocation": str(kokoro_model.cache_folder()) if "kokoro" in voices else "",
            "EmulatorEndpointUrl": self.aws_url,
            "PublicS3EndpointUrl": self.public_url or self.aws_url,
            "AllowedOrigins": ",".join(self.origins),
            "LineApiUrl": self.line_url,
            # A phone does not reach it: there, everybody is a guest.
            "LineStandinUrl": "" if self.public_url else self.line_url,
            "LineLoginChannelId": CHANNEL_ID,
            "LineChannelSecretParameter": f"/order-voice/{STAGE}/{secure_strings.LINE_SIGNS_WITH}",
            "LiffUrl": f"{self.line_url}/liff",
            # No key lies there, and no engine is named: the worker's right to read them is tried.
            "GoogleSpeechKeyParameter": f"/order-voice/{STAGE}/google-speech-key",
            "AzureSpeechKeyParameter": f"/order-voice/{STAGE}/azure-speech-key",
            "AzureSpeechRegion": "japaneast",
            **(WITH_KOKORO if "kokoro" in engines.split(",") else {}),
            **self.emulator.parameters,
        }

    def _environment(self, outputs: dict[str, str]) -> dict[str, str]:
        path = f"/restapis/{outputs['RestAPIId']}/{API_STAGE}/_user_request_"
        api_url = f"{self.aws_url}{path}"
        public = {"PUBLIC_LIFF_URL": f"{self.public_url}{path}/liff"} if self.public_url else {}
        return {
            "EMULATOR": self.emulator.name,
            "FUNCTION_LOGS": f"{self.folder.relative_to(ROOT)}/{self.emulator.function_logs}",
            "API_URL": api_url,
            "LIFF_URL": f"{api_url}/liff",
            **public,
            "LINE_URL": self.line_url,
            "AWS_ENDPOINT_URL": self.aws_url,
            "ORDERS_TABLE": outputs["OrdersTableName"],
            "LIMITS_TABLE": outputs["LimitsTableName"],
            "CONNECTIONS_TABLE": outputs.get("ConnectionsTableName", ""),
            "ORDERS_QUEUE_URL": outputs["OrdersQueueUrl"],
            "DEAD_LETTER_QUEUE_URL": outputs["DeadLetterQueueUrl"],
            "VOICE_BUCKET": outputs["VoiceBucketName"],
            **CREDENTIALS,
        }

    def _tell_line(self, api_url: str) -> None:
        """Register the page's address, as one does in LINE's developer console."""
        request = urllib.request.Request(  # noqa: S310
            f"{self.line_url}/standin/liff",
            data=f'{{"endpoint": "{api_url}/liff"}}'.encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310
            pass

    def _write(self, environment: dict[str, str]) -> None:
        text = "".join(f"{name}={value}\n" for name, value in environment.items())
        (self.folder / "stack.env").write_text(text)
        if not self.keeps_stack_env:
            (LOCAL / "stack.env").write_text(text)


def warm_up(environment: dict[str, str]) -> None:
    """Start the API, and a worker by way of its queue: the first order finds them running, as
    later ones do. Raises `NoWorker` if no worker takes what is queued."""
    sqs, orders = boto3.client("sqs"), environment["ORDERS_QUEUE_URL"]
    # To erase what nobody has ordered: the worker finds nothing, and has nothing to warn of.
    sqs.send_message(QueueUrl=orders, MessageBody=queue.body_of(queue.Erasing(NOBODY, until=0)))
    if environment["CONNECTIONS_TABLE"]:
        warm_up_the_socket()
    with urllib.request.urlopen(f"{environment['API_URL']}/api/health", timeout=30):  # noqa: S310
        pass
    deadline = time.monotonic() + WORKER_SECONDS
    while is_held := _is_holding(sqs, orders):
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    if is_held or _is_holding(sqs, environment["DEAD_LETTER_QUEUE_URL"]):
        raise NoWorker(NO_WORKER)


def warm_up_the_socket() -> None:
    """Start the function behind the WebSocket, and do not wait: a connection that nobody has had
    ends."""
    ended = {"eventType": "DISCONNECT", "connectionId": "warm-up", "requestId": "warm-up"}
    boto3.client("lambda").invoke(
        FunctionName=resources_of(STAGE)["PushConnections"],
        InvocationType="Event",
        Payload=json.dumps({"requestContext": ended}),
    )


def _is_holding(sqs: "SQSClient", queue_url: str) -> bool:
    """Whether the queue holds a message, be it in somebody's hands."""
    told = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    waiting = told["ApproximateNumberOfMessages"]
    return bool(int(waiting) + int(told["ApproximateNumberOfMessagesNotVisible"]))


def _leave_to_another(latest: Path) -> None:
    """Make `latest` the `stack.env` of the stack that was started last among those that run."""
    ready = _ready()
    if ready:
        shutil.copyfile(max(ready, key=lambda file: file.stat().st_mtime), latest)


def _ready() -> list[Path]:
    """The `stack.env` of each stack that runs."""
    return [
        file
        for file in LOCAL.glob("[0-9]*/stack.env")
        if all(Process.running(part, file.parent) for part in PARTS)
    ]


def ports_running() -> list[int]:
    return sorted(int(file.parent.name) for file in _ready())


def sample_menus() -> dict[str, Path]:
    """The files of the sample shops by the shops' ids."""
    return {file.stem: file for file in sorted((ROOT / "menus").iterdir())}


def publish_samples(bucket: str) -> None:
    """Publish the menus of the sample shops. Raises `DeployError`."""
    # Only here, where the functions are waited for: what reads menus takes 0.2 s to load.
    from deploy.menus.publishing import publish
    from deploy.menus.shelf import Shelf

    style = Config(s3={"addressing_style": "path"})
    # A session of its own: the shared one makes no two clients at once.
    shelf = Shelf(boto3.Session().client("s3", config=style), bucket)
    for store, file in sample_menus().items():
        publish(shelf, file, store)


def voice_layers() -> dict[str, Path]:
    """The layers of the engines that speak on this machine, built; best voice first.

    Raises `PackageError`.
    """
    names = ["kokoro"] if kokoro_model.is_installed(kokoro_model.cache_folder()) else []
    return {name: layers.build(name) for name in [*names, "espeak"]}


@contextlib.contextmanager
def being_set_up() -> Iterator[None]:
    """Do what make does under the same lock, one at a time: `is_being_set_up` meanwhile."""
    with SET_UP_LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_being_set_up() -> bool:
    """Whether what a stack, or its tests, need is being installed."""
    with contextlib.suppress(FileNotFoundError), SET_UP_LOCK.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def is_starting(port: int | None = None) -> bool:
    """Whether a stack, or what it needs, is on its way: on `port`, or on any."""
    if is_being_set_up():
        return True
    folders = [LOCAL / str(port)] if port else LOCAL.glob("[0-9]*")
    return any(
        Process.running("emulator", folder) and not (folder / "stack.env").exists()
        for folder in folders
    )


def read_environment(port: int | None = None) -> dict[str, str]:
    """What a running stack's `stack.env` says. Raises `StackError` if there is none."""
    file = (LOCAL / str(port) if port else LOCAL) / "stack.env"
    if not file.exists():
        others = sorted(int(path.parent.name) for path in LOCAL.glob("[0-9]*/stack.env"))
        known = f"; there is one with PORT={others[0]}" if others else ""
        raise StackError(f"no stack is running here: make run, or make up, starts one{known}")
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def _said(what: str, step: Callable[[], Result]) -> Result:
    """Do `step` under a spinner, and tick it off."""
    with console.status(f"{what} …"):
        result = step()
    console.print(f"[green]✓[/] {what}")
    return result

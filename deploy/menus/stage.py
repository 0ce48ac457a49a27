"""A stage, seen by whoever publishes menus to it: its shelf, and the address of its page."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import boto3
from botocore.config import Config

from deploy.cloudformation import outputs, parameters
from deploy.menus.shelf import Shelf
from deploy.paths import LOCAL
from deploy.target import DeployError, choose_target


@dataclass(frozen=True, slots=True)
class Stage:
    """Where menus go, and where the page is."""

    shelf: Shelf
    liff_url: str

    def page(self, store_id: str, table: str = "") -> str:
        """The page's address for a shop, and for a table in it."""
        query = {"store": store_id, **({"table": table} if table else {})}
        sign = "&" if "?" in self.liff_url else "?"
        return f"{self.liff_url}{sign}{urlencode(query)}"

    @property
    def is_on_this_machine(self) -> bool:
        """Whether a phone looks for the page on itself."""
        return urlsplit(self.liff_url).hostname in {"localhost", "127.0.0.1"}


def stage(name: str, port: str = "") -> Stage:
    """The stage by its name. `local` is what AWS_ENDPOINT_URL says, else the stack that `make run`
    serves, on `port` or the last one started. Raises `DeployError`."""
    running = _running(port) if name == "local" else {}
    if running:
        os.environ["AWS_ENDPOINT_URL"] = running["AWS_ENDPOINT_URL"]
    choose_target(name)
    found = outputs(name)
    # Emulators have no host name per bucket.
    style = Config(s3={"addressing_style": "path"}) if name == "local" else None
    shelf = Shelf(boto3.client("s3", config=style), found["VoiceBucketName"])
    return Stage(shelf, _page_of_running(running) or _page(parameters(name), found))


def _running(port: str) -> dict[str, str]:
    """What a running stack has written into its `stack.env`; {} of an emulator of another kind."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        found = [_read(file) for file in LOCAL.glob("[0-9]*/stack.env")]
        return next((env for env in found if env["AWS_ENDPOINT_URL"] == endpoint.rstrip("/")), {})
    file = (LOCAL / port if port else LOCAL) / "stack.env"
    if not file.exists():
        raise DeployError(
            "no stack is running here: make run, or make up, starts one; "
            "for another emulator say AWS_ENDPOINT_URL=http://localhost:4566 before make"
        )
    return _read(file)


def _read(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())


def _page_of_running(running: dict[str, str]) -> str:
    """The tunnel's, where there is one: a code is for phones."""
    return running.get("PUBLIC_LIFF_URL", running.get("LIFF_URL", ""))


def _page(told: dict[str, str], found: dict[str, str]) -> str:
    """LINE's address of the page, which opens it inside LINE; without LINE the page's own."""
    if told.get("LiffUrl"):
        return told["LiffUrl"].rstrip("/")
    if told.get("LiffId"):
        return f"https://liff.line.me/{told['LiffId']}"
    return f"{found['EndpointURL'].rstrip('/')}/liff"

"""A stage, seen by whoever publishes menus to it: its shelf, and the address of its page."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import boto3
from botocore.config import Config

from deploy.cloudformation import api_url, outputs, parameters
from deploy.menus.shelf import Shelf
from deploy.running import reach
from deploy.target import is_on_aws


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
    """The stage by its name; `local` as `reach` finds it. Raises `DeployError`."""
    running = reach(name, port)
    found = outputs(name)
    # Emulators have no host name per bucket.
    style = Config(s3={"addressing_style": "path"}) if not is_on_aws(name) else None
    shelf = Shelf(boto3.client("s3", config=style), found["VoiceBucketName"])
    return Stage(shelf, _page_of_running(running) or _page(parameters(name), found))


def _page_of_running(running: dict[str, str]) -> str:
    """The tunnel's, where there is one: a code is for phones."""
    return running.get("PUBLIC_LIFF_URL", running.get("LIFF_URL", ""))


def _page(told: dict[str, str], found: dict[str, str]) -> str:
    """LINE's address of the page, which opens it inside LINE; without LINE the page's own."""
    if told.get("LiffUrl"):
        return told["LiffUrl"].rstrip("/")
    if told.get("LiffId"):
        return f"https://liff.line.me/{told['LiffId']}"
    return f"{api_url(found)}/liff"

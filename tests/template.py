"""The template's resources, as Chalice reads them: short tags and anchors resolved."""

import json
from typing import Any

from deploy import resources
from deploy.paths import ROOT


def resources_yaml() -> dict[str, Any]:
    """The files of `.chalice` that are merged into what Chalice makes of the app."""
    return resources.merged(ROOT / ".chalice")


def chalice_config() -> dict[str, Any]:
    """`.chalice/config.json`."""
    loaded: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    return loaded

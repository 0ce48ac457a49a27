"""The template's resources, as Chalice reads them: short tags and anchors resolved."""

import json
from typing import Any

from chalice.package import YAMLTemplateSerializer

from deploy.paths import ROOT


def resources_yaml() -> dict[str, Any]:
    """`.chalice/resources.yaml`, which is merged into what Chalice makes of the app."""
    text = (ROOT / ".chalice" / "resources.yaml").read_text("utf-8")
    loaded: dict[str, Any] = YAMLTemplateSerializer().load_template(text)
    return loaded


def chalice_config() -> dict[str, Any]:
    """`.chalice/config.json`."""
    loaded: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    return loaded

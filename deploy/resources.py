"""What Chalice's template is merged with: `.chalice/resources.yaml`, and `.chalice/monitoring.yaml`
beside it. `chalice package --merge-template` takes one file."""

from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

FILES = ("resources.yaml", "monitoring.yaml")


def merged(folder: Path) -> dict[str, Any]:
    """The files of a `.chalice` folder as one, short tags and anchors resolved.

    Raises `ValueError` where both have something of the same name.
    """
    whole, *parts = (_load(folder / name) for name in FILES)
    for part in parts:
        for section, content in part.items():
            there = whole.setdefault(section, {})
            if twice := there.keys() & content.keys():
                raise ValueError(f"{section} has {', '.join(sorted(twice))} twice")
            there |= content
    return whole


def _load(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = YAMLTemplateSerializer().load_template(file.read_text("utf-8"))
    return loaded

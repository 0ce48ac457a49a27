"""The licences of what ships: `make licences` writes docs/licences.md.

Read from the functions' zip itself, where every distribution brings its metadata (core metadata
2.4, PEP 639); for the Kokoro layer, from the same versions as they are installed here.
"""

import email
import zipfile
from email.message import Message
from importlib.metadata import metadata
from typing import NamedTuple

from deploy import layers, package
from deploy.package import Package
from deploy.paths import ROOT

FILE = ROOT / "docs" / "licences.md"
RUNTIME = "chalice"
"""Chalice puts its runtime into the zip without metadata."""
_HEAD = """# Licences of what ships

What is in the functions' zip beside Order Voice (MIT), as each part says of itself. Generated from
the zip by `make licences`. eSpeak NG (GPL-3.0), LAME (LGPL) and Kokoro are never in it.

"""
_LAYER = """
## The Kokoro layer

For those who choose to deploy it; what its parts depend on is not in it. The voice's own files are
Apache-2.0 and MIT ([speech.md](speech.md)). LAME stays a shared object that anybody can replace.
eSpeak NG is a layer of local stacks alone.

"""
_TABLE = """| part | version | licence |
|---|---|---|
"""


class Part(NamedTuple):
    """A distribution in the zip."""

    name: str
    version: str
    licence: str


def parts(built: Package) -> list[Part]:
    """What is in the zip, by name."""
    with zipfile.ZipFile(built.zip_file) as archive:
        found = [
            _part(email.message_from_bytes(archive.read(name)))
            for name in archive.namelist()
            if name.endswith(".dist-info/METADATA")
        ]
    return sorted([*found, _part(metadata(RUNTIME))], key=lambda part: part.name.lower())  # type: ignore[arg-type]


def layer_parts() -> list[Part]:
    """What is in the Kokoro layer, by name."""
    return [_part(metadata(name)) for name in sorted(layers.PACKAGES["kokoro"])]  # type: ignore[arg-type]


def _part(said: Message) -> Part:
    return Part(said["Name"], said["Version"], _licence(said))


def _licence(said: Message) -> str:
    """An SPDX expression where there is one, else the classifiers, else the first line of text."""
    # By `get`: from Python 3.13 on, asking for what is not there by `[]` is deprecated.
    if expression := said.get("License-Expression"):
        return str(expression)
    classifiers = [
        classifier.rpartition(" :: ")[2]
        for classifier in said.get_all("Classifier", [])
        if classifier.startswith("License :: ") and classifier.count(" :: ") > 1
    ]
    text = said.get("License", "").strip().splitlines()
    return ", ".join(classifiers) or (text[0] if text else "not said")


def document(built: Package) -> str:
    """The page, in Markdown."""
    return _HEAD + _table(parts(built)) + _LAYER + _table(layer_parts())


def _table(of: list[Part]) -> str:
    return _TABLE + "".join(f"| {part.name} | {part.version} | {part.licence} |\n" for part in of)


if __name__ == "__main__":
    FILE.write_text(document(package.build("prod")), "utf-8")

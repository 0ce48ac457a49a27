"""What a release holds: `make release TAG=v1.1.0` puts it into .local/release.

    order-voice-1.1.0.zip          production's functions, byte for byte what `make deploy` uploads
    order-voice-1.1.0.json         its template
    order-voice-1.1.0.cdx.json     the zip's bill of materials (CycloneDX 1.6), read from the zip
    SHA256SUMS                     of the three
    notes.md                       the version's part of CHANGELOG.md

Nothing in them says when or where they were made: who makes them again gets the same.
"""

import argparse
import hashlib
import re
import shutil
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from chalicelib import __version__
from deploy import package
from deploy.package import Package, PackageError
from deploy.paths import LOCAL, ROOT
from tools.licences import Part, parts

FOLDER = LOCAL / "release"
NAME = f"order-voice-{__version__}"
NAMESPACE = uuid.UUID("5b2d1f52-6a0e-5d0f-9c1e-6f9f5a4f7d21")


class ReleaseError(RuntimeError):
    """Nothing was released; the message is for the person at the terminal."""


def bill_of_materials(zip_file: Path, inside: Iterable[Part]) -> str:
    """Of the zip and what is inside, as CycloneDX's JSON."""
    checksum = _sha256(zip_file)
    whole = Component(
        name="order-voice",
        version=__version__,
        type=ComponentType.APPLICATION,
        licenses=[LicenseFactory().make_from_string("MIT")],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)],
        bom_ref=zip_file.name,
    )
    bom = Bom(
        components=[_component(part) for part in inside],
        metadata=BomMetaData(component=whole),
        serial_number=uuid.uuid5(NAMESPACE, checksum),
    )
    bom.register_dependency(whole, bom.components)
    # It would be when this was run.
    bom.metadata.timestamp = None  # type: ignore[assignment]
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _component(part: Part) -> Component:
    # A name as the package index writes it (PEP 503).
    name = re.sub(r"[-_.]+", "-", part.name).lower()
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        licenses=[LicenseFactory().make_from_string(part.licence)],
        purl=PackageURL("pypi", name=name, version=part.version),
        bom_ref=f"{name}=={part.version}",
    )


def notes(changelog: str, version: str) -> str:
    """What the changelog says of a version. Raises `ReleaseError` if that is nothing."""
    pattern = rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)"
    found = re.search(pattern, changelog, re.MULTILINE | re.DOTALL)
    if not found or not found[1].strip():
        raise ReleaseError(f"CHANGELOG.md has nothing to say of {version}")
    return found[1].strip() + "\n"


def require_tag(tag: str) -> None:
    """Raise `ReleaseError` for the tag of another version than this tree has."""
    if tag != f"v{__version__}":
        raise ReleaseError(
            f"this is version {__version__} (chalicelib/__init__.py): its tag is "
            f"v{__version__}, not {tag or 'empty'}"
        )


def write(built: Package, folder: Path) -> None:
    """The release's files into `folder`, in the place of what was there."""
    told = notes((ROOT / "CHANGELOG.md").read_text("utf-8"), __version__)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    functions, template, bom = (folder / f"{NAME}.{end}" for end in ("zip", "json", "cdx.json"))
    shutil.copyfile(built.zip_file, functions)
    shutil.copyfile(built.folder / package.TEMPLATE, template)
    bom.write_text(bill_of_materials(functions, parts(built)), "utf-8")
    sums = [f"{_sha256(file)}  {file.name}\n" for file in (functions, template, bom)]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
    (folder / "notes.md").write_text(told, "utf-8")


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tag", required=True)
    arguments = parser.parse_args()
    try:
        require_tag(arguments.tag)
        write(package.build("prod"), FOLDER)
    except (ReleaseError, PackageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{FOLDER.relative_to(ROOT)}:\n")
    sys.stdout.writelines(f"  {file.name}\n" for file in sorted(FOLDER.iterdir()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

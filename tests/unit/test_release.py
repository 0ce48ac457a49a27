"""What a release says of itself."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from cyclonedx.schema import _res

from chalicelib import __version__
from deploy.paths import ROOT
from tools import release
from tools.licences import Part
from tools.release import ReleaseError

SCHEMAS = Path(_res.__file__).parent
PARTS = [
    Part("PyJWT", "2.15.1", "MIT"),
    Part("typing_extensions", "4.16.0", "PSF-2.0"),
    Part("aiohttp", "3.14.5", "Apache-2.0 AND MIT"),
    Part("aenum", "3.1.17", "BSD License"),
]


@pytest.fixture
def zip_file(tmp_path: Path) -> Path:
    file = tmp_path / "order-voice.zip"
    file.write_bytes(b"functions")
    return file


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (SCHEMAS / f"{name}.SNAPSHOT.schema.json").read_text("utf-8")
    )
    return loaded


def test_the_bill_of_materials_is_what_cyclonedx_says_it_is(zip_file: Path) -> None:
    bom = json.loads(release.bill_of_materials(zip_file, PARTS))
    base = "http://cyclonedx.org/schema/"
    others = [(f"{base}{name}.SNAPSHOT.schema.json", schema(name)) for name in ("spdx", "jsf-0.82")]
    registry = jsonschema_rs.Registry(others)
    jsonschema_rs.validator_for(schema("bom-1.6"), registry=registry).validate(bom)


def test_the_bill_of_materials_names_every_part_as_the_package_index_does(zip_file: Path) -> None:
    bom = json.loads(release.bill_of_materials(zip_file, PARTS))
    assert {part["purl"] for part in bom["components"]} == {
        "pkg:pypi/pyjwt@2.15.1",
        "pkg:pypi/typing-extensions@4.16.0",
        "pkg:pypi/aiohttp@3.14.5",
        "pkg:pypi/aenum@3.1.17",
    }
    by_name = {part["name"]: part["licenses"] for part in bom["components"]}
    assert by_name["aiohttp"] == [{"expression": "Apache-2.0 AND MIT"}]
    assert by_name["aenum"] == [{"license": {"name": "BSD License"}}]
    [whole] = [entry for entry in bom["dependencies"] if entry["ref"] == zip_file.name]
    assert len(whole["dependsOn"]) == len(PARTS)


def test_the_same_zip_has_the_same_bill_and_another_zip_another(zip_file: Path) -> None:
    bill = release.bill_of_materials(zip_file, PARTS)
    assert release.bill_of_materials(zip_file, reversed(PARTS)) == bill
    zip_file.write_bytes(b"others")
    assert release.bill_of_materials(zip_file, PARTS) != bill


def test_the_notes_of_a_release_are_its_part_of_the_changelog() -> None:
    changelog = "# Changelog\n\n## [2.0.0] - 2026-01-01\n\n### Added\n\n- B\n\n## [1.0.0]\n\nA\n"
    assert release.notes(changelog, "2.0.0") == "### Added\n\n- B\n"
    assert release.notes(changelog, "1.0.0") == "A\n"
    with pytest.raises(ReleaseError, match=r"nothing to say of 1\.0"):
        release.notes(changelog, "1.0")


def test_this_version_has_notes() -> None:
    assert release.notes((ROOT / "CHANGELOG.md").read_text("utf-8"), __version__)


@pytest.mark.parametrize("tag", ["", __version__, "v0.0.1", f"v{__version__}-rc1"])
def test_the_tag_of_another_version_is_refused(tag: str) -> None:
    release.require_tag(f"v{__version__}")
    with pytest.raises(ReleaseError, match=f"its tag is v{__version__}, not"):
        release.require_tag(tag)

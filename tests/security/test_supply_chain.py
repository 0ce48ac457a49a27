"""What ships, and what is in git."""

import hashlib
import json
import platform
import re
import secrets
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from deploy import downloads, interpreter, package, wheels
from deploy.paths import ROOT
from tools import audit, licences


@pytest.mark.nightly
def test_the_list_of_licences_is_that_of_the_zip() -> None:
    built = package.build("prod", interpreter.running())
    assert licences.FILE.read_text("utf-8") == licences.document(built)


@pytest.mark.nightly
def test_what_ships_asks_nobody_for_their_source() -> None:
    for part in licences.parts(package.build("prod", interpreter.running())):
        assert part.licence != "not said"
        assert not re.search(r"\bA?GPL|LGPL", part.licence), part


def test_the_kokoro_layer_says_its_licences_and_is_what_is_pinned() -> None:
    lock = (ROOT / "requirements" / "local.txt").read_text("utf-8")
    for part in licences.layer_parts():
        assert part.licence != "not said"
        assert f"{part.name.lower()}=={part.version} " in lock


AUDIT = {"name": "gtts", "version": "2.5.4"}


@pytest.mark.parametrize(
    ("printed", "complained", "number", "said"),
    [
        ([AUDIT | {"vulns": []}], "", 0, "Audited 1 of 1 shipped packages."),
        ([AUDIT | {"skip_reason": "x"}], "", 0, "Audited 0 of 1 shipped packages; the index has"),
        (
            [AUDIT | {"vulns": [{"id": "PYSEC-1", "fix_versions": ["2.6"]}]}],
            "",
            1,
            "gtts 2.5.4: PYSEC-1, mended in 2.6",
        ),
        (None, "requests.exceptions.ProxyError: no way", 0, "Not audited: the index did not"),
        (None, "ERROR: requirements.txt is not there", 1, "pip-audit failed:\nERROR: requ"),
    ],
    ids=["no hole", "no advisories", "a hole", "no network", "a mistake"],
)
def test_a_known_hole_and_a_failed_audit_are_failures_and_no_network_is_none(
    monkeypatch: pytest.MonkeyPatch,
    printed: list[dict[str, object]] | None,
    complained: str,
    number: int,
    said: str,
) -> None:
    done = subprocess.CompletedProcess(
        [], 1, json.dumps({"dependencies": printed}) if printed else "", complained
    )
    monkeypatch.setattr(audit, "_tool", lambda *_arguments, **_options: done)
    found, report = audit.vulnerabilities()
    assert found == number
    assert said in report


@pytest.mark.parametrize(
    "file",
    [
        ROOT / "requirements.txt",
        *(
            file
            for file in sorted((ROOT / "requirements").glob("*.txt"))
            if file != downloads.NPM_PACKAGES
        ),
    ],
    ids=lambda file: file.name,
)
def test_every_requirement_is_pinned_with_hashes(file: Path) -> None:
    text = file.read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert lines
    for line in lines:
        assert "==" in line, line
        assert "--hash=sha256:" in line, line


def test_every_package_of_npm_is_pinned_by_its_integrity() -> None:
    lines = downloads.NPM_PACKAGES.read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    for pin in pins:
        assert re.fullmatch(r"\S+@\d+\.\d+\.\d+ sha512-[A-Za-z0-9+/]{86}==", pin), pin


def test_a_package_of_npm_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    tarball = tmp_path / "esbuild-linux-x64.tgz"
    tarball.write_bytes(b"something else")
    with pytest.raises(downloads.InstallError, match="not the package that was pinned"):
        downloads.genuine(tarball, downloads.npm_pin("@esbuild/linux-x64"))
    with pytest.raises(downloads.InstallError, match="pins no left-pad"):
        downloads.npm_pin("left-pad")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="its wheels are those of AWS here")
@pytest.mark.parametrize(
    "uv",
    [
        pytest.param(wheels.UV, id="as set up"),
        pytest.param(Path("there is no uv"), id="by pip", marks=pytest.mark.nightly),
    ],
)
def test_the_hashes_hold_for_wheels_of_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uv: Path
) -> None:
    monkeypatch.setattr(wheels, "UV", uv)
    pinned = f"propcache=={version('propcache')}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--dest", tmp_path / "wheels", pinned], check=True)
    [wheel] = (tmp_path / "wheels").iterdir()
    known = hashlib.sha256(wheel.read_bytes()).hexdigest()
    pins = tmp_path / "requirements.txt"
    pins.write_text(f"{pinned} --hash=sha256:{known}\n")
    wheels.unpack(pins, tmp_path / "here")
    with pytest.raises(wheels.InstallError, match=r"(?i)hash"):
        wheels.unpack(pins, tmp_path / "there", "manylinux_2_17_aarch64")


def test_a_token_of_line_is_found_wherever_it_stands(tmp_path: Path) -> None:
    token = "aB3+" * 43
    (tmp_path / "README.md").write_text(f"\naws ssm put-parameter --value {token}\n")
    assert audit.new_secrets(["README.md"], tmp_path) == ["README.md:2: LINE channel access token"]


def test_a_new_secret_is_found_and_a_known_finding_is_not(tmp_path: Path) -> None:
    planted = tmp_path / "settings.py"
    planted.write_text(f'channel_token = "{secrets.token_urlsafe(48)}"\n')
    [finding, *_] = audit.new_secrets([planted.name], tmp_path)
    assert finding.startswith("settings.py:1: ")
    assert audit.new_secrets(["tests/unit/conftest.py"]) == []

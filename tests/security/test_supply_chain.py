"""What ships, and what is in git."""

import re
import secrets
from pathlib import Path

from localstack import audit, licences, package
from localstack.package import ROOT


def test_the_list_of_licences_is_that_of_the_zip() -> None:
    assert licences.FILE.read_text("utf-8") == licences.document(package.build("prod"))


def test_what_ships_asks_nobody_for_their_source() -> None:
    for part in licences.parts(package.build("prod")):
        assert part.licence != "not said"
        assert not re.search(r"\bA?GPL|LGPL", part.licence), part


def test_every_requirement_is_pinned_with_hashes() -> None:
    for file in ROOT.glob("requirements*.txt"):
        text = file.read_text("utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert lines
        for line in lines:
            assert "==" in line, f"{file.name}: {line}"
            assert "--hash=sha256:" in line, f"{file.name}: {line}"


def test_a_new_secret_is_found_and_a_known_finding_is_not(tmp_path: Path) -> None:
    planted = tmp_path / "settings.py"
    planted.write_text(f'channel_token = "{secrets.token_urlsafe(48)}"\n')
    [finding, *_] = audit.new_secrets([planted.name], tmp_path)
    assert finding.startswith("settings.py:1: ")
    assert audit.new_secrets(["tests/unit/conftest.py"]) == []

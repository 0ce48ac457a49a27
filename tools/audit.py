"""What `make check` asks of dependencies and of git.

    python -m tools.audit vulnerabilities    known vulnerabilities of what ships (pip-audit)
    python -m tools.audit secrets            secrets in git that `.secrets.baseline` does not know

The advisories come from the package index, by its JSON API. An index without one, or no network,
leaves versions unaudited: this is said, and is no failure. A known vulnerability, a new secret, or
an audit that fails in any other way is.
A finding that is no secret is added by
`detect-secrets scan --baseline .secrets.baseline $(git ls-files)`.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.paths import ROOT

SHIPPED = ("requirements.txt", "requirements/kokoro.txt")
"""Of the zip, and of the Kokoro layer."""
NO_NETWORK = re.compile(
    r"requests\.exceptions\.|Could not connect to PyPI|not redirecting properly"
)
BASELINE = ".secrets.baseline"
# Hashes, by the hundred.
NOT_SCANNED = {BASELINE}
# 172 characters of base64. detect-secrets sees one in quotes, but not in a shell command.
LINE_TOKEN = re.compile(rb"[A-Za-z0-9+/]{150,}={0,2}")


def _tool(name: str, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)


def vulnerabilities() -> tuple[int, str]:
    """The number of known vulnerabilities, and what to say."""
    done = _tool(
        "pip-audit",
        *(option for file in SHIPPED for option in ("--requirement", file)),
        *("--disable-pip", "--require-hashes"),
        *("--format", "json", "--progress-spinner", "off"),
    )
    try:
        dependencies: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        if NO_NETWORK.search(done.stderr):
            return 0, "Not audited: the index did not answer."
        return 1, f"Not audited, because pip-audit failed:\n{done.stderr.strip()}"
    unknown = [entry for entry in dependencies if "skip_reason" in entry]
    found = [
        f"{entry['name']} {entry['version']}: {vulnerability['id']}, mended in "
        f"{', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for entry in dependencies
        for vulnerability in entry.get("vulns", [])
    ]
    said = f"Audited {len(dependencies) - len(unknown)} of {len(dependencies)} shipped packages"
    said += f"; the index has no advisories on {len(unknown)}." if unknown else "."
    return len(found), "\n".join([*found, said])


def secrets() -> tuple[int, str]:
    """The number of new findings in git's files, and where they are."""
    files = _files_in_git()
    found = new_secrets(files)
    return len(found), "\n".join([*found, f"Scanned {len(files)} files for secrets."])


def _files_in_git() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, text=True, capture_output=True, check=True
    )
    return [
        name
        for name in listed.stdout.splitlines()
        if name not in NOT_SCANNED and not re.fullmatch(r"requirements(/.+)?\.txt", name)
    ]


def new_secrets(files: Sequence[str], folder: Path = ROOT) -> list[str]:
    """Where in the files of `folder` something looks like a secret, and is not in the baseline."""
    scanned = json.loads(_tool("detect-secrets", "scan", *files, folder=folder).stdout)["results"]
    known = json.loads((ROOT / BASELINE).read_text("utf-8"))["results"]
    # Lines move; a finding is known by its file and its hash.
    hashes = {(name, entry["hashed_secret"]) for name, all_ in known.items() for entry in all_}
    found = [
        f"{name}:{entry['line_number']}: {entry['type']}"
        for name, entries in scanned.items()
        for entry in entries
        if (name, entry["hashed_secret"]) not in hashes
    ]
    return found + [
        f"{name}:{number}: LINE channel access token"
        for name in files
        for number, line in enumerate((folder / name).read_bytes().splitlines(), 1)
        if LINE_TOKEN.search(line)
    ]


def main() -> int:
    number, said = {"vulnerabilities": vulnerabilities, "secrets": secrets}[sys.argv[1]]()
    sys.stdout.write(f"{said}\n")
    return 1 if number else 0


if __name__ == "__main__":
    raise SystemExit(main())

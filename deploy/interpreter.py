"""The Python that packages a stage.

Chalice takes the functions' runtime from the Python that runs it, and their modules are compiled
by that Python. Production's is pinned, so that it is the same whoever deploys: it is found on the
machine, never downloaded, and works in an environment of its own. A local stack's is the one that
runs, which the emulator runs too.

    python -m deploy.interpreter "LocalStack 4.14"    where a Python of that version is, for another
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from deploy import wheels
from deploy.paths import LOCAL, ROOT
from deploy.target import is_on_aws

PRODUCTION = (3, 13)
VERSION = "{}.{}".format(*PRODUCTION)
NAME = f"python{VERSION}"
WHO = "production"
REQUIREMENTS = ROOT / "requirements" / "local.txt"


class Python(NamedTuple):
    """An interpreter, in an environment that has Chalice and what the functions import."""

    executable: Path
    version: tuple[int, int]


def running() -> Python:
    return Python(Path(sys.executable), sys.version_info[:2])


def of(stage: str) -> Python:
    """What packages `stage`. Raises `wheels.InstallError`, if the machine has no such Python."""
    here = running()
    if not is_on_aws(stage) or here.version == PRODUCTION:
        return here
    return Python(_environment(LOCAL / f"package-{VERSION}"), PRODUCTION)


def require(stage: str) -> None:
    """Raise `wheels.InstallError` where nothing on this machine could package `stage`."""
    if is_on_aws(stage) and running().version != PRODUCTION:
        find(WHO)


def _environment(folder: Path) -> Path:
    """The Python of the environment `folder`, which is made unless it is there as it should be."""
    python, stamp = folder / "bin" / "python", folder / "stamp"
    content = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    folder.parent.mkdir(exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == content and _is_productions(python):
            return python
        venv = [str(find(WHO)), "-m", "venv", "--clear", "--without-pip", str(folder)]
        sys.stderr.write(f"Setting up {folder.relative_to(folder.parent.parent)}\n")
        done = subprocess.run(venv, text=True, capture_output=True, check=False)
        if done.returncode:
            said = " ".join((done.stdout + done.stderr).split())
            raise wheels.InstallError(f"{venv[0]} makes no virtual environment: {said}")
        wheels.install(REQUIREMENTS, str(python))
        stamp.write_text(content)
    return python


def find(who: str) -> Path:
    """A Python 3.13 of this machine, for `who` runs on no other. Raises `wheels.InstallError`."""
    for candidate in _candidates():
        if _is_productions(candidate):
            return candidate
    raise wheels.InstallError(
        f"{who} runs on {NAME}, and this machine has none: install it (.venv/bin/uv python install "
        f"{VERSION}, pyenv install {VERSION}, or the system's packages), then run make again"
    )


def _candidates() -> Iterator[Path]:
    for name in (NAME, "python3", "python"):
        for folder in os.get_exec_path():
            yield Path(folder, name)
    # Its shim on the PATH leads nowhere, unless that version is also chosen.
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from pyenv.glob(f"versions/*/bin/{NAME}")
    if wheels.UV.exists():
        find = [str(wheels.UV), "python", "find", "--managed-python", "--no-python-downloads"]
        found = subprocess.run([*find, VERSION], text=True, capture_output=True, check=False)
        yield Path(found.stdout.strip())


def _is_productions(python: Path) -> bool:
    """Whether it is CPython of that version, and not the build without a global lock."""
    if not (python.is_file() and os.access(python, os.X_OK)):
        return False
    ask = "import sysconfig, venv; print(sysconfig.get_config_var('SOABI'))"
    try:
        told = subprocess.run(
            [python, "-I", "-c", ask], text=True, capture_output=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.stdout.startswith("cpython-{}{}-".format(*PRODUCTION))


def main() -> int:
    try:
        sys.stdout.write(f"{find(sys.argv[1])}\n")
    except wheels.InstallError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

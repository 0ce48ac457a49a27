"""Zips that are unpacked once on this machine, and linked wherever they are wanted again.

    code.zip ── SHA-256 ──▶ .local/unpacked/<SHA-256>/…  ── hard links ──▶ the function's own folder

MiniStack unpacks a function's zip and layers, 130 MB in 4,500 files, at each of its cold starts,
LocalStack the same zip for each function. Links take a tenth of the time. Each function has folders
of its own, so what it adds is nobody else's, and what is forgotten here stays there. The files are
read-only, as they are on Lambda.

It is the emulator's own Python that runs this: the standard library only.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KEPT = 6
"""Zips; one of the functions and two layers make a stack, now and before the last change."""


def unpack(archive: Path, target: Path, kept_in: Path) -> None:
    """Put what the zip holds into `target`, an empty folder; on another disk by copying.

    Who wants to unpack at the same time waits, be it in another process.
    """
    with archive.open("rb") as content:
        unpacked = kept_in / hashlib.file_digest(content, "sha256").hexdigest()
    with _one_at_a_time(kept_in):
        if not unpacked.exists():
            _unpack(archive, unpacked)
        os.utime(unpacked)  # The zips used last are the ones kept.
        _forget_old(kept_in)
        shutil.copytree(unpacked, target, copy_function=_link, dirs_exist_ok=True)


def unpacked_in(kept_in: Path) -> type[zipfile.ZipFile]:
    """A `ZipFile` that extracts all of a file by `unpack`."""

    class UnpackedOnce(zipfile.ZipFile):
        def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
            if self.filename is None or path is None or members is not None or pwd is not None:
                raise NotImplementedError("only all of a zip that is a file, into a folder")
            unpack(Path(self.filename), Path(path), kept_in)

    return UnpackedOnce


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copy2(source, target)


@contextmanager
def _one_at_a_time(kept_in: Path) -> Iterator[None]:
    kept_in.mkdir(parents=True, exist_ok=True)
    with (kept_in / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _unpack(archive: Path, unpacked: Path) -> None:
    # Whole when it has its name: whoever was killed leaves this one, for the next to remove.
    unfinished = unpacked.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(unfinished)
    for folder, _, files in os.walk(unfinished):
        for file in files:
            os.chmod(os.path.join(folder, file), 0o444)
    unfinished.rename(unpacked)


def _forget_old(kept_in: Path) -> None:
    zips = [path for path in kept_in.iterdir() if path.is_dir()]
    for folder in sorted(zips, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(folder)

"""Zips that the emulator unpacks once, whatever is killed, edited or started at the same time."""

import errno
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localstack import unpacking
from localstack.unpacking import unpack, unpacked_in


@pytest.fixture
def kept_in(tmp_path: Path) -> Path:
    return tmp_path / "unpacked"


def zipped(folder: Path, name: str = "code", **modules: str) -> Path:
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for module, text in (modules or {"app": "1"}).items():
            opened.writestr(f"package/{module}.py", text)
    return archive


def files_in(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def test_a_function_finds_its_own_zip_and_nothing_else(tmp_path: Path, kept_in: Path) -> None:
    for name in ("api", "worker"):
        unpack(zipped(tmp_path, name, **{name: name}), tmp_path / f"of-{name}", kept_in)
    assert files_in(tmp_path / "of-api") == {"package/api.py": "api"}
    assert files_in(tmp_path / "of-worker") == {"package/worker.py": "worker"}


def test_the_same_zip_is_unpacked_once(
    tmp_path: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpack(zipped(tmp_path), tmp_path / "first", kept_in)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", None)
    unpack(zipped(tmp_path, "the-same"), tmp_path / "second", kept_in)
    assert files_in(tmp_path / "second") == files_in(tmp_path / "first")


def test_a_folder_on_another_disk_gets_copies(
    tmp_path: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: str) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", link)
    unpack(zipped(tmp_path), tmp_path / "there", kept_in)
    assert files_in(tmp_path / "there") == {"package/app.py": "1"}


def test_what_one_function_adds_or_replaces_is_not_in_another(
    tmp_path: Path, kept_in: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    unpack(zipped(tmp_path), one, kept_in)
    (one / "package" / "__pycache__").mkdir()
    (one / "package" / "__pycache__" / "app.pyc").write_text("compiled")
    (one / "new").write_text("new")
    (one / "package" / "app.py").rename(one / "moved")
    (one / "package" / "app.py").write_text("another")
    unpack(zipped(tmp_path), other, kept_in)
    assert files_in(other) == {"package/app.py": "1"}


def test_what_is_shared_is_read_only(tmp_path: Path, kept_in: Path) -> None:
    unpack(zipped(tmp_path), tmp_path / "one", kept_in)
    assert (tmp_path / "one" / "package" / "app.py").stat().st_mode & 0o777 == 0o444


def test_functions_that_start_at_once_share_one_unpacking(
    tmp_path: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, extract, count = zipped(tmp_path), zipfile.ZipFile.extractall, []

    def counted(self: zipfile.ZipFile, path: Path) -> None:
        count.append(path)
        extract(self, path)

    monkeypatch.setattr(zipfile.ZipFile, "extractall", counted)
    targets = [tmp_path / f"function-{number}" for number in range(4)]
    with ThreadPoolExecutor(len(targets)) as pool:
        list(pool.map(lambda target: unpack(archive, target, kept_in), targets))
    assert len(count) == 1
    assert all(files_in(target) == {"package/app.py": "1"} for target in targets)


def test_a_start_that_was_killed_while_unpacking_leaves_no_half_of_a_zip(
    tmp_path: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = zipped(tmp_path, a="1", b="2")

    def killed(self: zipfile.ZipFile, path: Path) -> None:
        self.extract(self.namelist()[0], path)
        (path / "of-another-zip").write_text("left")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "extractall", killed)
        with pytest.raises(KeyboardInterrupt):
            unpack(archive, tmp_path / "killed", kept_in)
    unpack(archive, tmp_path / "next", kept_in)
    assert files_in(tmp_path / "next") == {"package/a.py": "1", "package/b.py": "2"}


def test_edits_do_not_fill_the_disk(tmp_path: Path, kept_in: Path) -> None:
    layer = zipped(tmp_path, "layer", voice="a voice")
    unpack(layer, tmp_path / "first", kept_in)
    for edit in range(2 * unpacking.KEPT):
        # Neither a later start nor the order of fast ones may depend on the clock's steps.
        for number, folder in enumerate(sorted(kept_in.iterdir(), key=os.path.getmtime)):
            os.utime(folder, (number, number))
        unpack(zipped(tmp_path, app=str(edit)), tmp_path / f"edit-{edit}", kept_in)
        unpack(layer, tmp_path / f"layer-{edit}", kept_in)
    assert len([path for path in kept_in.iterdir() if path.is_dir()]) == unpacking.KEPT
    assert files_in(tmp_path / "edit-0") == {"package/app.py": "0"}  # It may still run.


def test_the_emulators_zipfile_unpacks_once(tmp_path: Path, kept_in: Path) -> None:
    with unpacked_in(kept_in)(zipped(tmp_path)) as opened:
        opened.extractall(tmp_path / "function")
    assert files_in(tmp_path / "function") == {"package/app.py": "1"}
    inode = (tmp_path / "function" / "package" / "app.py").stat().st_ino
    assert [path.stat().st_ino for path in kept_in.rglob("app.py")] == [inode]

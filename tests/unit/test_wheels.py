"""Installing: by uv from where pip is told to look, by pip where uv cannot, never unpinned."""

import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy import wheels
from tests.nightly import at_night

WHEEL = "oranges-1.0-py3-none-any.whl"


class Index(ThreadingHTTPServer):
    """A package index (PEP 503) with one wheel, that notes who asked for it."""

    def __init__(self, wheel: bytes) -> None:
        self.wheel, self.asked_by = wheel, list[str]()
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/simple"

    @property
    def pinned(self) -> str:
        return f"oranges==1.0 --hash=sha256:{hashlib.sha256(self.wheel).hexdigest()}\n"


class _Answer(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        page = f'<a href="{WHEEL}">{WHEEL}</a>'.encode()
        known = {f"/simple/oranges/{WHEEL}": self.server.wheel, "/simple/oranges/": page}
        self.server.asked_by.append(self.headers["User-Agent"].partition("/")[0])
        body = known.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html" if body == page else "application/zip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The index of `pip.conf`, and of nobody else's configuration."""
    file = tmp_path / WHEEL
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("oranges.py", "SWEET = True\n")
        archive.writestr("oranges-1.0.dist-info/METADATA", "Name: oranges\nVersion: 1.0\n")
        archive.writestr("oranges-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("oranges-1.0.dist-info/RECORD", "oranges.py,,\n")
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    with Index(file.read_bytes()) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        # Outside of a home: pip.conf of the machine's owner does not count.
        config = tmp_path / "pip.conf"
        config.write_text(f"[global]\nindex-url = {serving.url}\nextra-index-url =\nfind-links =\n")
        monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
        wheels._as_pip_is_configured.cache_clear()
        yield serving
        wheels._as_pip_is_configured.cache_clear()
        serving.shutdown()


@pytest.fixture
def needs_uv() -> None:
    if not wheels.UV.exists():
        reason = "no uv beside this Python: make setup installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def unpacked(pinned: str, folder: Path) -> set[str]:
    folder.mkdir()
    (folder / "pins.txt").write_text(pinned)
    wheels.unpack(folder / "pins.txt", folder / "out")
    files = (path for path in (folder / "out").rglob("*") if path.is_file())
    return {str(path.relative_to(folder / "out")) for path in files}


FILES = {"oranges.py", "oranges-1.0.dist-info/METADATA", "oranges-1.0.dist-info/WHEEL"}


@pytest.mark.usefixtures("needs_uv")
def test_uv_looks_where_pip_is_configured_to_look(
    index: Index, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert unpacked(index.pinned, tmp_path / "by-uv") == FILES
    assert set(index.asked_by) == {"uv"}
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("needs_uv")
def test_an_index_of_uvs_own_comes_before_that_of_pip(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(os.environ["PIP_CONFIG_FILE"])
    config.write_text(config.read_text().replace(index.url, "http://127.0.0.1:9/simple"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
    assert unpacked(index.pinned, tmp_path / "by-uv") == FILES
    assert set(index.asked_by) == {"uv"}


@pytest.mark.parametrize("trouble", ["fails", *at_night("is for another machine")])
def test_pip_takes_over_and_says_so_where_uv_cannot(
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    trouble: str,
) -> None:
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho 'error: no such luck' >&2; exit 2" if trouble == "fails" else "")
    uv.chmod(0o755)
    monkeypatch.setattr(wheels, "UV", uv)
    assert unpacked(index.pinned, tmp_path / "by-pip") == FILES
    assert set(index.asked_by) == {"pip"}
    [line] = capfd.readouterr().err.splitlines()
    reason = "no such luck" if trouble == "fails" else "uv does not run"
    assert line.startswith("uv could not install (")
    assert reason in line
    assert line.endswith("pip does it, and takes longer.")


@pytest.mark.nightly
def test_a_machine_without_a_wheel_of_uv_is_told_and_gets_pip(
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "uv.txt").write_text(index.pinned.replace("oranges", "uv"))
    monkeypatch.setattr(wheels, "ROOT", tmp_path)
    monkeypatch.setattr(wheels, "UV", tmp_path / "uv")
    assert not wheels.get_uv()
    [line] = capfd.readouterr().err.splitlines()
    assert line.startswith("There is no uv for this machine (ERROR: ")
    assert unpacked(index.pinned, tmp_path / "by-pip") == FILES


@pytest.mark.nightly
@pytest.mark.parametrize("what", ["--get-uv", "requirements/uv.txt"])
def test_an_index_that_does_not_answer_is_named_and_nothing_else_is_said(
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    what: str,
) -> None:
    config = Path(os.environ["PIP_CONFIG_FILE"])
    config.write_text(config.read_text().replace(index.url, "http://127.0.0.1:9/simple"))
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "uv.txt").write_text(index.pinned)
    monkeypatch.setattr(wheels, "ROOT", tmp_path)
    if what == "--get-uv":
        monkeypatch.setattr(wheels, "UV", tmp_path / "uv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["wheels", what])
    assert wheels.main() == 1
    assert capfd.readouterr().err.splitlines() == [
        "your package index does not answer: check network, proxy and PIP_INDEX_URL; "
        "then run make again"
    ]


@pytest.mark.parametrize("installer", ["uv", *at_night("pip")])
def test_another_file_than_the_pinned_one_is_refused(
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    installer: str,
) -> None:
    if installer == "uv":
        request.getfixturevalue("needs_uv")
    else:
        monkeypatch.setattr(wheels, "UV", tmp_path / "uv")
    pinned = f"oranges==1.0 --hash=sha256:{'0' * 64}\n"
    with pytest.raises(wheels.InstallError, match=r"(?i)hash"):
        unpacked(pinned, tmp_path / "refused")
    assert installer in index.asked_by


@pytest.mark.nightly
def test_an_environment_without_pip_is_filled_too(index: Index, tmp_path: Path) -> None:

    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pins = tmp_path / "pins.txt"
    pins.write_text(index.pinned)
    python = str(environment / "bin" / "python")
    wheels.install(pins, python)
    subprocess.run([python, "-c", "import oranges"], check=True)

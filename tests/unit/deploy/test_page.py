"""Building the page: the same of the same sources, and a plain word where it cannot be built."""

import platform
import shutil
from pathlib import Path

import pytest

from deploy import esbuild, page


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the page's sources, which is built where it is."""
    copy = tmp_path / "liff"
    shutil.copytree(page.SOURCES, copy, ignore=shutil.ignore_patterns("built", "__pycache__"))
    monkeypatch.setattr(page, "SOURCES", copy)
    monkeypatch.setattr(page, "BUILT", copy / "built")
    monkeypatch.setattr(page, "LOCAL", tmp_path / "local")
    return copy


def test_equal_sources_make_an_equal_page(sources: Path) -> None:
    page.build()
    first = {file.name: file.read_bytes() for file in page.BUILT.iterdir()}
    shutil.rmtree(page.BUILT)
    page.build()
    assert {file.name: file.read_bytes() for file in page.BUILT.iterdir()} == first


def test_nothing_is_built_anew_where_no_source_has_changed(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.build()

    def refuse(*_: object) -> None:
        raise AssertionError("it is built already")

    monkeypatch.setattr(esbuild, "run", refuse)
    page.build()


def test_a_module_with_a_mistake_is_named_and_the_page_before_stays(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.build()
    version = (page.BUILT / "version").read_text("utf-8")
    (sources / "app.js").write_text("import { missing } from './nowhere.js';", "utf-8")
    monkeypatch.setattr(page, "_stamp", lambda: "of other sources")
    with pytest.raises(page.PageError, match=r"(?s)could not be built.*nowhere\.js"):
        page.build()
    assert (page.BUILT / "version").read_text("utf-8") == version


def test_without_a_bundler_the_message_says_what_could_not_be_had(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(page.PageError, match=r"pins no @esbuild/.+-riscv64"):
        page.build()


def test_what_is_packaged_of_the_page_is_what_is_served(sources: Path) -> None:
    page.build()
    page.leave_out_sources(sources)
    left = {file.name for file in sources.iterdir()}
    assert left == {"__init__.py", "built"}
    assert (page.BUILT / "order-client.js").exists()

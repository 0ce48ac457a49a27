"""What packaging compiles: the package, and nothing of ours."""

import zipfile
from pathlib import Path

import pytest

from deploy import interpreter, package


def test_a_package_of_one_module_compiles_nothing_where_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, ours = tmp_path / "made", tmp_path / "ours"
    for folder in (made, ours):
        folder.mkdir()
        (folder / "module.py").write_text("value = 1\n")
    monkeypatch.chdir(ours)
    package._compile_into(interpreter.running(), made, tmp_path / "made.zip", level=0)
    with zipfile.ZipFile(tmp_path / "made.zip") as opened:
        assert sorted(Path(name).suffix for name in opened.namelist()) == [".py", ".pyc"]
    assert [path.name for path in ours.iterdir()] == ["module.py"]

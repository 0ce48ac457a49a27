"""What a newcomer pastes from the README."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.paths import ROOT
from tests.stack.client import PATIENCE_SECONDS

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_the_requests_of_the_readme_can_be_pasted(
    stack: dict[str, str], tmp_path: Path, shell: str
) -> None:
    if not shutil.which(shell) or not shutil.which("curl"):
        pytest.skip(f"{shell} or curl is not on this machine")
    [block] = [block for block in BLOCKS if "curl" in block]
    (tmp_path / ".local").mkdir()
    stack_env = "".join(f"{name}={value}\n" for name, value in stack.items())
    (tmp_path / ".local" / "stack.env").write_text(stack_env)
    done = subprocess.run(
        [shell, "-e", "-c", f'{block}\necho "$AWS_ACCESS_KEY_ID"'],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "AWS_ACCESS_KEY_ID": "my own"},
        timeout=PATIENCE_SECONDS,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    *answers, key = done.stdout.splitlines()
    accepted, status = (json.loads(answer) for answer in answers)
    assert status["status"] == "completed"
    assert status["order_id"] == accepted["order_id"]
    assert status["items"][0]["name"]["original"] == "測試商品"
    assert key == "my own"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """This folder, to write a file of one's own into."""
    for path in ROOT.iterdir():
        if path.name != ".git":
            (tmp_path / path.name).symlink_to(path)
    return tmp_path


def test_a_new_shop_goes_from_a_spreadsheet_to_codes_and_a_heard_order(
    stack: dict[str, str], clone: Path
) -> None:
    [block] = [block for block in BLOCKS if "make menu " in block]
    port = stack["AWS_ENDPOINT_URL"].rpartition(":")[2]
    done = subprocess.run(
        ["sh", "-e", "-c", block],
        cwd=clone,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PORT": port},
        timeout=100,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "+ 牛肉麵 180" in done.stdout
    assert f"{stack['LIFF_URL']}?store=my-shop" in done.stdout
    assert "牛肉麵 × 2" in done.stdout
    [sheet] = re.findall(r"^Sheet: (.*)$", done.stdout, re.MULTILINE)
    assert (ROOT / sheet).read_text("utf-8").count("桌號") == 12
    [voice] = re.findall(r"saved as (\S+\.mp3)", done.stdout)
    assert (ROOT / voice).stat().st_size > 5000


def test_nothing_that_is_pasted_has_a_comment_which_zsh_would_take_for_words() -> None:
    assert len(BLOCKS) > 2
    assert not [block for block in BLOCKS if re.search(r"(?:^|\s)#", block)]

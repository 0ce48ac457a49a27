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


def test_nothing_that_is_pasted_has_a_comment_which_zsh_would_take_for_words() -> None:
    assert len(BLOCKS) > 2
    assert not [block for block in BLOCKS if re.search(r"(?:^|\s)#", block)]

"""Runs order-client.js's own tests, written for Node's test runner."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parent / "order-client.test.mjs"


def test_the_polling_client_passes_its_own_tests() -> None:
    node = shutil.which("node")
    if node is None:
        assert not os.environ.get("CI"), "CI runs order-client.js's tests, and there is no Node.js"
        pytest.skip("Node.js is not installed: order-client.js's own tests were not run")
    run = subprocess.run(
        [node, "--test", str(TESTS)], capture_output=True, text=True, check=False, timeout=100
    )
    assert run.returncode == 0, run.stdout + run.stderr

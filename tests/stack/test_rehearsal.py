"""A deployment rehearsed beside a running stack, as docs/operations.md says."""

import os
import subprocess
import sys
import urllib.request

import pytest

from deploy.paths import ROOT


def run(module: str, *options: str, endpoint: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, "rehearsal", *options],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nowhere", "AWS_ENDPOINT_URL": endpoint},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.nightly
def test_a_deployment_can_be_rehearsed_from_the_question_to_the_deletion(
    stack: dict[str, str],
) -> None:
    endpoint = stack["AWS_ENDPOINT_URL"]
    asked = run("deploy", endpoint=endpoint)
    assert asked.returncode == 1
    assert "nobody is here to be asked: say YES=1" in asked.stderr

    done = run("deploy", "--yes", endpoint=endpoint)
    assert done.returncode == 0, done.stderr
    assert "heard after" in done.stderr
    [url] = [line for line in done.stdout.splitlines() if line.startswith("EndpointURL=")]
    with urllib.request.urlopen(f"{url.partition('=')[2]}/api/health", timeout=30) as answer:
        assert answer.status == 200

    published = subprocess.run(
        [
            sys.executable,
            "-m",
            "deploy.menus",
            "publish",
            "rehearsal",
            "--file=menus/sample-tea.json",
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nowhere", "AWS_ENDPOINT_URL": endpoint},
        capture_output=True,
        text=True,
        check=False,
    )
    assert published.returncode == 0, published.stderr
    [page] = [line for line in published.stdout.splitlines() if line.startswith("Page: ")]
    with urllib.request.urlopen(page.removeprefix("Page: "), timeout=30) as answer:
        assert answer.status == 200

    gone = run("deploy.destroy", "--confirm=order-voice-rehearsal", endpoint=endpoint)
    assert gone.returncode == 0, gone.stderr
    assert "Deleted with all that they hold: " in gone.stderr
    assert "OrdersTable (table)" in gone.stderr
    assert "What stays, until you remove it, or the emulator ends:" in gone.stdout
    # What it was rehearsed beside goes on.
    with urllib.request.urlopen(f"{stack['API_URL']}/api/health", timeout=30) as answer:
        assert answer.status == 200

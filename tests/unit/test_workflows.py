"""What runs on GitHub, as far as it can be held to this tree. `make check` has zizmor read it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40}")


def steps(workflow: Path) -> Iterator[dict[str, Any]]:
    """Of every job, with the values that a matrix has for it."""
    for job in yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values():
        matrix = job.get("strategy", {}).get("matrix", {})
        for step in job["steps"]:
            yield {**step, "matrix": matrix}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_that_is_named_above(workflow: Path) -> None:
    head = workflow.read_text("utf-8").partition("name:")[0]
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []
    for action in used:
        owner, name, *_ = action.partition("@")[0].split("/")
        assert re.search(rf"{owner}/{name}( is)? v\d+\.\d+\.\d+", head), action


def test_everything_that_is_made_there_can_be_made_here() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    made = set()
    for workflow in WORKFLOWS:
        for step in steps(workflow):
            for target in re.findall(r"\bmake (\S+)", step.get("run", "")):
                made |= set(step["matrix"]["target"]) if target == '"$TARGET"' else {target}
    assert {"check", "test", "nightly", "attack", "soak", "release"} <= made <= targets

"""CloudFormation's states, those that it may have in its own model."""

import botocore.session
import pytest

from deploy import states
from deploy.states import WAYS, Way, settle
from deploy.target import DeployError
from deploy.terminal import unattended


def test_every_state_that_cloudformation_has_has_a_way_on() -> None:
    model = botocore.session.get_session().get_service_model("cloudformation")
    known: list[str] = getattr(model.shape_for("StackStatus"), "enum")  # noqa: B009
    assert set(WAYS) == set(known)


@pytest.mark.parametrize("status", [name for name in WAYS if name.endswith("_IN_PROGRESS")])
def test_what_is_in_progress_is_waited_for(status: str) -> None:
    assert WAYS[status] is (Way.CREATE if status == "REVIEW_IN_PROGRESS" else Way.WAIT)


def test_an_import_of_somebody_else_is_theirs_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = {"StackName": "s", "StackStatus": "IMPORT_ROLLBACK_FAILED"}
    monkeypatch.setattr(states, "find", lambda _: stack)
    with pytest.raises(DeployError, match="somebody imported resources into it"):
        settle("s", unattended())

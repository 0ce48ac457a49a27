"""The state machine over the real code, as long as `make test` or `make nightly` lets it run."""

import pytest
from hypothesis import Phase

from tests.unit.reliability.machine import EXAMPLES, run


@pytest.mark.timeout(0)
def test_on_a_bad_day_every_order_ends_and_none_is_said_twice() -> None:
    run(EXAMPLES, Phase.generate, Phase.shrink)

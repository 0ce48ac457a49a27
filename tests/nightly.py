"""Which values of a parametrized test wait for `make nightly`."""

from typing import Any

import pytest


def at_night(*values: object) -> list[Any]:
    """Each a test that takes long, or that differs little from one that runs by day."""
    return [pytest.param(value, marks=pytest.mark.nightly) for value in values]

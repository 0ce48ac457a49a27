"""What a deployment is refused for by what is deployed already."""

import json

import pytest

from deploy.rollout import Before, require_a_way_back_for_orders
from deploy.target import DeployError
from tests.template import resources_yaml

NOW = Before(json.dumps(resources_yaml()), {})
BEFORE_SHARDS = Before(json.dumps({"Parameters": {"Stage": {"Type": "String"}}}), {})


def test_shards_are_not_raised_by_the_deployment_that_first_reads_them() -> None:
    """Going back to a sweeper that reads one shard would lose the orders in others."""
    with pytest.raises(DeployError, match="raise it with the next deployment"):
        require_a_way_back_for_orders(BEFORE_SHARDS, {"OpenShards": "2"})


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (BEFORE_SHARDS, {}),
        (BEFORE_SHARDS, {"OpenShards": "1"}),
        (NOW, {"OpenShards": "64"}),
        (None, {"OpenShards": "64"}),
    ],
)
def test_shards_are_raised_where_all_are_read(before: Before | None, told: dict[str, str]) -> None:
    require_a_way_back_for_orders(before, told)

"""What the template owes to those who deploy it."""

from tests.template import resources_yaml

NAMED = {"TableName", "BucketName", "QueueName", "AlarmName", "LogGroupName", "RoleName"}


def test_a_new_creation_meets_nothing_that_an_old_one_left() -> None:
    """Names are CloudFormation's to make up; a fixed one would be taken by what was kept."""
    for name, resource in resources_yaml()["Resources"].items():
        assert not NAMED & set(resource.get("Properties", {})), name

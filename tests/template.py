"""The template's resources, as Chalice reads them: short tags and anchors resolved."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from deploy import resources
from deploy.paths import ROOT


def resources_yaml() -> dict[str, Any]:
    """The files of `.chalice` that are merged into what Chalice makes of the app."""
    return resources.merged(ROOT / ".chalice")


SCHEMA = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


@cache
def table_schema(name: str) -> dict[str, Any]:
    """What a table is created with, as the template describes it."""
    properties = resources_yaml()["Resources"][name]["Properties"]
    return {key: properties[key] for key in SCHEMA if key in properties}


def chalice_config() -> dict[str, Any]:
    """`.chalice/config.json`."""
    loaded: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    return loaded


def statements(policy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those of a policy; also those that are there under a condition only."""
    for statement in policy["Statement"]:
        _, there, not_there = statement.get("Fn::If", ("", statement, {"Ref": "AWS::NoValue"}))
        assert not_there == {"Ref": "AWS::NoValue"}
        yield there

"""What a change set would do to a stack, resource by resource."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ChangeTypeDef, ResourceChangeTypeDef

Verb = Literal["add", "change", "replace", "may replace", "remove", "import"]
SIGNS: dict[Verb, str] = {
    "add": "+",
    "import": "+",
    "change": "~",
    "replace": "±",
    "may replace": "±",
    "remove": "-",
}
HOLDS_DATA = {
    "AWS::DynamoDB::Table": "table",
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
}
LOSING: dict[Verb, str] = {
    "remove": "IS REMOVED",
    "replace": "IS REPLACED by a new, empty one",
    "may replace": "MAY BE REPLACED by a new, empty one",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one resource."""

    verb: Verb
    logical_id: str
    kind: str
    """Its type, `AWS::SQS::Queue`."""
    physical_id: str = ""
    policy: str = ""
    """What becomes of the old one, `Retain` or `ReplaceAndDelete`; not always told."""

    @property
    def loses_data(self) -> bool:
        """Whether what a table, bucket or queue holds is lost to the stack."""
        return self.verb in LOSING and self.kind in HOLDS_DATA

    def __str__(self) -> str:
        if self.verb == "may replace" and not self.loses_data:
            # CloudFormation decides it when it comes to it, and nothing is lost either way.
            change = Change("change", self.logical_id, self.kind)
            return f"{change}, in place or anew"
        return f"{SIGNS[self.verb]} {self.verb:<11} {self.logical_id}  ({self.kind})"

    @property
    def warning(self) -> str:
        """Of a change that `loses_data`."""
        what = f"THE {HOLDS_DATA[self.kind].upper()} {self.logical_id} {LOSING[self.verb]}"
        return f"{what}. {self._fate}."

    @property
    def loss(self) -> str:
        """What is not as before, once the stack has gone back to the template of before."""
        return f"the {HOLDS_DATA[self.kind]} {self.logical_id} is a new, empty one. {self._fate}"

    @property
    def _fate(self) -> str:
        match self.policy:
            case "Retain" | "ReplaceAndRetain":
                fate = "stays in the account, but nothing here uses it any more"
            case "":
                fate = "is kept or deleted, CloudFormation does not say"
            case _:
                fate = "is deleted with all that it holds"
        return f"The old one, {self.physical_id}, {fate}"


def read(described: "Iterable[ChangeTypeDef]") -> tuple[Change, ...]:
    """The changes of `DescribeChangeSet`, those that lose something last."""
    found = [_change(entry["ResourceChange"]) for entry in described if "ResourceChange" in entry]
    order: list[Verb] = list(SIGNS)
    return tuple(sorted(found, key=lambda change: (order.index(change.verb), change.logical_id)))


def _change(told: "ResourceChangeTypeDef") -> Change:
    return Change(
        verb=_verb(told),
        logical_id=told.get("LogicalResourceId", ""),
        kind=told.get("ResourceType", ""),
        physical_id=told.get("PhysicalResourceId", ""),
        policy=told.get("PolicyAction", ""),
    )


def _verb(told: "ResourceChangeTypeDef") -> Verb:
    match told.get("Action"), told.get("Replacement"):
        case "Add", _:
            return "add"
        case "Import", _:
            return "import"
        case "Remove", _:
            return "remove"
        case _, "True":
            return "replace"
        # CloudFormation cannot tell (`Dynamic` is an action of nested stacks, which are not here).
        case _, "Conditional":
            return "may replace"
    return "change"

"""DynamoDB in memory, for thousands of orders a second: PynamoDB's own requests, evaluated.

It knows the operations and expressions that this app sends, and fails on any other.
`test_fake_table.py` holds it against moto.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, dict[str, Any]]
Test = Callable[[Item, dict[str, str], Item], bool]

KEY = "order_id"
INDEXES = {"open_orders": "due_at", "orders_by_owner": "created_at"}
"""Their range keys; the hash key is in every query's condition."""
_TOKEN = re.compile(r"attribute_(?:not_)?exists|AND|OR|<=|>=|<>|[=<>()]|[#:]\d+")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<>": lambda left, right: left != right,
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class FakeTable:
    """One table. `on_write` sees every change: the item before, the item after."""

    def __init__(self, on_write: Callable[[Item | None, Item], None]) -> None:
        self.items: dict[str, Item] = {}
        self._on_write = on_write

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request of botocore's. Raises `ClientError` where AWS would."""
        return {
            "PutItem": self._put,
            "UpdateItem": self._update,
            "GetItem": self._get,
            "Query": self._query,
            "BatchGetItem": self._batch_get,
        }[operation](request)

    def _put(self, request: dict[str, Any]) -> dict[str, Any]:
        item: Item = deepcopy(request["Item"])
        self._check(item[KEY]["S"], request)
        self._write(item[KEY]["S"], item)
        return {}

    def _update(self, request: dict[str, Any]) -> dict[str, Any]:
        key = request["Key"][KEY]["S"]
        self._check(key, request)
        item = deepcopy(self.items.get(key, request["Key"]))
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        _apply(request["UpdateExpression"], item, names, values)
        self._write(key, item)
        return {"Attributes": deepcopy(item)}

    def _check(self, key: str, request: dict[str, Any]) -> None:
        if not _holds(request["ConditionExpression"], self.items.get(key, {}), request):
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "Write")

    def _write(self, key: str, item: Item) -> None:
        before = self.items.get(key)
        self.items[key] = item
        self._on_write(before, item)

    def _get(self, request: dict[str, Any]) -> dict[str, Any]:
        assert request["ConsistentRead"], "an order that was just written must be found"
        item = self.items.get(request["Key"][KEY]["S"])
        return {"Item": deepcopy(item)} if item else {}

    def _query(self, request: dict[str, Any]) -> dict[str, Any]:
        range_key = INDEXES[request["IndexName"]]
        condition = request["KeyConditionExpression"]
        found = sorted(
            (item for item in self.items.values() if _holds(condition, item, request)),
            key=lambda item: int(item[range_key]["N"]),
        )[: request["Limit"]]
        keys = [{name: item[name] for name in (KEY, range_key)} for item in found]
        return {"Count": len(found), "ScannedCount": len(found), "Items": keys}

    def _batch_get(self, request: dict[str, Any]) -> dict[str, Any]:
        [(table, wanted)] = request["RequestItems"].items()
        keys = {key[KEY]["S"] for key in wanted["Keys"]}
        items = [deepcopy(item) for key, item in self.items.items() if key in keys]
        return {"Responses": {table: items}, "UnprocessedKeys": {}}


def _apply(expression: str, item: Item, names: dict[str, str], values: Item) -> None:
    """`SET #0 = :0, #1 = #1 + :1 REMOVE #2`, with the item's old values on the right."""
    before = dict(item)
    for clause in re.split(r"(?=\bSET |\bREMOVE )", expression):
        verb, _, actions = clause.partition(" ")
        for action in filter(None, map(str.strip, actions.split(","))):
            if verb == "REMOVE":
                item.pop(names[action], None)
                continue
            target, _, value = action.partition(" = ")
            if " + " in value:
                name, _, addend = value.partition(" + ")
                total = int(before[names[name]]["N"]) + int(values[addend]["N"])
                item[names[target]] = {"N": str(total)}
            else:
                item[names[target]] = values[value]


def _holds(expression: str, item: Item, request: dict[str, Any]) -> bool:
    values = request.get("ExpressionAttributeValues", {})
    return _compiled(expression)(item, request["ExpressionAttributeNames"], values)


@cache
def _compiled(expression: str) -> Test:
    return _disjunction(iter([*_TOKEN.findall(expression), "end"]))[0]


def _disjunction(tokens: Iterator[str]) -> tuple[Test, str]:
    """The test, and the token after it; AND binds closer than OR."""
    alternatives: list[list[Test]] = [[]]
    token = "AND"
    while token in ("AND", "OR"):
        if token == "OR":
            alternatives.append([])
        alternatives[-1].append(_clause(tokens))
        token = next(tokens)

    def holds(item: Item, names: dict[str, str], values: Item) -> bool:
        return any(all(test(item, names, values) for test in every) for every in alternatives)

    return holds, token


def _clause(tokens: Iterator[str]) -> Test:
    token = next(tokens)
    if token == "(":
        return _disjunction(tokens)[0]
    if token.startswith("attribute"):
        wanted, _, name, _ = token == "attribute_exists", next(tokens), next(tokens), next(tokens)
        return lambda item, names, _values: (names[name] in item) is wanted
    left, operator, right = token, next(tokens), next(tokens)
    compare, holds_without = _COMPARE[operator], operator == "<>"

    def holds(item: Item, names: dict[str, str], values: Item) -> bool:
        if names[left] not in item:
            return holds_without
        [(kind, have)], [(wanted_kind, want)] = item[names[left]].items(), values[right].items()
        if kind != wanted_kind:
            return False
        return compare(int(have), int(want)) if kind == "N" else compare(have, want)

    return holds

"""How many calls to AWS a request makes: each is time, and money."""

from typing import Any

import pytest
from botocore.client import BaseClient

from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import Api, complete


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that were asked for."""
    operations: list[str] = []
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def noted(self: BaseClient, operation: str, told: Any) -> Any:
        operations.append(operation)
        return call(self, operation, told)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    return operations


def test_an_order_is_counted_stored_and_queued_by_one_call_each(
    api: Api, called: list[str]
) -> None:
    assert api.post(SEED_ORDER).status == 202  # Reads the secret, and looks for all guests' lid.
    called.clear()
    assert api.post(SEED_ORDER).status == 202
    assert called == ["UpdateItem", "PutItem", "SendMessage"]


def test_a_status_is_one_read_whether_it_has_changed_or_not(api: Api, called: list[str]) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    complete(order_id)
    called.clear()
    first = api.status(order_id)
    assert (first.status, called) == (200, ["GetItem"])
    assert api.status(order_id, If_None_Match=first.headers["ETag"]).status == 304
    assert called == ["GetItem", "GetItem"]

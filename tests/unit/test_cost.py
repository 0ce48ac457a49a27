"""What a month is said to cost: LINE's cheapest plan, and no fewer bytes than are sent."""

import gzip
from pathlib import Path

import pytest

from bench import cost
from chalicelib import languages, liff
from tests.unit.test_liff_page import page

BUILT = Path(liff.__file__).parent / "built"
MENU_BYTES = 3000
"""A sample shop's, compressed."""


@pytest.mark.parametrize(
    ("pushes", "expected"),
    [(200, 0), (201, 800), (3_000, 800), (3_001, 1_200), (6_001, 1_200.2), (30_000, 6_000)],
)
def test_pushes_are_billed_by_the_cheapest_plan_that_has_them(pushes: int, expected: float) -> None:
    assert cost.line_month(pushes) == pytest.approx(expected)


@pytest.mark.parametrize("language", languages.SUPPORTED)
def test_a_first_visit_is_billed_for_all_that_it_loads(language: str) -> None:
    scripts = [
        file for file in BUILT.glob("*.js") if file.name not in {"order-client.js", "guard.js"}
    ]
    later = [*BUILT.glob(f"*-{language}.json"), BUILT / "kind-options.json"]
    bodies = [page(language=language).body, *(file.read_text("utf-8") for file in scripts + later)]
    sent = sum(len(gzip.compress(body.encode(), 6)) for body in bodies) + MENU_BYTES
    assert 0.8 * cost.PAGE_KB * 1000 < sent <= cost.PAGE_KB * 1000


def test_every_poll_more_costs_a_request_of_the_gateway_at_least() -> None:
    def aws(polls: float) -> list[float]:
        return list(list(cost.months(polls))[-1][1])

    for orders, few, many in zip(cost.ORDERS_A_DAY, aws(3), aws(4), strict=True):
        assert many - few > orders * cost.DAYS * cost.REQUEST

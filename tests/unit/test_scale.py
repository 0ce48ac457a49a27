"""docs/scale.md shows what is computed, and the comparison with the stack tells good from bad."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence

import pytest

from bench import scale
from bench.chart import Bar, chart
from bench.scale_check import deviations
from deploy.paths import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text("utf-8")
Rows = Callable[[], Iterator[Sequence[str]]]


@pytest.mark.parametrize("rows", [scale.limits, scale.hours])
def test_the_page_shows_what_is_calculated(rows: Rows) -> None:
    assert "\n".join(scale.markdown(rows())) in PAGE


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rows", [scale.as_shipped, scale.needed, scale.ahead])
def test_the_page_shows_what_is_simulated(rows: Rows) -> None:
    assert "\n".join(scale.markdown(rows())) in PAGE


def test_the_chart_is_that_of_the_limits() -> None:
    assert (ROOT / "docs" / "scale.svg").read_text("utf-8") == scale.drawing()


def test_a_bar_ends_where_it_should_on_a_scale_of_tens() -> None:
    svg = chart([Bar("a & b", 100, 1_000)], title="x < y", top=10_000)
    drawn = ET.fromstring(svg)  # noqa: S314
    kinds = {each.get("class"): float(each.get("width", 0)) for each in drawn if each.get("class")}
    assert kinds["bar"] / kinds["raised"] == pytest.approx(2 / 3, rel=0.01)


def test_an_hour_costs_a_hundred_times_as_much_for_a_hundred_times_as_many() -> None:
    for (name, one), (same, many) in zip(scale.an_hour(1), scale.an_hour(100), strict=True):
        assert name == same
        assert many == pytest.approx(100 * one)


def test_the_comparison_is_of_medians_and_of_ninety_five_percent() -> None:
    found = deviations([float(number) for number in range(1, 101)], [2.0] * 100)
    assert found["median"] == (50.5, 2.0)
    assert found["95 %"] == (pytest.approx(96, abs=1), 2.0)

"""What a benchmark's numbers are, and that the page shows those of the runs that are kept."""

import json

import pytest

from bench import report
from bench.measuring import Line, alternate, measured

LINE = Line("a", "ms", "ours", "floor", goal=1.2)


def test_both_are_taken_in_every_round_and_each_is_first_in_half_of_them() -> None:
    taken: list[str] = []
    pairs = alternate(lambda: taken.append("ours"), lambda: taken.append("floor"), rounds=4)
    assert len(pairs) == 4
    first = taken[2::2]  # The first round does not count.
    assert first == ["floor", "ours", "floor", "ours"]


def test_the_ratio_is_the_median_of_the_rounds_not_of_the_medians() -> None:
    """A machine that is busy for a round is so for both."""
    found = measured(LINE, [(1.0, 1.0), (10.0, 10.0), (3.0, 2.0)])
    assert found.ratio.median == 1.0
    assert (found.ours.median, found.floor.median) == (3.0, 2.0)
    assert found.verdict == "met"


@pytest.mark.parametrize(("ours", "verdict"), [(1.2, "met"), (1.21, "missed")])
def test_a_goal_is_met_or_missed(ours: float, verdict: str) -> None:
    assert measured(LINE, [(ours, 1.0)] * 2).verdict == verdict


def test_the_page_shows_the_runs_that_are_kept() -> None:
    runs = (report.BEFORE, report.NOW, report.ONE_CORE)
    before, now, one_core = map(report.lines_of, runs)
    assert now, "there is a run"
    assert report.table(before, now, one_core) in report.PAGE.read_text("utf-8")
    assert report.PLOT.read_text("utf-8") == report.plot(before, now)
    for name in (report.BEFORE, report.NOW):
        assert (
            "shared" in json.loads((report.RESULTS / f"{name}.json").read_text("utf-8"))["machine"]
        )

"""XmR charts by the published vector, the rules one by one, and what holds for any series."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.service.boards.xmr import ENOUGH, Chart, Rules, Side, Signal, chart, verdict

PUBLISHED = [1, 2, 1, 2, 10, *[1, 2] * 6, 1]
STEADY = [4.0, 6.0] * 6
SERIES = st.lists(st.integers(0, 100), max_size=40)


def says(found: Chart, signal: Signal) -> list[int]:
    """At which points a rule speaks."""
    return [place for place, sides in enumerate(found.signals) if any(side.signal is signal for side in sides)]


def test_the_published_series_gives_the_published_limits() -> None:
    """NHSRplotthedots' own example, without its screening and with it (DOMAIN §6)."""
    plain, screened = chart(PUBLISHED), chart(PUBLISHED, Rules(screened=True))
    assert len(PUBLISHED) == 18
    assert [round(each, 2) for each in (plain.mean, plain.lower, plain.upper)] == [1.94, -3.06, 6.95]
    assert [round(each, 2) for each in (screened.lower, screened.upper)] == [-0.72, 4.6]
    assert says(plain, Signal.OUTSIDE) == says(screened, Signal.OUTSIDE) == [4]


@pytest.mark.parametrize("values", [[], [5], [5, 90]])
def test_two_points_are_no_ground_for_a_verdict(values: list[float]) -> None:
    found = chart(values)
    assert not found.has_limits
    assert not any(found.signals)
    assert verdict(found).startswith("No verdict: with ")


@pytest.mark.parametrize(("count", "trial"), [(3, True), (ENOUGH - 1, True), (ENOUGH, False)])
def test_limits_on_few_points_are_trial_limits_and_it_says_so(count: int, trial: bool) -> None:
    found = chart([4, 6, 5] * 4 if count == ENOUGH else ([4, 6, 5] * 4)[:count])
    assert found.is_trial is trial
    assert ("trial limits" in verdict(found)) is trial


@pytest.mark.parametrize(("count", "wanted"), [(6, []), (7, [12, 13, 14, 15, 16, 17, 18])])
def test_seven_points_on_one_side_of_the_mean_are_a_run(count: int, wanted: list[int]) -> None:
    assert says(chart([*[10, 0] * 6, *[6] * count]), Signal.RUN) == wanted


def test_runs_of_eight_are_another_houses_setting() -> None:
    """abspc counts 8 where NHSRplotthedots counts 7."""
    values = [*[10, 0] * 6, *[6] * 7]
    assert says(chart(values, Rules(run=8)), Signal.RUN) == []
    assert says(chart([*values, 6], Rules(run=8)), Signal.RUN) == [12, 13, 14, 15, 16, 17, 18, 19]


@pytest.mark.parametrize(("values", "wanted"), [
    ([5, 1, 2, 3, 4, 5, 6, 7, 2, 5], [1, 2, 3, 4, 5, 6, 7]),
    ([5, 1, 2, 3, 4, 5, 6, 6, 7, 2], []),
    ([1, 7, 6, 5, 4, 3, 2, 1, 5], [1, 2, 3, 4, 5, 6, 7]),
])  # fmt: skip
def test_seven_points_that_all_rise_or_all_fall_are_a_trend(values: list[float], wanted: list[int]) -> None:
    assert says(chart(values), Signal.TREND) == wanted


def test_two_of_three_near_a_limit_are_told_and_those_beyond_it_are_not() -> None:
    """The rule as the R source reads it: points beyond the limits do not count."""
    values = [50, 52, 48, 51, 49, 50, 52, 48, 51, 49, 50, 52, 57, 51, 57, 49, 50]
    found = chart(values)
    assert found.mean + (found.upper - found.mean) * 2 / 3 < 57 <= found.upper
    assert says(found, Signal.NEAR) == [12, 14]
    far = chart([*values[:12], 99, 51, 99, 49, 50])
    assert not set(says(far, Signal.NEAR)) & set(says(far, Signal.OUTSIDE))


def test_a_high_share_of_lateness_is_of_concern_and_a_low_one_an_improvement() -> None:
    assert verdict(chart([*STEADY, 30])).startswith("Special cause, concern, high: the latest point is above the upper")
    assert verdict(chart([*STEADY, -30])).startswith("Special cause, improvement, low")
    assert verdict(chart([*STEADY, 30]), higher_is_worse=False).startswith("Special cause, improvement, high")
    assert verdict(chart([*STEADY, 5])).startswith("Common cause")


@given(SERIES)
def test_the_limits_are_the_mean_and_266_times_the_mean_moving_range(values: list[int]) -> None:
    found = chart(values)
    if len(values) >= 3:
        ranges = [abs(b - a) for a, b in pairwise(values)]
        assert found.mean == pytest.approx(sum(values) / len(values))
        assert found.upper - found.mean == pytest.approx(2.66 * sum(ranges) / len(ranges))
        assert found.mean - found.lower == pytest.approx(found.upper - found.mean)
    assert len(found.signals) == len(values)


@given(SERIES, st.integers(-50, 50))
def test_where_nought_lies_does_not_matter(values: list[int], by: int) -> None:
    assert chart([value + by for value in values]).signals == chart(values).signals


@given(SERIES)
def test_turned_upside_down_everything_is_said_of_the_other_side(values: list[int]) -> None:
    turned = tuple(tuple(Side(s.signal, not s.high) for s in sides) for sides in chart(values).signals)
    assert chart([-value for value in values]).signals == turned


@given(st.integers(0, 100), st.integers(3, 40))
def test_what_never_changes_shows_no_change(value: int, count: int) -> None:
    assert not any(chart([value / 7] * count).signals)

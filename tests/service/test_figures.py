"""How long items wait and how much is late: by hand-counted lives of a few items, on both databases."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.service.boards import figures
from qa_workflow.service.boards.lateness import FIRST, Lateness, lateness
from qa_workflow.service.boards.waits import Wait, median, waits
from qa_workflow.service.boards.xmr_picture import as_svg
from qa_workflow.service.front import Engine
from qa_workflow.testing import FakeClock
from tests.service.late import actor, house_of, publish_branches

NORTH, SOUTH = "R/2026-27-Q4/north", "R/2026-27-Q4/south"


@pytest.fixture(autouse=True)
def lives(office: Engine, clock: FakeClock, tmp_path: Path) -> None:
    """Two reports opened on 2 April; north's leaves its first stage after 10 days, south's after 20, four days late."""
    publish_branches(office, tmp_path)
    for subject in ("north", "south"):
        office.open("report", subject=subject, period="2026-27 Q4", actor="ann")
    clock.set("2027-04-12T10:00")
    office.advance(NORTH, "skip", actor="ann")
    clock.set("2027-04-22T10:00")
    office.advance(SOUTH, "skip", actor="ann")
    office.open("account", subject="north", actor="ann")


def found(office: Engine, person: str = "ann") -> dict[str, Wait]:
    house = house_of(office)
    return {f"{line.workflow}.{line.stage}": line for line in waits(house, actor(office, person), house.now()).lines}


def told(office: Engine, person: str = "ann", by: str = "last") -> Lateness:
    house = house_of(office)
    return lateness(house, actor(office, person), house.now(), by=by)


def test_stays_that_are_over_and_stays_that_go_on_are_counted(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-05-02T10:00")
    awaited, review = found(office)["report.awaited"], found(office)["report.review"]
    assert (awaited.stays, awaited.waiting, awaited.longest) == (2, 0, (20, SOUTH))
    assert awaited.median == 15
    assert (review.waiting, review.longest_now, review.longest) == (2, (20, NORTH), (20, NORTH))


def test_the_longest_wait_comes_first(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-06-02T10:00")
    house = house_of(office)
    lines = waits(house, actor(office, "ann"), house.now()).lines
    assert [line.median for line in lines] == sorted((line.median for line in lines), reverse=True)


def test_nobody_sees_how_long_others_wait(office: Engine) -> None:
    """A contact's figures are of their own organisation alone."""
    assert found(office, "saul")["report.awaited"].stays == 1
    assert "account.review.facts" not in found(office, "saul")
    assert found(office, "nora")["account.review.facts"].stays == 1


def test_what_was_withdrawn_is_no_wait(office: Engine) -> None:
    office.cancel(NORTH, actor="cher", reason="opened by mistake")
    assert found(office)["report.awaited"].stays == 2
    assert found(office, "cher")["report.review"].stays == 1


def test_steps_count_in_the_month_in_which_they_fell_due(office: Engine, clock: FakeClock) -> None:
    """In April one of four was done in time; what fell due in May, a branch among it, is still open."""
    clock.set("2027-06-10T10:00")
    april, may = told(office).points
    assert (april.words, april.due, april.late, april.share) == ("April 2027", 4, 3, 75.0)
    assert (may.words, may.due, may.late) == ("May 2027", 3, 3)


def test_a_date_that_was_put_off_counts_by_its_first_date_too(office: Engine, clock: FakeClock) -> None:
    office.change_date("A/1", date(2027, 6, 1), actor="cher", basis="policy", reason="later", stage="review.words")
    clock.set("2027-06-10T10:00")
    assert told(office).points[1].due == told(office, by=FIRST).points[1].due - 1


@pytest.mark.parametrize(
    "deed",
    [
        lambda office: office.hold("A/1", actor="rob", reason="an inquiry"),
        lambda office: office.cancel("A/1", actor="cher", reason="not wanted any more"),
        lambda office: office.change_date(
            "A/1", date(2027, 7, 1), actor="cher", basis="policy", reason="put off", stage="review.words"
        ),
    ],
    ids=["hold", "cancel", "change_date"],
)
def test_no_month_that_is_over_looks_better_for_what_is_done_later(
    office: Engine, clock: FakeClock, deed: Callable[[Engine], object]
) -> None:
    """The account fell due in May and was not done; nobody makes that undone by stopping its clock in June."""
    clock.set("2027-06-10T10:00")
    before = told(office).points, told(office, by=FIRST).points
    assert before[0][-1].late == 3
    deed(office)
    assert (told(office).points, told(office, by=FIRST).points) == before
    clock.set("2027-07-10T10:00")
    assert (told(office).points[:2], told(office, by=FIRST).points[:2]) == before


def test_what_falls_due_on_hold_counts_by_its_first_date_alone(office: Engine, clock: FakeClock) -> None:
    """By the date in force its clock is stopped; the date first given is put off by nothing, then or afterwards."""
    office.hold("A/1", actor="rob", reason="an inquiry")
    clock.set("2027-06-10T10:00")
    held = told(office).points[1], told(office, by=FIRST).points[1]
    assert [month.due for month in held] == [1, 3]
    office.resume("A/1", actor="rob")
    assert (told(office).points[1], told(office, by=FIRST).points[1]) == held


def test_the_present_month_is_not_counted_yet(office: Engine) -> None:
    assert told(office).points == ()
    assert told(office).verdict.startswith("No verdict: with no points")


def test_figures_that_are_kept_say_the_same(office: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a house with many items they are worked out when nobody waits; until then there are none."""
    clock.set("2027-06-10T10:00")
    house = house_of(office)
    at_once, late_at_once = found(office), told(office)
    monkeypatch.setattr(figures, "FEW", 1)
    assert waits(house, actor(office, "ann"), house.now()).at is None
    made = figures.worked_out(house, house.now())
    house.write(lambda work: figures.keep(work, made))
    assert found(office) == at_once
    assert told(office) == late_at_once
    assert found(office, "saul")["report.awaited"].stays == 1


def test_what_is_written_is_read_again(office: Engine) -> None:
    house = house_of(office)
    made = figures.worked_out(house, house.now())
    assert figures.read(made.at, figures.written(made)) == made


@pytest.mark.parametrize(
    ("stays", "middle"),
    [({}, 0), ({3: 1}, 3), ({1: 2, 9: 1}, 1), ({1: 50, 2: 50, 9: 1}, 2), ({25: 2, 111: 2}, 68), ({1: 1, 2: 1}, 1.5)],
)
def test_a_median_is_the_middle_or_between_the_two_in_the_middle(stays: dict[int, int], middle: float) -> None:
    assert median(Counter(stays)) == middle


@given(st.lists(st.integers(0, 400), min_size=1))
def test_a_median_is_the_one_that_everybody_knows(stays: list[int]) -> None:
    assert median(Counter(stays)) == statistics.median(stays)


def test_a_picture_says_in_words_what_it_shows(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-06-10T10:00")
    chart = told(office).chart
    svg = as_svg(chart, ["April", "<May>"], title="Late & early", about="In words")
    assert '<title id="chart-title">Late &amp; early</title>' in svg
    assert "&lt;May&gt;" in svg
    assert "<desc" in svg
    assert "style=" not in svg

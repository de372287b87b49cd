"""A statement is kept under its question: what was asked before, with other values, has no part in the answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.service.front import Engine
from qa_workflow.service.ports.boards import Place as Step
from qa_workflow.service.ports.boards import StepQuery
from qa_workflow.service.ports.lists import Lane, Place, Search, Word
from qa_workflow.testing import FakeClock
from tests.service.late import house_of, publish_branches

AUTHOR, REVIEWER = Lane(" author "), Lane(" reviewer ")
NORTH, NOBODY = Sight(subjects=frozenset({"north"})), Sight()


@pytest.fixture(autouse=True)
def reports_and_an_account(office: Engine, tmp_path: Path) -> None:
    """Two reports with their authors, an account in branches."""
    publish_branches(office, tmp_path)
    for subject in ("north", "south"):
        office.open("report", subject=subject, period="2026-27 Q4", actor="ann")
    office.open("account", subject="north", actor="ann")


def test_lanes_are_asked_with_the_limit_place_and_sight_of_today(office: Engine) -> None:
    with house_of(office).store.reading() as look:
        both = look.lists.waiting([AUTHOR], 10)
        assert len(both) == 2
        assert look.lists.waiting([AUTHOR], 1) == both[:1]
        assert look.lists.waiting([AUTHOR], 10, both[0]) == both[1:]
        assert look.lists.waiting([AUTHOR], 10, both[1]) == []
        assert len(look.lists.waiting([AUTHOR], 10, None, NORTH)) == 1
        assert look.lists.waiting([AUTHOR], 10, None, NOBODY) == []
        assert look.lists.waiting([REVIEWER], 10) == look.lists.waiting([], 10) == []


def test_what_has_no_date_is_gone_on_from_its_own_place(office: Engine) -> None:
    for _ in range(3):
        office.open("visits", actor="ann", fields={"sites": ["a"]})
    with house_of(office).store.reading() as look:
        undated = [place for place in look.lists.waiting([AUTHOR], 10) if place.is_undated]
        assert [look.lists.waiting([AUTHOR], 1, after) for after in undated] == [[undated[1]], [undated[2]], []]


def test_late_is_late_at_the_instant_of_asking(office: Engine, clock: FakeClock) -> None:
    now = clock.now()
    with house_of(office).store.reading() as look:
        asked = [now, now + timedelta(days=60), None, now]
        assert [look.lists.count_waiting([AUTHOR], 10, at) for at in asked] == [0, 2, 2, 0]
        searches = [Search(overdue_at=at) for at in asked]
        assert [look.lists.count_found(each, 10) for each in searches] == [0, 3, 3, 0]
        assert [len(look.lists.found(each, 10)) for each in searches] == [0, 3, 3, 0]
        assert look.lists.count_found(searches[1], 1) == 1


def test_a_search_is_asked_with_its_own_words(office: Engine) -> None:
    with house_of(office).store.reading() as look:
        for word, number in (("north", 1), ("q4", 2), ("west", 0), ("north", 1)):
            found = look.lists.found(Search((Word(word),), newest=True), 10)
            assert len(found) == number
        newest = look.lists.found(Search(newest=True), 10)
        assert look.lists.found(Search(newest=True), 10, newest[0]) == newest[1:]


def test_what_stands_at_a_stage_is_asked_with_stage_and_sight(office: Engine) -> None:
    with house_of(office).store.reading() as look:

        def standing(stage: str, sight: Sight = EVERYTHING) -> list[Place]:
            return look.lists.standing([("report", stage)], [AUTHOR], 10, sight)

        assert [len(standing("awaited")), len(standing("review")), len(standing("awaited", NORTH))] == [2, 0, 1]


def test_steps_are_asked_with_the_instants_of_the_question(office: Engine, clock: FakeClock) -> None:
    now = clock.now()
    with house_of(office).store.reading() as look:

        def steps(since: int, before: int, sight: Sight = EVERYTHING) -> list[Step]:
            span = StepQuery(since=now + timedelta(days=since), before=now + timedelta(days=before), sight=sight)
            found = look.boards.steps(span, 20)
            assert look.boards.count(span, 20) == len(found)
            return found

        every = steps(0, 90)
        assert len(every) == 5
        assert steps(60, 90) == steps(0, 90, NOBODY) == []
        assert len(steps(0, 8)) == 1
        assert len(steps(0, 90, NORTH)) == 4
        query = StepQuery(before=now + timedelta(days=90))
        assert [look.boards.steps(query, 20, after) for after in every] == [every[n:] for n in range(1, 6)]
        first = StepQuery(first_before=now + timedelta(days=8))
        assert len(look.boards.steps(first, 20)) == 1
        assert look.boards.count(query, 2) == 2

"""Who dies between two transactions, wakes up late or hears no answer leaves nothing undone and nothing done twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qa_workflow.definition.model import Workflow
from qa_workflow.errors import StorageFault
from qa_workflow.service.boards import figures
from qa_workflow.service.definitions import publishing
from qa_workflow.service.front import Engine
from qa_workflow.service.items import bulk, errands
from qa_workflow.service.items.attachments import attach
from qa_workflow.service.saved import PartlySaved
from qa_workflow.service.time import cycles, daily
from qa_workflow.store.faults import ConnectionLost, Full, Uncertain
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.unit import SqlUnit
from qa_workflow.testing import FakeClock


class Died(BaseException):
    """What a killed process does not get beyond."""


class NotSaved(Exception):
    """The server never got the commit."""


@pytest.fixture
def ended(office: Engine, clock: FakeClock) -> Engine:
    """A round of visits is over, and the next is due by now."""
    office.advance(office.open("visits", actor="ann"), "go", actor="ann", fields={"sites": "Stroud"})
    office.advance(office.items(workflow="visit")[0], "finish", actor="ann")
    office.tick()
    clock.set(office.now() + timedelta(days=400))
    return office


def rounds(office: Engine) -> int:
    return len(office.items(workflow="visits"))


def test_a_round_is_opened_once_also_if_who_opened_it_died_at_once(
    ended: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> bool:
        raise Died

    with monkeypatch.context() as killed:
        killed.setattr(SqlUnit, "unschedule", dies)
        with pytest.raises(Died):
            ended.tick()
    ended.tick()
    assert rounds(ended) == 2


def test_who_wakes_up_when_another_has_opened_the_round_opens_no_second_one(ended: Engine) -> None:
    house = ended._house
    with house.store.reading() as look:
        (entry,) = [each for each in look.schedules() if each.name.startswith("repeat:")]
    for opened in (1, 0):
        assert cycles._occurrence(house, entry, house.now()) == (opened, None)
    assert rounds(ended) == 2


def test_what_is_published_is_planned_with_it(office: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks afterwards whether a workflow that the clock opens has its first opening planned."""
    folder = tmp_path / "definitions"
    report = (folder / "report.yaml").read_text()
    (folder / "second.yaml").write_text(report.replace("workflow: report", "workflow: second").replace("R/", "S/"))

    def dies(*_: object) -> Workflow:
        raise Died

    with monkeypatch.context() as killed:
        killed.setattr(publishing, "follow_up", dies)
        with pytest.raises(Died):
            office.publish([folder], actor=None)
    with office._house.store.reading() as look:
        assert {each.workflow for each in look.schedules()} >= {"report", "second"}


def test_figures_that_a_killed_process_was_working_out_are_worked_out_by_the_next(
    office: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were they crossed off before they are there, the night's would be missing."""

    def dies(*_: object) -> None:
        raise Died

    house = office._house
    daily.plan(house)
    clock.advance(days=1)
    with monkeypatch.context() as killed:
        killed.setattr(figures, "_made", dies)
        with pytest.raises(Died):
            office.tick()
    office.tick()
    with house.store.reading() as look:
        kept = look.boards.figure(figures.NAME)
    assert kept is not None
    assert kept.at == clock.now()


def test_whose_change_is_saved_is_not_told_that_nothing_was(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database goes away before what follows from it, or in the midst of many; that is made up for."""

    def lost(*_: object) -> int:
        raise ConnectionLost("the server")

    visits = office.open("visits", actor="ann")
    with monkeypatch.context() as cut:
        cut.setattr(errands, "run", lost)
        assert office.advance(visits, "go", actor="ann", fields={"sites": "Stroud"}).revision == 2
    assert office.items(workflow="visit") == []
    office.tick()
    assert len(office.items(workflow="visit")) == 1
    names = [office.open("report", subject=each, period="2026-27 Q4", actor="ann").id for each in ("north", "south")]
    part, tries = bulk._part, [0]

    def first_alone(*given: Any, **named: Any) -> Any:
        tries[0] += 1
        return part(*given, **named) if tries[0] == 1 else lost()

    with monkeypatch.context() as cut:
        cut.setattr(bulk, "BATCH", 1)
        cut.setattr(bulk, "_part", first_alone)
        with pytest.raises(PartlySaved, match=r"connection lost\)[.] Some of this is saved and the rest is not"):
            office.bulk_advance(names, "skip", actor="ann", request="of ann")
        assert {len(office.history(name)) for name in names} == {1, 2}
        cut.setattr(bulk, "_part", part)
        office.bulk_advance(names, "skip", actor="ann", request="of ann")
    assert {len(office.history(name)) for name in names} == {2}


@pytest.mark.parametrize("saved", [True, False])
def test_who_hears_no_answer_to_a_commit_finds_it_under_the_request_key(
    office: Engine, monkeypatch: pytest.MonkeyPatch, saved: bool
) -> None:
    """Nobody who gave a key is told that it cannot be said, unless the database stays away: it is tried three times."""
    item = office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    writing, cuts = SqlStore.writing, [1]

    @contextmanager
    def unheard(store: SqlStore) -> Iterator[SqlUnit]:
        with suppress(NotSaved), writing(store) as unit:
            yield unit
            if cuts[0] and not saved:
                raise NotSaved
        if cuts[0]:
            cuts[0] -= 1
            raise Uncertain("the server")

    monkeypatch.setattr(SqlStore, "writing", unheard)
    assert office.advance(item, "skip", actor="ann", request="of ann").revision == 2
    cuts[0] = 2
    opened = office.open("visits", actor="ann", request="another of ann")
    cuts[0] = 1
    (done,) = office.bulk_advance([item.id], "accept", actor="rob", request="of rob")
    assert (done.stages, opened.reference, len(office.items(workflow="visits"))) == (("at_board",), "V/1", 1)
    assert len(office.history(item.id)) == 3
    cuts[0] = 3
    with pytest.raises(Uncertain):
        office.advance(item.id, "note", actor="ann", request="the last of ann")
    cuts[0] = 1
    with pytest.raises(Uncertain):
        office.comment(opened, "without a key", actor="ann")
    cuts[0] = 1
    assert attach(office._house, "minutes.txt", b"Agreed")["size"] == 6, "a file is kept twice as well as once"


def test_where_the_database_stays_away_after_a_commit_it_is_not_said_that_nothing_was_saved(
    office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands in the way of looking, it may have been saved, and was: under its key it is found later."""
    item = office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    writing, faults = SqlStore.writing, list[StorageFault]([Uncertain("it"), Full("it"), ConnectionLost("it")])

    @contextmanager
    def away(store: SqlStore) -> Iterator[SqlUnit]:
        fault = faults.pop(0)
        if isinstance(fault, Uncertain):
            with writing(store) as unit:
                yield unit
        raise fault

    with monkeypatch.context() as cut:
        cut.setattr(SqlStore, "writing", away)
        with pytest.raises(Uncertain):
            office.advance(item, "skip", actor="ann", request="of ann")
    assert (faults, office.item(item.id).revision) == ([], 2)
    assert office.advance(item, "skip", actor="ann", request="of ann").revision == 2

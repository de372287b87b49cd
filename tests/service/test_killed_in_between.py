"""Who dies between two transactions, or wakes up late, leaves nothing undone and nothing done twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from qa_workflow.definition.model import Workflow
from qa_workflow.service.definitions import publishing
from qa_workflow.service.front import Engine
from qa_workflow.service.time import cycles
from qa_workflow.store.unit import SqlUnit
from qa_workflow.testing import FakeClock


class Died(BaseException):
    """What a killed process does not get beyond."""


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

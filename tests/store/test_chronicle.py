"""All histories as one: who follows them is told every event once, whoever wrote beside whom."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.engine.commands import Comment
from qa_workflow.service.ports.chronicle import Mark
from qa_workflow.store import chronicle
from qa_workflow.store.backups.backup import backup
from qa_workflow.store.backups.restoring import restore
from qa_workflow.store.doctor import examine
from qa_workflow.store.faults import NumbersOfAnotherServer
from qa_workflow.store.statements import EVENT, ITEM
from tests.store.office import START, Office, Opened
from tests.store.tampering import behind

NORTH = Sight(subjects=frozenset({"north"}))
PAPERS = Sight(workflows=frozenset({"paper"}))


def followed(office: Office, mark: Mark | None = None, sight: Sight = EVERYTHING, limit: int = 3) -> list[Mark]:
    """All that comes after a mark, page after page."""
    found: list[Mark] = []
    while True:
        with office.store.reading() as look:
            page = look.chronicle.after(found[-1] if found else mark, limit, sight)
        if not page:
            return found
        found += page


def test_every_event_comes_once_in_the_order_of_writing(office: Office) -> None:
    """And not in that of the items, or of their instants: a clock may be put back."""
    for number in (1, 2):
        office.open(number)
    office.now -= timedelta(days=1)
    office.fire("P/2", "submit")
    office.fire("P/1", "submit")
    found = followed(office)
    assert [(each.row, each.seq) for each in found] == [(1, 1), (2, 1), (2, 2), (1, 2)]
    office.do("P/1", Comment("afterwards"))
    assert [each.row for each in followed(office, found[-1])] == [1]


def test_what_is_done_last_although_it_was_begun_first_is_not_missed(postgresql_url: str, opened: Opened) -> None:
    """Nor does what was begun later come before: whoever had seen that would go on behind the other."""
    first, second = opened(postgresql_url), opened(postgresql_url)
    for number in (1, 2):
        first.open(number)
    before = followed(second)
    with first.store.writing() as unit:
        taken = unit.take("P/1")
        unit.save(first.saving(taken, first.decide(taken, Comment("slowly"), "ann")))
        unit.answer("none")  # what was sent before is done with the answer
        second.do("P/2", Comment("quickly"))
        with second.store.reading() as look:
            assert look.chronicle.after(before[-1], 9, EVERYTHING) == []
    assert [each.row for each in followed(second, before[-1])] == [1, 2]


@pytest.mark.parametrize("window", [1, 2, 100])
def test_what_is_far_off_is_found_like_what_is_near(
    office: Office, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    """However much happened in between that somebody does not see."""
    monkeypatch.setattr(chronicle, "WINDOW", window)
    for number in (1, 2, 3):
        office.open(number)
    for number in (2, 3, 1, 2):
        office.do(f"P/{number}", Comment("something"))
    with office.store.connected() as connection:
        connection.execute(update(ITEM).where(ITEM.c.reference == "P/3").values(subject="north"))
    every = followed(office)
    assert followed(office, sight=NORTH) == [each for each in every if each.row == 3]
    assert followed(office, every[4], sight=NORTH) == [each for each in every[5:] if each.row == 3]
    assert followed(office, sight=PAPERS) == every


def test_an_event_is_found_again_by_its_item_and_number(office: Office) -> None:
    item = office.open(1)
    office.fire("P/1", "submit")
    with office.store.reading() as look:
        assert look.chronicle.mark(item.id, 2) == followed(office)[1]
        assert look.chronicle.mark(item.id, 99) is None


def test_what_was_restored_is_followed_from_its_beginning(
    office: Office, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers of another database mean nothing here, and what is written here comes after all that came along."""
    office.through(1)
    office.open(2)
    backup(office.store, tmp_path / "backup", START)
    restore(tmp_path / "backup", f"sqlite:///{tmp_path / 'again.db'}", START)
    again = opened(f"sqlite:///{tmp_path / 'again.db'}")
    came = followed(again)
    assert ({each.written_in for each in came}, len(came)) == ({0}, len(followed(office)))
    monkeypatch.setattr(chronicle, "WINDOW", 1)
    assert followed(again, sight=PAPERS) == came
    again.do("P/1", Comment("here"))
    assert [each.row for each in followed(again, came[-1])] == [1]
    for here, wanted in ((office, False), (again, True)):
        with here.store.reading() as look:
            assert bool(look.chronicle.restored()) is wanted


def test_each_restoring_begins_another_order(office: Office, opened: Opened, tmp_path: Path) -> None:
    """Also that of a database which had been restored before."""
    office.open(1)
    began, here = [], office
    for name in ("once", "twice"):
        backup(here.store, tmp_path / name, START)
        restore(tmp_path / name, f"sqlite:///{tmp_path / name}.db", START)
        here = opened(f"sqlite:///{tmp_path / name}.db")
        with here.store.reading() as look:
            began.append(look.chronicle.restored())
    assert len({"", *began}) == 3


def test_a_database_that_came_from_another_server_is_not_followed_until_it_was_restored(
    postgresql_url: str, opened: Opened, tmp_path: Path
) -> None:
    """Its events have greater numbers than the transactions here: what is new would stand before them, unseen."""
    office = opened(postgresql_url)
    office.open(1)
    with behind(office) as connection:
        connection.execute(update(EVENT).values(written_in=EVENT.c.written_in + 1_000_000))
    with pytest.raises(NumbersOfAnotherServer):
        followed(office)
    assert "numbered by transactions of another server" in "\n".join(each.what for each in examine(postgresql_url))
    backup(office.store, tmp_path / "backup", START)
    office.store.dispose()
    restore(tmp_path / "backup", postgresql_url, START, replace=True)
    assert [(each.row, each.seq) for each in followed(opened(postgresql_url))] == [(1, 1)]

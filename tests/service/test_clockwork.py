"""What the clock does, on both databases: late and told, cycles opened, a silence caught up, meetings moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from qa_workflow.engine import Actor, Decision, Item, Kind
from qa_workflow.engine.commands import Command, Tick
from qa_workflow.engine.item import Due
from qa_workflow.engine.timers import timers
from qa_workflow.service.front import Engine
from qa_workflow.service.house import Work
from qa_workflow.service.ports.store import Taken
from qa_workflow.service.refusals import DoubtfulDate, NoMeeting, NotYours
from qa_workflow.service.time import last_sweep, sweep
from qa_workflow.store import pipe
from qa_workflow.testing import FakeClock, Postbox
from tests.databases import Databases
from tests.service.conftest import opener, published


@pytest.fixture
def item(office: Engine, postbox: Postbox) -> Item:
    """North Trust's report about the last quarter of 2026-27, due on Friday 16 April 2027; its arrival is told."""
    found = office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    office.tick()
    postbox.messages.clear()
    return found


def due(item: Item) -> Due:
    """The due date, which there must be."""
    found = item.due()
    assert found is not None
    return found


def kinds(office: Engine, item: Item) -> list[str]:
    return [str(e.kind) for e in office.history(item.id)]


@pytest.mark.usefixtures("item")
def test_a_look_before_anything_is_due_does_nothing(office: Engine, postbox: Postbox) -> None:
    assert (office.tick().items, postbox.messages) == (0, [])


def test_what_is_late_is_flagged_once_and_told(office: Engine, item: Item, clock: FakeClock, postbox: Postbox) -> None:
    clock.set("2027-04-14T09:00")
    office.tick()
    clock.set("2027-04-16T22:59")
    assert (office.tick().items, office.overdue(), kinds(office, item)) == (0, [], ["opened", "reminded"])
    clock.set("2027-04-16T23:00")  # midnight in London
    office.tick()
    assert [i.reference for i in office.overdue()] == [item.reference]
    assert kinds(office, item) == ["opened", "reminded", "overdue"]
    assert office.tick().items == 0
    assert sorted(m.recipient for m in postbox.messages) == ["amy", "amy", "ann", "ann"]


def test_what_falls_due_travels_to_the_server_twice(
    tmp_path: Path, postgresql_databases: Databases, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claimed, and written and committed: the server writes some of it down while the next items are decided."""
    exchanged, ways = pipe._exchanged, count()
    with opener(tmp_path, postgresql_databases.prepared(published), clock, Postbox(), publish=False)() as office:
        items = [office.open("report", subject=name, period="2026-27 Q4", actor="ann") for name in ("north", "south")]
        monkeypatch.setattr(sweep, "PORTION", 1)
        clock.set("2027-04-16T23:00")
        monkeypatch.setattr(pipe, "_exchanged", lambda pg: exchanged(pg) if next(ways) < 2 else pytest.fail("a third"))
        done = office._house.write(partial(sweep._batch, tick=Tick()))
        monkeypatch.undo()
        assert (done.items, done.events, next(ways)) == (2, {Kind.REMINDED: 2, Kind.OVERDUE: 2}, 2)
        assert {item.reference for item in office.overdue()} == {item.reference for item in items}


def test_one_look_does_all_that_is_due_unless_its_time_is_up(
    office: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches, so that people get at the database in between; what is left is said, and done at the next look."""
    visits = [office.open("visit", actor="ann") for _ in range(5)]
    monkeypatch.setattr(sweep, "BATCH", 2)
    clock.advance(days=20)
    looked: list[int] = []

    def slowly(done: int) -> None:
        looked.append(done)
        clock.advance(seconds=20)

    swept = office.tick(seconds=30, progress=slowly)
    assert (swept.more, swept.items, swept.events) == (True, 4, {Kind.OVERDUE: 4})
    with office._house.store.reading() as look:
        noted = last_sweep.read(look.house())
    assert noted is not None
    assert (noted.items, noted.seconds, noted.more) == (4, 40, True)
    assert not office.tick(progress=slowly).more
    assert (looked, {tuple(kinds(office, each)) for each in visits}) == ([2, 4, 1], {("opened", "overdue")})


def test_what_was_to_be_looked_at_too_early_is_looked_at_when_it_is_time(office: Engine, item: Item) -> None:
    """A newer library knows of a holiday more. What is written down is put right at once: it would be due for ever."""

    def planned() -> list[Mapping[str, Any]]:
        with office._house.store.reading() as look:
            return list(look.timers())

    def too_early(work: Work) -> None:
        taken = work.unit.take(item.id)
        workflow, (visit,) = work.workflow(taken.item), taken.item.visits
        found = timers(workflow, taken.item, visit, work.setting, work.now)
        work.unit.rearm(taken, [replace(timer, fire_at=work.now) for timer in found])

    right = planned()
    office._house.write(too_early)
    assert planned() != right
    assert [office.tick().items for _ in range(2)] == [1, 0]
    assert (planned(), kinds(office, item)) == (right, ["opened"])


def test_a_clock_stepped_back_undoes_nothing_and_does_nothing_twice(
    office: Engine, item: Item, clock: FakeClock
) -> None:
    clock.set("2027-04-16T23:00")
    office.tick()
    history = kinds(office, item)
    for again in ("2027-04-02T09:00", "2027-04-16T23:00"):
        clock.set(again)
        office.tick()
    assert kinds(office, item) == history


def test_a_week_of_silence_is_caught_up_in_order_with_one_message_a_person(
    office: Engine, item: Item, clock: FakeClock, postbox: Postbox
) -> None:
    other = office.open("report", subject="south", period="2026-27 Q4", actor="ann")
    office.tick()
    postbox.messages.clear()
    clock.set("2027-04-27T09:00")
    office.tick()
    for each in (item, other):
        assert kinds(office, each) == ["opened", "reminded", "overdue", "escalated", "escalated"]
    by_person = sorted(m.recipient for m in postbox.messages)
    assert by_person == ["amy", "ann", "rhys", "rob", "ruth"], "one each, however many notices"
    told = next(m for m in postbox.messages if m.recipient == "rob")
    assert told.subject == "QA workflow: 2 notices for you, 2 overdue"
    assert set(told.items) == {item.reference, other.reference}


def test_messages_carry_no_case_detail(office: Engine, item: Item, clock: FakeClock, postbox: Postbox) -> None:
    office.record(item, {"note": "a secret of the ward"}, actor="cher")
    clock.set("2027-04-27T09:00")
    office.tick()
    assert not any("secret" in m.text + m.subject for m in postbox.messages)


@pytest.mark.usefixtures("item")
def test_a_message_that_could_not_be_sent_is_sent_later_under_the_same_key(
    office: Engine, clock: FakeClock, postbox: Postbox
) -> None:
    postbox.broken = True
    clock.set("2027-04-19T09:00")
    office.tick()
    assert postbox.messages == []
    postbox.broken = False
    office.tick()
    assert postbox.messages == [], "it is not tried again at once"
    clock.advance(minutes=2)
    office.tick()
    sent = list(postbox.messages)
    assert sorted(m.recipient for m in sent) == ["amy", "ann", "rhys", "rob", "ruth"]
    assert {row["batch"] for row in office.outbox() if row["seq"] > 1} == {m.key for m in sent}


@pytest.mark.usefixtures("item")
def test_a_message_that_never_gets_through_is_given_up_and_told_to_a_person(
    office: Engine, clock: FakeClock, postbox: Postbox
) -> None:
    postbox.broken = True
    clock.set("2027-04-19T09:00")
    for _ in range(12):
        office.tick()
        clock.advance(hours=13)
    failed = [row for row in office.outbox() if row["error"] and row["attempts"] == 8]
    assert failed
    assert all(row["next_at"] is None and row["done_at"] is None for row in failed), "kept, and not tried for ever"
    assert any("the mail server refuses connections" in each.what for each in office.needing_a_person())


def test_the_clock_opens_a_cycle_for_each_provider_that_exists(office: Engine, clock: FakeClock) -> None:
    """North Trust merges into United Trust on 1 July; the cycle about April to June opens that very day."""
    clock.set("2027-07-01T09:00")
    assert office.tick().opened == 2
    assert sorted(i.reference for i in office.items()) == ["R/2027-28-Q1/south", "R/2027-28-Q1/united"]
    assert office.tick().opened == 0


def test_a_database_made_on_the_opening_day_opens_that_days_cycles(
    tmp_path: Path, database_url: str, postbox: Postbox
) -> None:
    """Whoever begins on 1 July at eleven does not lose the quarter that opened at midnight."""
    with opener(tmp_path, database_url, FakeClock("2027-07-01T10:00"), postbox)() as office:
        assert office.tick().opened == 2


def test_a_cycle_missed_while_the_clock_was_off_is_opened_late_and_not_left_out(
    office: Engine, clock: FakeClock
) -> None:
    clock.set("2028-01-03T09:00")
    office.tick()
    periods = sorted({str(i.period) for i in office.items(limit=50)})
    assert periods == ["2027-28 Q1", "2027-28 Q2", "2027-28 Q3"]


def test_a_cycle_opened_by_hand_is_not_opened_again(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-07-01T00:00")
    office.open("report", subject="south", period="2027-28 Q1", actor="ann")
    clock.set("2027-07-02T09:00")
    assert office.tick().opened == 1
    assert len(office.items(subject="south")) == 1


def test_a_moved_meeting_is_previewed_then_moves_what_hangs_on_it(office: Engine, item: Item) -> None:
    office.advance(item, "skip", actor="ann")
    to = datetime(2027, 5, 5, 13, tzinfo=UTC)
    preview = office.move_meeting("board", "2027-04-28", to, actor="cher", reason="the chair is away", preview=True)
    assert [(m.reference, m.before, m.after) for m in preview] == [(item.reference, "2027-04-20", "2027-04-26")]
    assert due(office.item(item.id)).on == "2027-04-20"
    office.move_meeting("The Board", "2027-04-28", to, actor="cher", reason="the chair is away")
    moved = office.item(item.id)
    assert (due(moved).on, due(moved).first_on) == ("2027-04-26", "2027-04-20")
    assert "planned for 28 April 2027" in due(moved).why
    later = office.open("report", subject="south", period="2026-27 Q4", actor="ann")
    assert due(office.advance(later, "skip", actor="ann")).on == "2027-04-26", "whoever comes later counts with it too"


def test_moving_a_meeting_needs_the_right_and_a_meeting(office: Engine) -> None:
    with pytest.raises(NotYours, match="chair"):
        office.move_meeting("board", "2027-04-28", None, actor="ann", reason="x")
    with pytest.raises(NoMeeting, match=r"planned for 29 April 2027; it meets on 28 April 2027, 26 May 2027"):
        office.move_meeting("board", "2027-04-29", None, actor="cher", reason="x")


def test_an_item_that_cannot_be_decided_holds_nobody_else_up(
    office: Engine, item: Item, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poisoned item is put off with an incident; the others' deadlines are kept."""
    other = office.open("report", subject="south", period="2026-27 Q4", actor="ann")
    real = Work.decide

    def poisoned(work: Work, taken: Taken, command: Command, actor: Actor) -> Decision:
        if taken.item.id == item.id:
            raise ValueError("a rule that cannot be worked out")
        return real(work, taken, command, actor)

    monkeypatch.setattr(Work, "decide", poisoned)
    clock.set("2027-04-19T09:00")
    assert office.tick().put_off == 1
    assert "overdue" in kinds(office, other)
    assert any(item.reference in each.what for each in office.needing_a_person())
    monkeypatch.setattr(Work, "decide", real)
    clock.advance(hours=2)
    office.tick()
    assert "overdue" in kinds(office, item)


def test_a_date_that_may_be_a_slip_is_refused_in_python_too(office: Engine, item: Item) -> None:
    """Sunday 18 April 2027: whoever means it says so."""
    with pytest.raises(DoubtfulDate, match="18 April 2027 is not a working day"):
        office.change_date(item, date(2027, 4, 18), actor="cher", basis="policy", reason="agreed")
    changed = office.change_date(item, date(2027, 4, 18), actor="cher", basis="policy", reason="agreed", sure=True)
    due = changed.due()
    assert due is not None
    assert due.on == "2027-04-18"


def test_a_lateness_that_nobody_has_seen_does_not_hinder_a_meeting_from_being_moved(
    office: Engine, item: Item, clock: FakeClock
) -> None:
    """What had become late by then is said in an event of its own, which has no dates that move."""
    office.advance(item, "skip", actor="ann")
    clock.set("2027-04-22T09:00")
    moved = office.move_meeting("board", "2027-04-28", date(2027, 5, 12), actor="cher", reason="the chair is ill")
    assert [(each.before, each.after, each.was_late) for each in moved] == [("2027-04-20", "2027-05-04", True)]
    assert [str(event.kind) for event in office.history(item)][-2:] == ["overdue", "meeting_moved"]

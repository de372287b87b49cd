"""A clock that was stepped: what time does by itself waits for somebody to look; a silence is caught up as ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from qa_workflow.calendar import OutsideYears
from qa_workflow.clock import FixedClock
from qa_workflow.engine import Actor, Decision, Item
from qa_workflow.engine.commands import Command
from qa_workflow.service.clock_watch import LOOKED
from qa_workflow.service.front import Engine
from qa_workflow.service.house import Work
from qa_workflow.service.ports.store import Taken
from qa_workflow.service.time import daily, delivery, last_sweep
from qa_workflow.service.time.incidents import ClockWaits
from qa_workflow.store import SqlStore
from qa_workflow.store.upkeep import NEVER_PUT_OFF_SO_LONG
from qa_workflow.testing import FakeClock, Postbox, engine_in
from tests.service.conftest import DEFINITIONS, proved
from tests.unit.engine.stage_play import at

CHECK = """
workflow: checking
title: Something that time moves
reference: C/{number}
fields: {note: text}
stages:
  first:
    owner: author
    due: 5 working days after entry
    remind: [2 working days before due]
    transitions:
      go: {to: second, at: 10 working days after entry, by: author, late: fire}
      stop: {to: over}
  second:
    owner: author
    lapse: {when: 5 working days after entry, to: over}
    transitions: {end: {to: over}}
  over: {end: completed}
"""


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    folder = tmp_path / "definitions"
    folder.mkdir()
    for name, written in {**DEFINITIONS, "checking.yaml": CHECK}.items():
        (folder / name).write_text(written)
    return folder


@pytest.fixture
def office(tmp_path: Path, definitions: Path, database_url: str, clock: FakeClock) -> Iterator[Engine]:
    """Real, and not a rehearsal, with a clock that looks all the time."""
    with engine_in(tmp_path, definitions, clock, database=database_url) as engine:
        engine.tick()
        yield engine
        proved(engine)


@pytest.fixture
def item(office: Engine) -> Item:
    """Opened on Friday 2 April 2027; due on the 12th, moved on by time after the 19th."""
    return office.open("checking", actor="ann")


def kinds(office: Engine, item: Item) -> list[str]:
    return [str(event.kind) for event in office.history(item.id)[1:]]


def lines(office: Engine, item: Item) -> list[dict[str, object]]:
    """The stored events of an item, as they are."""
    store = office._house.store
    assert isinstance(store, SqlStore)
    wanted = text("SELECT body FROM event JOIN item ON item.id = item_id WHERE key = :key ORDER BY seq")
    with store.looking() as connection:
        return [json.loads(body) for body in connection.execute(wanted, {"key": item.id}).scalars()]


def stepped(office: Engine) -> list[dict[str, object]]:
    """What the house's own history says of the clock."""
    store = office._house.store
    assert isinstance(store, SqlStore)
    with store.looking() as connection:
        bodies = connection.execute(text("SELECT body FROM record WHERE stream = 'clock' ORDER BY seq")).scalars()
        return [json.loads(body)["data"] for body in bodies]


def test_a_look_that_finds_nothing_to_do_writes_nothing_for_a_minute(office: Engine, clock: FakeClock) -> None:
    """Once a second somebody looks; then the machine room is to know that the clock looks still."""

    def noted() -> dict[str, str]:
        with office._house.store.reading() as look:
            facts = look.house()
        return {name: facts[name] for name in (LOOKED, last_sweep.FACT)}

    before = noted()
    clock.advance(seconds=59)
    office.tick()
    assert noted() == before
    clock.advance(seconds=1)
    office.tick()
    assert all(noted()[name] != said for name, said in before.items())


def test_a_silence_in_which_time_passed_is_caught_up_in_order(office: Engine, item: Item, clock: FakeClock) -> None:
    """Three weeks without a look: everything happens, in order, and nobody is asked."""
    clock.advance(days=25)
    office.tick()
    assert kinds(office, item) == ["reminded", "overdue", "moved"]
    clock.advance(days=25)
    office.tick()
    assert office.item(item.id).status == "closed"
    assert office.needing_a_person() == []


def test_after_a_step_forward_what_moves_items_waits_and_what_tells_people_does_not(
    office: Engine, item: Item, clock: FakeClock
) -> None:
    clock.step(days=25)
    looks = [office.tick() for _ in range(3)]
    assert [look.opened for look in looks] == [0, 0, 0]
    assert [look.items for look in looks] == [1, 1, 0], "one that waits keeps the sweep from nothing else"
    assert kinds(office, item) == ["reminded", "overdue"]
    assert stepped(office) == [{"clock": "2027-04-27T09:00:00.000000Z", "reckoned": "2027-04-02T09:00:00.000000Z"}]
    (found,) = office.needing_a_person()
    assert found.title == "The clock was stepped"
    assert "set forward to Tuesday 27 April 2027 at 10:00, when it should have said Friday 2 April 2027" in found.what
    clock.advance(hours=30)
    office.tick()
    assert kinds(office, item) == ["reminded", "overdue"], "it waits until somebody has looked, however long"
    clock.step(days=70)
    assert office.tick().opened == 0, "the next quarter's reports are not asked for yet"
    assert len(office.needing_a_person()) == 1


def test_letters_and_digests_do_not_wait_for_the_time_that_a_wrong_clock_told(
    tmp_path: Path, definitions: Path, database_url: str, clock: FakeClock, postbox: Postbox
) -> None:
    """The mail server was away while it was a year ahead: its next try was planned for then."""
    with engine_in(tmp_path, definitions, clock, database=database_url, carriers={"message": postbox}) as office:
        daily.plan(office._house)
        office.tick()
        office.comment(office.open("checking", actor="ann"), "see to it", actor="ann")
        postbox.broken = True
        clock.step(days=365)
        office.tick()
        assert office.needing_a_person()
        clock.step(days=-365)
        postbox.broken = False
        clock.advance(seconds=30)
        office.tick()
        assert postbox.messages
        with office._house.store.reading() as look:
            planned = {entry.name: entry.next_at - clock.now() for entry in look.schedules()}
    assert planned[daily.DIGEST].days < 6
    assert planned[daily.FIGURES].days < 2
    assert max(delivery.WAITS) < NEVER_PUT_OFF_SO_LONG / 2 + delivery.LEASE


@pytest.fixture
def undecided_in_2109(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no bank holidays to count by."""
    real = Work.decide

    def decide(work: Work, taken: Taken, command: Command, actor: Actor) -> Decision:
        if work.now.year > 2100:
            raise OutsideYears(work.now.year)
        return real(work, taken, command, actor)

    monkeypatch.setattr(Work, "decide", decide)


@pytest.mark.usefixtures("undecided_in_2109")
def test_what_could_not_be_decided_at_a_wrong_time_is_looked_at_in_time(
    office: Engine, item: Item, clock: FakeClock
) -> None:
    """It was put off to an hour after what the clock said."""
    clock.step(days=30_000)
    assert office.tick().put_off == 1
    clock.step(days=-30_000)
    clock.advance(days=12)
    office.tick()
    assert kinds(office, item) == ["reminded", "overdue"]


@pytest.mark.usefixtures("undecided_in_2109")
def test_a_machine_that_began_at_a_wrong_time_misses_no_date_once_it_knows_better(
    tmp_path: Path, definitions: Path, office: Engine, item: Item, clock: FakeClock
) -> None:
    """Its battery was flat; the network tells it the time a minute after the first look. Nobody has confirmed it."""
    clock.advance(days=12)
    began = FakeClock(clock.now() + timedelta(days=30_000))
    store = office._house.store
    assert isinstance(store, SqlStore)
    address = store.engine.url.render_as_string(hide_password=False)
    with engine_in(tmp_path, definitions, began, database=address) as other:
        assert other.tick().put_off == 1
        began.step(days=-30_000)
        other.tick()
    assert kinds(office, item) == ["reminded", "overdue"]


def test_a_step_of_a_day_is_nothing_to_ask_about(office: Engine, item: Item, clock: FakeClock) -> None:
    clock.advance(days=17)
    office.tick()
    clock.step(hours=35)
    office.tick()
    assert "moved" in kinds(office, item)
    assert office.needing_a_person() == []


def test_a_confirmed_clock_lets_everything_go_on(office: Engine, item: Item, clock: FakeClock) -> None:
    clock.step(days=25)
    office.tick()
    (found,) = office.needing_a_person()
    with pytest.raises(ClockWaits, match="confirm that it is right"):
        office.give_up_incident(found.number, actor="cher", reason="x")
    office.retry_incident(found.number, actor="cher", reason="the clock had been wrong before")
    office.tick()
    assert kinds(office, item) == ["reminded", "overdue", "moved"]
    office.tick()
    assert office.needing_a_person() == []


def test_a_clock_that_was_set_right_needs_nobody(office: Engine, item: Item, clock: FakeClock) -> None:
    """The step forward was the mistake, and it is over."""
    clock.step(days=800)
    office.tick()
    clock.step(days=-800)
    clock.advance(minutes=1)
    office.tick()
    assert office.needing_a_person() == []
    assert [each.outcome for each in office.needing_a_person(every=True)] == ["righted"]
    assert "moved" not in kinds(office, item)
    clock.advance(days=20)
    office.tick()
    assert "moved" in kinds(office, item)


def test_another_process_waits_too_though_it_has_seen_nothing(
    office: Engine, item: Item, clock: FakeClock, tmp_path: Path, database_url: str
) -> None:
    clock.step(days=25)
    office.tick()
    with engine_in(tmp_path, tmp_path / "definitions", clock, database=database_url) as other:
        other.tick()
        assert "moved" not in kinds(other, item)
        other.retry_incident(other.needing_a_person()[0].number, actor="cher", reason="it is right")
    office.tick()
    assert "moved" in kinds(office, item)
    assert office.needing_a_person() == []


class OnThisMachine(FakeClock):
    """A clock whose steady counter goes on from process to process."""

    boot = "since this morning"


def test_a_process_of_this_machine_knows_how_much_time_has_passed(
    tmp_path: Path, definitions: Path, database_url: str
) -> None:
    """`qa-workflow tick` from cron: each look is a process of its own."""
    clock = OnThisMachine("2027-04-02T09:00")

    def look() -> None:
        with engine_in(tmp_path, definitions, clock, database=database_url) as office:
            office.tick()

    look()
    clock.advance(days=40)
    look()
    with engine_in(tmp_path, definitions, clock, database=database_url) as office:
        assert office.needing_a_person() == []
    clock.step(days=40)
    look()
    with engine_in(tmp_path, definitions, clock, database=database_url) as office:
        assert [each.kind for each in office.needing_a_person()] == ["clock"]
    clock.step(days=-40)
    look()
    with engine_in(tmp_path, definitions, clock, database=database_url) as office:
        assert office.needing_a_person() == []
    for _ in range(2):
        clock.step(days=40)
        look()
        with engine_in(tmp_path, definitions, clock, database=database_url) as office:
            (found,) = office.needing_a_person()
            office.retry_incident(found.number, actor="cher", reason="it is right")
        look()
        with engine_in(tmp_path, definitions, clock, database=database_url) as office:
            assert office.needing_a_person() == []


def test_a_step_back_is_told_and_marks_what_is_recorded_meanwhile(office: Engine, item: Item, clock: FakeClock) -> None:
    """The history says what the clock should have said."""
    clock.advance(hours=1)
    office.tick()
    clock.step(hours=-3)
    office.comment(item.id, "written in the past", actor="ann")
    office.tick()
    (found,) = office.needing_a_person()
    assert (
        "set back to Friday 2 April 2027 at 08:00, when it should have said Friday 2 April 2027 at 11:00" in found.what
    )
    last = lines(office, item)[-1]
    assert (last["clock_suspect"], last["recorded_at"]) == (True, "2027-04-02T10:00:00.000000Z")
    clock.step(hours=3)
    office.tick()
    office.comment(item.id, "written at its time", actor="ann")
    assert "clock_suspect" not in lines(office, item)[-1]
    assert office.needing_a_person() == []


def test_a_second_back_is_nothing(office: Engine, item: Item, clock: FakeClock) -> None:
    """Time servers do that."""
    clock.advance(hours=1)
    clock.step(seconds=-30)
    office.comment(item.id, "well", actor="ann")
    office.tick()
    assert office.needing_a_person() == []
    assert "clock_suspect" not in lines(office, item)[-1]


def test_a_clock_told_for_one_command_is_not_watched(item: Item, tmp_path: Path, database_url: str) -> None:
    """`--now`, in tests."""
    for day in ("2027-06-01T09:00", "2027-05-01T09:00"):
        with engine_in(tmp_path, tmp_path / "definitions", FixedClock(at(day)), database=database_url) as other:
            other.tick()
            assert other.needing_a_person() == []
            assert "moved" in kinds(other, item)


def test_a_machine_that_starts_with_a_clock_behind_the_last_look_is_told_of(
    tmp_path: Path, definitions: Path, database_url: str
) -> None:
    """One whose battery is flat begins a year ago, and counts the time since anew. Nothing would be due for a year."""

    def started(now: str) -> FakeClock:
        clock = FakeClock(now)
        clock.boot = now  # type: ignore[attr-defined]
        return clock

    def looked(clock: FakeClock) -> list[str]:
        with engine_in(tmp_path, definitions, clock, database=database_url) as office:
            office.tick()
            return [each.what for each in office.needing_a_person()]

    assert looked(started("2027-04-02T09:00")) == []
    assert looked(started("2027-04-02T08:59:30")) == [], "so far apart are the clocks of two machines"
    behind = started("2026-04-02T09:00")
    with engine_in(tmp_path, definitions, behind, database=database_url) as office:
        office.tick()
        (told,) = office.needing_a_person()
        assert "set back to Thursday 2 April 2026 at 10:00, when it should have said Friday 2 April 2027" in told.what
        event = lines(office, office.open("checking", actor="ann"))[-1]
        assert (event["clock_suspect"], str(event["recorded_at"])[:10]) == (True, "2027-04-02")
    assert looked(started("2026-04-02T10:00")) == [told.what], "that was no look to go by"
    assert looked(started("2027-04-02T09:30")) == [], "it is right again, and the incident is settled"

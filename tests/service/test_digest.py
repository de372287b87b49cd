"""The daily digest: once a working day for each to whom something waits, without case detail; on both databases."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from qa_workflow.calendar import Calendar
from qa_workflow.clock import FixedClock
from qa_workflow.service.boards import figures
from qa_workflow.service.front import Engine
from qa_workflow.service.people import cover, people
from qa_workflow.service.ports import streams
from qa_workflow.service.time import daily, digest
from qa_workflow.service.time.daily import next_morning, next_night
from qa_workflow.testing import FakeClock, Postbox
from tests.service.conftest import ADDRESS, opener
from tests.service.late import house_of, publish_branches
from tests.service.test_boards_by_chance import RUNS, TIMED

NORTH = "R/2026-27-Q4/north"
ASKED = """
workflow: asked
title: A question
subject: provider
reference: Q/{subject}
stages:
  asked: {owner: contact, due: 10 working days after entry, transitions: {answer: {to: over}}}
  over: {end: completed}
"""


@pytest.fixture(autouse=True)
def reports(office: Engine) -> None:
    """Two reports await their authors, due on Friday 16 April; reviewers have nothing."""
    for subject in ("north", "south"):
        office.open("report", subject=subject, period="2026-27 Q4", actor="ann")
    daily.plan(house_of(office))


def digests(postbox: Postbox) -> list[tuple[str, str]]:
    return [(m.recipient, m.subject) for m in postbox.messages if m.key.startswith("digest:")]


def at(office: Engine, clock: FakeClock, postbox: Postbox, instant: str) -> list[tuple[str, str]]:
    """What leaves at an instant, by one look that is not the first."""
    clock.set(instant)
    postbox.messages.clear()
    office.tick()
    return digests(postbox)


def test_it_goes_to_whoever_stands_in_and_not_to_who_is_away(
    office: Engine, clock: FakeClock, postbox: Postbox
) -> None:
    day = date(2027, 4, 12)
    cover.arrange(house_of(office), "ann", "amy", day, day, actor="ann", reason="on leave")
    assert [person for person, _ in at(office, clock, postbox, "2027-04-12T06:31")] == ["amy"]
    assert [person for person, _ in at(office, clock, postbox, "2027-04-13T06:31")] == ["ann", "amy"]


def test_it_goes_to_whoever_stands_in_for_another_role_with_what_is_due_within_a_week(
    office: Engine, clock: FakeClock, postbox: Postbox
) -> None:
    """Rhys reviews, and nothing waits for a reviewer; what is due later is told later."""
    clock.set("2027-04-09T10:00")
    later = office.open("report", subject="north", period="2026-27 Q3", actor="ann").reference
    day = date(2027, 4, 12)
    cover.arrange(house_of(office), "ann", "rhys", day, day, actor="ann", reason="on leave")
    told = dict(at(office, clock, postbox, "2027-04-12T06:31"))
    assert "rhys" in told
    (text,) = [m.text for m in postbox.messages if m.recipient == "rhys" and m.key.startswith("digest:")]
    assert NORTH in text
    assert later not in text


def test_it_counts_nothing_of_what_other_organisations_have(
    office: Engine, clock: FakeClock, postbox: Postbox, tmp_path: Path
) -> None:
    """Each trust's contact is asked for one report, and reads neither of the other's nor how many there are."""
    house = house_of(office)
    for name in ("nora", "saul"):
        people.change(house, name, {"email": f"{name}@example.org"}, actor="cher")
    path = tmp_path / "definitions" / "asked.yaml"
    path.write_text(ASKED)
    office.publish([path.parent], actor=None)
    for subject in ("north", "south"):
        office.open("asked", subject=subject, actor="ann")
    found = dict(at(office, clock, postbox, "2027-04-12T06:31"))
    assert {found["nora"], found["saul"]} == {"Waiting for you: 1 due in the next six days"}
    (text,) = [m.text for m in postbox.messages if m.recipient == "saul" and m.key.startswith("digest:")]
    assert ("Q/south" in text, "Q/north" in text) == (True, False)


def test_it_says_how_much_waits_and_names_references_and_stages(
    office: Engine, clock: FakeClock, postbox: Postbox
) -> None:
    office.comment(NORTH, "a very private matter", actor="ann")
    assert at(office, clock, postbox, "2027-04-12T06:31") == [
        ("ann", "Waiting for you: 2 due in the next six days"),
        ("amy", "Waiting for you: 2 due in the next six days"),
    ]
    text = next(m.text for m in postbox.messages if m.key.startswith("digest:"))
    assert (
        text
        == f"""Nothing is new since Friday 9 April 2027.

Waiting for you on Monday 12 April 2027: 2 due in the next six days.

- R/2026-27-Q4/north (Quarterly report, North Trust): “Awaited”, due 16 April 2027: 4 working days left.
  {ADDRESS}/items/R/2026-27-Q4/north

- R/2026-27-Q4/south (Quarterly report, South Trust): “Awaited”, due 16 April 2027: 4 working days left.
  {ADDRESS}/items/R/2026-27-Q4/south

All of it:
  {ADDRESS}/

To get no more of these:
  {ADDRESS}/digest
"""
    )


def test_whoever_may_correct_is_told_of_what_is_stuck_and_of_what_is_on_hold_while_its_date_runs(
    office: Engine, clock: FakeClock, postbox: Postbox, tmp_path: Path
) -> None:
    """Neither stands with them; and neither is told why, for that may be case detail."""
    (tmp_path / "definitions" / "remarks.yaml").write_text(TIMED)
    publish_branches(office, tmp_path, RUNS)
    governance = tmp_path / "definitions" / "governance.yaml"
    written = re.sub(r"(?m)^  cher: {", "  cher: {email: cher@example.org, ", governance.read_text())
    governance.write_text(written)
    office.publish([governance.parent], actor=None)
    remark = office.open("remarks", actor="ann").reference
    account = office.open("account", subject="north", actor="ann").reference
    office.hold(account, actor="rob", reason="waits for a court")
    sent = dict(at(office, clock, postbox, "2027-04-08T06:31"))
    assert sent["cher"] == "Waiting for you: 1 stuck", "what is on hold is none of hers to see"
    governance.write_text(written.replace("rights:\n", "rights:\n  see_all: chair\n"))
    office.publish([governance.parent], actor=None)
    sent = dict(at(office, clock, postbox, "2027-04-09T06:31"))
    assert sent["cher"] == "Waiting for you: 1 stuck, 1 on hold while the date runs on"
    text = next(m.text for m in postbox.messages if m.key.startswith("digest:") and m.recipient == "cher")
    assert f"Stuck, until somebody sees what is missing:\n\n- {remark}: since " in text
    assert f"On hold while the date runs on:\n\n- {account} (Quality Account, North Trust): “Words”, due " in text
    assert "verdict" not in text
    assert "court" not in text
    assert "stuck" in sent["ann"], "it stands with her"
    assert "on hold" not in sent["ann"]


def test_late_and_due_today_are_counted_apart(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    assert ("ann", "Waiting for you: 2 due today") in at(office, clock, postbox, "2027-04-16T06:31")
    clock.set("2027-04-16T12:00")
    office.advance(NORTH, "skip", actor="ann")
    assert ("ann", "Waiting for you: 1 overdue (new)") in at(office, clock, postbox, "2027-04-19T06:31")


def test_it_leads_with_what_is_new_since_the_last_one(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    """Who reads the same every day does not read it on the day when it says something else."""

    def first_lines(instant: str) -> list[str]:
        at(office, clock, postbox, instant)
        return next(m.text for m in postbox.messages if m.recipient == "ann" and m.key.startswith("digest:")).split(
            "\n"
        )

    assert first_lines("2027-04-15T06:31")[0] == "Nothing is new since Wednesday 14 April 2027."
    assert first_lines("2027-04-19T06:31")[0] == "New since Friday 16 April 2027: 2 have become overdue."
    assert first_lines("2027-04-20T06:31")[0] == "Nothing is new since Monday 19 April 2027."
    clock.set("2027-04-28T12:00")
    office.advance(NORTH, "skip", actor="ann")
    office.advance(NORTH, "back", actor="rob", reason="figures are missing")
    office.change_date(NORTH, date(2027, 4, 30), actor="dev", approver="cher", basis="agreed", reason="a new day")
    thursday = first_lines("2027-04-29T06:31")
    assert thursday[0] == "New since Wednesday 28 April 2027: 1 has come to you."
    assert thursday[4].startswith(f"- {NORTH} "), "what is new comes first, though it is due last"


def test_it_leaves_once_a_day_however_often_somebody_looks(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    assert len(at(office, clock, postbox, "2027-04-12T06:31")) == 2
    office.tick()
    clock.advance(hours=5)
    office.tick()
    assert len(digests(postbox)) == 2
    assert len(at(office, clock, postbox, "2027-04-13T06:31")) == 2


def test_two_processes_that_find_it_due_at_once_send_it_once(
    office: Engine, clock: FakeClock, postbox: Postbox, tmp_path: Path, office_url: str
) -> None:
    """Both have worked the digests out; the second finds the row moved on."""
    clock.set("2027-04-12T06:31")
    with opener(tmp_path, office_url, clock, postbox)() as other:
        first = digest.letters(house_of(office), clock.now())
        second = digest.letters(house_of(other), clock.now())
        sent = [
            house_of(office).write(lambda work: daily._send(work, first)),
            house_of(other).write(lambda work: daily._send(work, second)),
        ]
    assert sent == [2, 0]


def test_nothing_leaves_on_a_day_that_is_not_worked(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    at(office, clock, postbox, "2027-04-09T06:31")
    assert at(office, clock, postbox, "2027-04-10T12:00") == []
    assert at(office, clock, postbox, "2027-04-11T12:00") == []
    assert len(at(office, clock, postbox, "2027-04-12T06:31")) == 2


def test_nobody_to_whom_nothing_waits_is_written_to(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    for subject in ("north", "south"):
        office.cancel(f"R/2026-27-Q4/{subject}", actor="cher", reason="opened by mistake")
    assert at(office, clock, postbox, "2027-04-12T06:31") == []


def test_whoever_wants_none_gets_none(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    digest.choose(house_of(office), "ann", wanted=False)
    assert not digest.wants(house_of(office), "ann")
    assert [who for who, _ in at(office, clock, postbox, "2027-04-12T06:31")] == ["amy"]
    digest.choose(house_of(office), "ann", wanted=True)
    assert len(at(office, clock, postbox, "2027-04-13T06:31")) == 2


def test_a_week_of_silence_gives_one_digest_and_is_on_record(
    office: Engine, clock: FakeClock, postbox: Postbox
) -> None:
    """Not one for each day that was missed."""
    house = house_of(office)
    assert len(at(office, clock, postbox, "2027-04-15T06:31")) == 2
    with house.store.reading() as look:
        told = look.boards.recorded(streams.DAILY, clock.now() - timedelta(days=1), 10)
        planned = {entry.name: entry.next_at for entry in look.schedules()}
    missed = {line["data"]["name"]: line["data"]["times"] for line in told}
    assert missed == {daily.DIGEST: 8, daily.FIGURES: 12}
    assert planned[daily.DIGEST] == datetime.fromisoformat("2027-04-16T06:30+00:00")


def test_planning_again_changes_nothing(office: Engine) -> None:
    house = house_of(office)
    with house.store.reading() as look:
        before = look.schedules()
    daily.plan(house)
    with house.store.reading() as look:
        assert look.schedules() == before


def test_figures_are_worked_out_at_night(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-04-05T02:00")
    office.tick()
    with house_of(office).store.reading() as look:
        kept = look.boards.figure(figures.NAME)
    assert kept is not None
    assert figures.read(kept.at, kept.data).items == 2


@pytest.mark.parametrize(
    ("now", "night", "morning"),
    [
        ("2027-04-12T06:00+00:00", "2027-04-13T02:00+00:00", "2027-04-12T06:30+00:00"),
        ("2027-04-12T06:30+00:00", "2027-04-13T02:00+00:00", "2027-04-13T06:30+00:00"),
        ("2027-03-25T12:00+00:00", "2027-03-26T03:00+00:00", "2027-03-30T06:30+00:00"),  # over Easter
        ("2027-03-27T12:00+00:00", "2027-03-28T02:00+00:00", "2027-03-30T06:30+00:00"),  # the clocks go forward
    ],
)
def test_three_at_night_and_half_past_seven_on_working_days(now: str, night: str, morning: str) -> None:
    """Local time, whatever the season."""
    instant, england = datetime.fromisoformat(now), Calendar()
    assert next_night(instant, england) == datetime.fromisoformat(night)
    assert next_morning(instant, england) == datetime.fromisoformat(morning)
    assert FixedClock(instant).now() == instant

"""The command line and time: due dates, the clock of a rehearsal, holds, dates that are asked back."""

from __future__ import annotations

import pytest

from tests.acceptance.command_line import GHFT, STEPS, CommandLine


def test_how_far_off_a_date_is_is_told_in_the_days_of_its_rule(opened: CommandLine) -> None:
    """The same words as on the pages: this stage counts in working days."""
    left = opened.json("show", GHFT)["time_left"]
    assert left == "31 working days left"
    for words in (("show", GHFT), ("items",)):
        assert left in opened(*words).out


def test_what_is_late_shows_after_the_clock_was_pushed(opened: CommandLine) -> None:
    assert opened("overdue").out == "Nothing is late.\n"
    pushed = opened.json("clock", "advance", "7", "weeks")
    late = opened.json("overdue")
    assert pushed["happened"]["overdue"] >= len(late)
    assert [i["overdue"] for i in late if i["reference"] == GHFT] == [True]
    assert "calendar days overdue" in opened("overdue").out
    assert [e["kind"] for e in opened.json("show", GHFT)["history"]].count("overdue") == 1


def test_what_falls_due_on_the_way_happens_at_its_own_time(opened: CommandLine) -> None:
    """Reminders before the due date are sent, though the clock is pushed past it in one go."""
    opened("clock", "advance", "--to", "2027-06-15T09:00")
    history = opened.json("show", GHFT)["history"]
    happened = [(e["kind"], e["at"][:10]) for e in history[1:]]
    kinds = [kind for kind, _ in happened]
    assert kinds[:3] == ["reminded", "reminded", "overdue"]
    assert [day for _, day in happened] == sorted(day for _, day in happened)
    assert happened[2] == ("overdue", "2027-05-18")
    assert "escalated" in kinds[3:]


def test_pushed_without_a_tick_it_waits_for_one(opened: CommandLine) -> None:
    opened("clock", "advance", "7 weeks", "--no-tick")
    assert len(opened.json("show", GHFT)["history"]) == 1
    assert opened.json("tick")["overdue"] >= 1
    assert "overdue" in [e["kind"] for e in opened.json("show", GHFT)["history"]]
    assert opened("tick").out == "Nothing was due.\n"


def test_a_tick_by_cron_sees_to_the_night_too(opened: CommandLine) -> None:
    """Where nobody keeps `run` running, figures are worked out and digests leave all the same."""
    opened("tick")
    opened("clock", "advance", "--to", "2027-04-26T08:00")
    assert "ghft-contact" in [letter["recipient"] for letter in opened.json("outbox") if "digest:" in letter["key"]]


def test_the_clock_opens_a_cycle_for_each_provider(qa: CommandLine) -> None:
    """On the first day after the quarter, at its own time, for every provider that exists."""
    qa("clock", "advance", "--to", "2027-07-02T09:00")
    everything = qa.json("items", "--workflow", "provider_assurance")
    opened = [i for i in everything if i["period"] == "2027-28 Q1"]
    assert {"ghft", "ghc", "care_homes"} <= {i["subject"] for i in opened}
    assert {i["opened_at"][:10] for i in opened} == {"2027-07-01"}


def test_a_step_recorded_before_its_meeting_is_made_and_told_so(opened: CommandLine) -> None:
    """It is no refusal: what was agreed may be written down early. Nobody is left to believe that the group has met."""
    said = "is recorded before it has met"
    first, second = STEPS[:2]
    assert said not in opened(*opened.step(first)).out
    assert said in " ".join(opened(*opened.step(second)).out.split())


def test_a_date_explains_itself(opened: CommandLine) -> None:
    said = opened.json("explain", GHFT)
    assert said["due_on"] == "2027-05-17"
    assert "5 clear working days before meeting" in said["why"]
    assert "17 May 2027" in opened("explain", GHFT).out


def test_a_hold_stops_the_clock_and_is_told(opened: CommandLine) -> None:
    held = opened.json("hold", GHFT, "--reason", "Awaiting the regulator", "--as", "quality-lead")
    assert held["status"] == "held"
    assert held["hold"]["reason"] == "Awaiting the regulator"
    assert "on hold since" in opened(*opened.step("submit"), code=1).err
    assert opened.json("resume", GHFT, "--as", "quality-lead")["status"] == "open"
    words = ("hold", GHFT, "--reason", "Awaiting the regulator", "--as", "quality-lead", "--until", "2027-05-04")
    assert "It is on hold until 4 May 2027, 00:00." in opened(*words).out


def test_a_date_is_changed_with_authority_and_both_are_kept(opened: CommandLine) -> None:
    words = ("change-date", GHFT, "2027-06-30", "--basis", "Letter of 2 May", "--reason", "Data late")
    assert opened(*words, "--as", "ghft-contact", code=1).err
    changed = opened.json(*words, "--as", "governance-officer")
    assert (changed["due_on"], changed["first_due_on"]) == ("2027-06-30", "2027-05-17")
    said = opened("explain", GHFT).out
    assert "Letter of 2 May" in said
    assert "first 17 May 2027" in said


def test_a_date_that_may_be_a_slip_is_asked_back_with_what_follows(opened: CommandLine) -> None:
    """Where nobody is there to ask, it says why, what would follow, and what to add; nothing was done."""
    words = ("--basis", "Letter of 2 May", "--reason", "Data late", "--as", "governance-officer")
    saturday = ("change-date", GHFT, "2027-07-03", *words)
    refused = " ".join(opened(*saturday, code=2).err.split())
    assert "3 July 2027 is not a working day (Saturday). Provider's report would be due on 3 July 2027" in refused
    assert (
        "Do you mean 3 July 2027? There is nobody here to ask; give --yes if it is meant. Nothing was done" in refused
    )
    assert opened(*saturday, "--json", code=2).error["code"] == "not_confirmed"
    assert opened.json("show", GHFT)["due_on"] == "2027-05-17"
    assert opened.json(*saturday, "--yes")["due_on"] == "2027-07-03"


def test_a_due_date_that_a_step_is_given_is_asked_back_in_the_same_words(opened: CommandLine) -> None:
    """And so is one that an item is opened with, filled in, or put right: all are slips of the same pen."""
    lead, sunday = ("--as", "quality-lead"), ("--set", "due_on=2027-05-30")
    asked = "30 May 2027 is not a working day (Sunday). Agreed, not started would be due on 30 May 2027: "
    begin = ("open", "cqrg_action", "--subject", "ghft", *lead)
    refused = " ".join(opened(*begin, *sunday, code=2).err.split())
    assert asked in refused
    assert (
        "Do you mean 30 May 2027? There is nobody here to ask; give --yes if it is meant. Nothing was done" in refused
    )
    opened(*begin)
    for words in (
        ("record", "ACT/ghft/1", *sunday, *lead),
        ("advance", "ACT/ghft/1", "revise", *sunday, "--reason", "The audit is late", *lead),
        ("correct", "ACT/ghft/1", *sunday, "--reason", "The audit is late", "--as", "governance-officer"),
    ):
        assert asked in " ".join(opened(*words, code=2).err.split())
    assert opened.json("show", "ACT/ghft/1")["due_on"] is None
    assert opened.json(*words, "--yes")["due_on"] == "2027-05-30"


def test_at_a_terminal_a_date_is_given_by_saying_yes(opened: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_workflow.cli.asking.can_ask", lambda session: not session.as_json)
    words = ("open", "cqrg_action", "--subject", "ghft", "--set", "due_on=2027-05-30", "--as", "quality-lead")
    assert "nothing was done" in opened(*words, code=1, answer="n\n").err
    assert "Do you mean 30 May 2027? [y/N]" in opened(*words, code=0, answer="y\n").err
    assert opened.json("show", "ACT/ghft/1")["due_on"] == "2027-05-30", "it was opened once"


def test_a_cancelled_item_asks_first(opened: CommandLine) -> None:
    words = ("cancel", GHFT, "--reason", "Opened by mistake", "--as", "governance-officer")
    refused = opened(*words, code=2).err
    assert "--yes" in refused
    assert opened.json("show", GHFT)["status"] == "open"
    assert opened.json(*words, "--yes")["status"] == "cancelled"
    assert opened("items").out == "No items.\n"
    assert opened.json("items", "--all")[0]["status"] == "cancelled"


def test_a_correction_adds_to_the_history(opened: CommandLine) -> None:
    opened.walk("submit", "accept")
    words = (
        "correct",
        GHFT,
        "--set",
        "rating=partial",
        "--reason",
        "Mistyped",
        "--corrects",
        "3",
        "--as",
        "governance-officer",
    )
    assert opened.json(*words)["fields"]["rating"] == "partial"
    assert opened.json("show", GHFT)["history"][-1]["kind"] == "corrected"

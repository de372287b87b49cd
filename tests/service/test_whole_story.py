"""A history tells all that its events say: nothing in an event can be another without what is told being another.

Held over random lives of odd workflows and a few plays besides, so that every kind of event is among them. A fact that
is new to an event fails here until it is told (service/telling/happened.py, followed.py), or `SAID_OTHERWISE` says why
it needs no words of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any

import pytest
from msgspec.structs import replace

from qa_workflow.definition import Workflow
from qa_workflow.engine import Event
from qa_workflow.engine.commands import (
    Cancel,
    ChangeDate,
    Claim,
    Comment,
    Correct,
    DateChoice,
    PutOnHold,
    Record,
    Recount,
)
from qa_workflow.engine.events import Kind
from qa_workflow.service.ports.store import Definition
from qa_workflow.service.telling.history import EventTold, Teller
from qa_workflow.service.world import World
from tests.unit.engine.desk import BRANCHES, OFFICE, REVIEW, Desk, closed_on
from tests.unit.engine.random_life import lived
from tests.unit.engine.rich_workflows import WORKFLOWS
from tests.unit.engine.stage_play import Play, at
from tests.unit.engine.test_time import TIMED

LIVES, DEEDS = 8, 40
HOURS = (0, 0, 1, 30, 100, 400)


class Known(World):
    """A world that has read its definitions already."""

    read: Mapping[str, Workflow] = {}

    def workflow(self, digest: str) -> Workflow:
        return self.read[digest]


class Story:
    """The events of an item, and the world in which they happened."""

    def __init__(self, workflow: Workflow, events: Sequence[Event], *others: Workflow) -> None:
        every = {each.hash: each for each in (workflow, *others)}
        self.workflow, self.events = workflow, list(events)
        self.world = Known("", OFFICE, {each.hash: _definition(each) for each in every.values()}, {})
        object.__setattr__(self.world, "read", every)

    def told(self, events: Sequence[Event]) -> list[EventTold]:
        """As people read it."""
        return list(Teller(self.world, self.workflow).history(events))


def _definition(workflow: Workflow) -> Definition:
    return Definition(workflow.hash, "workflow", workflow.name, 1, b"", datetime(2027, 4, 1, tzinfo=UTC), "cher")


@cache
def stories() -> Sequence[Story]:
    """Lives and plays that have every kind of event among them."""
    found = []
    for name in WORKFLOWS:
        for number in range(LIVES):
            by_chance = random.Random(number)
            deeds = [
                (by_chance.randrange(100), by_chance.randrange(8), by_chance.randrange(400), by_chance.choice(HOURS))
                for _ in range(DEEDS)
            ]
            life = lived(name, deeds)
            found.append(Story(life.workflow, life.events))
    return [*found, *_plays()]


def _plays() -> Iterator[Story]:
    desk = Desk(REVIEW)
    first = desk.workflow
    desk.fire("submit")
    desk.do(Record({"rating": 1}), "rob")
    desk.do(Comment("Well done"), "rob")
    desk.do(Claim(), "rob")
    desk.do(ChangeDate(date(2027, 5, 4), "Section 5", "Leave", approver="dev"), "cher")
    desk.do(Correct("mistyped", {"rating": 2}, corrects=3), "cher")
    desk.migrate(
        REVIEW.replace("check", "verify").replace("reviewer", "author").replace("10 working", "12 working"),
        instead={"check": "verify"},
        dates=DateChoice.RESTART,
    )
    desk.do(Cancel("opened twice"), "cher")
    yield Story(desk.workflow, desk.events, first)

    kept = Desk(REVIEW)
    first = kept.workflow
    kept.fire("submit")
    kept.migrate(REVIEW.replace("10 working", "12 working"), dates=DateChoice.KEEP)
    yield Story(kept.workflow, kept.events, first)

    panel = Desk(BRANCHES)
    first = panel.workflow
    panel.migrate(BRANCHES.replace("words:", "terms:"), instead={"both.words.read": "done"})
    yield Story(panel.workflow, panel.events, first)

    counted = Play(REVIEW)
    counted.fire("submit")
    counted.setting = closed_on("2027-04-14")
    counted.do(Recount("a closure was added"), "cher")
    yield Story(counted.workflow, counted.events)


# --- What could be otherwise ----------------------------------------------------------------------------------------

SAME = object()
"""There is nothing in this fact that could be another."""


def _earlier(at: str | None) -> Any:
    return SAME if at is None else f"2026-01-05{at[10:]}"


def _due(due: Mapping[str, Any] | None) -> Any:
    return SAME if due is None else {**due, "on": "2029-01-05", "at": "2029-01-05T23:59:59.999999Z"}


def _entered(visits: Sequence[Mapping[str, Any]]) -> Any:
    dated = [visit for visit in visits if visit.get("due")]
    return [{**v, "due": _due(v["due"])} if v in dated else v for v in visits] if dated else SAME


def _sat(sittings: Sequence[Sequence[str]]) -> Any:
    return [[body, "2029-01-05", "2029-01-05T10:00:00.000000Z"] for body, *_ in sittings] or SAME


OTHER: Mapping[str, Callable[[Any], Any]] = {
    "item": lambda born: {**born, "version": 17},
    "set": lambda given: dict(list(given.items())[1:]) if given else SAME,
    "rests_on": lambda stood: dict(list(stood.items())[1:]),
    "enter": _entered,
    "keep": lambda _: [],
    "patch.due": _due,
    "patch.holder": lambda holder: "rob" if holder is None else None,
    "patch.sittings": _sat,
    "patch.started": lambda started: [],
    "patch.loose": lambda loose: "kept" if loose == "ignored" else "ignored",
    "patch.expected": lambda expected: expected + 3,
    "patch.children": lambda children: [*children, ["C/99", "completed"]],
    "patch.votes": lambda votes: [] if votes else SAME,
    "lapsed": lambda lapsed: {**lapsed, "outcome": "forgotten"},
    "outcome": lambda outcome: "another",
    "hold": lambda hold: [*hold[:3], "2029-01-05T10:00:00.000000Z"] if hold else SAME,
    "slip": _earlier,
    "rolled_over": lambda _: {},
    "corrects": lambda number: number + 1,
    "basis": lambda _: "Something else",
    "approver": lambda _: "saul",
    "after": _earlier,
    "before": lambda was: [was[0] + 1, was[1]] if isinstance(was, list) else "2026-01-05" if was else SAME,
    "body": lambda body: "panel" if body == "board" else "board",
    "key": lambda _: "2029-01-05",
    "held_at": lambda at: None if at else "2029-01-05T10:00:00.000000Z",
    "reference": lambda _: "C/99",
    "to": lambda to: "saul" if isinstance(to, str) else ["contact"],
    "rung": lambda rung: rung + 1,
    "timer": lambda timer: {"remind.0": "remind.1", "remind.1": "remind.0", "lapse": "joined"}.get(timer, "lapse"),
    "votes": lambda votes: [votes[0], votes[1] + 1],
    "due_at": _earlier,
    "why_late": lambda said: not said,
    "dropped": lambda dropped: not dropped,
    "pins": lambda pins: [pins[0] + 1, pins[1]],
    "instead": lambda instead: {} if instead else SAME,
    "restarted": lambda _: [],
}
"""By fact, another that could stand there. `patch` and `enter` by what they change of a visit."""

OTHERWISE = {
    "did": "the step, which is told by its title",
    "leave": "what ends beside the stage is told; the stage itself is in the sentence",
    "patch.fired": "what the clock does is an event of its own",
    "patch.waived": "what waits for a person is an event of its own",
    "patch.finished": "the sentence says that the branch is done",
    "moved: timer": "the step that the clock made is told by its title",
    "overdue: timer": "each date is missed once",
    "escalated: timer": "told as the rung",
    "claimed: patch.holder": "who took it on did it",
    "released: patch.holder": "nobody has it",
    "assigned: patch.holder": "to whom it was given is told",
    "voted: patch.votes": "how many there are is told, and who votes did it",
    "date_changed: patch.due": "the new date and its basis are told",
    "sub_item_reopened: outcome": "there is none",
    "cancelled: outcome": "cancelled is what it is",
    "recorded: before": "what stood there is read off the item",
    "corrected: before": "what stood there is read off the item",
    "passed": "that a condition did not hold is told; what it says may name what not everybody may see",
    "status": "the kind of the event says it, or its outcome",
    "dates": "read off the due dates themselves",
    "places": "from where to where is in the sentence",
    "renamed": "told under the new names everywhere",
}
"""Facts that need no words of their own, and why."""


def facts(event: Event) -> Iterator[tuple[str, Any, Callable[[Any], dict[str, Any]]]]:
    """Each fact of an event by name, and the event's data with another in its place."""
    for name, value in event.data.items():
        if name != "patch":
            yield name, value, partial(_with, event.data, (name,))
            continue
        for number, changed in value.items():
            for attribute, was in changed.items():
                yield f"patch.{attribute}", was, partial(_with, event.data, (name, number, attribute))


def _with(data: Mapping[str, Any], place: tuple[str, ...], other: Any) -> dict[str, Any]:
    first, *rest = place
    return {**data, first: _with(data[first], tuple(rest), other) if rest else other}


def test_every_kind_of_event_is_among_the_stories() -> None:
    assert {event.kind for story in stories() for event in story.events} == set(Kind)


def test_no_fact_of_an_event_can_be_another_without_the_telling_being_another() -> None:
    untold: dict[tuple[Kind, str], bool] = {}
    for story in stories():
        for number, event in enumerate(story.events):
            for name, value, with_other in facts(event):
                if untold.get((event.kind, name)) is False or OTHERWISE.keys() & {name, f"{event.kind}: {name}"}:
                    continue
                assert name in OTHER, f"{event.kind} has a new fact, {name!r}: tell it, or say in OTHERWISE why not"
                other = OTHER[name](value)
                if other is SAME:
                    continue
                past, changed = story.events[:number], replace(event, data=with_other(other))
                one, two = (story.told([*past, each])[-1] for each in (event, changed))
                untold[event.kind, name] = one == two
    rest = ", ".join(f"{kind}: {name}" for (kind, name), is_untold in untold.items() if is_untold)
    assert not rest, rest


@pytest.mark.parametrize("word", ["rung", "ladder", "did not hold"])
def test_a_history_is_told_without_the_words_of_the_machine(word: str) -> None:
    """What a quality lead reads of an escalation or a condition is what it is called in the office."""
    lines = [line for story in stories() for line in story.told(story.events)]
    assert not [said for line in lines for said in (line.what, *line.lines) if word in said]


def told(desk: Play, *others: Workflow) -> list[EventTold]:
    return Story(desk.workflow, desk.events, *others).told(desk.events)


@pytest.mark.parametrize(
    ("says", "why"),
    [("", "its condition was not met"), (", says: The figures are not ready.", "The figures are not ready")],
)
def test_a_step_that_the_clock_passed_over_says_what_the_workflow_says_of_it(says: str, why: str) -> None:
    """Not the condition's text: that may name what is not everybody's to see."""
    timed = TIMED.replace("transitions:\n", "transitions:\n      close: {to: ended}\n")
    desk = Play(timed.replace("when: ready == true", f"when: ready == true{says}"), ready=False)
    desk.until("2027-04-16T09:00")
    assert told(desk)[-1].what.endswith(f" was not done by the clock: {why}")


def reviewed() -> Desk:
    """A review that was sent on, and rated by mistake."""
    desk = Desk(REVIEW)
    desk.fire("submit")
    desk.do(Record({"rating": 1, "note": "good"}), "rob")
    return desk


def test_what_is_called_wrong_reads_as_corrected_and_the_correction_says_what_it_puts_right() -> None:
    desk = reviewed()
    desk.do(Correct("not sent yet", stage="draft", corrects=2), "cher")
    lines = told(desk)
    assert lines[1].lines[0] == "Corrected on 1 April 2027 by A chair, see event 4"
    assert lines[3].lines[0] == "Puts right event 2"
    assert lines[2].corrected == ()


def test_a_value_that_is_corrected_marks_where_it_was_given_also_where_no_event_is_named() -> None:
    """Who reads event 3 alone would take its rating for true."""
    desk = reviewed()
    desk.do(Correct("mistyped", {"rating": 2}), "cher")
    lines = told(desk)
    assert lines[2].lines[0] == "Corrected (Rating) on 1 April 2027 by A chair, see event 4"
    assert (lines[3].corrects, lines[3].values[0].was) == ((3,), "1")


def test_a_correction_that_changes_nothing_marks_nothing() -> None:
    desk = reviewed()
    desk.do(Correct("looked again", {"rating": 1}), "cher")
    assert all(line.corrected == () for line in told(desk))


def test_every_event_that_gave_the_wrong_value_is_marked() -> None:
    desk = reviewed()
    desk.fire("accept", "rob", rating=1)
    desk.do(Correct("mistyped", {"rating": 2}), "cher")
    assert told(desk)[-1].corrects == (3, 4)


def test_a_hold_says_until_when_and_what_happens_then() -> None:
    desk = reviewed()
    desk.do(PutOnHold("no figures", at("2027-04-20T08:00")), "rob")
    assert told(desk)[-1].what == "Put on hold until Tuesday 20 April 2027 at 09:00; then it goes on by itself"
    desk.until("2027-04-21T08:00")
    resumed = told(desk)[-1]
    assert resumed.what == "Resumed"
    assert "It was on hold since Thursday 1 April 2027 at 10:00" in resumed.rests_on
    assert any(fact.startswith("Check: due ") and ", was 15 April 2027" in fact for fact in resumed.facts)
    desk.do(PutOnHold("no figures"), "rob")
    assert told(desk)[-1].what == "Put on hold until somebody resumes it"


def test_another_date_says_on_what_basis_and_whose_authority() -> None:
    desk = reviewed()
    desk.do(ChangeDate(date(2027, 5, 4), "Section 5", "Leave", approver="dev"), "cher")
    one = told(desk)[-1]
    assert one.what == "Due date of Check changed from 15 April 2027 to 4 May 2027, approved by A deputy chair"
    assert (one.rests_on, one.said) == (("Basis: Section 5",), "Leave")
    desk.do(ChangeDate(date(2027, 5, 5), "Section 6", "Leave"), "cher")
    one = told(desk)[-1]
    assert one.what.endswith("to 5 May 2027, approved by A chair by their own right")
    assert one.rests_on == ("Basis: Section 6", "The date first given was 15 April 2027")


def test_what_was_recorded_before_its_meeting_is_told_so_for_ever() -> None:
    text = """
workflow: paper
title: Paper
stages:
  wait: {owner: author, meeting: board, transitions: {note: {to: over}}}
  over: {end: completed}
"""
    play = Play(text)
    play.fire("note")
    assert "Recorded before the Board had met: its meeting was to be on 28 April 2027" in told(play)[-1].rests_on
    late = Play(text)
    late.until("2027-04-29T09:00")
    late.fire("note")
    assert not any("Recorded before" in fact for fact in told(late)[-1].rests_on)


def test_whatever_moves_a_date_its_move_is_told() -> None:
    """Not only where the event keeps a list of moved dates: a field that a date counts from is filled in again."""
    play = Play("""
workflow: letter
title: Letter
fields: {came_on: {type: date, label: Came on}}
stages:
  answer: {owner: author, due: 5 working days after came_on, transitions: {send: {to: over}}}
  over: {end: completed}
""")
    play.do(Record({"came_on": "2027-04-01"}), "cher")
    play.do(Record({"came_on": "2027-04-02"}, "read again"), "cher")
    assert [line.facts for line in told(play)[1:]] == [
        ("Answer: due 8 April 2027",),
        ("Answer: due 9 April 2027, was 8 April 2027",),
    ]


def test_a_lapse_names_a_field_by_its_label() -> None:
    """As every other rule in the history: who reads it never sees the workflow's file."""
    play = Play("""
workflow: letter
title: Letter
fields: {came_on: {type: date, label: Came on}}
stages:
  answer:
    owner: author
    transitions: {send: {to: over}}
    lapse: {when: 5 working days after came_on, to: over}
  over: {end: completed}
""")
    play.do(Record({"came_on": "2027-04-01"}), "cher")
    play.until("2027-05-01T09:00")
    assert "nobody acted in time (5 working days after “Came on”)" in [line.said for line in told(play)]


@pytest.mark.parametrize("is_silent", [True, False])
def test_a_rung_that_was_overtaken_does_not_claim_that_its_people_were_told(is_silent: bool) -> None:
    """After a silence of the clock only the highest rung leaves a message."""
    rungs = "[{when: 1 working day after due, to: chair}, {when: 3 working days after due, to: reviewer}]"
    play = Play(REVIEW.replace("[{when: 1 working day after due, to: chair}]", rungs))
    play.fire("submit")
    (play.jump if is_silent else play.until)("2027-06-01T09:00")
    left = {out.seq for out in play.sent if out.payload.get("topic") == "escalation"}
    first, second = (line for line in told(play) if line.what.startswith("Escalated"))
    overtaken = "No message left for it: escalation 2 came in the same moment, and was told instead"
    assert (overtaken in first.rests_on, overtaken in second.rests_on) == (is_silent, False)
    assert [line.what.rpartition(" (")[2] for line in (first, second)] == ["escalation 1)", "escalation 2)"]
    rules = [line.rests_on[0] for line in (first, second)]
    assert rules == ["Goes up 1 working day after due", "Goes up 3 working days after due"]
    assert left == ({second.seq} if is_silent else {first.seq, second.seq})

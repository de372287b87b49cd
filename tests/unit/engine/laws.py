"""The laws themselves, as the definition and the governance file say them and not as the engine does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from qa_workflow.definition import Governance, Workflow
from qa_workflow.definition.model import JOINED, Who
from qa_workflow.engine import CLOCK, ENGINE, Decision, Event, Item, Kind, Setting, Timer
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import CANCELLED, CLOSED, OPEN, instant
from qa_workflow.engine.joins import is_met
from qa_workflow.engine.timers import timers
from qa_workflow.engine.turn import Turn

RIGHTS = {
    Kind.HELD: "hold", Kind.RESUMED: "hold", Kind.CANCELLED: "cancel", Kind.CORRECTED: "correct",
    Kind.DATE_CHANGED: "change_date", Kind.ASSIGNED: "assign", Kind.MEETING_MOVED: "meet", Kind.OPENED: "open",
    Kind.MIGRATED: "publish",
}  # fmt: skip
OF_TIME = {Kind.REMINDED, Kind.OVERDUE, Kind.ESCALATED, Kind.LAPSED, Kind.WAIVED, Kind.PASSED}
MOVES = {Kind.MOVED, Kind.JOINED, Kind.VOTED, Kind.LAPSED, Kind.WAIVED, Kind.PASSED}
TELL = {Kind.REMINDED, Kind.OVERDUE, Kind.ESCALATED}
MOVE_DATES = {
    Kind.MOVED, Kind.JOINED, Kind.VOTED, Kind.LAPSED, Kind.RECORDED, Kind.CORRECTED, Kind.RESUMED, Kind.DATE_CHANGED,
    Kind.MEETING_MOVED, Kind.RECOUNTED, Kind.MIGRATED,
}  # fmt: skip
"""Each names the field, the step, the hold, the meeting, the day or the version by which dates move."""
OF_THE_ENGINE = {Kind.JOINED, Kind.WAIVED, Kind.SUB_ITEM_ENDED, Kind.SUB_ITEM_REOPENED}


def check_timers(found: Workflow, item: Item, rows: Mapping[int, set[Timer]], setting: Setting, now: datetime) -> None:
    """What the store holds is what time will do: nothing of visits that are left, nothing old, nothing missing."""
    fresh: dict[int, set[Timer]] = {}
    for visit in item.visits:
        for timer in timers(found, item, visit, setting, now):
            fresh.setdefault(visit.number, set()).add(timer)
    assert {number: rows for number, rows in rows.items() if rows} == fresh
    if item.status in (CLOSED, CANCELLED):
        assert fresh == {}, "nothing happens any more to what is over"


def check_places(found: Workflow, item: Item) -> None:
    """One place in each line of work that is open, none in those that are done."""
    numbers = [visit.number for visit in item.visits]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers, default=0) <= item.last_visit
    firm = [visit for visit in item.visits if visit.loose is None]
    assert len([v for v in firm if found.stages[v.stage].flow == ""]) == 1, "the main line is at one place"
    if item.status == CLOSED:
        assert [found.stages[v.stage].end is not None for v in item.visits] == [True], (
            "closed: at its end, nothing else"
        )
    for visit in item.visits:
        parallel = found.stages[visit.stage].parallel
        for name in visit.started if parallel is not None else ():
            line = [v for v in item.visits if found.stages[v.stage].flow == f"{visit.stage}.{name}"]
            mine = [v for v in line if v.loose == visit.loose]
            assert len(mine) == (name not in visit.finished), f"{visit.stage}.{name}"


def check_joins(found: Workflow, item: Item, setting: Setting, now: datetime) -> None:
    """What is met is followed at once; only what leads nowhere yet waits, and says so."""
    if item.status == OPEN:
        turn = Turn(found, item, ENGINE, now, setting)
        assert all(JOINED in visit.waived for visit in item.visits if is_met(turn, visit))


def check_dates(found: Workflow, item: Item, setting: Setting, now: datetime) -> None:
    """No due date waits for the next event to become what its rule says."""
    dates = Dates(found, item, setting, now)
    for visit in item.visits if item.status == OPEN else ():
        fresh = dates.due(found.stages[visit.stage], visit)
        if fresh.sittings == visit.sittings:  # a meeting that was not planned yet is found with the next event
            assert fresh.due == visit.due, visit.stage


def check_due_moves(before: Item, decision: Decision) -> None:
    """A due date is another only after an event that says so."""
    item = before
    for each in decision.events:
        after = apply(item, each)
        moved = [v.stage for v in after.visits if (was := item.visit(v.number)) is not None and was.due != v.due]
        assert not moved or each.kind in MOVE_DATES, (moved, each.kind)
        item = after


def check_held(found: Workflow, before: Item, events: Sequence[Event]) -> None:
    """On hold nothing moves; people are told only of a date that the hold does not stop."""
    assert MOVES.isdisjoint(each.kind for each in events), "held is held"
    for each in events:
        if each.kind in TELL:
            rule = found.stages[str(each.source)].due
            fixed = any(v.due is not None and v.due.fixed for v in before.visits if v.stage == each.source)
            assert fixed or rule is None or not rule.pauses, each.source


def check_ways(found: Workflow, item: Item) -> None:
    """What is open is left by a person, by a join or in time; or somebody was told that it waits."""
    for visit in item.leaves() if item.status == OPEN else ():
        stage = found.stages[visit.stage]
        by_people = any(step.by or trigger == JOINED for trigger, step in stage.transitions.items())
        timed = {f"at.{name}" for name, step in stage.transitions.items() if step.at is not None}
        timed |= {"lapse"} if stage.lapse is not None else set()
        assert stage.end is not None or by_people or visit.waived or timed - set(visit.fired), visit.stage


def check_right(found: Workflow, house: Governance, before: Item | None, each: Event) -> None:
    """I7: whoever did it had the right to, as the definition and the governance file say it."""
    if each.actor == CLOCK.name:
        transition = found.stages[str(each.source)].transitions.get(each.trigger or "") if each.source else None
        assert (
            each.kind in OF_TIME or each.kind is Kind.RESUMED or (transition is not None and transition.at is not None)
        )
        return
    if each.actor == ENGINE.name:
        assert each.kind in OF_THE_ENGINE
        return
    assert each.kind not in OF_TIME | OF_THE_ENGINE
    names = {each.actor} | ({each.acting_for} if each.acting_for else set())
    if each.acting_for is not None:
        covers = house.people[each.actor].covers
        assert any(c.person == each.acting_for and c.start <= instant(each.at).date() <= c.until for c in covers)
    allowed = RIGHTS.get(each.kind)
    if allowed is not None:
        assert _roles(house, names) & set(house.rights[allowed])
    elif each.kind in (Kind.MOVED, Kind.VOTED):
        assert before is not None
        step = found.triggers()[f"{each.source}.{each.trigger}"]
        own = step.by or found.stages[step.stage].owner
        assert _is_one_of(own, names, before, house)
        assert not any(before.did[path].actor in names for path in step.not_by.did if path in before.did)
        _check_scope(own, names, before, house)


def check_filling(found: Workflow, house: Governance, before: Item | None, each: Event) -> None:
    """What somebody filled in was theirs to fill in, and a step says with which values it was decided."""
    if before is None or each.actor not in house.people or each.kind not in (Kind.MOVED, Kind.VOTED, Kind.RECORDED):
        return
    day = instant(each.at).date()
    covered = {c.person for c in house.people[each.actor].covers if c.start <= day <= c.until}
    step = None if each.kind is Kind.RECORDED else found.triggers()[f"{each.source}.{each.trigger}"]
    given = set(each.data.get("set", {}))
    for name in given - ({*step.clears, *dict(step.sets)} if step else set()):
        asking = [s for s in found.triggers().values() if name in (*s.needs, *s.asks)]
        own = [s.by or found.stages[s.stage].owner for s in asking]
        is_asked = any(_is_one_of(who, {each.actor, *covered}, before, house) for who in own)
        assert is_asked or _roles(house, {each.actor, *covered}) & set(house.rights["record"]), (each.actor, name)
    if step is not None:
        stood = {n: before.fields[n] for n in (*step.needs, *step.asks) if before.fields.get(n) not in (None, "", [])}
        assert each.data.get("rests_on", {}) == {n: value for n, value in stood.items() if n not in given}


def _roles(house: Governance, names: set[str]) -> set[str]:
    return {role for name in names for role in house.people[name].roles}


def _is_one_of(who: Who, names: set[str], item: Item, house: Governance) -> bool:
    did = any(path in item.did and item.did[path].actor in names for path in who.did)
    named = any(item.fields.get(name) in names for name in who.fields)
    return bool(who.anyone or did or named or _roles(house, names) & set(who.roles))


def _check_scope(who: Who, names: set[str], item: Item, house: Governance) -> None:
    """A contact acts for the own organisation alone (or one that it took over)."""
    held = _roles(house, names) & set(who.roles)
    if held == {"contact"} and not (who.did or who.fields):
        homes = {house.people[name].organisation for name in names}
        assert homes & {item.subject, house.organisations[str(item.subject)].successor}

"""Items as faces show them: one JSON for command line, pages and API, by the names that people script against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qa_workflow.calendar import AnchorKind, anchor_of, local, long_date
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Stage
from qa_workflow.engine import Event, Item, Sight, Step, available
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import Visit, instant
from qa_workflow.engine.past import given_by
from qa_workflow.service.house import House
from qa_workflow.service.items.changing import owners
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.removals import public_words
from qa_workflow.service.telling.happened import meeting_moved
from qa_workflow.service.telling.history import EventTold, Teller
from qa_workflow.service.telling.left import left
from qa_workflow.service.telling.meetings import has_passed
from qa_workflow.service.telling.naming import Naming
from qa_workflow.service.telling.titles import in_titles
from qa_workflow.service.telling.words import day_words
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a date is what it is. `first_due_on` is the date first given; `changes` says what moved it since."""

    stage: str
    stage_title: str
    due_on: str | None
    first_due_on: str | None
    why: str
    rule: str | None = None
    basis: str | None = None
    source: str | None = None
    holds: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()


def item(house: House, found: Item, *, history: Sight | None = None) -> dict[str, Any]:
    """An item as JSON, as it is now and as it was found for somebody; `history`: with that, as this sight has it."""
    with house.looking() as (look, world):
        return item_in(look, world, found, house.now(), history=history)


def item_in(look: Reader, world: World, found: Item, now: datetime, *, history: Sight | None = None) -> dict[str, Any]:
    """An item as JSON, within a look that is under way."""
    workflow = world.workflow(found.definition)
    zone = world.governance.calendar.zone
    due = found.due()
    stages = [v.stage for v in found.leaves()]
    shown = {
        "id": found.id,
        "reference": found.reference,
        "workflow": found.workflow,
        "version": found.version,
        "title": workflow.title,
        "stage": where(stages),
        "stage_title": ", ".join(workflow.stages[path].title for path in stages),
        "status": found.status,
        "outcome": found.outcome,
        "subject": found.subject,
        "subject_title": subject_title(world, found),
        "period": found.period,
        "fields": dict(found.fields),
        "undisclosed": list(found.undisclosed),
        "gone": _gone(world, found),
        "owner": holders(workflow, found),
        "opened_at": iso(found.opened_at, zone),
        "due_at": iso(due.at, zone) if due else None,
        "due_on": due.on if due else None,
        "first_due_on": due.first_on if due else None,
        "time_left": left(world.governance, workflow, found, now),
        "overdue": found.is_overdue(now),
        "revision": found.revision,
        "hold": None
        if found.hold is None
        else {
            "since": iso(found.hold.since, zone),
            "until": iso(found.hold.until, zone) if found.hold.until else None,
            "reason": found.hold.reason,
            "by": found.hold.actor,
        },
        "available": [step(s) for s in available(workflow, found, now=now, setting=world.setting(look))],
    }
    if history is not None:
        shown["history"] = list(history_in(look, world, found, history).values())
    return shown


def _gone(world: World, found: Item) -> dict[str, str]:
    """By SHA-256, the files among its fields that nobody is given any more, with what everybody is told of each."""
    values = (
        each for value in found.fields.values() for each in (value if isinstance(value, list | tuple) else [value])
    )
    files = (each["sha256"] for each in values if isinstance(each, Mapping) and "sha256" in each)
    return {sha: public_words(world.governance, removal) for sha in files if (removal := world.removals.get(sha))}


def history_in(look: Reader, world: World, found: Item, sight: Sight) -> dict[int, dict[str, Any]]:
    """All that happened to an item as somebody is told it, by the number under which it is kept."""
    events = look.events(found.id, sight)
    told = Teller.of(look, world, found, sight).history(events)
    shown = {e.seq: event(e, words) for e, words in zip(events, told, strict=True)}
    if not sight.everything:  # the condition of a step that the clock passed by may name other organisations
        for each in shown.values():
            each["data"] = {name: value for name, value in each["data"].items() if name != "passed"}
    return shown


def named(found: Item) -> dict[str, Any]:
    """Which item something is about."""
    return {"id": found.id, "reference": found.reference, "workflow": found.workflow, "subject": found.subject}


def step(found: Step) -> dict[str, Any]:
    """A transition as JSON: `by` in the file's words, `missing` in sentences; what it `asks` for may stay empty."""
    return {
        "trigger": found.trigger,
        "path": found.path,
        "stage": found.stage,
        "title": found.title,
        "to": list(found.to),
        "by": list(found.by),
        "not_by": list(found.not_by),
        "needs": [*found.needs, *(["reason"] if found.needs_reason else [])],
        "asks": list(found.asks),
        "missing": [o.text for o in found.missing],
    }


def event(found: Event, told: EventTold) -> dict[str, Any]:
    """One line of a history as JSON, with what it says to people and the events that put it right."""
    data = found.data
    if told.seq != found.seq:  # told without something before it, so that this number would be of another event
        data = {name: value for name, value in data.items() if name != "corrects"}
    return {
        **found.line(),
        "seq": told.seq,
        "reason": None if told.said is None else found.reason,
        "data": data,
        "at": told.at,
        "who": told.who,
        "what": told.what,
        "told": list(told.lines),
        "corrects": list(told.corrects),
        "corrected_by": list(dict.fromkeys(each.seq for each in told.corrected)),
    }


def holders(workflow: Workflow, found: Item) -> list[str]:
    """Who has to act: the person who holds it, else the roles and people of the definition."""
    return owners(workflow, found).split()


def owner_names(workflow: Workflow, found: Item, visit: Visit) -> list[str]:
    """Who has to act on one visit."""
    return owners(workflow, found, visit).split()


def where(paths: Sequence[str]) -> str | list[str]:
    """The stage of an item; a list where several branches are open, or none."""
    return paths[0] if len(paths) == 1 else list(paths)


def subject_title(world: World, found: Item) -> str | None:
    """The subject's name as it was when the item was opened: an old item is read under the old name."""
    organisation = world.governance.organisations.get(found.subject or "")
    return organisation.title_on(instant(found.opened_at).date()) if organisation else None


def iso(stamp: str, zone: str) -> str:
    """A stamp as aware ISO 8601 in local time, so that the date in it is the date that people mean."""
    return local(instant(stamp), zone).isoformat()


def explain(house: House, found: Item, sight: Sight) -> list[Explanation]:
    """Why each date of an item is what it is: rule, anchor, calendar, days not counted, holds, changes."""
    with house.looking() as (look, world):
        return explain_in(world, found, look.events(found.id, sight), house.now())


def explain_in(world: World, found: Item, events: Sequence[Event], now: datetime) -> list[Explanation]:
    """As `explain`, within a look that is under way."""
    workflow, zone = world.workflow(found.definition), world.governance.calendar.zone
    naming = Naming(world, workflow)
    explained: list[Explanation] = []
    given = given_by(events)
    for visit in found.visits:
        stage = workflow.stages[visit.stage]
        if stage.end is not None:
            continue
        rule = stage.due
        moved = tuple(said for e in events if (said := _change(naming, e, visit.number)))
        why = _why(world, visit.due.why) if visit.due else _no_date(workflow, visit.stage)
        passed = has_passed(world, workflow, visit, now)
        explained.append(
            Explanation(
                stage=visit.stage,
                stage_title=stage.title,
                due_on=visit.due_on,
                first_due_on=visit.due.first_on if visit.due else None,
                why=" ".join(
                    said
                    for said in (why, _worked_out(naming, found, stage, given), passed, _held(found, visit, zone))
                    if said
                ),
                rule=str(rule.rule) if rule else ("meeting" if stage.meeting else None),
                basis=rule.basis if rule else None,
                source=rule.source if rule else None,
                holds=tuple((iso(since, zone), iso(until, zone)) for since, until in found.pauses if until > visit.at),
                changes=moved,
            )
        )
    # Beside a date, a branch that never had one and has no rule for one is nothing to explain.
    return [each for each in explained if each.due_on or each.rule or each.changes] or explained


def _worked_out(naming: Naming, found: Item, stage: Stage, given: Mapping[str, Event]) -> str:
    """Of a date that stands in a field, and that a step worked out: which step, when, and by which rule."""
    anchor = anchor_of(stage.due.rule) if stage.due is not None else None
    event = given.get(anchor.name) if anchor is not None and anchor.kind is AnchorKind.FIELD else None
    if anchor is None or event is None or event.trigger is None:
        return ""
    workflow = naming.world.workflow(found.definition)
    rule = naming.worked_out(workflow, event).get(anchor.name)
    label, step = workflow.fields[anchor.name].label, naming.step(event.trigger, event.source)
    return f"“{label}” was worked out by “{step}” on {naming.day(event.at)}: {rule}." if rule else ""


def _held(found: Item, visit: Visit, zone: str) -> str:
    """What the hold that an item is on does to a date."""
    if found.hold is None or visit.due is None:
        return ""
    since = long_date(local(instant(found.hold.since), zone).date())
    does = "does not stop this clock" if visit.due.runs else "stops this clock, and gives its time back when it ends"
    return f"The hold since {since} {does}."


def _no_date(workflow: Workflow, path: str) -> str:
    rule = workflow.stages[path].due
    return (
        f"The date is not known yet: it counts from something that has not happened ({rule.rule})."
        if rule
        else "This stage has no due date."
    )


def _why(world: World, said: str) -> str:
    """The reason of a date, with titles for the names of those who changed it; the basis stays as it was typed."""
    ours, on_this_basis, typed = said.partition(" on this basis: ")
    return f"{in_titles(world.governance, ours)}{on_this_basis}{typed}" if said.startswith("Changed to ") else said


def _change(naming: Naming, found: Event, visit: int) -> str | None:
    """What gave a visit another due date: of a meeting what became of it, for that is another day than the date's."""
    patch = found.data.get("patch", {}).get(str(visit), {})
    if "due" not in patch or patch["due"] is None:
        return None
    why = f": {found.reason}" if found.reason else ""
    to = day_words(patch["due"]["on"])
    when = f"on {naming.day(found.at)} by {in_titles(naming.world.governance, found.actor)}"
    if found.kind is Kind.MEETING_MOVED:
        return f"{meeting_moved(naming, found)}, {when}; due {to} since then{why}"
    return f"{str(found.kind).replace('_', ' ').capitalize()} {when}, to {to}{why}"

"""The differences between two versions of a workflow: stages and steps by path, those that were renamed found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qa_workflow.definition.differences.difference import ONLY_WRITTEN_OTHERWISE, Difference, Weight, ordered
from qa_workflow.definition.differences.tables import (
    Place,
    Table,
    asked,
    bound,
    changed,
    compared,
    condition,
    each,
    entries,
    excluded,
    inner,
    nothing,
    people,
)
from qa_workflow.definition.differences.words import quoted, who, words
from qa_workflow.definition.model import NEVER, Stage, Transition, Who, Workflow


def _fewer(old: Any, new: Any) -> bool:
    return new is None or (old is not None and new < old)


def _more(old: Any, new: Any) -> bool:
    return new is None or (old is not None and new > old)


def _disclosed(place: Place, old: str | None, new: str | None) -> Iterator[Difference]:
    """From when on the subject's own people see a field: whether they newly do comes with what people newly may."""
    before, after = _seen(old), _seen(new)
    if new is None or (old == NEVER and new is not None):
        said = f"The subject's own people newly see {place.name} {after}; it was {before}."
        yield Difference(Weight.MAY, place.where, said)
    elif old is None or new == NEVER:
        said = f"The subject's own people see {place.name} {after}; it was {before}."
        yield Difference(Weight.MAY_NOT, place.where, said)
    else:
        said = f"The subject's own people may newly see {place.name} at another time: {after}; it was {before}."
        yield Difference(Weight.MAY, place.where, said)


def _seen(stage: str | None) -> str:
    if stage is None:
        return "at once"
    return "never" if stage == NEVER else f"from the stage {quoted(stage)} on"


_FLOW, _TIME, _FIELDS, _TEXT = Weight.FLOW, Weight.TIME, Weight.FIELDS, Weight.TEXT
FIELD: Table = {
    "name": changed(_FIELDS, "name"),
    "type": changed(_FIELDS, "type"),
    "label": changed(_TEXT, "label"),
    "help": changed(_TEXT, "help"),
    "options": changed(_FIELDS, "the values to choose from"),
    "of": changed(_FIELDS, "the type of its entries"),
    "kind": changed(_FIELDS, "of which kind the organisations are"),
    "words": bound("the most words", is_looser=_more),
    "valid": bound("how long it counts", is_looser=condition),
    "default": changed(_FIELDS, "the value it begins with"),
    "release": changed(Weight.MAY, "who may read it"),
    "erasable": changed(_FIELDS, "whether it is likely to have to be removed one day"),
    "disclosed_from": _disclosed,
}
TRANSITION: Table = {
    "trigger": nothing,
    "stage": nothing,
    "cases": changed(_FLOW, "where it leads"),
    "title": changed(_TEXT, "title"),
    "by": people(Weight.MAY, "do", "those who may"),
    "not_by": excluded,
    "needs": asked("asks for"),
    "asks": changed(Weight.MAY, "what it asks for that may stay empty"),
    "needs_reason": bound("whether a reason is asked for", is_looser=lambda old, _: bool(old)),
    "when": bound("the condition", is_looser=condition),
    "says": changed(_TEXT, "what people are told when it cannot be done"),
    "at_most": bound("how often it can be done", is_looser=_more),
    "votes": bound("how many votes it takes", is_looser=_fewer),
    "at": changed(_TIME, "when the clock does it"),
    "late": changed(_TIME, "what becomes of it when the clock is late"),
    "not_before": bound("from when it can be done", is_looser=condition),
    "not_after": bound("until when it can be done", is_looser=condition),
    "only_while": bound("what must be open meanwhile", is_looser=lambda old, _: bool(old)),
    "cancels": changed(_FLOW, "the branches it withdraws"),
    "sets": changed(_FIELDS, "the fields it sets"),
    "clears": changed(_FIELDS, "the fields it empties"),
    "opens": changed(_FLOW, "the items it opens"),
    "effects": entries(_FLOW),
    "bulk": bound("whether many can be decided at once", is_looser=lambda _, new: bool(new)),
}
LAPSE: Table = {
    "when": changed(_TIME, "when"),
    "to": changed(_FLOW, "where it leads"),
    "outcome": changed(_FLOW, "outcome"),
    "late": changed(_TIME, "when the clock is late"),
}
BRANCH: Table = {
    "name": nothing,
    "path": nothing,
    "start": changed(_FLOW, "where it begins"),
    "title": changed(_TEXT, "title"),
    "when": bound("the condition on which it opens", is_looser=condition),
    "optional": bound("whether it may be left out", is_looser=lambda _, new: bool(new)),
}
PARALLEL: Table = {
    "branches": each(BRANCH, lambda found: f"the branch {found.name}", _FLOW),
    "join": changed(Weight.EASED, "how many branches must finish"),
    "rest": changed(_FLOW, "what becomes of the other branches"),
    "one_at_a_time": changed(_FLOW, "whether only one is worked on at a time"),
}
SUB_ITEMS: Table = {
    "workflow": changed(_FLOW, "the workflow"),
    "join": changed(Weight.EASED, "how many must have ended"),
    "count": changed(_FLOW, "how many"),
    "each": changed(_FLOW, "the list of which each has one"),
    "into": changed(_FLOW, "what takes the entry"),
    "more": people(Weight.MAY, "add to", "those who may add"),
    "copies": changed(_FIELDS, "the fields that go along"),
    "rest": changed(_FLOW, "what becomes of those still open"),
}
STAGE: Table = {
    "path": nothing,
    "name": nothing,
    "flow": nothing,
    "title": changed(_TEXT, "title"),
    "about": changed(_TEXT, "what is said about it"),
    "owner": people(Weight.MAY, "own", "its owners"),
    "claim": bound("whether it is claimed first", is_looser=lambda old, _: bool(old)),
    "due": changed(_TIME, "the due date"),
    "reminders": entries(_TIME, "reminder"),
    "ladder": entries(_TIME, "escalation"),
    "lapse": inner(LAPSE, "lapse", _TIME),
    "transitions": nothing,
    "meeting": changed(_FLOW, "the body whose meeting it waits for"),
    "parallel": inner(PARALLEL, "branches", _FLOW),
    "sub_items": inner(SUB_ITEMS, "sub-items", _FLOW),
    "collects": changed(_FLOW, "what it gathers"),
    "on_entry": entries(_FLOW, when="when it is entered"),
    "on_exit": entries(_FLOW, when="when it is left"),
    "end": changed(_FLOW, "how it ends the item"),
    "public": changed(Weight.MAY, "what of it is for everybody to read"),
}
FLOW: Table = {
    "path": nothing,
    "start": changed(_FLOW, "where items begin"),
    "stages": changed(_TEXT, "the order of its stages"),
}
OPENING: Table = {
    "each": changed(_FLOW, "what has an item each"),
    "every": changed(_TIME, "how often"),
    "on": changed(_TIME, "when"),
    "when": changed(_FLOW, "on what condition"),
}
REPEAT: Table = {"when": changed(_TIME, "when"), "copies": changed(_FIELDS, "the fields that go along")}
BODY_REF: Table = {"name": changed(_FLOW, "name"), "for_subject": changed(_FLOW, "whether it is that of the subject")}


def _rights(_: Place, old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> Iterator[Difference]:
    """Rights beyond the steps. A right that a workflow does not name is as the governance file says."""
    for name in dict.fromkeys([*old, *new]):
        before, after, where = old.get(name), new.get(name), f"rights.{name}"
        if before is None or after is None:
            said = "is given here" if before is None else "is no longer given here but by the governance file"
            whom = f": {', '.join(after)}" if after else ""
            yield Difference(
                Weight.MAY, where, f"The right to {name.replace('_', ' ')} {said}{whom}.", roles=after or ()
            )
        elif before != after:
            right = Place(where, f"the right to {name.replace('_', ' ')}")
            yield from people(Weight.MAY, "use", "its holders")(right, Who(roles=before), Who(roles=after))


WORKFLOW: Table = {
    "name": changed(_FLOW, "name"),
    "title": changed(_TEXT, "title"),
    "purpose": changed(_TEXT, "purpose"),
    "subject": changed(_FLOW, "what an item is about"),
    "period": changed(_FLOW, "the period that an item is about"),
    "reference": changed(_TEXT, "how references are made"),
    "calendar": changed(_TIME, "the calendar"),
    "fields": each(FIELD, lambda found: f"the field {found.name}", _FIELDS),
    "stages": nothing,
    "flows": nothing,
    "opening": inner(OPENING, "opened by the clock", _FLOW),
    "repeat": inner(REPEAT, "repeated", _TIME),
    "needs": asked("when it is opened asks for"),
    "rights": _rights,
    "retention": changed(_FIELDS, "how long its items are kept"),
    "body": inner(BODY_REF, "body", _FLOW),
    "hash": nothing,
}


@dataclass(frozen=True, slots=True)
class Renames:
    """Old paths of stages, and of steps, with the new ones under which they were found again."""

    stages: Mapping[str, str]
    steps: Mapping[str, str]


def workflow_differences(old: Workflow | None, new: Workflow) -> tuple[Difference, ...]:
    """What is different in `new`, who can newly do what first; of a workflow that is new, who may do anything."""
    if old is None:
        first = Difference(_FLOW, "", f"The workflow {quoted(new.title)} is new, with {len(new.stages)} stages.")
        return ordered([first, *(said for stage in new.stages.values() for said in _appeared(stage))])
    found = [*compared(WORKFLOW, Place("", new.title), old, new), *_stages(old, new)]
    if not found and old.hash != new.hash:
        found = [ONLY_WRITTEN_OTHERWISE]
    return ordered(found)


def renames(old: Workflow, new: Workflow) -> Renames:
    """Stages and steps that are the same but for their names: what an administrator will most likely say they are."""
    stages: dict[str, str] = {}
    fresh = [s for s in new.stages.values() if s.path not in old.stages]
    for stage in old.stages.values():
        if stage.path not in new.stages:
            match = next((s for s in fresh if s.path not in stages.values() and _bare(s) == _bare(stage)), None)
            if match is not None:
                stages[stage.path] = match.path
    steps: dict[str, str] = {}
    for stage in old.stages.values():
        there = new.stages.get(stages.get(stage.path, stage.path))
        if there is not None:
            steps.update({f"{stage.path}.{a}": f"{there.path}.{b}" for a, b in _renamed_steps(stage, there).items()})
    return Renames(stages, steps)


def _bare(stage: Stage) -> tuple[Any, ...]:
    """A stage without its name and without where its steps lead, which may be renamed as well."""
    steps = tuple((name, step.by, step.needs, step.needs_reason) for name, step in stage.transitions.items())
    return bool(stage.flow), stage.owner, stage.due, stage.meeting, stage.end, stage.parallel is None, steps


def _renamed_steps(old: Stage, new: Stage) -> dict[str, str]:
    """Triggers of one stage that are gone, and the new one that is the same but for its name."""
    found: dict[str, str] = {}
    for name, step in old.transitions.items():
        if name in new.transitions:
            continue
        same = replace(step, stage=new.path, trigger="", title="")
        for other, candidate in new.transitions.items():
            is_free = other not in old.transitions and other not in found.values()
            if is_free and replace(candidate, trigger="", title="") == same:
                found[name] = other
                break
    return found


def _stages(old: Workflow, new: Workflow) -> Iterator[Difference]:
    found = renames(old, new)
    for path, stage in old.stages.items():
        there = new.stages.get(found.stages.get(path, path))
        if there is None:
            steps = ", ".join(quoted(step.title) for step in stage.transitions.values()) or "none"
            yield Difference(_FLOW, path, f"The stage {quoted(stage.title)} ({path}) is gone, with its steps: {steps}.")
            yield from compared(STAGE, Place(path, f"the stage {quoted(stage.title)}"), stage, _silent(stage))
            yield from (gone for step in stage.transitions.values() for gone in _no_longer(step))
            continue
        if there.path != path:
            yield Difference(_FLOW, there.path, f"The stage {path} is called {there.path} now.")
        yield from compared(STAGE, Place(there.path, f"the stage {quoted(there.title)}"), stage, there)
        yield from _steps(stage, there)
    for path, stage in new.stages.items():
        if path not in old.stages and path not in found.stages.values():
            yield Difference(_FLOW, path, f"The stage {quoted(stage.title)} ({path}) is new: {_in_short(stage)}.")
            yield from compared(STAGE, Place(path, f"the stage {quoted(stage.title)}"), _silent(stage), stage)
            yield from _appeared(stage)
    for path, flow in new.flows.items():
        before = old.flows.get(path)
        if before is not None and before != flow:
            is_same = set(before.stages) == set(flow.stages)
            table = FLOW if is_same else {**FLOW, "stages": nothing}
            yield from compared(table, Place(path, f"the branch {path}" if path else new.title), before, flow)
        elif before is None:
            yield Difference(_FLOW, path, f"The branch {path} is new.")
    yield from (Difference(_FLOW, path, f"The branch {path} is gone.") for path in old.flows if path not in new.flows)


def _steps(old: Stage, new: Stage) -> Iterator[Difference]:
    called = _renamed_steps(old, new)
    for name, step in old.transitions.items():
        there = new.transitions.get(called.get(name, name))
        if there is None:
            yield Difference(_FLOW, f"{new.path}.{name}", f"The step {quoted(step.title)} ({new.path}.{name}) is gone.")
            yield from _no_longer(step)
            continue
        if there.trigger != name:
            yield Difference(_FLOW, there.path, f"The step {new.path}.{name} is called {there.trigger} now.")
        place = Place(there.path, f"{quoted(there.title)} ({there.path})", there.by.roles)
        yield from compared(TRANSITION, place, replace(step, stage=there.stage, trigger=there.trigger), there)
    for name, step in new.transitions.items():
        if name not in old.transitions and name not in called.values():
            yield Difference(_FLOW, step.path, f"The step {quoted(step.title)} ({step.path}) is new.")
            yield from _newly(step)


def _appeared(stage: Stage) -> Iterator[Difference]:
    for step in stage.transitions.values():
        yield from _newly(step)


def _in_short(stage: Stage) -> str:
    """What people ask first of a stage: whose it is, and by when."""
    if stage.end is not None:
        return f"an item ends there as {stage.end}"
    said = [f"owned by {who(stage.owner)}"] if stage.owner else []
    if stage.meeting is not None:
        said.append(f"waiting for the meeting of {words(stage.meeting)}")
    if stage.due is not None:
        said.append(f"due {words(stage.due)}")
    elif stage.meeting is None:
        said.append("without a due date")
    return ", ".join(said)


def _silent(stage: Stage) -> Stage:
    """The same where nobody is sent anything, but by its steps."""
    return replace(stage, reminders=(), ladder=(), on_entry=(), on_exit=())


def _no_longer(step: Transition) -> Iterator[Difference]:
    """What goes with a step: the right to it, what it sends, and its rule of four eyes.

    What takes the step's place need not have such a rule.
    """
    called = f"{quoted(step.title)} ({step.path})"
    if step.by:
        said = f"{who(step.by)} may no longer do {called}."
        yield Difference(Weight.MAY_NOT, step.path, said[:1].upper() + said[1:])
    yield from compared(TRANSITION, Place(step.path, called), step, replace(step, effects=()))
    if step.not_by:
        said = f"With {called} its second-person rule is gone: it was not for {who(step.not_by)}."
        yield Difference(Weight.EASED, step.path, said)


def _newly(step: Transition) -> Iterator[Difference]:
    called = f"{quoted(step.title)} ({step.path})"
    if step.by:
        but = f", but not {who(step.not_by)}" if step.not_by else ""
        said = f"{who(step.by)} may newly do {called}{but}."
        yield Difference(Weight.MAY, step.path, said[:1].upper() + said[1:], roles=step.by.roles)
    yield from compared(TRANSITION, Place(step.path, called), replace(step, effects=()), step)

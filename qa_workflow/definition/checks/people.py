"""Whether somebody can act: each step has somebody, four eyes are not the same two, roles are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qa_workflow.calendar.words import listed
from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.governance import Governance
from qa_workflow.definition.model import JOINED, Stage, Transition, Who, Workflow
from qa_workflow.definition.text.source import Path


def check_people(built: Built) -> None:
    """All rules of this module."""
    unheld = _unheld(built.desk.governance)
    _answered_for(built)
    filled = _filled(built.workflow)
    same: dict[tuple[int, int], bool] = {}  # by identity: the desk makes one value for the same words
    for stage in built.workflow.stages.values():
        shape, where = built.found.stages[stage.path].shape, built.where(stage.path)
        _held(shape.owner, (*where, "owner"), unheld, built)
        for step in stage.transitions.values():
            path = built.where_step(stage.path, step.trigger)
            step_shape = (shape.transitions or {})[step.trigger]
            _held(step_shape.by, (*path, "by"), unheld, built)
            _somebody(step, stage, step_shape.by is None and shape.owner is None, path, built)
            key = id(step.by), id(step.not_by)
            if key not in same:
                same[key] = _rules_out(step.not_by, step.by)
            if same[key]:
                what = f"everyone who may make the step {step.trigger!r} is also ruled out"
                built.desk.report("same-person", (*path, "not_by"), what, "name somebody else in `by`, or in `not_by`")
            if step.at is not None and not step.by:
                _clock(step, path, filled, built)
    _asked(built)


def _somebody(step: Transition, stage: Stage, unsaid: bool, path: Path, built: Built) -> None:
    if not unsaid or step.by or step.trigger == JOINED or step.at is not None or stage.end is not None:
        return
    if built.desk.source.lost:  # who may was perhaps among it
        return
    if stage.meeting is not None:
        governance, ref = built.desk.governance, stage.meeting
        known = {b.kind if ref.for_subject else b.name for b in governance.bodies.values()} if governance else ()
        if ref.name not in known:
            return
        mend = "add `by:` or an `owner`, or give the body a `secretary` or a `chair`"
    else:
        mend = "add `by:` to the step, or an `owner` to the stage"
    built.desk.report("no-one-acts", path, f"nobody may make the step {step.trigger!r}", mend, at_key=True)


def _asked(built: Built) -> None:
    """With an item that the clock opens nobody gives a field, so a step has to ask somebody for it."""
    workflow = built.workflow
    if workflow.opening is None:
        return
    filled = {name for name, field in workflow.fields.items() if field.default is not None}.union(workflow.needs)
    for step in workflow.triggers().values():
        filled.update(step.needs, step.asks, (name for name, _ in step.sets))
        for opens in step.opens:
            filled.update([opens.each] if opens.each else [], (source for _, source in opens.copies))
    for name in workflow.fields:
        if name not in filled:
            what = f"no step asks anybody for {name!r}, so only who has the right to `record` could fill it in"
            mend = f"write `asks: {name}` at the step with which it is given, or delete the field"
            built.desk.report("asked-of-nobody", ("fields", name), what, mend, at_key=True)


def _rules_out(against: Who, by: Who) -> bool:
    """Whether nobody is left of those who may, once those who may not are taken away."""
    if not by or not against or by.anyone:
        return False
    left = (set(by.roles) - set(against.roles), set(by.did) - set(against.did), set(by.fields) - set(against.fields))
    return not any(left)


def _filled(workflow: Workflow) -> Counter[str]:
    """How many steps fill each field; one that has a default is filled from the beginning."""
    steps = (step for stage in workflow.stages.values() for step in stage.transitions.values())
    filled = Counter(name for step in steps for name in {*step.needs, *(set_ for set_, _ in step.sets)})
    filled.update(name for name, field in workflow.fields.items() if field.default is not None)
    return filled


def _clock(step: Transition, path: Path, filled: Counter[str], built: Built) -> None:
    """A step that only the clock makes, and that asks for what the clock does not have."""
    if step.needs_reason:
        what = f"the clock makes the step {step.trigger!r} and cannot give a reason"
        built.desk.report("clock-needs", (*path, "needs"), what, "delete `reason`, or say in `by` who may make it too")
    for name in step.needs:
        if filled[name] < 2:  # itself alone
            what = f"the clock makes the step {step.trigger!r}, and no step before it asks for {name!r}"
            built.desk.report(
                "clock-needs",
                (*path, "needs"),
                what,
                "let an earlier step need it, or say in `by` who may make this one too",
            )


def _held(phrases: Sequence[str] | None, path: Path, unheld: frozenset[str], built: Built) -> None:
    for number, text in enumerate(phrases or ()):
        if text in unheld:
            what = f"nobody in the governance file holds the role {text!r}"
            built.desk.report("nobody-may-act", (*path, number), what, "give it to a person, or name another role")


def _answered_for(built: Built) -> None:
    """Each organisation for which the clock opens items has somebody who takes the first step, where people are listed.

    What has ended, or was left by its people, is passed by; and an opening that leaves some out says itself which.
    """
    workflow, governance = built.workflow, built.desk.governance
    first = workflow.stages.get(workflow.start)
    if (
        governance is None
        or not governance.people
        or workflow.opening is None
        or workflow.opening.when
        or first is None
    ):
        return
    roles = [governance.roles[name] for name in first.owner.roles if name in governance.roles]
    if not roles or first.owner.fields or not all(role.own for role in roles):
        return
    named = {role.name for role in roles}
    held = {p.organisation for p in governance.people.values() if p.until is None and named & {*p.roles}}
    about = [o for o in governance.organisations.values() if o.kind == workflow.opening.each and o.until is None]
    for organisation in about:
        if organisation.name not in held:
            what = (
                f"nobody holds the role {listed(sorted(map(repr, named)), 'or')} for {organisation.name!r}, about which"
            )
            mend = "give it to somebody who works there, or leave the organisation out with `when`"
            path = ("opens", "each")
            built.desk.report("nobody-may-act", path, f"{what} the clock opens items", mend)


def _unheld(governance: Governance | None) -> frozenset[str]:
    """Roles that none of the listed people holds; none where no people are listed."""
    if governance is None or not governance.people:
        return frozenset()
    return frozenset(governance.roles) - {role for person in governance.people.values() for role in person.roles}

"""Whether those who are named are ever somebody: a role that needs an organisation, whoever did what the clock does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa_workflow.calendar import anchor_of
from qa_workflow.calendar.words import listed
from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.model import JOINED, Transition, Who
from qa_workflow.definition.shape.workflow import BranchShape, StageShape
from qa_workflow.definition.text.source import Path

_Named = Iterator[tuple[Sequence[str] | None, Path]]
_ByClock = dict[tuple[str, ...], tuple[Transition | None, Transition | None]]
_NAME_ANOTHER = "name a role as well, or whoever did another step"


def check_reach(built: Built) -> None:
    """All rules of this module."""
    own = _own_roles(built)
    told: _ByClock = {}
    for stage in built.workflow.stages.values():
        shape, where = built.found.stages[stage.path].shape, built.where(stage.path)
        if own:
            for phrases, path in _named(shape, where):
                _reaches(phrases, path, own, built)
        _is_a_person(shape.owner, stage.owner, (*where, "owner"), built, told)
        for trigger, step in (shape.transitions or {}).items():
            by = stage.transitions[trigger].by
            _is_a_person(step.by, by, (*built.where_step(stage.path, trigger), "by"), built, told)
    _reviewers(built)
    rights = built.shape.rights
    if own and rights is not None:
        for name in rights.model_fields_set:
            _reaches(getattr(rights, name), ("rights", name), own, built)


def _reviewers(built: Built) -> None:
    """`KIND for subject`, for every organisation that an item can be about: said once for each kind of body."""
    governance = built.desk.governance
    if governance is None:
        return
    subjects = [o for o in governance.organisations.values() if built.workflow.is_about(o.kind)]
    for kind, path in dict(reversed(list(_for_subject(built)))).items():
        reviewed = {name for body in governance.bodies.values() if body.kind == kind for name in body.reviews}
        alone = [o.name for o in subjects if not reviewed & {o.name, o.kind}] if reviewed else []
        if alone:
            what = f"no {kind!r} reviews {listed([repr(name) for name in alone], 'or')}"
            mend = "name it in the `reviews` of one of them" if len(alone) == 1 else "name them in their `reviews`"
            built.desk.report("not-reviewed", path, what, mend)


def _for_subject(built: Built) -> Iterator[tuple[str, Path]]:
    """Kinds of body of which the subject's own is meant, each with where that is written."""
    for stage in built.workflow.stages.values():
        if stage.meeting is not None and stage.meeting.for_subject:
            yield stage.meeting.name, (*built.where(stage.path), "meeting")
    for use in built.times.uses:
        anchor = anchor_of(use.rule.rule)
        if anchor is not None and anchor.for_subject and anchor.body is not None:
            yield anchor.body, use.path


def _own_roles(built: Built) -> frozenset[str]:
    """Roles that act only for their own organisation, where items are about none."""
    governance = built.desk.governance
    if governance is None or built.workflow.subject is not None:
        return frozenset()
    return frozenset(role.name for role in governance.roles.values() if role.own)


def _named(shape: StageShape | BranchShape, where: Path) -> _Named:
    """Everywhere a stage names people who are to act or to be told."""
    yield shape.owner, (*where, "owner")
    for trigger, step in (shape.transitions or {}).items():
        yield step.by, (*where, "transitions", trigger, "by")
    for number, reminder in enumerate(shape.remind or ()):
        yield reminder.to, (*where, "remind", number, "to")
    for number, rung in enumerate(shape.escalate or ()):
        yield rung.to, (*where, "escalate", number, "to")
    if shape.sub_items is not None:
        yield shape.sub_items.more, (*where, "sub_items", "more")


def _reaches(phrases: Sequence[str] | None, path: Path, own: frozenset[str], built: Built) -> None:
    for number, text in enumerate(phrases or ()):
        if text in own:
            what = f"role {text!r} acts for its own organisation only, and items of this workflow are about none"
            mend = "give the workflow a `subject`, or name another role"
            built.desk.report("own-role-without-subject", (*path, number), what, mend)


def _is_a_person(phrases: Sequence[str] | None, who: Who, path: Path, built: Built, told: _ByClock) -> None:
    """Where nobody but `whoever did` something is named, that must have been a person.

    A stage whose owner is now and then nobody is worth a warning; a step that now and then nobody may make is one way
    out of several. What was worked out for the same phrases is in `told`.
    """
    if not phrases or not who.did or who.roles or who.fields or who.anyone:
        return
    key = tuple(phrases)
    if key not in told:
        told[key] = _by_clock(who, built)
    always, sometimes = told[key]
    if always is not None:
        does = "happens by itself" if always.trigger == JOINED else "is done by the clock"
        what = f"the step {always.trigger!r} {does}, so this is for nobody"
        built.desk.report("clock-is-nobody", (*path, 0), what, _NAME_ANOTHER)
    elif path[-1] == "owner" and sometimes is not None:
        what = f"the step {sometimes.trigger!r} may be done by the clock, and then nobody has this"
        built.desk.report("perhaps-nobody", (*path, 0), what, _NAME_ANOTHER)


def _by_clock(who: Who, built: Built) -> tuple[Transition | None, Transition | None]:
    """The first of the steps if the clock makes all of them; the first that the clock may make."""
    stages = built.workflow.stages
    steps = [stages[stage].transitions[trigger] for stage, _, trigger in (did.rpartition(".") for did in who.did)]
    is_nobodys = all(step.trigger == JOINED or (step.at is not None and not step.by) for step in steps)
    return steps[0] if is_nobodys else None, next((step for step in steps if step.at is not None), None)

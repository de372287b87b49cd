"""Whether those who are named are ever somebody: a role that needs an organisation, whoever did what the clock does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from qa_workflow.definition.build import Built
from qa_workflow.definition.model import JOINED, Stage, Who
from qa_workflow.definition.shape import BranchShape, StageShape
from qa_workflow.definition.source import Path

_Named = Iterator[tuple[Sequence[str] | None, Path]]


def check_reach(built: Built) -> None:
    """All rules of this module."""
    own = _own_roles(built)
    for stage in built.workflow.stages.values():
        shape, where = built.found.stages[stage.path].shape, built.where(stage.path)
        if own:
            for phrases, path in _named(shape, where):
                _reaches(phrases, path, own, built)
        _is_a_person(stage.owner, shape.owner, (*where, "owner"), built)
        for trigger, step in (shape.transitions or {}).items():
            by = stage.transitions[trigger].by
            _is_a_person(by, step.by, (*built.where_step(stage.path, trigger), "by"), built)
    rights = built.shape.rights
    if own and rights is not None:
        for name in rights.model_fields_set:
            _reaches(getattr(rights, name), ("rights", name), own, built)


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
    if isinstance(shape, StageShape) and shape.sub_items is not None:
        yield shape.sub_items.more, (*where, "sub_items", "more")


def _reaches(phrases: Sequence[str] | None, path: Path, own: frozenset[str], built: Built) -> None:
    for number, text in enumerate(phrases or ()):
        if text in own:
            what = f"role {text!r} acts for its own organisation only, and items of this workflow are about none"
            mend = "give the workflow a `subject`, or name another role"
            built.desk.report("own-role-without-subject", (*path, number), what, mend)


def _is_a_person(who: Who, phrases: Sequence[str] | None, path: Path, built: Built) -> None:
    """Where nobody but `whoever did` something is named, that must have been a person."""
    if not phrases or not who.did or who.roles or who.fields or who.anyone:
        return
    stages = built.workflow.stages
    if not all(_is_without_a_person(did, stages) for did in who.did):
        return
    trigger = who.did[0].rpartition(".")[2]
    does = "happens by itself" if trigger == JOINED else "may be done by the clock"
    what = f"the step {trigger!r} {does}, and then this is for nobody"
    built.desk.report("clock-is-nobody", (*path, 0), what, "name a role as well, or whoever did another step")


def _is_without_a_person(did: str, stages: Mapping[str, Stage]) -> bool:
    """Whether a step can be made with nobody behind it: by the clock, or because a join is met."""
    stage, _, trigger = did.rpartition(".")
    return trigger == JOINED or stages[stage].transitions[trigger].at is not None

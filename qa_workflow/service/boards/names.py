"""Names that boards are asked by, and what they stand for among the items: bodies, people and the roles they hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qa_workflow.calendar import anchor_of
from qa_workflow.definition import Body, Workflow
from qa_workflow.definition.model import BodyRef, Stage
from qa_workflow.engine import EVERYTHING, Actor, Sight
from qa_workflow.engine.policy import actor_of, line
from qa_workflow.service.knowing import holders
from qa_workflow.service.ports.boards import Holding, Part
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.world import World


def body_of(world: World, workflow: Workflow, path: str, subject: str | None, day: date) -> Body | None:
    """The body that a step belongs to today; see `ref_of`."""
    ref = ref_of(workflow, path)
    return world.body(ref, subject, day) if ref is not None else None


def ref_of(workflow: Workflow, path: str) -> BodyRef | None:
    """Whose meeting decides a step, else from whose meeting or papers its date counts, else whom its workflow is of."""
    stage = workflow.stages[path]
    return stage.meeting or _counted_from(stage) or workflow.body


def parts_of(world: World, body: Body, day: date) -> tuple[Part, ...]:
    """Every step that belongs to a body, in any published version of any workflow."""
    found: dict[Part, None] = {}
    for workflow in world.every_version():
        found.update(dict.fromkeys(_parts(world, workflow, body, day)))
    return tuple(found)


def holdings_of(
    world: World, name: str, day: date, sight: Sight = EVERYTHING, *, covers: bool = False
) -> tuple[Holding, ...]:
    """What is held by a role; or by a person, in their own name and in each of their roles.

    A role that is bound to its own organisation holds the items about it.

    Args:
        sight: of who asks; they are offered no names beyond it.
        covers: with what is held by those for whom the person stands in that day.

    Raises:
        Unknown: neither a role nor a person.
    """
    governance = world.governance
    person = governance.people.get(name)
    if person is not None:
        actor = actor_of(person, governance, day)
        return tuple(dict.fromkeys(h for who in (actor.persons() if covers else (actor,)) for h in _held(world, who)))
    if name in governance.roles:
        return (Holding(name),)
    raise Unknown("role or person", name, holders(world, sight))


def _held(world: World, actor: Actor) -> Iterator[Holding]:
    own = frozenset(line(actor.organisation, world.governance))
    yield Holding(actor.name)
    for role in (world.governance.roles[name] for name in actor.roles if name in world.governance.roles):
        yield Holding(role.name, own if role.own else None)


def _parts(world: World, workflow: Workflow, body: Body, day: date) -> Iterator[Part]:
    """One part for the stages that belong to a body by the same words."""
    stages: dict[BodyRef, set[str]] = {}
    for path, stage in workflow.stages.items():
        ref = ref_of(workflow, path) if stage.end is None else None
        if ref is not None:
            stages.setdefault(ref, set()).add(path)
    for ref, paths in stages.items():
        subjects = _subjects(world, ref, body, day)
        if subjects is None or subjects:
            yield Part(workflow.name, frozenset(paths), subjects)


def _counted_from(stage: Stage) -> BodyRef | None:
    anchor = anchor_of(stage.due.rule) if stage.due is not None else None
    return BodyRef(anchor.body, anchor.for_subject) if anchor is not None and anchor.body is not None else None


def _subjects(world: World, ref: BodyRef, body: Body, day: date) -> frozenset[str] | None:
    """About which organisations a step comes to this body; None is about any or none."""
    if not ref.for_subject:
        meant_now = world.body(ref, None, day)
        return None if meant_now is not None and meant_now.name == body.name else frozenset()
    known = world.governance.organisations
    meant = ((name, world.body(ref, name, day)) for name in known)
    return frozenset(name for name, found in meant if found is not None and found.name == body.name)

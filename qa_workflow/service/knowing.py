"""What of the house somebody may know of: who sees a part of it is offered no name of the rest, nor told of it."""

from __future__ import annotations

from collections.abc import Iterator

from qa_workflow.definition import Body, Workflow
from qa_workflow.definition.governance import Person
from qa_workflow.definition.model import BodyRef
from qa_workflow.engine import EVERYTHING, Actor, Sight
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.world import World

PUBLIC = "public"
"""The session of a body that meets in public."""


def may_know(world: World, sight: Sight, body: Body) -> bool:
    """Whether somebody with this sight may know when a body meets.

    Who sees only their own organisation's items, or only some workflows', knows of the bodies that meet in public, of
    those that review the organisation, and of those before which such items come by name.
    """
    if sight.everything or body.session == PUBLIC:
        return True
    organisations = world.governance.organisations
    kinds = {organisations[name].kind for name in sight.subjects if name in organisations}
    if (sight.subjects | kinds) & set(body.reviews):
        return True
    shown = [world.workflows[name] for name in (world.workflows if sight.subjects else sight.workflows)]
    return any(not ref.for_subject and ref.name == body.name for workflow in shown for ref in bodies_of(workflow))


def bodies_of(workflow: Workflow) -> Iterator[BodyRef]:
    """The bodies, or kinds of them, that a workflow names."""
    if workflow.body is not None:
        yield workflow.body
    yield from meetings_of(workflow)


def meetings_of(workflow: Workflow) -> Iterator[BodyRef]:
    """The bodies, or kinds of them, in whose meetings a workflow's items are decided."""
    return (stage.meeting for stage in workflow.stages.values() if stage.meeting is not None)


def body_named(world: World, name: str, sight: Sight = EVERYTHING) -> Body:
    """A body by its identifier, its title or another word that people use for it; raises `Unknown`."""
    known = [b for b in world.governance.bodies.values() if _is_wide(sight) or may_know(world, sight, b)]
    words = {word.lower(): b for b in known for word in (b.name, b.title, *b.aliases)}
    found = words.get(name.lower())
    if found is None:
        raise Unknown("body", name, [body.name for body in known if body.until is None])
    return found


def person_named(world: World, name: str, asking: Actor) -> Person:
    """A person, as somebody asks for them who may know everybody, or those of their own organisation.

    Raises:
        Unknown: nobody of this name, as far as they may know.
    """
    people, everybody = world.governance.people, _is_wide(world.sight(asking))
    known = [p.name for p in people.values() if everybody or p.organisation == asking.organisation]
    if name not in known:
        raise Unknown("person", name, known)
    return people[name]


def organisations(world: World, sight: Sight) -> tuple[str, ...]:
    """Names of organisations that may be offered."""
    return tuple(name for name in world.governance.organisations if _is_wide(sight) or name in sight.subjects)


def holders(world: World, sight: Sight) -> tuple[str, ...]:
    """Names of roles and people that may be offered as those who have to act."""
    return (*world.governance.roles, *(world.governance.people if _is_wide(sight) else ()))


def _is_wide(sight: Sight) -> bool:
    """Whether items about every organisation may come into sight, and names with them."""
    return sight.everything or bool(sight.workflows)

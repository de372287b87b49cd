"""Rights of the house beyond any one item: who may publish, who may move meetings."""

from __future__ import annotations

from qa_workflow.definition.shape import RightsShape
from qa_workflow.service.house import Work
from qa_workflow.service.refusals import NotYours


def right_words(name: str) -> str:
    """What a right allows, as the language's own manual says it; the name itself where it says nothing."""
    shape = RightsShape.model_fields.get(name)
    return (shape.description if shape else None) or name.replace("_", " ")


def require(work: Work, actor: str, right: str, what: str) -> None:
    """Refuse unless the person, or somebody they stand in for, holds a right of the governance file."""
    roles = work.world.governance.rights.get(right, ())
    if not any(role in person.roles for person in work.actor(actor).both() for role in roles):
        raise NotYours(what, actor, roles)

"""Rights of the house beyond any one item: who may publish, who may move meetings."""

from __future__ import annotations

from qa_workflow.service.house import Work
from qa_workflow.service.refusals import NotYours


def require(work: Work, actor: str, right: str, what: str) -> None:
    """Refuse unless the person, or somebody they stand in for, holds a right of the governance file."""
    roles = work.world.governance.rights.get(right, ())
    if not any(role in person.roles for person in work.actor(actor).both() for role in roles):
        raise NotYours(what, actor, roles)

"""What becomes of drafts: where one stands, its line in the history, and proposals that something else overtakes."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from qa_workflow.service.house import Work
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.desk import Draft
from qa_workflow.service.world import GOVERNANCE

WRITTEN, PROPOSED, PUBLISHED = "draft", "proposed", "published"


def keep(work: Work, found: Draft) -> Draft:
    """Write a draft as its next revision."""
    found = replace(found, revision=found.revision + 1)
    work.unit.desk.put(found)
    return found


def take_back(work: Work, found: Draft, what: str, actor: str) -> Draft:
    """A proposal is a draft again, which can be written on."""
    on_record(work, found, what, actor)
    return keep(work, replace(found, status=WRITTEN, proposed_hash=None, proposed_by=None, proposed_at=None))


def overtake(work: Work, kind: str, name: str, actor: str) -> None:
    """A definition is published: proposals for it are drafts again. They would undo it, and nobody has read that."""
    for each in work.unit.desk.drafts():
        if each.kind == kind and (kind == GOVERNANCE or each.name == name):
            other = work.unit.desk.lock(each.id)
            if other is not None and other.status == PROPOSED:
                take_back(work, other, "overtaken", actor)


def on_record(work: Work, found: Draft, what: str, actor: str) -> None:
    """A line in the history of drafts."""
    facts = {"draft": found.id, "kind": found.kind, "name": found.name, "by": actor, "note": found.note}
    facts |= {"hash": sha256(found.source).hexdigest(), "writers": list(found.writers), "proposer": found.proposed_by}
    work.unit.record(streams.DRAFTS, work.now, what, facts)

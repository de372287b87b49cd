"""What a draft means for what is open, before it is published; and moving items to a version, a portion at a time."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from qa_workflow.definition import Governance
from qa_workflow.engine.commands import DateChoice
from qa_workflow.engine.verdicts import Fate, Verdict
from qa_workflow.service.definitions import drafting, migrating, recounting
from qa_workflow.service.definitions.migrating import Choices, Target
from qa_workflow.service.lists.onward import BadCursor
from qa_workflow.service.people.tokens import READ
from qa_workflow.service.telling.verdicts import verdict_words
from qa_workflow.web.api import cursors
from qa_workflow.web.api.describing import WRITING, answers
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.drafts import RIGHT, Number
from qa_workflow.web.api.models import change as models
from qa_workflow.web.api.patients import look_through
from qa_workflow.web.api.workflows import Named

door = ApiDoor("what a change means", __doc__)


@door.post("/drafts/{number}/impact", right=RIGHT, scope=READ, responses=answers(models.DraftImpact, *WRITING, 404))
def foresee_draft(ask: Called, number: Number, body: models.AskImpact) -> Response:
    """What a draft would mean for every item that is open; of the governance file, which dates it would move."""
    draft = drafting.draft(ask.house, number)
    new = drafting.read(ask.world, draft)
    if isinstance(new, Governance):
        return ask.tell(models.DraftImpact, {"workflow": None, "governance": recounting.foresee(ask.house, new)})
    told = _impact(ask, migrating.target_of(ask.world, new), body, f"draft {number}.{draft.revision}")
    return ask.tell(models.DraftImpact, {"workflow": told, "governance": None})


@door.post("/workflows/{name}/migration", right=RIGHT, scope=READ, responses=answers(models.Impact, *WRITING, 404))
def foresee_migration(ask: Called, name: Named, body: models.AskImpact) -> Response:
    """What moving the live items to the newest version means, before it is done; nothing is changed."""
    return ask.tell(models.Impact, _impact(ask, migrating.published(ask.world, name), body, name))


@door.post("/workflows/{name}/migrate", right=RIGHT, responses=answers(models.MovedItems, *WRITING, 404))
def migrate_items(ask: Called, name: Named, body: models.MoveItems) -> Response:
    """Move a portion of the live items to a version, each by itself; `next` goes on. Sent again, none moves twice."""
    target = migrating.published(ask.world, name, body.version)
    look_through(ask, body)
    asked = {"move": name, "version": body.version, "person": ask.name}
    after = cursors.read_number(body.cursor, asked) if body.cursor is not None else 0
    moved = migrating.migrate(
        ask.house,
        name,
        _choices(body),
        actor=ask.name,
        reason=body.reason,
        number=body.version,
        leave=frozenset(Fate[fate.upper()] for fate in body.leave),
        most=body.limit,
        after=after,
    )
    is_over = len(moved) < body.limit
    titles = migrating.titles(ask.world, target)
    told = {
        "version": target.version,
        "items": [{"moved": each.done, "verdict": _verdict(each.verdict, titles)} for each in moved],
        "next": None if is_over else cursors.write(str(migrating.place(ask.house, moved)), asked),
    }
    return ask.tell(models.MovedItems, told)


def _choices(body: models.Choices) -> Choices:
    by_stage = {stage: DateChoice(choice) for stage, choice in body.by_stage.items()}
    return Choices(body.instead, DateChoice(body.dates), by_stage)


def _impact(ask: Caller, target: Target, body: models.AskImpact, about: str) -> dict[str, Any]:
    said = body.model_dump(exclude={"limit", "cursor"})
    asked = {"impact of": about, "hash": target.workflow.hash, "person": ask.name, **said}
    after = None
    if body.cursor is not None:
        after = migrating.read_places(cursors.read(body.cursor, asked))
        if after is None:
            raise BadCursor
    found = migrating.impact(ask.house, target, _choices(body), show=body.limit, after=after)
    titles = migrating.titles(ask.world, target)
    return {
        "workflow": target.workflow.name,
        "version": target.version,
        "total": found.total,
        "there": found.there,
        "counts": {fate.name.lower(): found.counts[fate] for fate in Fate},
        "gone": found.gone,
        "verdicts": [_verdict(each, titles) for fate in Fate for each in found.shown.get(fate, ())],
        "next": cursors.write(migrating.places_words(found.last), asked) if found.is_more else None,
    }


def _verdict(found: Verdict, titles: dict[str, str]) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in models.Verdict.model_fields if hasattr(found, name)}
    return {**told, "item": found.item, "fate": found.fate.name.lower(), "words": verdict_words(found, titles)}

"""What somebody may see, as conditions of a question: a foreign item and a missing one are the same row, not there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from qa_workflow.engine import Sight
from qa_workflow.store.statements import ITEM


def in_sight(sight: Sight, of: ReadOnlyColumnCollection[str, Any] = ITEM.c) -> tuple[ColumnElement[bool], ...]:
    """Nothing for who sees everything; no alternative that is empty, so that an index serves the other."""
    if sight.everything:
        return ()
    about, within = of.subject.in_(sorted(sight.subjects)), of.workflow.in_(sorted(sight.workflows))
    if not sight.workflows:
        return (about,)
    return (or_(about, within),) if sight.subjects else (within,)


def is_own_alone(sight: Sight) -> bool:
    """Whether somebody sees what is about their own organisation and nothing else."""
    return not sight.everything and not sight.workflows

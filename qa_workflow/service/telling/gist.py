"""What an item is about in somebody's own words: of a workflow whose first field is a text, what that says."""

from __future__ import annotations

from textwrap import shorten

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import FieldType
from qa_workflow.engine import Item

LONGEST = 100
"""Of a longer text a list shows the beginning."""


def gist_field(workflow: Workflow) -> str | None:
    """The name of the field that says it; None where the first field is something else than a text."""
    first = next(iter(workflow.fields.values()), None)
    return first.name if first is not None and first.type is FieldType.TEXT else None


def gist(workflow: Workflow, item: Item) -> str:
    """In one line; nothing where no field says it, or it is not filled."""
    name = gist_field(workflow)
    text = " ".join(str(item.fields.get(name) or "").split()) if name else ""
    return text if len(text) <= LONGEST else shorten(text, LONGEST, placeholder=" …")

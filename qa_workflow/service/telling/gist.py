"""What an item is about in somebody's own words: of a workflow whose first field is a text, what that says."""

from __future__ import annotations

from textwrap import shorten

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import FieldType
from qa_workflow.engine import Item

LONGEST = 100
"""Of a longer text a list shows the beginning."""


def gist(workflow: Workflow, item: Item) -> str:
    """In one line; nothing where the first field is something else, or is not filled."""
    first = next(iter(workflow.fields.values()), None)
    if first is None or first.type is not FieldType.TEXT:
        return ""
    text = " ".join(str(item.fields.get(first.name) or "").split())
    return text if len(text) <= LONGEST else shorten(text, LONGEST, placeholder=" …")

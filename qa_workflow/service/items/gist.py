"""What an item is about in somebody's own words: of a workflow whose first field is a text, what that says."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from textwrap import shorten
from typing import Any

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import FieldType
from qa_workflow.engine import Item
from qa_workflow.service.ports.store import Searchable

LONGEST = 100
"""Of a longer text a list shows the beginning."""
SEARCHED = 1000
"""So many characters of it are searched."""
_TYPED = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"}
)
"""What is more than a letter with an accent, as people type it."""


def gist_field(workflow: Workflow) -> str | None:
    """The name of the field that says it; None where the first field is something else than a text."""
    first = next(iter(workflow.fields.values()), None)
    return first.name if first is not None and first.type is FieldType.TEXT else None


def gist(workflow: Workflow, item: Item) -> str:
    """In one line; nothing where no field says it, or it is not filled."""
    text = _said(gist_field(workflow), item.fields)
    return text if len(text) <= LONGEST else shorten(text, LONGEST, placeholder=" …")


def searchable(name: str | None, fields: Mapping[str, Any], undisclosed: Collection[str]) -> Searchable:
    """What an item is found by.

    Args:
        name: of the field that says what it is about.
        undisclosed: the fields that the subject's own people do not see.
    """
    about = folded(_said(name, fields)[:SEARCHED])
    return Searchable(about, name in undisclosed) if about else Searchable()


def changed(before: Item, workflow_before: Workflow, item: Item, workflow: Workflow) -> Searchable | None:
    """What an item is found by from now on; None where that is as it was, which is nearly always."""
    if item.fields is before.fields and item.undisclosed == before.undisclosed and workflow is workflow_before:
        return None
    now = searchable(gist_field(workflow), item.fields, item.undisclosed)
    was = searchable(gist_field(workflow_before), before.fields, before.undisclosed)
    return now if now != was else None


def folded(text: str) -> str:
    """A text as searches compare it: small letters without accents, so that "cafe" is found in "Café"."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_TYPED)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _said(name: str | None, fields: Mapping[str, Any]) -> str:
    return " ".join(str(fields.get(name) or "").split()) if name else ""

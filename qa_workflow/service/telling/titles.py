"""Roles and people as people call them: titles for the names of the governance file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa_workflow.definition import Governance

_NAME = re.compile(r"(?<![\w./-])[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*(?![\w/-])")
"""A name of ours among other words; a part of a reference or a path is none."""


def titles(governance: Governance, names: Iterable[str]) -> list[str]:
    """Each name's title; the name itself where nobody is called so."""
    return [title(governance, name) for name in names]


def title(governance: Governance, name: str) -> str:
    """The title of a person or a role; the name itself where nobody is called so."""
    found = governance.people.get(name) or governance.roles.get(name)
    return name if found is None else found.title


def in_titles(governance: Governance, text: str) -> str:
    """A message of ours with titles for the names of roles and people in it; not for what somebody typed."""
    return _NAME.sub(lambda match: title(governance, match.group()), text)

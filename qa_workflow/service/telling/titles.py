"""Roles and people as people call them: titles for the names of the governance file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa_workflow.definition import Governance, Workflow

_NAME = re.compile(r"(?<![\w./-])[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*(?![\w/-])")
"""A name of ours among other words; a part of a reference or a path is none."""


def titles(governance: Governance, names: Iterable[str]) -> list[str]:
    """Each name's title; the name itself where nobody is called so."""
    return [title(governance, name) for name in names]


def title(governance: Governance, name: str) -> str:
    """The title of a person or a role; the name itself where nobody is called so."""
    found = governance.people.get(name) or governance.roles.get(name)
    return name if found is None else found.title


def acting(governance: Governance, workflow: Workflow, names: Iterable[str]) -> list[str]:
    """Who may make a step, for people: a role by its title, and a field that names somebody by its label."""
    fields = {f"person in {name}": f"the person in “{field.label}”" for name, field in workflow.fields.items()}
    return [fields.get(name) or title(governance, name) for name in names]


def in_titles(governance: Governance, text: str) -> str:
    """A message of ours with titles for the names of roles and people in it; not for what somebody typed."""
    return _NAME.sub(lambda match: title(governance, match.group()), text)

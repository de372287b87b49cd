"""What stands in the way of a step, as the pages say it: titles for the names of steps, fields, stages and people.

The command line and programs keep the names, which are what they type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from qa_workflow.definition import Governance, Workflow
from qa_workflow.engine.refusals import Obstacle
from qa_workflow.service.telling.titles import in_titles

_QUOTED = re.compile(r"'([a-z][a-z0-9_]*)'")
_MISSING = re.compile(r"'([a-z][a-z0-9_]*)' is missing \(.*\)")
_UNFILLED = re.compile(r"field '([a-z][a-z0-9_]*)' is not filled")
_DID = re.compile(r"\bwhoever did (?:\w+\.)*(\w+)")
_PERSON = re.compile(r"\bperson in (\w+)")
_WRITTEN = frozenset({"guard"})
"""Obstacles in words that whoever wrote the workflow chose: not ours to change."""
_CONDITION, _UNMET = "its condition does not hold", "what it depends on is not so yet"


def in_words(governance: Governance, workflow: Workflow, obstacle: Obstacle, actor: str) -> str:
    """One obstacle, told to the person whom it stops."""
    if obstacle.code in _WRITTEN:
        why, field = unfilled(workflow, obstacle.text)
        if field is not None:
            return why
        return _UNMET if obstacle.text == _CONDITION else obstacle.text.rstrip(".")
    said = obstacle.text
    if said.startswith(f"{actor} "):
        said = f"you {said.removeprefix(f'{actor} ')}".replace("you has ", "you have ", 1)
    if obstacle.code == "milestone":
        stages, before = said.rpartition(": ")[2].split(", "), said.rpartition(": ")[0]
        return f"{before}: {', '.join(_stage(workflow, path) for path in stages)}"
    names = _titles(workflow)
    said = _MISSING.sub(lambda match: f"{names.get(match[1], match[1])} is missing", in_titles(governance, said))
    said = _DID.sub(r"whoever did '\1'", _PERSON.sub(r"the person in '\1'", said))
    return _QUOTED.sub(lambda match: f"“{names[match[1]]}”" if match[1] in names else match[0], said)


def unfilled(workflow: Workflow, why: str) -> tuple[str, str | None]:
    """Why something could not happen by itself, with the label of the field that it reads in vain; and that field."""
    found = _UNFILLED.search(why)
    if found is None or found[1] not in workflow.fields:
        return why, None
    return f"the field “{workflow.fields[found[1]].label}” is not filled in", found[1]


def _titles(workflow: Workflow) -> Mapping[str, str]:
    """By name; where a field and a step are called the same, the field is meant less often."""
    fields = {name: field.label for name, field in workflow.fields.items()}
    steps = {t.trigger: t.title for stage in workflow.stages.values() for t in stage.transitions.values()}
    return {**fields, **steps}


def _stage(workflow: Workflow, path: str) -> str:
    return workflow.stages[path].title if path in workflow.stages else path

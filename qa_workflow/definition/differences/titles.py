"""Differences with the titles that people know: "Quality lead may newly do …" for "quality_lead may newly do …".

Differences are found by the names of the files, which tell apart what has the same title. For reading, a name that
stands for one title gets it; where two share a title, the name stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from qa_workflow.definition.differences.difference import Difference, Weight
from qa_workflow.definition.governance import Governance
from qa_workflow.definition.model import Workflow

_PARTS = re.compile(r"“(?:\\.|[^”\\])*”|\([\w.-]+\)|[A-Za-z][\w-]*(?:\.[\w-]+)*")
"""What a sentence is made of: text that somebody wrote (in quotes), the name beside a title, and words."""


def titled(
    found: Iterable[Difference], governance: Governance, workflows: Iterable[Workflow | None] = ()
) -> tuple[Difference, ...]:
    """The same differences, with titles for names. `workflows` are the versions that were compared."""
    known = [workflow for workflow in workflows if workflow is not None]
    titles = _unique({name: role.title for name, role in governance.roles.items()})
    titles |= _unique({name: body.title for name, body in governance.bodies.items()})
    stages = _unique({path: stage.title for each in known for path, stage in each.stages.items()})
    steps = {
        f"{path}.{name}": f"“{step.title}” ({path}.{name})"
        for each in known
        for path, stage in each.stages.items()
        for name, step in stage.transitions.items()
    }
    return tuple(replace(each, sentence=_titled(each, titles, stages, steps)) for each in found)


def _titled(found: Difference, titles: Mapping[str, str], stages: Mapping[str, str], steps: Mapping[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        said = match.group()
        if said.startswith("“"):
            is_stage = found.weight in (Weight.FLOW, Weight.TIME) and said[1:-1] in stages
            return f"“{stages[said[1:-1]]}”" if is_stage else said
        if said.startswith("("):
            return said
        if said in steps:
            return steps[said]
        # A single small word may be a word of ours as well as a name: only a capital at the beginning is sure.
        name = said if match.start() else said[:1].lower() + said[1:]
        return titles.get(name, said) if match.start() == 0 or "_" in name else said

    return _PARTS.sub(put, found.sentence)


def _unique(found: Mapping[str, str]) -> dict[str, str]:
    """Names whose title no other has."""
    often = Counter(found.values())
    return {name: title for name, title in found.items() if often[title] == 1}

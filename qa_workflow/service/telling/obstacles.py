"""What stands in the way of a step, as the pages say it: titles for the names of steps, fields, stages and people.

The command line and programs keep the names, which are what they type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qa_workflow.definition import Governance, Workflow
from qa_workflow.engine.obstacles import UNMET
from qa_workflow.engine.refusals import Aside, Name, Obstacle, Of
from qa_workflow.service.telling.titles import title

_UNFILLED = re.compile(r"field '([a-z][a-z0-9_]*)' is not filled")
_UNMET = "what it depends on is not so yet"


def in_words(governance: Governance, workflow: Workflow, obstacle: Obstacle, actor: str) -> str:
    """One obstacle, told to the person whom it stops; one that has no names of ours in it as it is."""
    if isinstance(obstacle.said, str):
        why, field = unfilled(workflow, obstacle.said)
        if field is not None:
            return why
        return _UNMET if obstacle.said == UNMET else obstacle.said.rstrip(".")
    return "".join(_parts(governance, workflow, obstacle.said, actor))


def _parts(governance: Governance, workflow: Workflow, said: Iterable[str | Name], actor: str) -> Iterator[str]:
    """The parts of a message with titles for names, and “you” for whoever reads it, where it begins with them."""
    begins, about_you = True, False
    for part in said:
        if isinstance(part, Name):
            about_you = begins and part == Name(Of.PERSON, actor)
            yield "you" if about_you else _titled(governance, workflow, part)
        elif not isinstance(part, Aside):
            yield part.replace(" has ", " have ", 1) if about_you and part.startswith(" has ") else part
            about_you = False
        begins = False


def _titled(governance: Governance, workflow: Workflow, name: Name) -> str:
    match name.of:
        case Of.STEP:
            return f"“{_step(workflow, name.name)}”"
        case Of.DID:
            step = workflow.triggers().get(name.name)
            return f"whoever did “{step.title if step is not None else name.name}”"
        case Of.STAGE:
            return workflow.stages[name.name].title if name.name in workflow.stages else name.name
        case Of.LABEL:
            return _label(workflow, name.name)
        case Of.FIELD:
            return f"“{_label(workflow, name.name)}”"
        case Of.PERSON_IN:
            return f"the person in “{_label(workflow, name.name)}”"
        case _:
            return title(governance, name.name)


def unfilled(workflow: Workflow, why: str) -> tuple[str, str | None]:
    """Why something could not happen by itself, with the label of the field that it reads in vain; and that field."""
    found = _UNFILLED.search(why)
    if found is None or found[1] not in workflow.fields:
        return why, None
    return f"the field “{workflow.fields[found[1]].label}” is not filled in", found[1]


def _label(workflow: Workflow, field: str) -> str:
    return workflow.fields[field].label if field in workflow.fields else field


def _step(workflow: Workflow, trigger: str) -> str:
    """The title of a step; of several that are called alike, of the one that stands last."""
    titles = (t.title for stage in workflow.stages.values() for t in stage.transitions.values() if t.trigger == trigger)
    return [trigger, *titles][-1]

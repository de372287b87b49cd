"""What the subject's own people read, and from when on, in words: for them, and for those who see all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qa_workflow.calendar.words import listed
from qa_workflow.definition import Workflow
from qa_workflow.engine import Item, Sight
from qa_workflow.service.telling.views import subject_title
from qa_workflow.service.world import World


def withheld_words(workflow: Workflow, names: Iterable[str]) -> Iterator[str]:
    """For those to whom fields are not shown, a sentence for each time at which some of them will be."""
    together: dict[str, list[str]] = {}
    for name in names:
        together.setdefault(_when(workflow, name), []).append(workflow.fields[name].label)
    for when, labels in together.items():
        be = "is" if len(labels) == 1 else "are"
        yield f"{listed(labels)} {be} {f'shown here {when}' if when else 'not shown here'}."


def hidden_words(world: World, item: Item, name: str) -> str:
    """For those who see a field, that others do not, and from when on they will."""
    when = _when(world.workflow(item.definition), name)
    who = subject_title(world, item) or "the item's own organisation"
    return f"{who} does not see this yet, but {when}" if when else f"{who} does not see this"


def also_read_by(world: World, sight: Sight, item: Item) -> str:
    """Whose own people read what is said of an item beside whoever asks; nothing where there are no such people.

    Nor for those people themselves: what they write is for everybody.
    """
    is_about_some = item.subject in world.governance.organisations
    return (subject_title(world, item) or "") if is_about_some and theirs_read(world, sight, item.workflow) else ""


def theirs_read(world: World, sight: Sight, workflow: str) -> bool:
    """Whether people of the organisation that an item is about read, beside whoever asks, what is said of it."""
    return not sight.is_kept_out(workflow) and any(role.own for role in world.governance.roles.values())


def _when(workflow: Workflow, name: str) -> str:
    """Once a step is done, where one alone leads to the stage, else from the stage on; nothing where never."""
    disclosure = workflow.disclosures.get(name)
    if disclosure is None or disclosure.stage is None:
        return ""
    leading = [
        step.title
        for step in workflow.triggers().values()
        if step.stage not in disclosure.past and any(case.to == disclosure.stage for case in step.cases)
    ]
    lapses = any(stage.lapse is not None and stage.lapse.to == disclosure.stage for stage in workflow.stages.values())
    if len(leading) == 1 and not lapses:
        return f"once “{leading[0]}” is done"
    return f"from the stage “{workflow.stages[disclosure.stage].title}” on"

"""Sub-items that a decision asks for, as they would be opened: an errand does it, once the decision is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import SUBJECT, FieldType, Opens, SubItems
from qa_workflow.engine import ENGINE, Decision, Item, Leaves
from qa_workflow.engine.commands import AddSubItem, Command
from qa_workflow.service.house import Work
from qa_workflow.service.items.opening import Wish, would_open
from qa_workflow.service.refusals import UNDECIDED


@dataclass(frozen=True, slots=True)
class ToOpen:
    """A sub-item to be opened: what would be written, and the names of the days in it that somebody typed."""

    decision: Decision
    typed: frozenset[str]


def wish_for(work: Work, parent: Item, said: Mapping[str, Any]) -> Wish:
    """What is to be opened, given the parent's word that asks for it."""
    workflow, _ = work.world.newest(said["workflow"])
    return Wish(
        workflow.name,
        said.get(SUBJECT, parent.subject) if workflow.subject else None,
        parent.period if workflow.period else None,
        ENGINE,
        {name: value for name, value in said["fields"].items() if name in workflow.fields},
        parent=(parent.id, said["visit"]),
    )


def to_open(work: Work, decision: Decision, command: Command | None) -> Iterator[ToOpen]:
    """Of those sub-items that begin with a day that was typed, one of each that have the same, about each organisation.

    What cannot be opened is left out: the errand meets it too, and tells a person.

    Args:
        command: None where the item itself is opened.
    """
    workflow, found = work.workflow(decision.item), set()
    for said in (out.payload for out in decision.outgoing if out.kind is Leaves.OPEN_SUB_ITEM):
        if isinstance(command, AddSubItem):
            handed = frozenset(command.fields)
        else:
            handed = _handed_down(workflow, decision.item, said, _by_hand(workflow, decision.item, command))
        try:
            typed = _days(work, said, handed)
            alike = (said["workflow"], said.get(SUBJECT), *sorted(typed.items()))
            if typed and alike not in found:
                found.add(alike)
                yield ToOpen(would_open(work, wish_for(work, decision.item, said)), frozenset(typed))
        except UNDECIDED:
            continue


def _days(work: Work, said: Mapping[str, Any], handed: frozenset[str]) -> Mapping[str, str]:
    """What is in the date fields among these that a sub-item begins with."""
    workflow, _ = work.world.newest(said["workflow"])
    dates = {field.name for field in workflow.fields.values() if field.type is FieldType.DATE}
    return {name: value for name, value in said["fields"].items() if name in handed & dates and value}


def _by_hand(workflow: Workflow, item: Item, command: Command | None) -> frozenset[str]:
    """The fields of an item that somebody filled in, now or at any time before; a step fills in others by itself."""
    by_steps = {name for step in workflow.triggers().values() for name, _ in step.sets}
    return frozenset((item.fields.keys() - by_steps) | typed_with(item, command))


def typed_with(item: Item, command: Command | None) -> frozenset[str]:
    """The fields that are typed with a command; of an item that is opened (no command), all that it begins with."""
    return frozenset(item.fields if command is None else getattr(command, "fields", ()))


def _handed_down(workflow: Workflow, item: Item, said: Mapping[str, Any], names: frozenset[str]) -> frozenset[str]:
    """The fields that a sub-item begins with as they are in these fields of the item."""
    asking: list[Opens | SubItems] = [opens for step in workflow.triggers().values() for opens in step.opens]
    asking += [stage.sub_items for stage in workflow.stages.values() if stage.sub_items is not None]
    found, fields = set(), said["fields"]
    for each in asking:
        if each.workflow == said["workflow"]:
            copied = ((there, here) for there, here in each.copies if here in names)
            found |= {there for there, here in copied if fields.get(there) == item.fields.get(here)}
            if each.into is not None and each.each in names:
                found.add(each.into)
    return frozenset(found)

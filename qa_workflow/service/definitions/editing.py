"""A definition while it is being written: checked against everything that is published, and the names it may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa_workflow.definition import Fault, Governance, Workflow, read_governance, read_workflow
from qa_workflow.definition.read import sketch_workflow
from qa_workflow.service.world import GOVERNANCE, World


@dataclass(frozen=True, slots=True)
class Checked:
    """A text that was read.

    Attributes:
        value: what it means; None where it has errors.
        faults: all of them, in the order of the text.
        drawn: the workflow as far as it can be drawn, which is further than it can be used: a role that nobody knows is
            no reason not to see the stages.
    """

    value: Workflow | Governance | None
    faults: tuple[Fault, ...]
    drawn: Workflow | None = None


def check(world: World, kind: str, source: bytes, name: str = "this text") -> Checked:
    """Read a draft as publishing would: against the published governance, and the newest version of each workflow."""
    if kind == GOVERNANCE:
        read = read_governance(source, name)
        return Checked(read.value, read.faults)
    reading = read_workflow(source, name, world.governance, world.workflows)
    return Checked(reading.value, reading.faults, reading.value or sketch_workflow(source, world.governance))


def names(world: World) -> Mapping[str, tuple[str, ...]]:
    """What a text may refer to, by what it is."""
    governance = world.governance
    kinds = governance.kinds()
    return {
        "roles": tuple(governance.roles),
        "bodies": tuple(governance.bodies),
        "calendars": tuple(governance.calendars),
        "scales": tuple(governance.scales),
        "kinds": tuple(kinds),
        "workflows": tuple(world.latest),
    }


def beginning(world: World) -> bytes:
    """The text that a new workflow begins as: small, complete, and free of faults, with names that are known here."""
    governance = world.governance
    roles = governance.rights.get("see_all") or tuple(governance.roles)
    kinds = names(world)["kinds"]
    subject = f"subject: {kinds[0]}\n" if kinds else ""
    return _BEGINNING.format(role=roles[0], subject=subject).encode()


_BEGINNING = """\
workflow: new_workflow                 # its name, for ever: small letters and underscores
title: New workflow
purpose: What it is for, in a sentence.
{subject}
stages:
  received:
    title: Received
    owner: {role}
    due: 5 working days after entry
    transitions:
      finish: {{to: closed, by: {role}}}

  closed: {{end: completed}}
"""

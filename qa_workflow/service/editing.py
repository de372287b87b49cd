"""A definition while it is being written: checked against everything that is published, and the names it may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa_workflow.definition import Fault, Governance, Workflow, load_workflow, read_governance, read_workflow
from qa_workflow.definition.faults import DefinitionRefused
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
    others = {each: world.newest(each)[0] for each in world.latest}
    reading = read_workflow(source, name, world.governance, others)
    return Checked(reading.value, reading.faults, reading.value or _drawn(world, source))


def _drawn(world: World, source: bytes) -> Workflow | None:
    try:
        return load_workflow(source, world.governance)
    except DefinitionRefused:
        return None


def names(world: World) -> Mapping[str, tuple[str, ...]]:
    """What a text may refer to, by what it is."""
    governance = world.governance
    kinds = dict.fromkeys(organisation.kind for organisation in governance.organisations.values())
    return {
        "roles": tuple(governance.roles),
        "bodies": tuple(governance.bodies),
        "calendars": tuple(governance.calendars),
        "scales": tuple(governance.scales),
        "kinds": tuple(kinds),
        "workflows": tuple(world.latest),
    }

"""Publishing definitions: checked as a whole, kept byte for byte, and pinned by the items that open under them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qa_workflow.definition import DefinitionRefused, Severity, Workflow, read_folder
from qa_workflow.service import cycles
from qa_workflow.service.house import House, bump
from qa_workflow.service.meetings import require
from qa_workflow.service.ports import Definition, Unit
from qa_workflow.service.refusals import NothingPublished
from qa_workflow.service.world import GOVERNANCE, WORKFLOW


@dataclass(frozen=True, slots=True)
class Published:
    """What was published. `new` is False where this very text is the current version already."""

    kind: str
    name: str
    version: int
    hash: str
    new: bool


def publish(house: House, paths: Iterable[Path], *, actor: str | None) -> list[Published]:
    """Publish the governance file and the workflows found under some paths, as one.

    Args:
        actor: who publishes; None only while a database is set up, before there is anybody.

    Raises:
        DefinitionRefused: at least one file has a fault; nothing is published.
        NotYours: the person has no right to publish.
    """
    reading = read_folder(paths)
    if any(f.severity is Severity.ERROR for f in reading.faults):
        raise DefinitionRefused(reading.faults)
    now = house.now()

    def work(unit: Unit) -> list[Published]:
        known = unit.look().definitions()
        governance = reading.governance
        if any(d.kind == GOVERNANCE for d in known) and actor is not None:
            world = house.world(unit.look())
            require(world, world.actor(actor, house.today(world, now)), "publish", "publish definitions")
        found: list[Published] = []
        if governance is not None:
            found.append(_put(unit, known, GOVERNANCE, governance.name, governance.hash, reading.sources[governance.hash], actor, now))
        for workflow in reading.workflows.values():
            found.append(_put(unit, known, WORKFLOW, workflow.name, workflow.hash, reading.sources[workflow.hash], actor, now))
        if not found:
            raise NothingPublished("nothing to publish was found there; give workflow files, or a folder of them")
        bump(unit)
        return found

    published = house.write(work)
    house.write(lambda unit: _plan(house, unit, now))
    return published


def _put(
    unit: Unit, known: list[Definition], kind: str, name: str, hash: str, source: bytes, actor: str | None, now: datetime
) -> Published:
    versions = [d for d in known if d.kind == kind and d.name == name]
    latest = max(versions, key=lambda d: d.version, default=None)
    if latest is not None and latest.hash == hash:
        return Published(kind, name, latest.version, hash, new=False)
    version = latest.version + 1 if latest else 1
    unit.publish(Definition(hash, kind, name, version, source, now, actor or "system:setup"))
    return Published(kind, name, version, hash, new=True)


def _plan(house: House, unit: Unit, now: datetime) -> None:
    world = house.world(unit.look())
    planned = {s.name for s in unit.look().schedules()}
    for name in world.latest:
        workflow: Workflow = world.newest(name)[0]
        if workflow.opening is None or f"{cycles.OPENS}:{name}" not in planned:
            cycles.plan(unit, workflow, world, now)

"""Publishing definitions: checked as a whole, kept byte for byte, and pinned by the items that open under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qa_workflow.definition import (
    DefinitionRefused,
    Fault,
    Folder,
    Governance,
    Severity,
    Workflow,
    read_folder,
    read_workflow,
)
from qa_workflow.errors import StorageFault
from qa_workflow.service.definitions import proposals, recounting
from qa_workflow.service.definitions.left_out import require_whole
from qa_workflow.service.definitions.recounting import Redate
from qa_workflow.service.entered import laid_over
from qa_workflow.service.house import House, Work
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.store import Definition
from qa_workflow.service.refusals import NobodyPublishes, NothingPublished
from qa_workflow.service.rights import holders, require
from qa_workflow.service.saved import FollowsLater
from qa_workflow.service.time import cycles
from qa_workflow.service.world import GOVERNANCE, WORKFLOW, World

RECORDED = 10_000
"""Lines of the definitions' history that are looked through for who proposed a version."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was published. `new` is False where this very text is the current version already.

    `moved`: the due dates that moved with it; of several published as one the first has them, the governance file.
    """

    kind: str
    name: str
    version: int
    hash: str
    new: bool
    moved: tuple[Redate, ...] = ()


def publish(house: House, paths: Iterable[Path], *, actor: str | None) -> list[Published]:
    """Publish the governance file and the workflows found under some paths, as one. It overtakes proposals for them.

    Args:
        paths: files or folders; the governance file stands beside the workflows.
        actor: who publishes; None only while a database is set up, before there is anybody.

    Raises:
        DefinitionRefused: at least one file has a fault, or a published workflow would not fit the governance file any
            more; nothing is published.
        NotYours: the person has no right to publish.
        NobodyPublishes: under the governance file nobody would have it any more.
        StillNeeded: the governance file leaves out what the past, or an open item, speaks of.
    """
    wanted = list(paths)

    def work(work: Work) -> list[Published]:
        work.unit.alone(streams.DRAFTS)
        known = work.look.definitions()
        if actor is not None and any(d.kind == GOVERNANCE for d in known):
            require(work, actor, "publish", "publish definitions")
        read = read_folder(wanted)
        if read.refused:
            raise DefinitionRefused(read.faults)
        if read.governance is not None and actor is not None:
            _somebody_left(work, read.governance)
            if grave := unfit(work.world, read.governance, read.workflows):
                raise DefinitionRefused(grave)
            require_whole(work, read.governance)
        found = [put(work, each, read.sources[each.hash], actor) for each in _definitions(read)]
        if not found:
            raise NothingPublished("nothing to publish was found there; give workflow files, or a folder of them")
        for each in found:
            if each.new and actor is not None:
                proposals.overtake(work, each.kind, each.name, actor)
        in_force(work)
        return found

    first, *others = house.write(work)
    return [follow_up(house, first), *others]


def _somebody_left(work: Work, governance: Governance) -> None:
    """Refuse what could never be put right: a file by which nobody may publish the next one."""
    if not holders(laid_over(governance, work.look.access.people()), "publish", work.day):
        raise NobodyPublishes(governance.rights.get("publish", ()))


def unfit(world: World, new: Governance, beside: Mapping[str, Workflow] = MappingProxyType({})) -> list[Fault]:
    """Faults that the published workflows would have under another governance, but for those published beside it.

    What is wrong with them under the present one too, by a rule that is newer than they are, stands in no file's way.
    """
    workflows = {**world.workflows, **beside}
    found: list[Fault] = []
    for name, latest in world.latest.items():
        if name not in beside:
            called = f"{name} version {latest.version}"
            faults = _errors(latest.source, called, new, workflows)
            known = _errors(latest.source, called, world.governance, workflows) if faults else ()
            found += [fault for fault in faults if fault not in known]
    return found


def _errors(source: bytes, name: str, governance: Governance, beside: Mapping[str, Workflow]) -> list[Fault]:
    faults = read_workflow(source, name, governance, beside).faults
    return [fault for fault in faults if fault.severity is Severity.ERROR]


def _definitions(read: Folder) -> Iterator[Governance | Workflow]:
    if read.governance is not None:
        yield read.governance
    yield from read.workflows.values()


def proposers(house: House, found: Sequence[Definition]) -> Mapping[int, str]:
    """Who proposed each of these versions of one definition; nobody did what was published from files."""
    with house.store.reading() as look:
        lines = look.boards.recorded(streams.DEFINITIONS, min(each.published_at for each in found), RECORDED)
    told = (line["data"] for line in lines if line["kind"] == "published")
    mine = (each for each in told if (each["kind"], each["name"]) == (found[0].kind, found[0].name))
    return {each["version"]: each["proposer"] for each in mine if each.get("proposer")}


def put(
    work: Work,
    found: Governance | Workflow,
    source: bytes,
    actor: str | None,
    signed: Mapping[str, Any] | None = None,
) -> Published:
    """Keep one definition as the newest version of its name (of the governance file, whatever its name).

    The caller has seen to rights and faults.

    Args:
        signed: who wrote, proposed and approved it, for the record.
    """
    kind = GOVERNANCE if isinstance(found, Governance) else WORKFLOW
    is_one = kind == GOVERNANCE  # the file in force is the one of the highest version, also where it was renamed
    versions = [d for d in work.look.definitions() if d.kind == kind and (is_one or d.name == found.name)]
    latest = max(versions, key=lambda d: d.version, default=None)
    if latest is not None and latest.hash == found.hash:
        return Published(kind, found.name, latest.version, found.hash, new=False)
    version = latest.version + 1 if latest else 1
    by = actor or "system:setup"
    signed = signed or {}
    work.unit.publish(Definition(found.hash, kind, found.name, version, source, work.now, by, signed))
    if kind == GOVERNANCE and latest is not None and actor is not None:
        note = f": {signed['note']}" if signed.get("note") else ""
        why = f"the governance file, version {version}, was published{note}"
        recounting.remember(work, actor, why, since=latest.version)
    return Published(kind, found.name, version, found.hash, new=True)


def in_force(work: Work) -> None:
    """What was kept counts from now on: openings are planned with it, so that nothing published waits for a plan."""
    work.publish_anew()
    planned = {entry.name for entry in work.look.schedules()}
    for name, workflow in work.world.workflows.items():
        if workflow.opening is None or f"{cycles.OPENS}:{name}" not in planned:
            cycles.plan(work, workflow)


def follow_up(house: House, published: Published) -> Published:
    """What follows from what was published, an item at a time: due dates are counted anew under another calendar.

    Raises:
        FollowsLater: the database could not; it is published all the same.
    """
    try:
        return replace(published, moved=tuple(recounting.go_on(house)))
    except StorageFault as fault:
        raise FollowsLater(fault) from fault

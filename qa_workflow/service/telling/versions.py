"""What was published under a name, version by version."""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.service.ports.store import Definition
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.world import GOVERNANCE, WORKFLOW, World


class UnknownVersion(Unknown):
    """No such workflow was published here, or not in this version."""

    code = "unknown_version"


def versions(world: World, kind: str, name: str) -> Sequence[Definition]:
    """All versions, newest first; none for an unknown name. There is one governance file, whatever its name."""
    found = (d for d in world.published if d.kind == kind and (kind == GOVERNANCE or d.name == name))
    return sorted(found, key=lambda definition: -definition.version)


def version(world: World, kind: str, name: str, number: int | None = None) -> Definition:
    """One version, the newest if none is named.

    Raises:
        UnknownVersion: there is none like it.
    """
    found = versions(world, kind, name)
    if number is None and found:
        return found[0]
    for definition in found:
        if definition.version == number:
            return definition
    known = [str(d.version) for d in found] if found else tuple(world.latest)
    raise UnknownVersion("version" if found else "workflow", str(number) if found else name, known)


def newest(world: World) -> Sequence[Definition]:
    """The governance file, then every workflow by its title: what new items open under."""
    workflows = sorted(world.latest.values(), key=lambda d: world.workflow(d.hash).title.casefold())
    return [*versions(world, GOVERNANCE, "")[:1], *workflows]


__all__ = ["GOVERNANCE", "WORKFLOW", "UnknownVersion", "newest", "version", "versions"]

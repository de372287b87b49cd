"""Who acts: `--as PERSON`, else QA_WORKFLOW_AS; in a rehearsal, where no name is at stake, whoever has the right."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.session import Session, today_of
from qa_workflow.errors import UsageFault

if TYPE_CHECKING:
    from qa_workflow.service.world import World
    from qa_workflow.wiring import Parts

F = TypeVar("F", bound=Callable[..., Any])
AS = "QA_WORKFLOW_AS"


class NobodyActs(UsageFault):
    """What is done has to be somebody's doing."""

    code = "nobody_acts"

    def __init__(self, people: Sequence[tuple[str, str]]) -> None:
        self.people = tuple({"name": name, "roles": roles} for name, roles in people)
        lines = "".join(f"\n  {name} ({roles})" for name, roles in people)
        super().__init__(f"say who does this, with --as PERSON or in {AS}. Known are:{lines}")


def as_option(function: F) -> F:
    """`--as PERSON`, as the parameter `person`."""
    offered = click.option(
        "--as", "person", metavar="PERSON", shell_complete=complete.people, help=f"Who does this. [env: {AS}]"
    )
    return offered(function)


def actor(session: Session, parts: Parts, person: str | None, right: str | None = None) -> str:
    """The name of whoever acts.

    Args:
        right: what the act takes beyond transitions; in a rehearsal, the first who holds it acts when nobody is named.

    Raises:
        NobodyActs: nobody was named.
    """
    named = person or os.environ.get(AS)
    if named:
        return named
    with parts.house.looking() as (look, world):
        day = today_of(parts, world)
        if right is not None and look.house().get("kind") == "rehearsal":
            roles = world.governance.rights.get(right, ())
            first = next((p.name for role in roles for p in world.governance.holders(role, day)), None)
            if first is not None:
                session.note(f"(In this rehearsal, as {first}; --as PERSON says otherwise.)")
                return first
        raise NobodyActs(_people(world, day))


def _people(world: World, day: Any) -> list[tuple[str, str]]:
    return [(p.name, ", ".join(p.roles)) for p in world.governance.people.values() if p.is_active(day)]

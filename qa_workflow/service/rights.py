"""Rights of the house beyond any one item: who may publish, who may move meetings, and as whom somebody does so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from qa_workflow.definition import Governance
from qa_workflow.definition.shape.workflow import RightsShape
from qa_workflow.engine import Actor
from qa_workflow.service.house import Work
from qa_workflow.service.refusals import NotYours

FEWEST = 2
"""People who must hold the right to publish, so that there can be a second one."""

_NEEDED = {"publish": FEWEST, "remove": FEWEST, "administer": 1}
"""Rights without which the house one day cannot go on, and how many people have to hold each."""


def right_words(name: str) -> str:
    """What a right allows, as the language's own manual says it; the name itself where it says nothing."""
    shape = RightsShape.model_fields.get(name)
    return (shape.description if shape else None) or name.replace("_", " ")


def holders(governance: Governance, right: str, day: date) -> list[str]:
    """Who is here that day and holds a right themselves, not by standing in."""
    roles = governance.rights.get(right, ())
    return [p.name for p in governance.people.values() if p.is_active(day) and not set(roles).isdisjoint(p.roles)]


def short_handed(governance: Governance, day: date) -> list[str]:
    """Rights that fewer people hold than are needed, each in a sentence."""
    said = []
    for right, needed in _NEEDED.items():
        able = holders(governance, right, day)
        if len(able) < needed:
            what, takes = right_words(right).partition(";")[0], ", and it takes two people" if needed > 1 else ""
            said.append(f"{f'only {able[0]}' if able else 'nobody'} may {what}{takes} (`{right}`)")
    return said


def require(work: Work, actor: str, right: str, what: str) -> str | None:
    """Refuse unless the person, or somebody they stand in for, holds a right of the governance file.

    Returns:
        Whose right it is that they use, where it is not their own.
    """
    return acting_for(work.world.governance, work.actor(actor), (right,), what)


def acting_for(governance: Governance, who: Actor, rights: Iterable[str], what: str) -> str | None:
    """As `require`, for one of several rights; raises `NotYours`."""
    roles = tuple(dict.fromkeys(role for right in rights for role in governance.rights.get(right, ())))
    for each in who.persons():
        if not set(roles).isdisjoint(each.roles):
            return None if each.name == who.name else each.name
    raise NotYours(what, who.name, roles)


def both(actor: str, lent: str | None) -> tuple[str, ...]:
    """The names by which something was done: the actor's, and whose right it was, if not their own."""
    return (actor,) if lent is None else (actor, lent)


def part_of(who: Actor, names: Iterable[str | None]) -> str | None:
    """Which of these somebody is, or stands in for; None if none. Acting for somebody counts as both people."""
    both = {person.name for person in who.persons()}
    return next((name for name in names if name in both), None)

"""Somebody leaves: what they hold is shown, and goes to somebody else in the same transaction; nothing is orphaned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from qa_workflow.calendar import long_date
from qa_workflow.calendar.words import listed
from qa_workflow.definition import Workflow
from qa_workflow.engine import Item
from qa_workflow.engine.commands import Assign, Correct
from qa_workflow.errors import Refusal
from qa_workflow.service.entered import Entry
from qa_workflow.service.house import House, Work
from qa_workflow.service.items.changing import saving, write
from qa_workflow.service.people.people import PUBLISH, administering, entry_in, keep
from qa_workflow.service.people.person_checks import BadPerson, check_whole
from qa_workflow.service.ports.store import ItemQuery, Reader
from qa_workflow.service.rights import FEWEST, holders
from qa_workflow.service.world import World

_PAGE = 200
LONG_AGO = timedelta(days=92)
"""A last day longer ago is a slip of the pen, which one person alone could not take back."""


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that is with a person by name. `why` is "taken on", "named" (in `field`) or "did" (an earlier step)."""

    item: str
    reference: str
    stage: str
    title: str
    why: str
    field: str | None = None


class StillHolds(Refusal):
    """Somebody who leaves has things open, and nobody was named to take them."""

    code = "still_holds"

    def __init__(self, person: str, held: Sequence[Held]) -> None:
        self.person, self.held = person, tuple(held)
        listed = ", ".join(f"{h.reference} ({h.title})" for h in held[:10])
        more = f" and {len(held) - 10} more" if len(held) > 10 else ""
        super().__init__(
            f"{person} still has {len(held)} open: {listed}{more}. Name who takes them over; nothing was changed"
        )


class CannotTake(Refusal):
    """Something that the definition gives to whoever did an earlier step, so that nobody else may take it."""

    code = "cannot_take"

    def __init__(self, held: Held) -> None:
        self.held = held
        super().__init__(
            f"{held.reference}: {held.title!r} is for whoever did an earlier step, so nobody else may take it. "
            "Move it on, correct it to another stage or withdraw it first; nothing was changed"
        )


def held_by(house: House, person: str) -> list[Held]:
    """What is open and with this person by name, not by a role; in order of opening."""
    with house.looking() as (look, world):
        world.person(person)
        return _held(look, world, person)


def leave(
    house: House, person: str, last_day: date, *, actor: str, to: str | None = None, reason: str = "has left"
) -> Entry:
    """Note somebody's last day, and give what is with them by name to somebody else at once.

    A change to them that waits comes to nothing. Who is gone already is signed out everywhere.

    Args:
        to: who takes over what they hold; needed if they hold anything, and bound by the rules of each item.

    Raises:
        BadPerson: the day is later than the last day that they have, as one person alone gives nobody more days; or so
            long ago that the year is wrong.
        StillHolds, CannotTake: something would be left with nobody.
        NotAllowed: the person named may not take one of them; nothing was changed.
    """

    def work(work: Work) -> Entry:
        administering(work, actor, f"let {person} leave")
        before = entry_in(work.look, work.world, person)
        if before.person.until is not None and last_day > before.person.until:
            until = long_date(before.person.until)
            raise BadPerson(person, {"to": f"their last day is {until} already; a later one is changed by two people"})
        if work.day - last_day > LONG_AGO:
            why = f"{long_date(last_day)} is more than {LONG_AGO.days} days ago; mend the year, or give a later day"
            raise BadPerson(person, {"to": why})
        held = _held(work.look, work.world, person)
        if held and to is None:
            raise StillHolds(person, held)
        for each in held:
            _hand_over(work, each, to or "", actor, reason)
        covers = tuple(replace(c, until=min(c.until, last_day)) for c in before.person.covers if c.start <= last_day)
        after = replace(before, person=replace(before.person, until=last_day, covers=covers), pending=None)
        check_whole(after.person, work.world.governance)
        if last_day < work.day:
            work.unit.access.drop_sessions(person)
        return keep(work, after, "left", actor, reason, handed_to=to if held else None)

    return house.write(work)


def gaps_after(house: House, person: str, last_day: date) -> list[str]:
    """What will be wanting, as things stand, once somebody has left: roles that nobody holds, a second publisher."""
    with house.looking() as (_, world):
        governance, day = world.governance, last_day + timedelta(days=1)
        roles = world.person(person).roles
        still = [role for p in governance.people.values() if p.is_active(day) for role in p.roles]
        empty = [role for role in roles if role not in still]
        able = holders(governance, PUBLISH, day)
        said = [f"Afterwards nobody holds {listed(empty, 'or')}."] if empty else []
        if len(able) < FEWEST and not set(roles).isdisjoint(governance.rights.get(PUBLISH, ())):
            left = f"{able[0]} alone" if able else "nobody"
            said.append(f"Afterwards {left} may publish, and a second person has to approve.")
        return said


def _held(look: Reader, world: World, person: str) -> list[Held]:
    found: list[Held] = []
    query: ItemQuery | None = ItemQuery(owner=person, open_only=True, limit=_PAGE)
    while query is not None:
        page = look.items(query)
        for line in page:
            found += _of(world.workflow(line.item.definition), line.item, person)
        query = query.beyond(page)
    return found


def _of(workflow: Workflow, item: Item, person: str) -> list[Held]:
    """Why an item is with this person, stage by stage."""
    found: list[Held] = []
    for visit in item.leaves():
        stage = workflow.stages[visit.stage]
        place = (item.id, item.reference, visit.stage, stage.title)
        if visit.holder is not None:
            if visit.holder == person:
                found.append(Held(*place, "taken on"))
            continue
        found += [Held(*place, "named", name) for name in stage.owner.fields if item.fields.get(name) == person]
        if any(path in item.did and item.did[path].actor == person for path in stage.owner.did):
            found.append(Held(*place, "did"))
    return found


def _hand_over(work: Work, held: Held, to: str, actor: str, reason: str) -> None:
    """One thing to its new holder, by the same rules as by hand."""
    if held.why == "did":
        raise CannotTake(held)
    taken = work.unit.take(held.item)
    command = Assign(to, reason, held.stage) if held.field is None else Correct(reason, {held.field: to})
    decision = work.decide(taken, command, work.actor(actor))
    write(work, [saving(work, taken, decision)])

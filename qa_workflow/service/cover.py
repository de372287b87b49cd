"""Cover for leave: who stands in for whom, from one day to another.

A substitute gets what is open already, since the engine asks whom an actor stands in for at the moment they act;
whatever was done by either counts as done by both. Cover reaches no further: who stands in for a substitute has the
substitute's own rights only. Lists of "what is mine" are to ask `Actor.both()`, not the actor alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from qa_workflow.calendar import long_date
from qa_workflow.definition.governance import Cover, Governance
from qa_workflow.errors import Refusal
from qa_workflow.service.entered import Entry
from qa_workflow.service.house import House, Work
from qa_workflow.service.knowing import person_named
from qa_workflow.service.people import STREAM, administering, entry_in, keep
from qa_workflow.service.person_checks import BadPerson


class NoCover(Refusal):
    """Cover that cannot be arranged like this."""

    code = "no_cover"

    def __init__(self, substitute: str, covered: str, why: str) -> None:
        self.substitute, self.covered = substitute, covered
        super().__init__(f"{substitute} was not set to cover {covered}: {why}")


@dataclass(frozen=True, slots=True)
class Arranged:
    """Cover that is or was arranged; both days are included."""

    substitute: str
    covered: str
    start: date
    until: date

    def lasts(self, day: date) -> bool:
        """Whether it counts on that day."""
        return self.start <= day <= self.until


def arranged(governance: Governance, person: str | None = None) -> list[Arranged]:
    """All cover, or that in which a person has a part on either side; the earliest first."""
    found = [
        Arranged(each.name, cover.person, cover.start, cover.until)
        for each in governance.people.values()
        for cover in each.covers
        if person is None or person in (each.name, cover.person)
    ]
    return sorted(found, key=lambda each: (each.start, each.until, each.covered, each.substitute))


def arrange(
    house: House, covered: str, substitute: str, start: date, until: date, *, actor: str, reason: str = ""
) -> Entry:
    """Let somebody stand in: set by the person who will be away, or by an administrator who is not the substitute.

    Cover between the same two that overlaps gives way to what is set now.

    Raises:
        NoCover: it makes no sense, or the rules do not allow it.
        NotYours: the actor is neither the person covered nor an administrator.
    """

    def work(work: Work) -> Entry:
        _may(work, covered, actor, f"arrange cover for {covered}")
        for name in (covered, substitute):
            person_named(work.world, name, work.actor(actor))
        entry = entry_in(work.look, work.world, substitute)
        _check(work, Arranged(substitute, covered, start, until), actor)
        kept = [c for c in entry.person.covers if c.person != covered or c.until < start or until < c.start]
        covers = sorted([*kept, Cover(covered, start, until)], key=lambda c: (c.start, c.until, c.person))
        after = replace(entry, person=replace(entry.person, covers=tuple(covers)))
        return keep(work, after, "cover set", actor, reason, covered=covered)

    return house.write(work)


def end(house: House, covered: str, substitute: str, *, actor: str, reason: str = "") -> Entry:
    """No cover of the one by the other from now on; for either of the two, and for administrators."""

    def work(work: Work) -> Entry:
        if actor != substitute:
            _may(work, covered, actor, f"end the cover of {covered}")
        work.unit.access.alone(STREAM)
        between = [c for c in arranged(work.world.governance, covered) if c.substitute == substitute]
        if not any(work.day <= c.until for c in between):
            raise NoCover(substitute, covered, "there is no cover between the two to end")
        entry = entry_in(work.look, work.world, substitute)
        kept = tuple(c for c in entry.person.covers if c.person != covered or c.until < work.day)
        after = replace(entry, person=replace(entry.person, covers=kept))
        return keep(work, after, "cover ended", actor, reason, covered=covered)

    return house.write(work)


def _may(work: Work, covered: str, actor: str, what: str) -> None:
    if actor != covered:
        administering(work, actor, what)
    else:
        work.unit.access.alone(STREAM)
        work.actor(actor)


def _check(work: Work, wanted: Arranged, actor: str) -> None:
    """What the rules say about cover."""
    substitute, covered = work.world.person(wanted.substitute), work.world.person(wanted.covered)

    def refused(why: str) -> NoCover:
        return NoCover(wanted.substitute, wanted.covered, why)

    if wanted.until < wanted.start:
        raise BadPerson(wanted.covered, {"to": "the last day of the cover is before the first"})
    if wanted.until < work.day:
        raise BadPerson(wanted.covered, {"to": f"{long_date(wanted.until)} is past"})
    if substitute.name == covered.name:
        raise refused("nobody stands in for themselves")
    if actor == substitute.name:
        raise refused("nobody gives themselves another's rights; the person who will be away, or another administrator")
    if not substitute.active(wanted.start) or not substitute.active(wanted.until):
        raise refused(f"{substitute.name} is not here on all of these days")
    if actor == covered.name and substitute.organisation != covered.organisation:
        raise refused("they are of another organisation; an administrator may arrange that")

"""Cover for leave: who stands in for whom, from one day to another.

A substitute gets what is open already, since the engine asks whom an actor stands in for at the moment they act;
whatever was done by either counts as done by both. Cover reaches no further: who stands in for a substitute has the
substitute's own rights only. Lists of "what is mine" are to ask `Actor.persons()`, not the actor alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from qa_workflow.calendar import long_date
from qa_workflow.definition.governance import Cover, Dated, Governance, Person
from qa_workflow.engine.policy import actor_of
from qa_workflow.errors import Refusal
from qa_workflow.service.entered import Entry, cover_data, covering
from qa_workflow.service.house import House, Work
from qa_workflow.service.knowing import person_named
from qa_workflow.service.people.gate import decides
from qa_workflow.service.people.people import administering, entry_in, keep, people, proposal
from qa_workflow.service.people.person_checks import BadPerson
from qa_workflow.service.ports import streams

LONGEST = timedelta(days=731)
"""Longer than any leave: a wrong year would lend somebody's rights for good."""


class NoCover(Refusal):
    """Cover that cannot be arranged like this."""

    code = "no_cover"

    def __init__(self, substitute: str, covered: str, why: str) -> None:
        self.substitute, self.covered = substitute, covered
        super().__init__(f"{substitute} was not set to cover {covered}: {why}")


@dataclass(frozen=True, slots=True)
class Arranged(Dated):
    """Cover that is or was arranged; both days are included."""

    substitute: str
    covered: str
    start: date
    until: date


def arranged(governance: Governance, person: str | None = None) -> list[Arranged]:
    """All cover, or that in which a person has a part on either side; the earliest first."""
    found = [
        Arranged(each.name, cover.person, cover.start, cover.until)
        for each in governance.people.values()
        for cover in each.covers
        if person is None or person in (each.name, cover.person)
    ]
    return sorted(found, key=lambda each: (each.start, each.until, each.covered, each.substitute))


def awaited(house: House, person: str) -> list[Arranged]:
    """Cover for somebody that was asked for and waits for a second person."""
    return [
        Arranged(entry.person.name, person, each.start, each.until)
        for entry in people(house)
        if entry.pending is not None and entry.pending.covers(person)
        for each in entry.pending.to(entry.person).covers
        if each.person == person and each not in entry.person.covers
    ]


def arrange(
    house: House, covered: str, substitute: str, start: date, until: date, *, actor: str, reason: str = ""
) -> Entry:
    """Let somebody stand in: set by the person who will be away, or by an administrator who is not the substitute.

    Where an administrator would give the substitute more than they have, it waits for a second person; a name of one's
    own making, covering for whoever decides, would be that person otherwise. Cover between the same two that overlaps
    gives way to what is set now.

    Raises:
        NoCover: it makes no sense, or the rules do not allow it.
        NotYours: the actor is neither the person covered nor an administrator.
    """

    def work(work: Work) -> Entry:
        used = _may(work, covered, actor, f"arrange cover for {covered}")
        for name in (covered, substitute):
            person_named(work.world, name, work.actor(actor))
        entry = entry_in(work.look, work.world, substitute)
        _check(work, Arranged(substitute, covered, start, until), actor)
        wanted = Cover(covered, start, until)
        if actor != covered and _gives_more(work, entry.person, covered):
            if entry.pending is not None:
                raise NoCover(substitute, covered, "a change to them waits already; let it be confirmed or rejected")
            waits = proposal(work, {"cover": cover_data(wanted)}, actor, used, reason)
            return keep(work, replace(entry, pending=waits), "proposed", actor, reason)
        after = replace(entry, person=covering(entry.person, wanted))
        _ask_for_code(work, entry.person, after.person)
        return keep(work, after, "cover set", actor, reason, covered=covered)

    return house.write(work)


def end(house: House, covered: str, substitute: str, *, actor: str, reason: str = "") -> Entry:
    """No cover of the one by the other from now on; for either of the two, and for administrators."""

    def work(work: Work) -> Entry:
        if actor != substitute:
            _may(work, covered, actor, f"end the cover of {covered}")
        work.unit.access.alone(streams.PEOPLE)
        between = [c for c in arranged(work.world.governance, covered) if c.substitute == substitute]
        if not any(work.day <= c.until for c in between):
            raise NoCover(substitute, covered, "there is no cover between the two to end")
        entry = entry_in(work.look, work.world, substitute)
        kept = tuple(c for c in entry.person.covers if c.person != covered or c.until < work.day)
        after = replace(entry, person=replace(entry.person, covers=kept))
        return keep(work, after, "cover ended", actor, reason, covered=covered)

    return house.write(work)


def _may(work: Work, covered: str, actor: str, what: str) -> str | None:
    """Whose right is used, where it is not the actor's own."""
    if actor != covered:
        return administering(work, actor, what)
    work.unit.access.alone(streams.PEOPLE)
    work.actor(actor)
    return None


def _gives_more(work: Work, substitute: Person, covered: str) -> bool:
    """Whether the substitute gets a role, or the reach of another organisation, that they do not have."""
    lent = work.world.person(covered)
    return not set(lent.roles) <= set(substitute.roles) or lent.organisation != substitute.organisation


def _ask_for_code(work: Work, before: Person, after: Person) -> None:
    """Who decides from today on, and did not before, signs in again: with a one-time code."""

    def deciding(person: Person) -> bool:
        return decides(work.world, actor_of(person, work.world.governance, work.day))

    if deciding(after) and not deciding(before):
        work.unit.access.drop_sessions(after.name)


def _check(work: Work, wanted: Arranged, actor: str) -> None:
    """What the rules say about cover."""
    substitute, covered = work.world.person(wanted.substitute), work.world.person(wanted.covered)

    def refused(why: str) -> NoCover:
        return NoCover(wanted.substitute, wanted.covered, why)

    if wanted.until < wanted.start:
        raise BadPerson(wanted.covered, {"to": "the last day of the cover is before the first"})
    if wanted.until - wanted.start > LONGEST:
        why = f"cover lasts {LONGEST.days} days at most, and this ends on {long_date(wanted.until)}; give them the role"
        raise BadPerson(wanted.covered, {"to": why})
    if wanted.until < work.day:
        raise BadPerson(wanted.covered, {"to": f"{long_date(wanted.until)} is past"})
    if substitute.name == covered.name:
        raise refused("nobody stands in for themselves")
    if actor == substitute.name:
        raise refused("nobody gives themselves another's rights; the person who will be away, or another administrator")
    if not substitute.is_active(wanted.start) or not substitute.is_active(wanted.until):
        raise refused(f"{substitute.name} is not here on all of these days")
    if actor == covered.name and substitute.organisation != covered.organisation:
        raise refused("they are of another organisation; an administrator may arrange that")

"""People as administrators enter them, laid over those of the governance file.

What decides how far a person reaches (roles, organisation, days) changes only when a second person has confirmed it,
who is neither the proposer nor the one whose rights would rise. Until then the change waits in the person's own data.
Every change is a line of the history `people`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from qa_workflow.definition.governance import Person
from qa_workflow.engine import Actor
from qa_workflow.engine.item import stamp
from qa_workflow.engine.said import said
from qa_workflow.errors import Refusal
from qa_workflow.service.entered import Entry, PendingChange, changed, data, entry_of, facts
from qa_workflow.service.house import House, Work
from qa_workflow.service.people import ways_in
from qa_workflow.service.people.person_checks import BadPerson, check_name, check_whole, cleaned
from qa_workflow.service.people.telling import tell
from qa_workflow.service.people.ways_in import ADDRESS
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.access import Entered
from qa_workflow.service.ports.store import Carrier, Reader
from qa_workflow.service.rights import acting_for, both, part_of, require
from qa_workflow.service.world import World

ADMINISTER, PUBLISH = "administer", "publish"
CONFIRM = (ADMINISTER, PUBLISH)
"""Rights of which one is needed to confirm."""
_MOVED = (
    "Your address for quality assurance was changed",
    (
        "An administrator has changed the address to which messages and invitations for you go; it is not this one any "
        "more.\n\nIf you did not ask for it, tell another administrator at once.\n"
    ),
)


class NotTheSame(Refusal):
    """Four eyes: whoever proposed, or would gain, cannot confirm."""

    code = "four_eyes"

    def __init__(self, actor: str, person: str, why: str) -> None:
        self.actor, self.person = actor, person
        super().__init__(f"{actor} cannot confirm the change to {person}: {why}. It waits for somebody else")


class PersonMoved(Refusal):
    """A person, or the change that waits, is no longer as it was seen."""

    code = "person_changed"

    def __init__(self, person: str) -> None:
        self.person = person
        super().__init__(f"{person} was changed since you looked. Nothing of yours was saved; look again")


class NothingWaits(Refusal):
    """There is nothing to confirm."""

    code = "nothing_waits"

    def __init__(self, person: str) -> None:
        self.person = person
        super().__init__(f"no change to {person} waits to be confirmed")


def people(house: House) -> list[Entry]:
    """Everybody who is or was known, those of the governance file first."""
    with house.looking() as (look, world):
        return list(_entries(look, world))


def person(house: House, name: str) -> Entry:
    """One of them; raises `Unknown`."""
    with house.looking() as (look, world):
        return entry_in(look, world, name)


def entry_in(look: Reader, world: World, name: str) -> Entry:
    """A person, within a look that is under way."""
    found = look.access.person(name)
    return entry_of(found) if found is not None else Entry(world.person(name), is_entered=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits, for somebody who looks at it. `gains` are rights of the house that the person would get.

    `why_not` says why the one who looks cannot confirm it; None where they can.
    """

    entry: Entry
    pending: PendingChange
    after: Person
    gains: tuple[str, ...]
    why_not: str | None


def waiting(house: House, actor: str) -> list[Waiting]:
    """Every change that waits, for who holds a right to confirm; raises `NotYours` for others."""
    now = house.now()
    with house.looking() as (look, world):
        looker = world.actor(actor, world.day(now))
        acting_for(world.governance, looker, CONFIRM, "look at changes to people that wait")
        return waiting_in(look, world, looker)


def waiting_in(look: Reader, world: World, looker: Actor) -> list[Waiting]:
    """The same within a look that is under way, for somebody of whom it is known that they hold such a right."""
    found = [(each, each.pending) for each in _entries(look, world) if each.pending is not None]
    return [_told(world, looker, entry, pending) for entry, pending in found]


def _told(world: World, looker: Actor, entry: Entry, pending: PendingChange) -> Waiting:
    after = pending.to(entry.person)
    cover = pending.change.get("cover")
    lent = world.governance.people[cover["person"]].roles if cover else ()
    new = {*after.roles, *lent} - set(entry.person.roles)
    had = {right for right, roles in world.governance.rights.items() if set(roles) & set(entry.person.roles)}
    gains = tuple(r for r, roles in world.governance.rights.items() if set(roles) & new and r not in had)
    return Waiting(entry, pending, after, gains, _why_not(world, looker, entry.person.name, pending))


def _why_not(world: World, who: Actor, person: str, pending: PendingChange) -> str | None:
    """Why somebody is not the second person."""
    if part_of(who, (pending.by, pending.acting_for)):
        proposer = world.governance.people.get(pending.by)
        return f"{proposer.title if proposer else pending.by} proposed it, and two people are needed"
    if part_of(who, (person,)):
        return "nobody confirms a change of rights of their own"
    return None


def add(house: House, name: str, given: Mapping[str, Any], *, actor: str, reason: str = "") -> Entry:
    """Enter somebody new. They are known at once; their roles wait for a second person.

    Args:
        given: `title`, and any of `roles`, `organisation`, `email`, `from`, `to` (days).

    Raises:
        BadPerson: what was entered means nothing here; says what, by field.
        NotYours: the actor does not administer.
    """

    def work(work: Work) -> Entry:
        used = administering(work, actor, f"enter {name}")
        governance = work.world.governance
        check_name(name, governance)
        if work.unit.access.account(name) is not None:
            raise BadPerson(name, {"name": f"{name!r} was somebody here before; choose another name"})
        wanted = changed(Person(name, "", ()), cleaned(name, {"title": "", **given}, governance))
        check_whole(wanted, governance)
        waits = proposal(work, {"roles": list(wanted.roles)}, actor, used, reason) if wanted.roles else None
        entry = Entry(replace(wanted, roles=()), waits)
        return keep(work, entry, "entered", actor, reason)

    return house.write(work)


def change(
    house: House,
    name: str,
    given: Mapping[str, Any],
    *,
    actor: str,
    reason: str = "",
    seen: str | None = None,
    post: Carrier | None = None,
) -> Entry:
    """Change what is kept of a person. Roles, organisation and longer days wait for a second person.

    Args:
        given: only what changes; as for `add`.
        seen: the revision of the entry that the actor was looking at.
        post: what takes to the old address that there is another now.

    Raises:
        BadPerson, NotYours, PersonMoved
    """

    found: list[Entry] = []

    def work(work: Work) -> Entry:
        used = administering(work, actor, f"change {name}")
        before = entry_in(work.look, work.world, name)
        found[:] = [before]  # anew where the transaction is tried again; its answer is kept under the request's key
        _compare(before, seen)
        wanted = changed(before.person, cleaned(name, given, work.world.governance))
        check_whole(wanted, work.world.governance)
        _stays_as_read(before, wanted)
        waiting = _needs_two(before.person, wanted)
        held = {key: data(before)[key] for key in waiting}
        entry = replace(before, person=changed(wanted, held))
        if waiting:
            entry = replace(entry, pending=proposal(work, waiting, actor, used, reason))
        if entry == before:
            return before
        if entry.person.email != before.person.email:
            ways_in.remember(work, name, ADDRESS, by=both(actor, used), now=work.now)
        return keep(work, entry, "proposed" if waiting else "changed", actor, reason)

    after = house.write(work)
    (before,) = found
    if before.person.email != after.person.email:
        tell(post, before.person, before.person.email, *_MOVED, now=house.now())
    return after


def confirm(house: House, name: str, *, actor: str, key: str | None = None) -> Entry:
    """Let a change that waits take effect. The person's sessions end, so that they come back with their new rights.

    Args:
        key: the change that the actor has read; any other is refused.

    Raises:
        NotTheSame: the actor proposed it, or gains by it; acting for somebody counts as both.
        NotYours, NothingWaits, PersonMoved
    """

    def work(work: Work) -> Entry:
        before, waits = _waiting(work, name, key)
        who = work.actor(actor)
        acting_for(work.world.governance, who, CONFIRM, f"confirm the change to {name}")
        if (why := _why_not(work.world, who, name, waits)) is not None:
            raise NotTheSame(actor, name, why)
        after = waits.to(before.person)
        check_whole(changed(after, cleaned(name, {"roles": after.roles}, work.world.governance)), work.world.governance)
        work.unit.access.drop_sessions(name)
        entry = replace(before, person=after, pending=None)
        return keep(work, entry, "confirmed", actor, "", proposed_by=waits.by)

    return house.write(work)


def reject(house: House, name: str, *, actor: str, reason: str = "", key: str | None = None) -> Entry:
    """Let a change that waits come to nothing; whoever proposed it may do so too."""

    def work(work: Work) -> Entry:
        before, waits = _waiting(work, name, key)
        if actor != waits.by:
            acting_for(work.world.governance, work.actor(actor), CONFIRM, f"reject the change to {name}")
        return keep(work, replace(before, pending=None), "rejected", actor, reason, proposed_by=waits.by)

    return house.write(work)


def administering(work: Work, actor: str, what: str) -> str | None:
    """Refuse who does not administer; gives for whom they act, if the right is not their own. Others wait meanwhile."""
    work.unit.access.alone(streams.PEOPLE)
    return require(work, actor, ADMINISTER, what)


def proposal(work: Work, wanted: Mapping[str, Any], actor: str, used: str | None, reason: str) -> PendingChange:
    """A change that waits; `used` is whose right the proposer used, None for their own."""
    return PendingChange(wanted, actor, stamp(work.now), said(reason), used)


def keep(work: Work, entry: Entry, kind: str, actor: str, reason: str, **more: Any) -> Entry:
    """Write a person, its line in the history, and that everybody is to be read anew."""
    entry = replace(entry, is_entered=True)
    work.unit.access.put_person(Entered(entry.person.name, data(entry), work.now))
    work.unit.record(streams.PEOPLE, work.now, kind, {**facts(entry), "by": actor, "reason": said(reason), **more})
    work.publish_anew()
    return entry


def _entries(look: Reader, world: World) -> Iterator[Entry]:
    entered = {found.name: entry_of(found) for found in look.access.people()}
    for name, known in world.governance.people.items():
        yield entered.get(name) or Entry(known, is_entered=False)


def _stays_as_read(before: Entry, after: Person) -> None:
    """Who waits for their first roles is not moved meanwhile: whoever confirms has read how far these would reach."""
    known = before.person
    if before.pending is None or known.roles:
        return
    moved = {
        "organisation": known.organisation != after.organisation,
        "from": known.start != after.start,
        "to": known.until != after.until,
    }
    why = "a change to them waits for a second person; have it confirmed or rejected first"
    if faults := {key: why for key, is_moved in moved.items() if is_moved}:
        raise BadPerson(known.name, faults)


def _needs_two(before: Person, after: Person) -> dict[str, Any]:
    """The part of a change that a second person must confirm: other roles; with roles, another house or more days."""
    found: dict[str, Any] = {}
    if set(before.roles) != set(after.roles):
        found["roles"] = list(after.roles)
    if before.roles or after.roles:
        if before.organisation != after.organisation:
            found["organisation"] = after.organisation
        if before.roles and (after.start or date.min) < (before.start or date.min):
            found["from"] = after.start.isoformat() if after.start else None
        if before.roles and (after.until or date.max) > (before.until or date.max):
            found["to"] = after.until.isoformat() if after.until else None
    return found


def _waiting(work: Work, name: str, key: str | None) -> tuple[Entry, PendingChange]:
    work.unit.access.alone(streams.PEOPLE)
    before = entry_in(work.look, work.world, name)
    if before.pending is None:
        raise NothingWaits(name)
    if key is not None and key != before.pending.key:
        raise PersonMoved(name)
    return before, before.pending


def _compare(entry: Entry, seen: str | None) -> None:
    if seen is not None and seen != entry.revision:
        raise PersonMoved(entry.person.name)

"""Taking a file out of the evidence because it names a patient: two people, a reason, and a history that stands.

Whoever holds the right asks for it with a reason, and from then on nobody is given the file but those who decide. A
second holder reads it and removes it, or declines. The events that name it stay, with its SHA-256 and size, so every
chain of hashes proves itself as before; the house's history `removals` says who took the bytes away, and why.

The record is written before the bytes go: a process that dies in between leaves what the next sweep removes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.engine.item import stamp
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.house import House, Work
from qa_workflow.service.items.attachments import documents_in
from qa_workflow.service.items.identifiers import require_none
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.refusals import Unknown, UnknownItem
from qa_workflow.service.removals import ASKED, KEPT, REMOVED, STREAM, Removal, removed_words
from qa_workflow.service.rights import acting_for, part_of

REMOVE = "remove"
LONGEST = 2_000


class NotTheSecond(Refusal):
    """A file is not removed by the one person who asked for it."""

    code = "not_the_second"

    def __init__(self, actor: str, asked: str) -> None:
        self.actor, self.asked = actor, asked
        super().__init__(f"{actor} may not remove it: {asked} asked for it, and two people are needed")


class NothingToDecide(Refusal):
    """Nobody asks for the removal of this file, or not as it was read."""

    code = "nothing_to_decide"

    def __init__(self) -> None:
        super().__init__("nobody asks for the removal of this file as you have read it; look again at what waits")


class AlreadyAsked(Refusal):
    """Its removal has been asked for, or it is gone."""

    code = "already_asked"

    def __init__(self, said: str) -> None:
        super().__init__(f"this file is {said}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A removal that waits for a second person. `names` are what items call the file, `items` those that have it."""

    removal: Removal
    names: tuple[str, ...]
    items: tuple[str, ...]
    why_not: str | None
    """Why who looks cannot be the second person."""


def document_of(look: Reader, sight: Sight, reference: str, wanted: str) -> Mapping[str, Any]:
    """A document that is or was part of an item in sight, by its SHA-256, the beginning of that, or its name.

    Raises:
        UnknownItem: no such item in sight.
        Unknown: it never had such a document, or several that are meant.
    """
    item = look.item(reference, sight).item
    fields = (item.fields, *(event.data.get("set") or {} for event in look.events(item.id, sight)))
    found = {d["sha256"]: d for values in fields for d in documents_in(values)}
    meant = [d for d in found.values() if wanted == d["name"] or (len(wanted) >= 6 and d["sha256"].startswith(wanted))]
    if len(meant) != 1:
        raise Unknown("file", wanted, tuple(f"{d['name']} ({d['sha256'][:12]})" for d in found.values()))
    return meant[0]


def ask(
    house: House, reference: str, wanted: str, *, actor: str, reason: str, no_patient: str | None = None
) -> Removal:
    """Ask for a file to be removed. From now on nobody is given it but those who may decide.

    Args:
        wanted: its SHA-256, the beginning of that, or its name at this item.
        no_patient: says that what looks like a patient's data in the reason is none.

    Raises:
        NotYours, UnknownItem, Unknown, AlreadyAsked
        LooksLikePatient: the reason would name whom the file names.
    """
    said = _reason(reason, no_patient)

    def work(work: Work) -> Removal:
        work.unit.alone(STREAM)
        who = work.actor(actor)
        lent = acting_for(work.world.governance, who, (REMOVE,), "ask for a file to be removed")
        sight = work.world.sight(who)
        item = work.look.item(reference, sight).item
        document = document_of(work.look, sight, reference, wanted)
        if (known := work.look.removals().get(document["sha256"])) is not None:
            raise AlreadyAsked(removed_words(work.world.governance, known))
        removal = Removal(document["sha256"], item.reference, actor, stamp(work.now), said, lent)
        return _keep(work, ASKED, removal)

    return house.write(work)


def confirm(house: House, sha256: str, *, actor: str, key: str | None = None) -> Removal:
    """Remove the bytes for good, as the second person.

    Args:
        key: what the actor has read; any other wish is refused.

    Raises:
        NotYours, NothingToDecide
        NotTheSecond: the actor asked for it; acting for somebody counts as both.
    """

    def work(work: Work) -> Removal:
        found = _waiting(work, sha256, key)
        who = work.actor(actor)
        lent = acting_for(work.world.governance, who, (REMOVE,), "remove a file")
        if part_of(who, (found.by, found.acting_for)) is not None:
            raise NotTheSecond(actor, found.by)
        done = replace(found, done_by=actor, done_for=lent, done_at=stamp(work.now))
        return _keep(work, REMOVED, done)

    removed = house.write(work)
    house.documents.remove(sha256, for_good=True)
    return removed


def decline(
    house: House, sha256: str, *, actor: str, reason: str, key: str | None = None, no_patient: str | None = None
) -> Removal:
    """Leave a file where it is; whoever asked for its removal may do so, too."""
    said = _reason(reason, no_patient)

    def work(work: Work) -> Removal:
        found = _waiting(work, sha256, key)
        if actor != found.by:
            acting_for(work.world.governance, work.actor(actor), (REMOVE,), "decline to remove a file")
        work.unit.set_removal(sha256, None)
        told = {"sha256": sha256, "reference": found.reference, "by": actor, "asked_by": found.by, "reason": said}
        work.unit.record(STREAM, work.now, KEPT, told)
        work.publish_anew()
        return found

    return house.write(work)


def removals(house: House) -> list[Removal]:
    """All that are asked for or done, the latest asked for first."""
    with house.looking() as (_, world):
        return sorted(world.removals.values(), key=lambda each: each.at, reverse=True)


def waiting(house: House, actor: str) -> list[Waiting]:
    """What waits for a second person, as one who holds the right sees it; raises `NotYours` for others."""
    with house.looking() as (look, world):
        who = world.actor(actor, world.day(house.now()))
        acting_for(world.governance, who, (REMOVE,), "look at files that are to be removed")
        sight = world.sight(who)
        wishes = [each for each in world.removals.values() if not each.is_done]
        return [_told(look, sight, each, part_of(who, (each.by, each.acting_for))) for each in wishes]


def _told(look: Reader, sight: Sight, removal: Removal, own: str | None) -> Waiting:
    items = list(_seen(look, sight, look.naming(removal.sha256)))
    names = {
        document["name"]: None
        for reference in items
        for event in look.events(reference, EVERYTHING)
        for document in documents_in(event.data.get("set") or {})
        if document["sha256"] == removal.sha256
    }
    why_not = None if own is None else f"{removal.by} asked for it, and two people are needed"
    return Waiting(removal, tuple(names), tuple(items), why_not)


def _seen(look: Reader, sight: Sight, references: list[str]) -> Iterator[str]:
    for reference in references:
        try:
            yield look.item(reference, sight).item.reference
        except UnknownItem:
            continue


def _waiting(work: Work, sha256: str, key: str | None) -> Removal:
    work.unit.alone(STREAM)
    found = work.look.removals().get(sha256)
    if found is None or found.is_done or key not in (None, found.key):
        raise NothingToDecide
    return found


def _keep(work: Work, kind: str, removal: Removal) -> Removal:
    work.unit.set_removal(removal.sha256, removal)
    work.unit.record(STREAM, work.now, kind, removal.facts())
    work.publish_anew()
    return removal


def _reason(text: str, no_patient: str | None) -> str:
    said = text.strip()
    if not said:
        raise UsageFault("say why, without naming anybody: the reason stands in the history for good")
    if len(said) > LONGEST:
        raise UsageFault(f"the reason has {len(said):,} characters; say it in at most {LONGEST:,}")
    require_none({"reason": said}, no_patient)
    return said

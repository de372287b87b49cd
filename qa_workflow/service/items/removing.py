"""Taking a file or a text out of the evidence because it names a patient: two people, a reason, a history that stands.

Whoever holds the right asks for it with a reason, and from then on nobody is given it but those who decide. A second
holder reads it and removes it, or declines. The events stand, with the file's SHA-256 and size or the salted hash of
the text, so every chain of hashes proves itself as before; the house's history `removals` says who took it, and why.

A text goes with all that hand it on: at the same item, at those above it and at all their sub-items. From the moment it
is asked for, words stand in its place, the items are told anew from their histories, and what was taken out lies with
the wish; it is put back or dropped when a second person decides.

The record is written before the bytes go: a process that dies in between leaves what the next sweep removes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from qa_workflow.engine import CLOCK, EVERYTHING, Event, Sight, replay
from qa_workflow.engine.item import stamp
from qa_workflow.engine.said import said
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.house import House, Work
from qa_workflow.service.items import uploads
from qa_workflow.service.items.attachments import documents_in
from qa_workflow.service.items.file_kinds import KINDS, suffix_of
from qa_workflow.service.items.gist import gist_field, searchable
from qa_workflow.service.items.patient_data import require_none
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.store import Reader, Typed
from qa_workflow.service.refusals import Unknown, UnknownItem
from qa_workflow.service.removals import (
    ASKED,
    KEPT,
    REMOVED,
    Removal,
    removal_named,
    removed_words,
)
from qa_workflow.service.rights import acting_for, part_of

REMOVE = "remove"
LONGEST = 2_000


class NotTheSecond(Refusal):
    """Nothing is removed by the one person who asked for it."""

    code = "not_the_second"

    def __init__(self, actor: str, asked: str) -> None:
        self.actor, self.asked = actor, asked
        super().__init__(f"{actor} may not remove it: {asked} asked for it, and two people are needed")


class NothingToDecide(Refusal):
    """Nobody asks for the removal of this file or text, or not as it was read."""

    code = "nothing_to_decide"

    def __init__(self) -> None:
        super().__init__("nobody asks for this removal as you have read it; look again at what waits")


class AlreadyAsked(Refusal):
    """Its removal has been asked for, or that of a text which it is within, or it is gone."""

    code = "already_asked"

    def __init__(self, what: str, said: str) -> None:
        super().__init__(f"this {what} is {said}")


@dataclass(frozen=True, slots=True)
class Removable:
    """A file that is or was part of an item, or (`seq` is that of its event) a text that somebody typed there."""

    sha256: str
    said: str
    """The file's name, or the text."""
    seq: int | None = None
    size: int | None = None

    @property
    def what(self) -> str:
        """Which of the two."""
        return "file" if self.seq is None else "text"

    def is_meant(self, wanted: str) -> bool:
        """By its SHA-256 or the beginning of that, the file by its name, the text by the number of its event."""
        named = self.said if self.seq is None else str(self.seq)
        return wanted == named or (len(wanted) >= 6 and self.sha256.startswith(wanted))

    def __str__(self) -> str:
        named = self.said if self.seq is None else f"a text of event {self.seq}"
        return f"{named} ({self.sha256[:12]})"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A removal that waits for a second person.

    Attributes:
        names: what items call the file.
        text: what is to be removed.
        items: those that have it.
        why_not: why who looks cannot be the second person.
    """

    removal: Removal
    names: tuple[str, ...]
    text: str
    items: tuple[str, ...]
    why_not: str | None


def removables(look: Reader, sight: Sight, reference: str) -> list[Removable]:
    """The files and texts of an item in sight: what is there, and what was. Not texts of before they lay apart.

    Raises:
        UnknownItem: no such item in sight.
    """
    found = look.item(reference, sight)
    events = look.events(found.item.id, sight)
    fields = (found.item.fields, *(event.data.get("set") or {} for event in events))
    files = {d["sha256"]: Removable(d["sha256"], d["name"], size=d["size"]) for v in fields for d in documents_in(v)}
    told = {event.seq: set(_strings(_typed(event).line())) for event in events}
    own = (each for each in look.typed(found.row) if each.letter is None and each.text in told.get(each.seq, ()))
    return [*files.values(), *(Removable(each.sha256, each.text, each.seq) for each in own)]


def removable(look: Reader, sight: Sight, reference: str, wanted: str) -> Removable:
    """One of them.

    Args:
        wanted: its SHA-256 or the beginning of that; a file's name; the number of an event in which one text was typed.

    Raises:
        UnknownItem: no such item in sight.
        Unknown: it has nothing of this name, or several that are meant.
    """
    found = removables(look, sight, reference)
    meant = [each for each in found if each.is_meant(wanted)]
    if len(meant) != 1:
        raise Unknown("file or text", wanted, tuple(map(str, meant or found)))
    return meant[0]


def _typed(event: Event) -> Event:
    """An event without the reason that the clock gives, which nobody has typed."""
    return structs.replace(event, reason=None) if event.actor == CLOCK.name else event


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def ask(
    house: House, reference: str, wanted: str, *, actor: str, reason: str, no_patient: str | None = None
) -> Removal:
    """Ask for a file or a text to be removed. From now on nobody is given it but those who may decide.

    Args:
        wanted: as for `removable`.
        no_patient: says that what looks like a patient's data in the reason is none.

    Raises:
        NotYours, UnknownItem, Unknown, AlreadyAsked
        LooksLikePatient: the reason would name whom it is about.
    """
    said = _reason(reason, no_patient)

    def work(work: Work) -> Removal:
        work.unit.alone(streams.REMOVALS)
        who = work.actor(actor)
        lent = acting_for(work.world.governance, who, (REMOVE,), "ask for a removal")
        sight = work.world.sight(who)
        item = work.look.item(reference, sight).item
        found = removable(work.look, sight, reference, wanted)
        if (known := removal_named(work.look.removals(), found.sha256)) is not None:
            raise AlreadyAsked(known.what, removed_words(work.world.governance, known))
        removal = Removal(found.sha256, item.reference, actor, stamp(work.now), said, lent, seq=found.seq)
        texts = _handed_on(work, item.id, found.sha256, found.said) if found.seq is not None else []
        names = (found.sha256, *(each.sha256 for each in texts)) if texts else ()
        asked = replace(removal, texts=tuple(dict.fromkeys(names)))
        asked = _in_words(work, asked, found.said)
        _lay(work, [_instead(each, asked.words) for each in texts])
        return _keep(work, ASKED, asked, texts)

    return house.write(work)


def confirm(house: House, sha256: str, *, actor: str, key: str | None = None) -> Removal:
    """Remove a file or a text for good, as the second person.

    Args:
        key: what the actor has read; any other wish is refused.

    Raises:
        NotYours, NothingToDecide, AlreadyAsked
        NotTheSecond: the actor asked for it; acting for somebody counts as both.
    """

    def work(work: Work) -> Removal:
        found = _waiting(work, sha256, key)
        who = work.actor(actor)
        lent = acting_for(work.world.governance, who, (REMOVE,), f"remove a {found.what}")
        if part_of(who, (found.by, found.acting_for)) is not None:
            raise NotTheSecond(actor, found.by)
        done = replace(found, done_by=actor, done_for=lent, done_at=stamp(work.now))
        texts = work.look.kept_back(sha256)
        own = next((each.text for each in texts if each.sha256 == sha256), "")
        if texts:  # it may have been typed again meanwhile
            item = work.look.item(found.reference, EVERYTHING).item
            texts += _handed_on(work, item.id, sha256, own)
            done = replace(done, texts=tuple(dict.fromkeys((*found.texts, *(each.sha256 for each in texts)))))
        done = _in_words(work, done, own)
        _lay(work, [_instead(each, done.words) for each in texts])
        work.unit.unask(texts)
        if done.seq is not None:
            work.unit.set_house(uploads.SCRUB, done.sha256)
        return _keep(work, REMOVED, done)

    removed = house.write(work)
    for name in removed.names:
        house.documents.remove(name, for_good=True)
    uploads.scrub(house)
    return removed


def decline(
    house: House, sha256: str, *, actor: str, reason: str, key: str | None = None, no_patient: str | None = None
) -> Removal:
    """Leave a file or a text where it is; whoever asked for its removal may do so, too."""
    said = _reason(reason, no_patient)

    def work(work: Work) -> Removal:
        found = _waiting(work, sha256, key)
        if actor != found.by:
            acting_for(work.world.governance, work.actor(actor), (REMOVE,), f"decline to remove a {found.what}")
        _lay(work, work.look.kept_back(sha256))
        work.unit.set_removal(sha256, None)
        told = {"sha256": sha256, "reference": found.reference, "by": actor, "asked_by": found.by, "reason": said}
        work.unit.record(streams.REMOVALS, work.now, KEPT, told)
        work.publish_anew()
        return found

    return house.write(work)


def _handed_on(work: Work, key: str, sha256: str, said: str) -> list[Typed]:
    """A text wherever it lies: at its own item, those above it and all their sub-items, which are locked.

    Raises:
        AlreadyAsked: it is within another that is kept back, and would be put back with that.
    """
    rows = work.unit.family(key)
    for row in rows:
        work.unit.take_row(row)
    for other in work.look.removals().values():
        kept = work.look.kept_back(other.sha256) if other.sha256 != sha256 else []
        if any(each.row in rows and _hands_on(each, said) and each.text != said for each in kept):
            words = removed_words(work.world.governance, other)
            raise AlreadyAsked("text", f"within another that is {words}; have that one removed or declined first")
    lying = [each for row in rows for each in work.look.typed(row) if each.salt is not None]
    return [each for each in lying if _hands_on(each, said)]


def _hands_on(each: Typed, said: str) -> bool:
    return each.text == said or f": {said}" in each.text


def _instead(each: Typed, words: str) -> Typed:
    return structs.replace(each, salt=None, text=words)


def _lay(work: Work, texts: Sequence[Typed]) -> None:
    """Have texts, or words in their place, where they belong, and the items as their histories make them then."""
    work.unit.lay(texts)
    for row in sorted({each.row for each in texts}):
        taken = work.unit.take_row(row)
        item = replay(work.look.events(taken.item.id, EVERYTHING))
        work.unit.tell_anew(row, item, searchable(gist_field(work.workflow(item)), item.fields, item.undisclosed))


def _in_words(work: Work, removal: Removal, text: str) -> Removal:
    """What is read in place of a text; of the name of a file it keeps what that ends with, by which it is opened."""
    if removal.seq is None:
        return removal
    suffix = suffix_of(text)
    words = removed_words(work.world.governance, removal)
    return replace(removal, words=f"{words}{suffix}" if suffix in KINDS else words)


def removals(house: House) -> list[Removal]:
    """All that are asked for or done, the latest asked for first."""
    with house.looking() as (_, world):
        return sorted(world.removals.values(), key=lambda each: each.at, reverse=True)


def waiting(house: House, actor: str) -> list[Waiting]:
    """What waits for a second person, as one who holds the right sees it; raises `NotYours` for others."""
    with house.looking() as (look, world):
        who = world.actor(actor, world.day(house.now()))
        acting_for(world.governance, who, (REMOVE,), "look at what is to be removed")
        sight = world.sight(who)
        wishes = [each for each in world.removals.values() if not each.is_done]
        return [_told(look, sight, each, part_of(who, (each.by, each.acting_for))) for each in wishes]


def _told(look: Reader, sight: Sight, removal: Removal, own: str | None) -> Waiting:
    why_not = None if own is None else f"{removal.by} asked for it, and two people are needed"
    if removal.seq is not None:
        kept = look.kept_back(removal.sha256)
        text = next((each.text for each in kept if each.sha256 == removal.sha256), "")
        return Waiting(removal, (), text, tuple(_seen(look, sight, look.called(each.row for each in kept))), why_not)
    items = tuple(_seen(look, sight, look.naming(removal.sha256)))
    names = {
        document["name"]: None
        for reference in items
        for event in look.events(reference, EVERYTHING)
        for document in documents_in(event.data.get("set") or {})
        if document["sha256"] == removal.sha256
    }
    return Waiting(removal, tuple(names), "", items, why_not)


def _seen(look: Reader, sight: Sight, references: list[str]) -> Iterator[str]:
    for reference in references:
        try:
            yield look.item(reference, sight).item.reference
        except UnknownItem:
            continue


def _waiting(work: Work, sha256: str, key: str | None) -> Removal:
    work.unit.alone(streams.REMOVALS)
    found = work.look.removals().get(sha256)
    if found is None or found.is_done or key not in (None, found.key):
        raise NothingToDecide
    return found


def _keep(work: Work, kind: str, removal: Removal, kept: Sequence[Typed] = ()) -> Removal:
    work.unit.set_removal(removal.sha256, removal, kept)
    work.unit.record(streams.REMOVALS, work.now, kind, removal.facts())
    work.publish_anew()
    return removal


def _reason(text: str, no_patient: str | None) -> str:
    why = said(text)
    if not why:
        raise UsageFault("say why, without naming anybody: the reason stands in the history for good")
    if len(why) > LONGEST:
        raise UsageFault(f"the reason has {len(why):,} characters; say it in at most {LONGEST:,}")
    require_none({"reason": why}, no_patient)
    return why

"""Drafts of definitions: written, proposed, and published by a second person, who approves exactly these bytes.

Who approves has the right to publish, has neither written nor proposed the draft, and can do nothing more by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from qa_workflow.calendar import instant_words
from qa_workflow.definition import (
    DefinitionRefused,
    Governance,
    Severity,
    Workflow,
    load_governance,
)
from qa_workflow.definition.differences.difference import Difference, gainers
from qa_workflow.definition.differences.governance import governance_differences
from qa_workflow.definition.differences.titles import titled
from qa_workflow.definition.differences.workflow import workflow_differences
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.engine.said import said
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.definitions import publishing
from qa_workflow.service.definitions.editing import check
from qa_workflow.service.definitions.left_out import require_whole
from qa_workflow.service.definitions.proposals import (
    PROPOSED,
    PUBLISHED,
    WRITTEN,
    keep,
    on_record,
    overtake,
    take_back,
)
from qa_workflow.service.definitions.publishing import Published, unfit
from qa_workflow.service.entered import laid_over
from qa_workflow.service.house import House, Work
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.desk import Draft
from qa_workflow.service.ports.store import Definition
from qa_workflow.service.refusals import NothingPublished, Stale
from qa_workflow.service.rights import FEWEST, holders, part_of, require
from qa_workflow.service.telling.versions import GOVERNANCE, versions
from qa_workflow.service.world import World

PUBLISH = "publish"
MOST_BYTES = 1_000_000
"""Of a draft; the reader of definitions takes no more."""


class UnknownDraft(UsageFault):
    """No draft has this number; it may have been thrown away."""

    code = "unknown_draft"

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"there is no draft {number}; it may have been thrown away")


class SecondPersonWanted(Refusal):
    """A draft is not approved by somebody who has a part in it."""

    code = "second_person"

    def __init__(self, actor: str, why: str) -> None:
        self.actor, self.why = actor, why
        super().__init__(f"{actor} may not approve this: {why}; somebody else with the right to publish has to")


class TooFewPublishers(Refusal):
    """Without two people who may publish, nothing could be approved by a second person."""

    code = "too_few_publishers"

    def __init__(self, holders: Sequence[str], after: bool) -> None:
        self.holders = tuple(holders)
        when = "after it " if after else ""
        super().__init__(
            f"nothing was changed: {when}only {', '.join(holders) or 'nobody'} could publish, and it takes "
            f"{FEWEST} people; give somebody else a role with the right to publish first"
        )


class NotInThisState(Refusal):
    """A draft is proposed, or is not; what is asked for fits the other."""

    code = "draft_state"

    def __init__(self, draft: Draft, what: str) -> None:
        self.status = draft.status
        state = {WRITTEN: "is being written", PROPOSED: "has been proposed", PUBLISHED: "has been published"}
        super().__init__(f"draft {draft.id} {state[draft.status]} and cannot be {what}")


def drafts(house: House) -> list[Draft]:
    """Everybody's drafts that are not published, the latest changed first."""
    with house.store.reading() as look:
        return look.desk.drafts()


def draft(house: House, number: int) -> Draft:
    """One draft, published or not; raises `UnknownDraft`."""
    with house.store.reading() as look:
        found = look.desk.draft(number)
        if found is None:
            raise UnknownDraft(number)
        return found


def begin(house: House, kind: str, name: str, source: bytes, based_on: str | None, *, actor: str) -> Draft:
    """Begin a draft as a published text (`based_on` is its hash; an older one means going back), or as a new one."""

    def work(work: Work) -> Draft:
        writers = _hands((), require(work, actor, PUBLISH, "write drafts"), actor)
        made = Draft(0, kind, name, _sized(source), based_on, writers, 1, work.now, WRITTEN)
        return replace(made, id=work.unit.desk.add(made))

    return house.write(work)


def save(house: House, number: int, source: bytes, revision: int, *, actor: str) -> Draft:
    """Keep the text, right or wrong.

    Raises:
        Stale: somebody saved it since `revision`; nothing is overwritten.
        NotInThisState: it is proposed; taken back, it can be written on.
    """

    def work(work: Work) -> Draft:
        lent = require(work, actor, PUBLISH, "write drafts")
        found = _taken(work, number, revision)
        if found.status != WRITTEN:
            raise NotInThisState(found, "changed; take the proposal back first")
        if found.source == _sized(source):
            return found
        writers = _hands(found.writers, lent, actor)
        return keep(work, replace(found, source=source, writers=writers, changed_at=work.now))

    return house.write(work)


def discard(house: House, number: int, revision: int, *, actor: str) -> None:
    """Throw a draft away that is not published."""

    def work(work: Work) -> None:
        require(work, actor, PUBLISH, "throw drafts away")
        found = _taken(work, number, revision)
        if found.status == PUBLISHED:
            raise NotInThisState(found, "thrown away")
        work.unit.desk.drop(number)
        on_record(work, found, "discarded", actor)

    house.write(work)


def propose(house: House, number: int, revision: int, note: str, *, actor: str) -> Draft:
    """Ask a second person to publish exactly these bytes.

    Raises:
        DefinitionRefused: it has faults, each with its place.
        NothingPublished: it is what is published already.
        TooFewPublishers: there is nobody who could be the second person.
    """

    def work(work: Work) -> Draft:
        lent = require(work, actor, PUBLISH, "propose definitions")
        found = _taken(work, number, revision)
        if found.status != WRITTEN:
            raise NotInThisState(found, "proposed again")
        new = read(work.world, found)
        _enough(work, new)
        if isinstance(new, Governance):
            require_whole(work, new)
        digest = sha256(found.source).hexdigest()
        newest: Definition | None = next(iter(versions(work.world, found.kind, new.name)), None)
        if newest is not None and newest.hash == digest:
            raise NothingPublished(f"this very text is version {newest.version}, which is the current one")
        ready = replace(
            found, name=new.name, status=PROPOSED, note=said(note, "what is said of the draft"), proposed_hash=digest
        )
        ready = replace(ready, writers=_hands(found.writers, lent, found.saved_by))
        ready = keep(work, replace(ready, proposed_by=actor, proposed_at=work.now))
        on_record(work, ready, "proposed", actor)
        return ready

    return house.write(work)


def withdraw(house: House, number: int, *, actor: str) -> Draft:
    """Take a proposal back; the draft can be written on."""

    def work(work: Work) -> Draft:
        require(work, actor, PUBLISH, "take proposals back")
        found = _taken(work, number)
        if found.status != PROPOSED:
            raise NotInThisState(found, "taken back")
        return take_back(work, found, "taken back", actor)

    return house.write(work)


def approve(house: House, number: int, digest: str, *, actor: str) -> Published:
    """Publish a proposed draft. It overtakes the other proposals for the same definition.

    Args:
        digest: SHA-256 of the bytes that the approver has looked at.

    Raises:
        SecondPersonWanted: the approver wrote it, proposed it, or could do more by it.
        Stale: the bytes are not those that were proposed, or not those that were looked at.
        DefinitionRefused: it does not fit what has been published since.
    """

    def work(work: Work) -> tuple[Published, Draft]:
        work.unit.alone(streams.DRAFTS)
        require(work, actor, PUBLISH, "publish definitions")
        found = _taken(work, number)
        if found.status != PROPOSED:
            raise NotInThisState(found, "approved")
        if not digest == found.proposed_hash == sha256(found.source).hexdigest():
            raise Stale(f"draft {number}", meanwhile=["its text is not the one that you looked at"])
        new = read(work.world, found)
        _enough(work, new)
        if isinstance(new, Governance):
            require_whole(work, new)
        _second_person(work, found, new, actor)
        signed = {
            "author": found.author,
            "writers": sorted(set(found.writers)),
            "proposer": found.proposed_by,
            "approver": actor,
            "note": found.note,
        }
        done = keep(work, replace(found, status=PUBLISHED))
        published = publishing.put(work, new, found.source, actor, signed)
        overtake(work, found.kind, published.name, actor)
        publishing.in_force(work)
        return published, done

    published, _ = house.write(work)
    return publishing.follow_up(house, published)


def differences(world: World, found: Draft) -> tuple[Difference, ...] | None:
    """What a draft changes of what is published, in words and with titles; None while it has faults."""
    try:
        new = read(world, found)
    except DefinitionRefused:
        return None
    if isinstance(new, Governance):
        return titled(_differences(world, new), new)
    return titled(_differences(world, new), world.governance, (_published(world, new.name), new))


def read(world: World, found: Draft) -> Workflow | Governance:
    """What a draft means, if it could be published now.

    Raises:
        DefinitionRefused: it has faults, or a workflow that is published would not fit it.
    """
    checked = check(world, found.kind, found.source, found.called)
    grave = [fault for fault in checked.faults if fault.severity is Severity.ERROR]
    if isinstance(checked.value, Governance) and not grave:
        grave = unfit(world, checked.value)
    if checked.value is None or grave:
        raise DefinitionRefused(grave or checked.faults)
    if found.kind != GOVERNANCE and found.name and found.based_on is not None and checked.value.name != found.name:
        raise Nonsense(
            found.name, f"the draft calls itself {checked.value.name!r}; a workflow keeps its name, begin a new one"
        )
    return checked.value


def _differences(world: World, new: Workflow | Governance) -> tuple[Difference, ...]:
    if isinstance(new, Governance):  # file against file: people who were entered by hand are in neither
        return governance_differences(load_governance(versions(world, GOVERNANCE, "")[0].source), new)
    return workflow_differences(_published(world, new.name), new)


def _published(world: World, name: str) -> Workflow | None:
    definition = world.latest.get(name)
    return world.workflow(definition.hash) if definition else None


def _second_person(work: Work, found: Draft, new: Workflow | Governance, actor: str) -> None:
    who = work.actor(actor)
    if name := part_of(who, found.hands):
        raise SecondPersonWanted(actor, f"{name} {'wrote' if name in found.writers else 'proposed'} it")
    if isinstance(new, Workflow) and new.name not in work.world.latest:
        return  # nobody had any part in what was not there
    gains = _differences(work.world, new)
    roles, gaining = gainers(gains)
    for person in who.persons():
        mine = roles & set(person.roles)
        if mine or person.name in gaining:
            said = next(d.sentence for d in gains if mine & set(d.roles) or person.name in d.people)
            raise SecondPersonWanted(actor, f"their own rights rise by it ({said.rstrip('.')})")


def _enough(work: Work, new: Workflow | Governance) -> None:
    """Two people who may publish, now and afterwards."""
    now = holders(work.world.governance, PUBLISH, work.day)
    if len(now) < FEWEST:
        raise TooFewPublishers(now, after=False)
    if isinstance(new, Governance) and len(later := holders(people_of(work, new), PUBLISH, work.day)) < FEWEST:
        raise TooFewPublishers(later, after=True)


def people_of(work: Work, new: Governance) -> Governance:
    """Another governance with the people who were entered by hand."""
    return laid_over(new, work.look.access.people())


def _hands(writers: tuple[str, ...], lent: str | None, last: str) -> tuple[str, ...]:
    """The writers with the latest last, and between them whoever lent their right by being away."""
    first = writers[0] if writers else last
    between = dict.fromkeys(name for name in (*writers[1:], lent) if name is not None and name not in (first, last))
    return (first, *between, last) if between or first != last else (first,)


def _taken(work: Work, number: int, revision: int | None = None) -> Draft:
    """The draft, locked, as the person has seen it."""
    found = work.unit.desk.lock(number)
    if found is None:
        raise UnknownDraft(number)
    if revision is not None and revision != found.revision:
        zone = work.world.governance.calendar.zone
        said = f"{found.saved_by} saved it on {instant_words(found.changed_at, zone)}"
        raise Stale(f"draft {number}", revision, found.revision, [said])
    return found


def _sized(source: bytes) -> bytes:
    if len(source) > MOST_BYTES:
        raise Nonsense("the draft", f"it has {len(source):,} bytes, and {MOST_BYTES:,} are the most; nothing was saved")
    return source


__all__ = [
    "PROPOSED",
    "PUBLISHED",
    "WRITTEN",
    "Draft",
    "approve",
    "begin",
    "differences",
    "discard",
    "draft",
    "drafts",
    "propose",
    "read",
    "save",
    "withdraw",
]

"""The record of one item, to be handed to an auditor: its whole story, and the proof that it is what was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_workflow.calendar import local, local_date
from qa_workflow.definition import Workflow
from qa_workflow.engine import EVERYTHING, Actor, Event, apply
from qa_workflow.engine.events import read_body
from qa_workflow.engine.item import Visit, instant
from qa_workflow.engine.sight import SEE_ALL
from qa_workflow.errors import IntegrityFault
from qa_workflow.service.house import House
from qa_workflow.service.lists.story import Story, story
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.proof import ItemProof, ProveItem
from qa_workflow.service.rights import acting_for
from qa_workflow.service.telling.dates import dated
from qa_workflow.service.telling.history import EventTold
from qa_workflow.service.telling.naming import Naming, Value
from qa_workflow.service.telling.proved import anchor_words, proof_words
from qa_workflow.service.telling.titles import in_titles, titles
from qa_workflow.service.telling.views import Explanation
from qa_workflow.service.world import World

_TRIES = 3
"""How often an item is read again that somebody moved between its proof and its story."""


@dataclass(frozen=True, slots=True)
class Given:
    """A field as it is filled now: by whom, at which local instant (ISO), and in which event."""

    value: Value
    who: str
    at: str
    seq: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A document that is, or once was, part of the item."""

    name: str
    size: int
    sha256: str
    label: str
    who: str
    at: str
    is_current: bool
    removed: str = ""
    """That nobody is given it any more, since when, by whom and why; nothing where that is not so."""


@dataclass(frozen=True, slots=True)
class DueDate:
    """A date that a stage had: the last one, the one first given, and why."""

    title: str
    entered: str
    due_on: str
    first_on: str
    why: str
    rule: str


@dataclass(frozen=True, slots=True)
class RanOn:
    """A version of the workflow, the SHA-256 of its text, and the first event under it."""

    title: str
    version: int
    hash: str
    published_at: str
    published_by: str
    since: int


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """All that was asked for, at one instant; `history` begins with the first event.

    Attributes:
        at: local ISO 8601.
        said: what the proof came to, in sentences; `held` what holds it from outside.
    """

    at: str
    by: str
    house: str
    story: Story
    proof: ItemProof
    history: tuple[EventTold, ...]
    fields: tuple[Given, ...]
    documents: tuple[Attached, ...]
    dates: tuple[DueDate, ...]
    versions: tuple[RanOn, ...]
    said: str
    held: str


def record(house: House, prove: ProveItem, person: str, reference: str, checkpoint: str | None = None) -> ItemRecord:
    """The record of an item, proved just now.

    It tells everything, and its bytes all the more; so it is for those who see every organisation's items.

    Raises:
        NotYours: somebody else asks, whatever the item.
        UnknownItem: there is none of this name.
        IntegrityFault: its history cannot be read, so that nothing can be told; `verify` says what is wrong.
    """
    now = house.now()
    with house.looking() as (_, world):
        actor = world.actor(person, local_date(now, world.governance.calendar.zone))
    acting_for(world.governance, actor, (SEE_ALL,), "take the record of an item")
    proof, found = _together(house, prove, actor, reference, checkpoint)
    events = _events(proof)
    history, zone = tuple(reversed(found.history)), world.governance.calendar.zone
    return ItemRecord(
        at=local(now, zone).isoformat(),
        by=", ".join(titles(world.governance, [person])),
        house=world.governance.title,
        story=found,
        proof=proof,
        history=history,
        fields=tuple(_given(found, history)),
        documents=tuple(_attached(found, history)),
        dates=tuple(_dates(world, events)),
        versions=tuple(_versions(world, proof)),
        said=proof_words(proof),
        held=anchor_words(proof, zone),
    )


def _together(
    house: House, prove: ProveItem, actor: Actor, reference: str, checkpoint: str | None
) -> tuple[ItemProof, Story]:
    """The proof of an item and its story, of the same moment even where somebody moves it meanwhile."""
    for left in range(_TRIES - 1, -1, -1):
        proof = prove(reference, checkpoint)
        _events(proof)
        found = story(house, actor, EVERYTHING, proof.item, house.now(), whole=True)
        if found.item.revision == len(proof.lines) or not proof.is_sound or left == 0:
            return proof, found
    raise AssertionError("the last try is taken as it is")


def _events(proof: ItemProof) -> list[Event]:
    try:
        return [read_body(line.body, line.texts) for line in proof.lines]
    except Exception as fault:
        raise IntegrityFault(f"the history of {proof.reference} cannot be read: {'; '.join(proof.findings)}") from fault


def write_down(house: House, taken: ItemRecord, person: str, *, documents: bool) -> None:
    """That a record left the house is on record itself, like every document that went along or is read."""
    told = {"person": person, "item": taken.proof.item, "reference": taken.proof.reference, "record": True}
    told["documents"] = [each.sha256 for each in taken.documents if not each.removed] if documents else []
    house.write(lambda work: work.unit.record(streams.ACCESS, work.now, "read", told))


def _given(found: Story, history: Sequence[EventTold]) -> Iterator[Given]:
    """Each field that is filled, with the last event that filled it."""
    last = {value.name: told for told in history for value in told.values}
    for value in found.fields:
        told = last.get(value.name)  # none where the field had another name under an earlier version
        yield Given(value, told.who, told.at, told.seq) if told else Given(value, "", "", 0)


def _attached(found: Story, history: Sequence[EventTold]) -> Iterator[Attached]:
    """Every document of the history, each once, as it came in first."""
    current = {document["sha256"] for value in found.fields for document in value.documents}
    seen: set[str] = set()
    for told in history:
        for value in told.values:
            for each in value.documents:
                if each["sha256"] not in seen:
                    seen.add(each["sha256"])
                    is_current = each["sha256"] in current
                    yield Attached(
                        each["name"],
                        each["size"],
                        each["sha256"],
                        value.label,
                        told.who,
                        told.at,
                        is_current,
                        each.get("why", ""),
                    )


def _dates(world: World, events: Sequence[Event]) -> Iterator[DueDate]:
    """The date of each stay that ever had one, as it was at last, in the order in which they began."""
    stays: dict[int, tuple[Workflow, Visit]] = {}
    item = None
    for event in events:
        item = apply(item, event)
        stays |= {v.number: (world.workflow(item.definition), v) for v in item.visits if v.due is not None}
    for workflow, visit in stays.values():
        naming, due = Naming(world, workflow), visit.due
        assert due is not None
        plain = Explanation(visit.stage, workflow.stages[visit.stage].title, due.on, due.first_on, due.why)
        said = dated(naming, workflow, plain, events, str, now=visit.at)
        entered = local(instant(visit.at), naming.zone).isoformat()
        yield DueDate(
            said.stage_title, entered, due.on, due.first_on, in_titles(world.governance, said.why), said.rule or ""
        )


def _versions(world: World, proof: ItemProof) -> Iterator[RanOn]:
    """The versions that the item ran on, in order."""
    zone, last = world.governance.calendar.zone, None
    for line in proof.lines:
        digest = json.loads(line.body)["definition"]
        if digest != last and digest in world.definitions:
            found = world.definitions[digest]
            at = local(found.published_at, zone).isoformat()
            yield RanOn(world.workflow(digest).title, found.version, digest, at, found.published_by, line.seq)
        last = digest

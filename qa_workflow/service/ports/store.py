"""What the use cases need from outside, as protocols: a store with transactions, a place for documents, a way out.

`store` and `effects` make them real; a test may hand in its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from qa_workflow.definition.model import Field
from qa_workflow.engine import EVERYTHING, Decision, Event, Item, Sight, Timer
from qa_workflow.service.ports.access import AccessLook, AccessUnit
from qa_workflow.service.ports.boards import Boards, BoardsUnit
from qa_workflow.service.ports.chronicle import Chronicle
from qa_workflow.service.ports.desk import DeskLook, DeskUnit
from qa_workflow.service.ports.lists import Lists
from qa_workflow.service.removals import Removal


class Taken(Struct, frozen=True, gc=False):
    """An item locked for one decision: its row, its state, the hash of its last event, and an earlier answer if any."""

    row: int
    item: Item
    head: bytes
    answer: str | None = None
    epoch: str = "0"
    """Changes whenever something is published or a meeting moves."""


class Letter(Struct, frozen=True, gc=False):
    """One row for the outbox: what must leave because of event `seq`; the key is the same however often it is tried."""

    seq: int
    number: int
    kind: str
    recipient: str | None
    payload: Mapping[str, Any]


class Searchable(NamedTuple):
    """What an item is about, as searches compare it. `is_undisclosed`: the subject's own people do not find it so."""

    about: str = ""
    is_undisclosed: bool = False


class Typed(Struct, frozen=True, gc=False):
    """What somebody typed, as it lies beside an event of an item, or (`letter`) beside what left because of it.

    `sha256` stands for it in the bytes. Without a `salt` it was taken out, and `text` are the words in its place.
    """

    row: int
    seq: int
    letter: str | None
    sha256: str
    salt: str | None
    text: str


class Saving(Struct, frozen=True, gc=False):
    """A decision ready to be written, with all that the one transaction holds."""

    taken: Taken
    decision: Decision
    definition: str
    owner: str
    salt: bytes
    """Chance, kept nowhere, of which the salts of what people typed are made."""
    fields: Mapping[str, Field] = {}
    """Of the definition: which values people typed."""
    letters: Sequence[Letter] = ()
    request: str | None = None
    answer: str | None = None
    cycle: str | None = None
    suspect: datetime | None = None
    """What the clock should have said when the decision was taken, where it had been stepped."""
    agenda: Mapping[int, str] = {}
    """By visit, the body on the agenda of whose meeting it stands, being decided there."""
    holders: Mapping[int, str] = {}
    """By visit, who has to act on it, where the item has several dates or another than its first."""
    searchable: Searchable | None = None
    """What the item is found by from now on, where that is something else than before."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A published definition, byte for byte. `signed` is kept in the history only: who wrote, proposed, approved it."""

    hash: str
    kind: str
    name: str
    version: int
    source: bytes
    published_at: datetime
    published_by: str
    signed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sending:
    """An outbox row that was claimed: rows of one person that leave as one message share `batch`."""

    id: int
    key: str
    kind: str
    item_id: int | None
    recipient: str | None
    payload: Mapping[str, Any]
    attempts: int
    batch: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """How an incident was settled: by whom, when, what was done, and why."""

    by: str
    at: datetime
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Something recurring: what it is, and when it is next."""

    name: str
    workflow: str
    payload: Mapping[str, Any]
    next_at: datetime


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which items are wanted, a page of `limit` at a time; None means any. `after` is where the page before ended.

    `by_date` is for a first page alone: the soonest due first, then what has no date, in order of opening. `sight`
    bounds lists and counts alike to what somebody may see.
    """

    workflow: str | None = None
    stage: str | None = None
    owner: str | None = None
    subject: str | None = None
    status: str | None = None
    open_only: bool = False
    overdue_at: datetime | None = None
    limit: int = 50
    after: tuple[int, int] | None = None
    by_date: bool = False
    sight: Sight = EVERYTHING

    def beyond(self, page: Sequence[Found]) -> ItemQuery | None:
        """The same for the page after this one; None where this was the last."""
        if len(page) < self.limit:
            return None
        return replace(self, after=(page[-1].due_at or 0, page[-1].row))


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a list: enough to show it, and the row to go on from."""

    row: int
    due_at: int | None
    item: Item


class Unit(Protocol):
    """One transaction that writes. Everything asked of it happens, or nothing."""

    @property
    def desk(self) -> DeskUnit:
        """Drafts of definitions."""

    @property
    def access(self) -> AccessUnit:
        """Who may come in."""

    @property
    def boards(self) -> BoardsUnit:
        """Figures, and lists that people keep."""

    def take(self, name: str, request: str | None = None) -> Taken:
        """Lock an item, by reference or identifier; raises `UnknownItem`."""

    def take_all(self, keys: Sequence[str]) -> Mapping[str, Taken]:
        """Lock items by identifier, in that order, with one statement; those that are not there are left out."""

    def take_row(self, row: int) -> Taken:
        """Lock an item by its row."""

    def answer(self, request: str) -> str | None:
        """What was answered under a request key, as committed by now."""

    def keep_answer(self, request: str, answer: str, now: datetime) -> None:
        """Keep an answer that no one item's decision carries; the key is new."""

    def save(self, saving: Saving) -> None:
        """Write a decision about an item that was taken.

        Raises:
            Stale: the row has moved on.
            UploadLapsed: it refers to a document that is not kept, or is not good any more.
        """

    def save_all(self, savings: Sequence[Saving]) -> None:
        """Write many decisions with few statements."""

    def create(self, saving: Saving) -> int:
        """Write the decision that opens an item; raises `AlreadyOpen` when its cycle is open. Gives its row."""

    def look(self) -> Reader:
        """What this transaction sees."""

    def rearm(self, taken: Taken, timers: Sequence[Timer]) -> None:
        """Write an item's timers anew without an event, because what they are counted from has changed around it."""

    def claim_due(self, now: datetime, limit: int) -> list[Taken]:
        """Lock items whose next timer has come, earliest first; others' locks are passed by."""

    def put_off(self, row: int, until: datetime, why: str) -> None:
        """A poisoned item is looked at again later, and an incident tells why."""

    def publish(self, definition: Definition) -> None: ...

    def record(self, stream: str, at: datetime, kind: str, data: Mapping[str, Any]) -> None:
        """Add a line to one of the house's own histories."""

    def move_meeting(self, body: str, key: str, at: datetime | None, reason: str) -> None: ...

    def waiting_for(self, body: str, key: str) -> list[int]:
        """Rows of the items whose dates depend on a meeting."""

    def seated(self, body: str) -> list[int]:
        """Rows of the items on any agenda of a body."""

    def schedule(self, entry: Scheduled, now: datetime) -> None:
        """Set (or set anew) when something is next."""

    def claim_schedules(self, now: datetime, limit: int) -> list[Scheduled]: ...

    def unschedule(self, name: str, now: datetime, planned_for: datetime | None = None) -> bool:
        """Nothing recurs under this name any more; False if nothing did, or it was planned for another time."""

    def claim_letters(self, kinds: Sequence[str], now: datetime, lease_until: datetime, limit: int) -> list[Sending]:
        """Lease what must leave, of these kinds; rows for one person share a batch, so that each gets one message."""

    def confirm(self, ids: Sequence[int], now: datetime) -> None: ...

    def renew(self, sendings: Sequence[Sending], lease_until: datetime) -> bool:
        """Lease again what is about to leave; False when another has it, or it has left."""

    def failed(self, ids: Sequence[int], again_at: datetime | None, error: str, now: datetime) -> None:
        """Not delivered: to be tried again, or (None) given up, with an incident."""

    def send_again(self, letter: str, now: datetime) -> int:
        """What was given up under this key, or in this batch, waits to leave again; how many letters."""

    def look_again(self, row: int, now: datetime) -> None:
        """The sweep looks at an item that was put off."""

    def look_later(self, row: int, until: datetime) -> None:
        """The sweep passes an item by until then, because what time does to it waits."""

    def look_in_time(self) -> None:
        """The sweep looks at all that it passed by when their timers say."""

    def unsettled(self, kind: str) -> list[int]:
        """Numbers of the incidents of that kind that still need a person."""

    def about(self, kind: str, row: int) -> Mapping[str, int]:
        """Numbers of the incidents of that kind about an item that still need a person, by their `letter`."""

    def incident(self, kind: str, what: str, row: int | None, now: datetime, letter: str | None = None) -> None: ...

    def take_incident(self, number: int) -> Mapping[str, Any] | None:
        """An incident, locked; None if there is none of that number."""

    def settle(self, number: int, settled: Settled) -> None:
        """An incident is settled, and on record."""

    def alone(self, name: str) -> None:
        """Wait until no other transaction works on what a name stands for, and keep it until this one ends."""

    def number(self, reference: str) -> int:
        """The next running number for `{number}` in references that read like this one otherwise."""

    def keep(self, sha256: str, size: int, now: datetime) -> None:
        """A document is about to be kept. It is evidence once a decision refers to it that is saved."""

    def drop_unused(self, before: datetime, limit: int) -> list[str]:
        """Forget documents that were uploaded before then, and to which nothing refers; those that this one dropped."""

    def set_removal(self, sha256: str, removal: Removal | None, kept: Sequence[Typed] = ()) -> None:
        """A document or a text is to be removed, or is; None: it stays. `kept` is what was taken out for now."""

    def lay(self, texts: Sequence[Typed]) -> None:
        """Let these lie where they belong, in place of what lies there. The items are to be told anew."""

    def unask(self, texts: Sequence[Typed]) -> None:
        """Forget what could be compared with a guess at what was asked when these were typed."""

    def tell_anew(self, row: int, item: Item, searchable: Searchable) -> None:
        """Write an item that is locked as its history makes it, where only texts of it have changed."""

    def family(self, key: str) -> list[int]:
        """Rows of an item, of those above it and of all their sub-items, in the order of locking."""

    def set_house(self, name: str, value: str) -> None: ...

    def children(self, key: str) -> list[int]:
        """Rows of the open sub-items of this one."""


class Reader(Protocol):
    """One consistent look at the database."""

    @property
    def desk(self) -> DeskLook:
        """Drafts of definitions."""

    @property
    def lists(self) -> Lists:
        """Lists for pages."""

    @property
    def boards(self) -> Boards:
        """Boards over all bodies."""

    @property
    def access(self) -> AccessLook:
        """Who may come in."""

    @property
    def chronicle(self) -> Chronicle:
        """What happened to all items."""

    def item(self, name: str, sight: Sight = EVERYTHING) -> Found:
        """An item by reference or identifier, as it is seen; one out of sight is not there. Raises `UnknownItem`."""

    def events(self, name: str, sight: Sight) -> list[Event]:
        """All that happened to an item, as it is told to somebody with this sight. Raises `UnknownItem`."""

    def items(self, query: ItemQuery) -> list[Found]: ...

    def count(self, query: ItemQuery) -> int: ...

    def definitions(self) -> list[Definition]:
        """All of them, oldest first."""

    def definition(self, digest: str) -> Definition | None: ...

    def moved_meetings(self) -> Mapping[tuple[str, str], datetime | None]: ...

    def taken(self, bodies: Iterable[str]) -> Mapping[tuple[str, str], int]:
        """How many items are on the agenda of each meeting of these bodies."""

    def timers(self) -> Iterator[Mapping[str, Any]]: ...

    def outbox(self) -> Iterator[Mapping[str, Any]]: ...

    def incidents(self) -> Iterator[Mapping[str, Any]]: ...

    def schedules(self) -> list[Scheduled]: ...

    def next_look(self, after: datetime) -> datetime | None:
        """The first instant after this one at which time does something to an item, or something recurring is next."""

    def removals(self) -> Mapping[str, Removal]:
        """Documents and texts that are removed, or are to be, by their SHA-256."""

    def typed(self, row: int) -> list[Typed]:
        """All that was typed at the item of this row, in order, but for what was written before texts lay apart."""

    def kept_back(self, sha256: str) -> list[Typed]:
        """What was taken out of events and letters until somebody decides about the removal of this name."""

    def called(self, rows: Iterable[int]) -> list[str]:
        """References of the items at these rows."""

    def naming(self, sha256: str) -> list[str]:
        """References of the items whose histories name a document. Reads every history: for what is rare."""

    def has_unused(self, before: datetime) -> bool:
        """Whether a document was uploaded before then, and nothing refers to it."""

    def house(self) -> Mapping[str, str]: ...


class Store(Protocol):
    """Where items live."""

    def writing(self) -> AbstractContextManager[Unit]:
        """A transaction; committed at the end of the block, undone by any exception."""

    def reading(self) -> AbstractContextManager[Reader]:
        """A look that blocks nobody."""

    def is_passing(self, fault: Exception) -> bool:
        """Whether a transaction failed for a reason that may be gone at once (locked, deadlock), before its COMMIT."""

    def is_uncertain(self, fault: Exception) -> bool:
        """Whether a transaction failed during its COMMIT, so that it may have been saved."""

    def scrub(self) -> bool:
        """Have what was overwritten out of the log too; False where somebody else is reading it."""

    def dispose(self) -> None:
        """Close every connection."""


class Proof(Protocol):
    """What checking the whole history found; `str` says it in a sentence."""

    @property
    def findings(self) -> Sequence[object]:
        """What does not prove itself, each with its place; empty when all is well."""


class Prove(Protocol):
    """Checks everything that is stored against the history, and the history against a checkpoint kept elsewhere."""

    def __call__(self, checkpoint: str | None = None, progress: Callable[[int, int], None] | None = None) -> Proof: ...


class Documents(Protocol):
    """Where the bytes of documents are kept, by their SHA-256."""

    def put(self, content: bytes) -> str:
        """Keep the bytes on disk for good, and give their SHA-256 in hex."""

    def get(self, sha256: str) -> bytes:
        """The bytes; raises `IntegrityFault` when they are not there or not those."""

    def remove(self, sha256: str, *, for_good: bool = False) -> None:
        """Have the bytes gone from the disk; that they are gone already is as good.

        Args:
            for_good: they are not kept here again, whoever brings them; not from a backup either.
        """

    def removed(self) -> frozenset[str]:
        """Whatever was removed for good, by its SHA-256: files, and texts of events."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person, made of one or several notices. `key` is the same however often it is sent."""

    key: str
    recipient: str
    address: str
    subject: str
    text: str
    items: Sequence[str] = field(default_factory=tuple)


class Undeliverable(Exception):
    """The other side will not have this message, today or tomorrow; the words say why, and what to do."""


class Carrier(Protocol):
    """Takes messages out of the house, at least once each; receivers drop repeats by the key."""

    def carry(self, message: Message) -> None:
        """Deliver.

        Raises:
            Undeliverable: to try again would change nothing.
            Exception: any other says why it could not be delivered for now.
        """

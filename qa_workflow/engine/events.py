"""What happened: an event is one line of an item's history, with all that `fold` needs and nothing worked out later.

An event's `data` holds its effect on the item in a small fixed vocabulary, whatever its kind:

| key | effect |
|---|---|
| ``set`` | fields and their new values; null empties one |
| ``enter`` | visits begun, complete with due date and explanation |
| ``leave`` | numbers of the visits ended |
| ``keep`` | of these, the ones without whose sub-items the item does not close |
| ``patch`` | visit number: attributes that change |
| ``did`` | trigger path that was carried out |
| ``lapsed`` | time moved the item out of its source: outcome, timer, when it was due |
| ``status``, ``outcome``, ``hold`` | the item's own |
| ``undisclosed`` | the fields that the subject's own people do not see from now on, where they are others than before |
| ``last_shown`` | with it: of these fields, the values that those people were shown last |
| ``slip`` | the item has become overdue: the date that was missed |
| ``pins`` | the definition version that it goes on under; with it ``places``, ``renamed`` and ``restarted`` |

Everything else in `data` is for people: when a timer was due, what an earlier value was, and which values, filled in
before, a step ``rests_on``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any

from msgspec import Struct, field
from msgspec.json import Decoder

from qa_workflow.engine.texts import put_back

CHAIN = b"qa-event-v1\0"
"""Set before every hashed body, so that no other hash of this program can be taken for an event's."""
COLLEAGUES_ONLY = "colleagues_only"
"""In the `data` of a comment that the subject's own people are not told; `disclosure` keeps it from them."""
ABOUT_ANOTHER = "about_another"
"""In the `data` of a sub-item's end: it is about another organisation, which the subject's own people are not told."""
WHY_LATE = "why_late"
"""In the `data` of a comment: whether it was said to be why the item is late. Of earlier ones nothing was said."""
TOLD_OF_IT = "tell"
"""In the `data` of a comment: who was sent word of it, by name."""
_READ = Decoder(dict[str, Any])


class Kind(StrEnum):
    """What sort of thing happened; the word that histories show."""

    OPENED = "opened"
    MOVED = "moved"
    RECORDED = "recorded"
    JOINED = "joined"
    VOTED = "voted"
    CLAIMED = "claimed"
    RELEASED = "released"
    ASSIGNED = "assigned"
    HELD = "held"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    CORRECTED = "corrected"
    DATE_CHANGED = "date_changed"
    MEETING_MOVED = "meeting_moved"
    RECOUNTED = "recounted"
    MIGRATED = "migrated"
    REMINDED = "reminded"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    LAPSED = "lapsed"
    PASSED = "passed"
    WAIVED = "waived"
    SUB_ITEM_OPENED = "sub_item_opened"
    SUB_ITEM_ENDED = "sub_item_ended"
    SUB_ITEM_REOPENED = "sub_item_reopened"
    COMMENTED = "commented"


class Event(Struct, frozen=True, gc=False):
    """One line of an item's history."""

    seq: int
    at: str
    actor: str
    kind: Kind
    acting_for: str | None = None
    trigger: str | None = None
    source: str | None = None
    target: str | None = None
    reason: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def line(self) -> dict[str, Any]:
        """As histories show it; `from` and `to` are stages."""
        return {
            "seq": self.seq,
            "at": self.at,
            "actor": self.actor,
            "acting_for": self.acting_for,
            "kind": str(self.kind),
            "trigger": self.trigger,
            "from": self.source,
            "to": self.target,
            "reason": self.reason,
            "data": self.data,
        }


def read_body(stored: bytes, texts: str | None) -> Event:
    """The event of stored bytes, with the texts that lie beside them."""
    return event_of(_READ.decode(put_back(stored, texts)))


def event_of(line: Mapping[str, Any]) -> Event:
    """The event of a line that was read from stored bytes."""
    return Event(
        seq=line["seq"],
        at=line["at"],
        actor=line["actor"],
        kind=Kind(line["kind"]),
        acting_for=line["acting_for"],
        trigger=line["trigger"],
        source=line["from"],
        target=line["to"],
        reason=line["reason"],
        data=line["data"],
    )


def first_link(house: str, stream: str) -> bytes:
    """What a stream's first event is chained to: no stream can take another's place, or move to another database."""
    return sha256(f"{house}\0{stream}".encode()).digest()


def link(previous: bytes, stored: bytes) -> bytes:
    """The hash that the next event is chained to."""
    return sha256(CHAIN + previous + stored).digest()

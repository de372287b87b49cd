"""What `decide` answers: the events, the item after them, what must leave the house, what time will do next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from qa_workflow.definition.model import Late, Who
from qa_workflow.engine.events import Event
from qa_workflow.engine.item import Item

NOBODY = Who()


class Leaves(StrEnum):
    """What can leave: a message to people, a word between an item and its sub-items, or another effect."""

    MESSAGE = "message"
    OPEN_SUB_ITEM = "open_sub_item"
    REPORT_TO_PARENT = "report_to_parent"
    CANCEL_SUB_ITEMS = "cancel_sub_items"
    WEBHOOK = "webhook"
    DOCUMENT = "document"


class Outgoing(Struct, frozen=True, gc=False):
    """Something that must leave the house because of event `seq`. `to` is for messages; addresses are found later.

    `rank` orders messages of one escalation ladder: of those that one decision sends, only the highest goes out.
    """

    seq: int
    kind: Leaves
    payload: Mapping[str, Any]
    to: Who = NOBODY
    ladder: int | None = None
    rank: int = 0


class Timer(Struct, frozen=True, gc=False):
    """What time will do to a visit; named as `timer_names` says."""

    visit: int
    name: str
    fire_at: datetime
    late: Late = Late.FIRE


class Decision(Struct, frozen=True, gc=False):
    """`touched` are the visits whose timers are replaced by `timers`: those that began, ended or changed."""

    item: Item
    events: tuple[Event, ...]
    outgoing: tuple[Outgoing, ...] = ()
    timers: tuple[Timer, ...] = ()
    touched: frozenset[int] = frozenset()

"""What travels: an item and its open visits, as frozen values that are folded from events and nothing else.

They are structs of msgspec and not dataclasses: made and changed in a tenth of the time, and read from a row's JSON in
one step (docs/decisions/0006-structs-on-the-hot-path.md). `replace` changes one.

Instants are kept as text in UTC with six decimals (`2027-04-01T08:00:00.000000Z`): exact, readable in the history,
and in order when sorted as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

LAPSE = "lapse"
"""Stands for a trigger where time moved an item and no step of its own was made."""
OPEN, HELD, CLOSED, CANCELLED = "open", "held", "closed", "cancelled"


@lru_cache(maxsize=1024)  # "now" and the ends of days are written again and again
def stamp(instant: datetime) -> str:
    """An aware instant as the text that histories carry."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The aware UTC instant of a stamp."""
    return datetime.fromisoformat(text)


class Due(Struct, frozen=True, omit_defaults=True, gc=False):
    """When a visit is due and why. `at` is the last instant in time; `first_at` is the date first given."""

    on: str
    at: str
    why: str
    first_on: str
    first_at: str
    fixed: bool = False
    """Changed for this item with authority: the rule no longer moves it."""
    runs: bool = False
    """A hold does not stop it, and does not move it when it ends."""


class Sitting(Struct, frozen=True, gc=False, array_like=True):
    """A meeting that a visit waits for or counts from. `key` is its planned day and stays when the meeting moves."""

    body: str
    key: str
    at: str


class Visit(Struct, frozen=True, omit_defaults=True, gc=False):
    """One stay in a stage; visits of an item are numbered from 1 in the order of entry."""

    number: int
    stage: str
    at: str
    due: Due | None = None
    holder: str | None = None
    sittings: tuple[Sitting, ...] = ()
    """The meeting that its stage waits for first, then those that its dates count from."""
    started: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    votes: tuple[tuple[str, ...], ...] = ()
    """Trigger, who voted, and for whom where they stood in."""
    fired: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    """Timed steps and joins that could not happen by themselves, and wait for a person."""
    loose: str | None = None
    """A branch left open when its stage's join was met: `ignored` or `kept`."""
    expected: int = 0
    """Sub-items asked for."""
    children: tuple[tuple[str, str], ...] = ()
    """Sub-items that have ended: reference, outcome."""
    onward: bool = False
    """Entered by a step within its branch, and not together with the branch."""
    since: str | None = None
    """Put back by a correction: when the visit began that it takes up again, from which its due date counts."""

    @property
    def due_on(self) -> str | None:
        """The day of its due date as text; None without one."""
        return self.due.on if self.due is not None else None

    def sitting(self, body: str) -> Sitting | None:
        """The meeting of that body which this visit counts with."""
        return next((s for s in self.sittings if s.body == body), None)


class Did(Struct, frozen=True, gc=False, array_like=True):
    """The last time a transition was made, and how often it was."""

    actor: str
    acting_for: str | None
    at: str
    times: int


class Hold(Struct, frozen=True, gc=False, array_like=True):
    """The clock is stopped, with a reason; `until` is when it runs again by itself."""

    since: str
    reason: str
    actor: str
    until: str | None = None


class Item(Struct, frozen=True, gc=False):
    """An item as its history says it is. `revision` is the number of its last event."""

    id: str
    reference: str
    workflow: str
    version: int
    definition: str
    subject: str | None
    period: str | None
    opened_at: str
    status: str = OPEN
    fields: Mapping[str, Any] = field(default_factory=dict)
    visits: tuple[Visit, ...] = ()
    revision: int = 0
    did: Mapping[str, Did] = field(default_factory=dict)
    """By trigger path (and `STAGE.lapse`), the latest last."""
    entered: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    visited: Mapping[str, int] = field(default_factory=dict)
    last_visit: int = 0
    slips: int = 0
    slipped: str | None = None
    """The due date (its instant) that was last missed; each date slips once, in whichever stage."""
    hold: Hold | None = None
    pauses: tuple[tuple[str, str], ...] = ()
    """Holds that are over: from, to."""
    gathered: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """How the sub-items of a stage had ended when it was last left."""
    kept: tuple[Visit, ...] = ()
    """Visits that are left, without whose sub-items the item does not close."""
    outcome: str | None = None
    ended_at: str | None = None
    undisclosed: tuple[str, ...] = ()
    """Fields that the subject's own people do not see as things stand, whether they are filled or not."""
    last_shown: Mapping[str, Any] = field(default_factory=dict)
    """Of those, the values that were shown and stand no more: to the subject's own people they are the last."""
    withheld: tuple[str, ...] = ()
    """Of an item as somebody sees it to whom these are not shown: they are left out of `fields`. Never stored."""
    parent: tuple[str, int] | None = None
    """The item that this one is part of, and the visit there (0: opened by a transition, nobody waits)."""

    @property
    def is_over(self) -> bool:
        return self.status in (CLOSED, CANCELLED)

    def visit(self, number: int) -> Visit | None:
        """The open visit of that number."""
        return next((v for v in self.visits if v.number == number), None)

    def awaiting(self, number: int) -> Visit | None:
        """The visit of that number whose sub-items still count: open, or left and kept."""
        return self.visit(number) or next((v for v in self.kept if v.number == number), None)

    @property
    def awaits(self) -> bool:
        """Whether sub-items of a stage that was left are still to be done before it closes."""
        return any(len(v.children) < v.expected for v in self.kept)

    def at_stage(self, path: str) -> Visit | None:
        """The open visit of that stage that still counts (not one left loose)."""
        return next((v for v in self.visits if v.stage == path and v.loose is None), None)

    def leaves(self) -> Iterator[Visit]:
        """Visits where work is to be done: all but the parallel stages whose branches are open."""
        if len(self.visits) == 1:
            return iter(self.visits)
        parents = {name for v in self.visits for name in _above(v.stage)}
        return (v for v in self.visits if v.stage not in parents)

    @property
    def stage(self) -> str | tuple[str, ...]:
        """The stage that it is at, by its path; several where branches are open, none where it ended at once."""
        paths = tuple(visit.stage for visit in self.leaves())
        return paths[0] if len(paths) == 1 else paths

    @property
    def due_on(self) -> date | None:
        """The day of the earliest due date whose clock runs."""
        due = self.due()
        return date.fromisoformat(due.on) if due is not None else None

    def dated(self) -> list[Visit]:
        """The open visits with a due date whose clock runs: all that have one, on hold those that it does not stop."""
        if self.is_over:
            return []
        return [v for v in self.visits if v.due is not None and (v.due.runs or self.status != HELD)]

    def due(self) -> Due | None:
        """The earliest due date whose clock runs."""
        return min([v.due for v in self.dated() if v.due is not None], key=lambda due: due.at, default=None)

    def is_overdue(self, now: datetime) -> bool:
        """Late: the earliest due date whose clock runs is past."""
        due = self.due()
        return due is not None and due.at < stamp(now)

    def with_visit(self, visit: Visit) -> Item:
        """The same item with one visit replaced."""
        return replace(self, visits=tuple(visit if v.number == visit.number else v for v in self.visits))


def _above(path: str) -> Iterator[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path

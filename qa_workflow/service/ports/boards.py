"""What boards over all bodies ask of the database: places of dated steps in the order of an index, and their items.

Reached from the port `Reader` as `look.boards`. Everything is bounded by `sight` before it is counted or
ordered, and states are read only for the lines that are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from qa_workflow.engine import EVERYTHING, Event, Item, Sight


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a dated step stands: the earliest due first. `visit` is 0 where an item has one, with its first date."""

    due_at: int
    row: int
    visit: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a workflow's steps: at these stages, about these organisations; None is any."""

    workflow: str
    stages: frozenset[str] | None = None
    subjects: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has to act, by a role or a person's name; `subjects` bounds it to items about these organisations."""

    name: str
    subjects: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class StepQuery:
    """Which dated steps of open items are wanted; None is any. `since` is included, `before` is not.

    `first_before` is before which the date first given lies. `parts` and `holdings` are wanted if any of them fits.
    `stage` is a path, or the last name of one; the steps of its branches are wanted too.
    """

    since: datetime | None = None
    before: datetime | None = None
    workflow: str | None = None
    stage: str | None = None
    subject: str | None = None
    parts: tuple[Part, ...] | None = None
    holdings: tuple[Holding, ...] | None = None
    changed: bool | None = None
    first_before: datetime | None = None
    sight: Sight = EVERYTHING


@dataclass(frozen=True, slots=True)
class Waits:
    """A step that waits for a meeting, or counts its date from one; `on_agenda` where it is to be decided there.

    `key` is the day for which that meeting was planned. `stage` is the step's, with those of other branches of an item
    that are undated.
    """

    row: int
    visit: int
    on_agenda: bool
    key: str
    definition: str
    stage: str
    is_held: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unseated:
    """An open item at a stage that a meeting decides, and on nobody's agenda for it.

    `stage` has all at which it is. Where those are several, it may be on one agenda for each: its item tells.
    """

    row: int
    definition: str
    stage: str
    subject: str | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """An item that could not go on by itself and waits for somebody; `what` says why, since when is `at`."""

    reference: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """How many dated steps have one text of owners and are about one organisation."""

    owner: str
    subject: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Figure:
    """Figures as they were worked out at an instant; `data` is JSON."""

    at: datetime
    data: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list with its filters, as the words of an address, kept by a person under a name."""

    person: str
    page: str
    name: str
    query: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Tale:
    """An item with its history, as figures are made from it."""

    item: Item
    events: Sequence[Event] = field(default_factory=tuple)


class Boards(Protocol):
    """One consistent look, for boards."""

    def steps(self, query: StepQuery, limit: int, after: Place | None = None) -> list[Place]:
        """Places of dated steps, the earliest due first."""

    def count(self, query: StepQuery, most: int) -> int:
        """How many there are; counting stops at `most`."""

    def on_hold(self, query: StepQuery, limit: int) -> list[int]:
        """Rows of items on hold one of whose steps may fit, whatever their dates."""

    def stuck(self, query: StepQuery, limit: int) -> list[Stuck]:
        """Items that could not go on by themselves and wait for somebody, whatever their dates, the longest first."""

    def undone(self, row: int) -> list[Stuck]:
        """What the item at this row asked of other items and was not done, in the order in which that was found."""

    def held(self, since: datetime | None, before: datetime) -> list[Held]:
        """Dated steps of open items in a span of time (`since` included, `before` not), by owner and subject."""

    def items(self, rows: Sequence[int], sight: Sight) -> Mapping[int, Item]:
        """The items at these rows; of each what somebody with this sight is shown."""

    def told(self, rows: Sequence[int]) -> Mapping[int, list[Event]]:
        """By row, what somebody gave a reason for, and what changed a due date; in order."""

    def waiting(self, meetings: Mapping[str, str], sight: Sight = EVERYTHING) -> Mapping[str, list[Waits]]:
        """By body, all that waits for its meeting, or still for an earlier one.

        Args:
            meetings: by body, the day for which its meeting was planned, as 2027-06-10.
        """

    def agendas(self, meetings: Collection[tuple[str, str]], sight: Sight) -> Mapping[tuple[str, str], list[str]]:
        """By meeting (its body, and the day for which it was planned), the references on its agenda, in order.

        A meeting on whose agenda nothing is that may be seen is left out.
        """

    def unseated(self, parts: Sequence[Part], sight: Sight = EVERYTHING) -> list[Unseated]:
        """Open items at one of these stages that no agenda of any meeting has, ever had or will have.

        Those that are at several stages are among them, whatever they are on.
        """

    def tales(self, after: int, limit: int, sight: Sight = EVERYTHING) -> list[tuple[int, Tale]]:
        """Items with their whole histories, in the order of rows, those after this row."""

    def number_of_items(self, most: int, sight: Sight = EVERYTHING) -> int:
        """How many items there are; counting stops at `most`."""

    def figure(self, name: str) -> Figure | None:
        """Figures that were worked out before."""

    def saved_views(self, person: str, page: str) -> list[SavedView]:
        """The lists that a person keeps for a page, by name."""

    def recorded(self, stream: str, since: datetime, limit: int) -> list[Mapping[str, Any]]:
        """Lines of one of the house's own histories (`at`, `kind` and `data`), the latest first."""


class BoardsUnit(Boards, Protocol):
    """Both halves, within a transaction that writes."""

    def drop_figure(self, name: str) -> None:
        """Forget figures."""

    def post(self, key: str, recipient: str, payload: Mapping[str, Any], at: datetime) -> None:
        """A message of the house's own to a person, under a key that is the same however often it is tried."""

    def put_view(self, view: SavedView) -> None:
        """Keep a list, in place of the one of that name."""

    def drop_view(self, person: str, page: str, name: str) -> bool:
        """Forget a list; whether it was there."""

    def put_figure(self, name: str, figure: Figure) -> None:
        """Keep figures, in place of what was there."""

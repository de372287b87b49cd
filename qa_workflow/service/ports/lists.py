"""What lists ask of the database: places in an order that can be gone on from, then the lines at those places.

A place is found from columns that are in an index; the items themselves are read for the lines that are shown, and no
others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qa_workflow.engine import EVERYTHING, Item, Sight


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a line stands: what is due soonest first, what has no date (none yet, or on hold) after all that have one.

    `number` is the row; where the newest come first it counts down, and nothing else matters.
    """

    is_undated: bool
    due_at: int
    number: int

    @property
    def row(self) -> int:
        """The row in the database."""
        return abs(self.number)


@dataclass(frozen=True, slots=True)
class Lane:
    """Open items with one text of owners, and, where `subject` says so, about one organisation."""

    owner: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One word that was searched for, plain (`items.gist.folded`): part of a reference or of what an item is about.

    Also has it what is about these organisations, or in these workflows.
    """

    text: str
    subjects: frozenset[str] = frozenset()
    workflows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Search:
    """Which items are wanted; None is any. `owners` are whole texts of owners, as `owners()` gives them."""

    words: tuple[Word, ...] = ()
    workflow: str | None = None
    stage: str | None = None
    subject: str | None = None
    owners: tuple[str, ...] | None = None
    status: str | None = None
    open_only: bool = False
    overdue_at: datetime | None = None
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: its row, the item, and the reference of the item whose sub-item it is, if that is in sight."""

    row: int
    item: Item
    parent: str | None = None


class Lists(Protocol):
    """One consistent look, for lists. Everything is bounded by `sight` before it is counted or ordered."""

    def owners(self) -> list[str]:
        """Every different text of owners that open items have; quick however many items there are."""

    def waiting(
        self, lanes: Sequence[Lane], limit: int, after: Place | None = None, sight: Sight = EVERYTHING
    ) -> list[Place]:
        """The first places of these lanes together."""

    def count_waiting(
        self, lanes: Sequence[Lane], most: int, overdue_at: datetime | None = None, sight: Sight = EVERYTHING
    ) -> int:
        """How many items these lanes have, or are late with; counting stops at `most` in each."""

    def found(self, search: Search, limit: int, after: Place | None = None, sight: Sight = EVERYTHING) -> list[Place]:
        """Places of what was searched for."""

    def count_found(self, search: Search, most: int, sight: Sight = EVERYTHING) -> int:
        """How many were found; counting stops at `most`."""

    def standing(
        self, places: Sequence[tuple[str, str]], lanes: Sequence[Lane], limit: int, sight: Sight = EVERYTHING
    ) -> list[Place]:
        """What stands at these stages of these workflows in these lanes, not looked for far along any of them."""

    def ended(self, workflow: str, stage: str, limit: int, after: Place | None = None) -> list[Place]:
        """Places of what came to its end at this stage, the last that did so first; `due_at` counts down from then."""

    def lines(self, rows: Sequence[int], sight: Sight) -> list[Listed]:
        """The lines at these rows, in this order; of each what somebody with this sight is shown."""

    def row(self, key: str) -> int | None:
        """The row of an item; None where there is none."""

    def sub_items(self, key: str, limit: int) -> list[int]:
        """Rows of the sub-items of this one: those that are open first, each in the order of opening."""

    def revision(self, name: str, sight: Sight = EVERYTHING) -> int | None:
        """At which revision an item is; None where none is in sight."""

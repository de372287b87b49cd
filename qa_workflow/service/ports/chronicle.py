"""What following the house asks of the database: events of all items, in an order into which nothing is put later."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from qa_workflow.engine import Sight


class Mark(NamedTuple):
    """Where an event stands among all: the number of the transaction that wrote it, the item's row, its own number."""

    written_in: int
    row: int
    seq: int


class Chronicle(Protocol):
    """All histories as one."""

    def mark(self, item: str, seq: int) -> Mark | None:
        """Where an event of an item stands; None where there is no such event."""

    def after(self, mark: Mark | None, limit: int, sight: Sight) -> list[Mark]:
        """The next events of items in sight, of those beside which nothing is being written any more."""

    def restored(self) -> str:
        """By which restoring of a backup this database began; empty where by none."""

"""What the product would write, noted while it runs and then undone: the rows that the floor is handed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from qa_workflow.service.ports import Saving
from qa_workflow.store import chain
from qa_workflow.store.reader import SqlReader
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.unit import SqlUnit, _decided_at, _earliest
from tests.bench.floor import Rows


class Notebook:
    """A store whose transactions all happen within one that is never committed.

    Attributes:
        decisions: everything that was written, in order.
    """

    def __init__(self, unit: SqlUnit) -> None:
        self._unit = unit
        self.decisions: list[Rows] = []
        save_all = unit.save_all

        def noted(savings: Sequence[Saving]) -> None:
            self.decisions += [rows_of(saving) for saving in savings if saving.decision.events]
            save_all(savings)

        unit.save_all = noted  # type: ignore[method-assign]

    @contextmanager
    def writing(self) -> Iterator[SqlUnit]:
        yield self._unit

    @contextmanager
    def reading(self) -> Iterator[SqlReader]:
        yield self._unit.look()

    def is_passing(self, fault: Exception) -> bool:  # noqa: ARG002  as the port says
        return False

    def dispose(self) -> None:
        """The real store is another's."""


class _Undo(Exception):
    """Ends a transaction without a trace."""


@contextmanager
def undone(store: SqlStore) -> Iterator[Notebook]:
    """Notes what happens in the block, and takes it back at the end."""
    try:
        with store.writing() as unit:
            yield Notebook(unit)
            raise _Undo
    except _Undo:
        pass


def rows_of(saving: Saving) -> Rows:
    """A decision as the rows that hold it."""
    row, decision = saving.taken.row, saving.decision
    at = _decided_at(saving)
    events, head = chain.event_rows(saving, row, saving.taken.head)
    before = [visit for visit in saving.taken.item.visits if visit.number in decision.touched]
    moved = chain.item_columns(saving, head)
    columns = ("status", "stage", "owner", "due_at", "revision", "head", "state", "ended_at", "cycle")
    return Rows(
        key=decision.item.id,
        request=saving.request,
        events=_rows(events, "item_id", "seq", "at", "body", "hash"),
        dropped=[(row, visit.number) for visit in before],
        unseated=[(row, visit.number) for visit in before if visit.sittings],
        timers=_rows(chain.timer_rows(row, decision.timers), "item_id", "visit", "name", "fire_at"),
        waiting=_rows(chain.waiting_rows(saving, row), "body", "key", "item_id", "visit", "on_agenda"),
        item=(*(moved[name] for name in columns), _earliest(decision.timers), row, saving.taken.item.revision),
        letters=_rows(
            chain.letter_rows(saving, row, at), "key", "item_id", "seq", "kind", "recipient", "payload", "next_at"
        ),
        answers=[(saving.request, saving.answer, at)] if saving.request is not None else [],
    )


def _rows(found: Sequence[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in found]

"""What the product would write, noted while it runs and then undone: the rows that the floor is handed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qa_workflow.service.ports.store import Saving
from qa_workflow.store.reader import SqlReader
from qa_workflow.store.sheets import Sheets
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.unit import SqlUnit
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

    is_uncertain = is_passing

    def scrub(self) -> bool:
        """Nothing was written."""
        return True

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
    sheets = Sheets()
    sheets.add(saving)
    if sheets.moved_partly or sheets.steps or sheets.untold or sheets.pins:
        raise AssertionError("the floor knows only items in one stage at a time, on their first date")
    (item,) = sheets.moved
    return Rows(
        key=saving.decision.item.id,
        request=saving.request,
        events=sheets.events,
        dropped=sheets.dropped,
        unseated=sheets.unseated,
        timers=sheets.timers,
        waiting=sheets.waiting,
        item=item,
        letters=sheets.letters,
        answers=sheets.answers,
    )

"""All the rows that some decisions become, a sheet for each statement, so that each statement is run once for all."""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.clock import to_micros
from qa_workflow.engine import Timer
from qa_workflow.engine.dated import dated_apart
from qa_workflow.service.items.attachments import documents_in
from qa_workflow.service.ports.store import Saving
from qa_workflow.store.chain import (
    Row,
    decided_at,
    event_rows,
    item_columns,
    letter_rows,
    sealed,
    searchable_row,
    step_rows,
    timer_rows,
    waiting_rows,
)


class Sheets:
    """Rows in the order of their statements (`statements.ADD_EVENT` and those after it)."""

    def __init__(self) -> None:
        self.events: list[Row] = []
        self.dropped: list[Row] = []
        """Visits whose timers go."""
        self.unseated: list[Row] = []
        """Visits that no longer wait for the meetings they waited for."""
        self.timers: list[Row] = []
        self.waiting: list[Row] = []
        self.untold: list[Row] = []
        """Items whose steps are told anew."""
        self.steps: list[Row] = []
        self.pins: list[Row] = []
        """Items that go on under another version of their definition."""
        self.moved: list[Row] = []
        self.moved_partly: list[Row] = []
        """Items with visits that were not touched and keep timers of their own."""
        self.searchable: list[Row] = []
        self.found_anew: list[Row] = []
        """Items that are about something else than before."""
        self.letters: list[Row] = []
        self.answers: list[Row] = []
        self.attached: dict[str, int] = {}
        """Documents that an item had not had before, and when it was given them."""

    def add(self, saving: Saving) -> None:
        """One decision. Of an item that is just being opened, whose row is there already, nothing goes or moves."""
        taken, decision, row = saving.taken, saving.decision, saving.taken.row
        letters = sealed(saving)
        events, head = event_rows(saving, row, taken.head, letters)
        self.events += events
        if taken.item.revision != decision.item.revision:
            self._replace(saving, row, head)
        else:
            self.searchable.append(searchable_row(saving, row))
        self.timers += timer_rows(row, decision.timers)
        self.waiting += waiting_rows(saving, row)
        self.steps += step_rows(saving, row)
        self.letters += letter_rows(saving, row, letters)
        self._attach(saving)
        if saving.request is not None:
            self.answers.append((saving.request, saving.answer or "", decided_at(saving)))

    def _attach(self, saving: Saving) -> None:
        """Documents that the decision gives the item, or one to be opened; those it carries on were attached before."""
        taken, decision = saving.taken.item, saving.decision
        filled = [event.data.get("set") for event in decision.events]
        filled += [letter.payload.get("fields") for letter in saving.letters]
        given = [document for fields in filled if fields for document in documents_in(fields)]
        if given:
            had = {d["sha256"] for d in documents_in(taken)} if taken.revision != decision.item.revision else ()
            self.attached |= {d["sha256"]: decided_at(saving) for d in given if d["sha256"] not in had}

    def _replace(self, saving: Saving, row: int, head: bytes) -> None:
        """Visits that were there before give up their timers, and the item's row is changed."""
        before, decision = saving.taken.item, saving.decision
        item, touched = decision.item, decision.touched
        for visit in before.visits:
            if visit.number in touched:
                self.dropped.append((row, visit.number))
                if visit.sittings:
                    self.unseated.append((row, visit.number))
        if dated_apart(before):
            self.untold.append((row,))
        if item.definition != before.definition:
            self.pins.append((row, item.version, item.definition))
        if saving.searchable is not None:
            self.found_anew.append((*saving.searchable, row))
        is_whole = all(visit.number in touched for visit in item.visits)
        columns = item_columns(saving, head, earliest(decision.timers) if is_whole else None)
        (self.moved if is_whole else self.moved_partly).append((*columns, row, before.revision))


def earliest(timers: Sequence[Timer]) -> int | None:
    """When the first of them fires, in microseconds."""
    return min([to_micros(t.fire_at) for t in timers], default=None)

"""Lists and boards stay quick however many items there are: no question reads the table from end to end, on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.service.ports.boards import StepQuery
from qa_workflow.service.ports.lists import Lane, Place, Search, Word
from qa_workflow.store import create
from qa_workflow.store.reader import SqlReader
from tests.databases import Databases

NOW = datetime(2027, 4, 1, 9, tzinfo=UTC)
OWN, PART = Sight(subjects=frozenset({"north"})), Sight(workflows=frozenset({"report"}))
AFTER = Place(False, 1, 1)
FULL = {
    "ix_item_own": "60524 15131 6053 3027 1",
    "ix_item_ended": "39476 19738 13159 1 1",
    "ix_item_subject": "100000 25000 1",
    "ix_item_owner": "60524 12105 3186 1",
    "ix_item_parent": "47368 5264",
    "ix_item_workflow": "100000 33334 1",
    "ix_item_due": "60524 3561 1",
    "ix_item_held": "3000 750 1",
    "sqlite_autoindex_item_1": "100000 1",
    "sqlite_autoindex_item_2": "100000 1",
}
"""What `ANALYZE` says of a house with a hundred thousand items."""
QUESTIONS = {
    "owners": lambda lists: lists.owners(),
    "a lane": lambda lists: lists.waiting([Lane(" author "), Lane(" chair ")], 51, AFTER),
    "a lane of one's own": lambda lists: lists.waiting([Lane(" author ", "north")], 51, AFTER, OWN),
    "a count": lambda lists: lists.count_waiting([Lane(" author ")], 1001, NOW),
    "a count of one's own": lambda lists: lists.count_waiting([Lane(" author ", "north")], 1001, NOW, OWN),
    "all that is open": lambda lists: lists.found(Search(open_only=True), 51, AFTER, PART),
    "how much is open": lambda lists: lists.count_found(Search(open_only=True), 1001, EVERYTHING),
    "one's own that is open": lambda lists: lists.found(Search(open_only=True), 51, AFTER, OWN),
    "part of a reference": lambda lists: lists.found(Search((Word("q4"),), newest=True), 51),
    "an organisation": lambda lists: lists.found(Search((Word("north", frozenset({"north"})),), newest=True), 51),
    "what it is about": lambda lists: lists.found(Search((Word("falls"), Word("wards")), newest=True), 51),
    "what ended": lambda lists: lists.ended("report", "over", 21, AFTER),
    "what stands with others": lambda lists: lists.standing(
        [("report", "review")], [Lane(" author "), Lane(" chair ")], 30, PART
    ),
    "lines": lambda lists: lists.lines([1, 2, 3], EVERYTHING),
    "sub-items": lambda lists: lists.sub_items("0" * 32, 50),
    "a revision": lambda lists: lists.revision("R/1", OWN),
}


LATE = StepQuery(before=NOW, sight=OWN)
OF_ONES_OWN = {
    "a page that is late": lambda boards: boards.steps(LATE, 51),
    "how much is late": lambda boards: boards.count(LATE, 1001),
    "what is on hold": lambda boards: boards.on_hold(LATE, 301),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_item_is_read_that_is_not_wanted(sqlite_databases: Databases, question: str) -> None:
    """A scan is allowed of an index alone (references, for parts of them), or in the order that is wanted."""
    plans = plans_of(sqlite_databases.fresh(), lambda look: QUESTIONS[question](look.lists))
    assert [step for step in plans if step == "SCAN item"] == []


@pytest.mark.parametrize("question", OF_ONES_OWN)
def test_who_sees_their_own_waits_for_nobody_elses(sqlite_databases: Databases, question: str) -> None:
    """The work is bounded by what is open about their organisation, not by all that is late or ever was."""
    plans = plans_of(sqlite_databases.fresh(), lambda look: OF_ONES_OWN[question](look.boards))
    rows_read = [step for step in plans if step.startswith(("SEARCH item USING", "SCAN item"))]
    assert rows_read != []
    assert [step for step in rows_read if " (subject=?" not in step] == []


def plans_of(url: str, ask: Callable[[SqlReader], object]) -> list[str]:
    """How SQLite would answer the questions about items, in a house with a hundred thousand of them."""
    store = create(url)
    with store.connected() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = 'item'")
        for index, numbers in FULL.items():
            connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES ('item', ?, ?)", (index, numbers))
    store.engine.dispose()  # a new connection plans by what is known of the data
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *heard: asked.append((heard[2], heard[3])))
    with store.reading() as look:
        ask(look)
        questions = [(text, values) for text, values in asked if "item" in text]
        plans = [
            row[3]
            for text, values in questions
            for row in look._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    store.dispose()
    assert questions
    return plans

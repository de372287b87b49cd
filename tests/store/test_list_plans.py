"""Lists stay quick however many items there are: on SQLite, no question of theirs reads the table from end to end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.service.list_port import Lane, Lists, Place, Search, Word
from qa_workflow.store import create
from tests.databases import Databases

NOW = datetime(2027, 4, 1, 9, tzinfo=UTC)
OWN, PART = Sight(subjects=frozenset({"north"})), Sight(workflows=frozenset({"report"}))
AFTER = Place(False, 1, 1)
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
    "what ended": lambda lists: lists.ended("report", "over", 21, AFTER),
    "lines": lambda lists: lists.lines([1, 2, 3]),
    "sub-items": lambda lists: lists.sub_items("0" * 32, 50),
    "a revision": lambda lists: lists.revision("R/1", OWN),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_item_is_read_that_is_not_wanted(sqlite_databases: Databases, question: str) -> None:
    """A scan is allowed of an index alone (references, for parts of them), or in the order that is wanted."""
    store = create(sqlite_databases.fresh())
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *heard: asked.append((heard[2], heard[3])))
    with store.reading() as look:
        lists: Lists = look.lists
        QUESTIONS[question](lists)
        questions = [(text, values) for text, values in asked if "item" in text]
        plans = [
            row[3]
            for text, values in questions
            for row in look._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    store.dispose()
    assert questions
    assert [step for step in plans if step == "SCAN item"] == []

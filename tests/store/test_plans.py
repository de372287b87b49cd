"""Lists, boards and the sweep stay quick however many items there are: no question reads items from end to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from qa_workflow.clock import to_micros
from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.service.ports.boards import StepQuery
from qa_workflow.service.ports.chronicle import Mark
from qa_workflow.service.ports.lists import Lane, Place, Search, Word
from qa_workflow.service.ports.store import ItemQuery
from qa_workflow.store import SqlStore, open_store
from qa_workflow.store.reader import SqlReader
from qa_workflow.store.statements import CLAIM_DUE, TAKE_KEY, TAKE_REFERENCE
from tests.databases import Databases
from tests.store.crowd import ITEMS, NOW, crowded

OWN, PART = Sight(subjects=frozenset({"provider-1"})), Sight(workflows=frozenset({"report"}))
AFTER = Place(False, 1, 1)
LONG_AGO, HAPPENED = Mark(1 - ITEMS, 1, 1), Mark(19_000 - ITEMS, 19_000, 1)
LATE, OWN_LATE = StepQuery(before=NOW), StepQuery(before=NOW, sight=OWN)
Ask = Callable[[SqlReader], object]
OF_ONES_OWN: Mapping[str, Ask] = {
    "a page that is late": lambda look: look.boards.steps(OWN_LATE, 51),
    "how much is late": lambda look: look.boards.count(OWN_LATE, 1001),
    "what is on hold": lambda look: look.boards.on_hold(OWN_LATE, 301),
}
QUESTIONS: Mapping[str, Ask] = {
    "owners": lambda look: look.lists.owners(),
    "a lane": lambda look: look.lists.waiting([Lane(" author "), Lane(" chair ")], 51, AFTER),
    "a lane of one's own": lambda look: look.lists.waiting([Lane(" author ", "provider-1")], 51, AFTER, OWN),
    "a count": lambda look: look.lists.count_waiting([Lane(" author ")], 1001, NOW),
    "a count of one's own": lambda look: look.lists.count_waiting([Lane(" author ", "provider-1")], 1001, NOW, OWN),
    "all that is open": lambda look: look.lists.found(Search(open_only=True), 51, AFTER, PART),
    "how much is open": lambda look: look.lists.count_found(Search(open_only=True), 1001, EVERYTHING),
    "one's own that is open": lambda look: look.lists.found(Search(open_only=True), 51, AFTER, OWN),
    "part of a reference": lambda look: look.lists.found(Search((Word("r/77"),), newest=True), 51),
    "an organisation": lambda look: look.lists.found(
        Search((Word("provider-1", frozenset({"provider-1"})),), newest=True), 51
    ),
    "what it is about": lambda look: look.lists.found(Search((Word("falls"), Word("wards")), newest=True), 51),
    "what ended": lambda look: look.lists.ended("report", "over", 21, AFTER),
    "what stands with others": lambda look: look.lists.standing(
        [("report", "review")], [Lane(" author "), Lane(" chair ")], 30, PART
    ),
    "lines": lambda look: look.lists.lines([1, 2, 3], EVERYTHING),
    "sub-items": lambda look: look.lists.sub_items("key-7", 50),
    "a revision": lambda look: look.lists.revision("R/1", OWN),
    "a page that is late": lambda look: look.boards.steps(LATE, 51),
    "how much is late": lambda look: look.boards.count(LATE, 1001),
    "what is on hold": lambda look: look.boards.on_hold(LATE, 301),
    "items of a page": lambda look: look.boards.items([1, 2, 3], EVERYTHING),
    "why items of a page are late": lambda look: look.boards.told([1, 2, 3]),
    "what happened": lambda look: look.chronicle.after(HAPPENED, 51, EVERYTHING),
    "what happened in part": lambda look: look.chronicle.after(HAPPENED, 51, PART),
    "what happened to one's own": lambda look: look.chronicle.after(HAPPENED, 51, OWN),
    "what happened long after to one's own": lambda look: look.chronicle.after(LONG_AGO, 20_000, OWN),
    "where an event stands": lambda look: look.chronicle.mark("key-7", 1),
    "what is next": lambda look: look.next_look(NOW),
    **{f"{name} about one's own": ask for name, ask in OF_ONES_OWN.items()},
}
LONG_LATE = NOW + timedelta(days=7)
"""By then half of what is open is late, and all of it cannot be sorted for a page."""
LONGEST_LATE: Mapping[str, Ask] = {
    "of all": lambda look: look.items(ItemQuery(overdue_at=LONG_LATE)),
    "of a workflow": lambda look: look.items(ItemQuery(overdue_at=LONG_LATE, workflow="report")),
}
BIG = frozenset({"item", "event", "timer"})


def test_no_question_reads_items_that_are_not_wanted(databases: Databases) -> None:
    """A scan is allowed of an index alone (references, for parts of them), or in the order that is wanted.

    One test for all of them, since making so many items takes a while.
    """
    store = open_store(databases.prepared(crowded))
    through = {name: [step for step in plan(store, ask) if is_through(step)] for name, ask in QUESTIONS.items()}
    assert {name: steps for name, steps in through.items() if steps} == {}
    nothing_but_what_is_to_be_moved_is_read(store)
    for ask in LONGEST_LATE.values():
        comes_from_the_index_of_due_dates(plan(store, ask))
    store.dispose()


def nothing_but_what_is_to_be_moved_is_read(store: SqlStore) -> None:
    """What is due, for the sweep; and the one item that somebody moves."""
    with store.connected() as connection:
        for prepared, values in (
            (CLAIM_DUE, {"now": to_micros(NOW), "most": 200}),
            (TAKE_KEY, {"name": "key-7", "request": "r"}),
            (TAKE_REFERENCE, {"name": "R/7", "request": "r"}),
        ):
            statement = prepared.text(store.engine.dialect)
            steps = explained(connection.connection.driver_connection, statement.sql, statement.placed(values))
            assert [step for step in steps if is_through(step)] == []
            assert [step for step in steps if " item" in step] != []


def comes_from_the_index_of_due_dates(steps: list[str]) -> None:
    """However many items there are: no sorting, no reading of all, whatever else is asked."""
    told = "\n".join(steps)
    assert "ix_item_due" in told
    assert "Sort" not in told
    assert "TEMP B-TREE" not in told


def test_who_sees_their_own_waits_for_nobody_elses(sqlite_databases: Databases) -> None:
    """The work is bounded by what is open about their organisation, not by all that is late or ever was.

    PostgreSQL knows how few steps are told apart, and may begin with those.
    """
    store = open_store(sqlite_databases.prepared(crowded))
    for ask in OF_ONES_OWN.values():
        rows_read = [step for step in plan(store, ask) if step.startswith(("SEARCH item USING", "SCAN item"))]
        assert rows_read != []
        assert [step for step in rows_read if " (subject=?" not in step] == []
    store.dispose()


def is_through(step: str) -> bool:
    """Whether a step of a plan reads a big table from end to end; an index alone, or in its order, may be."""
    return any(step == f"SCAN {table}" for table in BIG)


def plan(store: SqlStore, ask: Ask) -> list[str]:
    """How the database answers the questions about items, each step in the words of SQLite."""
    asked: list[tuple[str, Any]] = []

    def note(*heard: Any) -> None:
        asked.append((heard[2], heard[3]))

    event.listen(store.engine, "before_cursor_execute", note)
    with store.reading() as look:
        ask(look)
        event.remove(store.engine, "before_cursor_execute", note)
        driver = look._connection.connection.driver_connection
        questions = [(text, values) for text, values in asked if any(f" {table}" in text for table in BIG)]
        assert questions
        return [step for text, values in questions for step in explained(driver, text, values)]


def explained(driver: Any, sql: str, values: Any) -> list[str]:
    """What the database says of one statement."""
    if type(driver).__module__.startswith("psycopg"):
        from psycopg import RawCursor

        cursor = RawCursor(driver) if "$1" in sql else driver.cursor()
        ((told,),) = cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values).fetchall()
        return list(_steps(told[0]["Plan"]))
    return [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


def _steps(node: Mapping[str, Any]) -> Iterator[str]:
    """A plan of PostgreSQL, told as SQLite tells its own; all that an index is asked for stands behind it."""
    kind, table = node["Node Type"], node.get("Relation Name")
    if kind == "Seq Scan":
        yield f"SCAN {table}"
    elif table is not None:
        by = " ".join(str(told) for told in _conditions(node))
        yield f"SEARCH {table} USING {node.get('Index Name', '')} {by}"
    else:
        yield kind
    for below in node.get("Plans", ()):
        yield from _steps(below)


def _conditions(node: Mapping[str, Any]) -> Iterator[Any]:
    """What the index below (of a bitmap, of several) is asked for."""
    yield node.get("Index Cond", "")
    for below in node.get("Plans", ()):
        if "Index Name" in below or below["Node Type"].startswith("Bitmap"):
            yield below.get("Index Name", "")
            yield from _conditions(below)

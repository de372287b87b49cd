"""Twenty thousand items without a life, made by the database itself, and skewed as a house is after years of use.

What ended long ago lies before all that is open; three organisations of twenty have half of the items; little is late,
very little on hold. So the planner of each database has what it has there: figures of real rows, with histograms.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from qa_workflow.clock import to_micros
from qa_workflow.engine.codec import item_to_json
from qa_workflow.engine.item import Item, stamp
from qa_workflow.store import create

ITEMS, ENDED = 20_000, 8_000
"""How many there are, and how many of them, the first ones, have ended."""
NOW = datetime(2027, 4, 1, 9, tzinfo=UTC)

_ITEMS = """
INSERT INTO item (id, key, reference, cycle, workflow, version, definition, subject, period, status, stage, owner,
                  due_at, next_at, revision, head, state, opened_at, ended_at, parent_id)
WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :items)
SELECT i, 'key-' || i, 'R/' || i, NULL, CASE i % 3 WHEN 0 THEN 'action' WHEN 1 THEN 'report' ELSE 'paper' END, 1, 'd',
       CASE WHEN i % 2 = 0 THEN 'provider-' || (i % 6) ELSE 'provider-' || (i % 40) END, 'Q4',
       CASE WHEN i <= :ended THEN 'closed' WHEN i % 100 = 7 THEN 'held' ELSE 'open' END,
       CASE WHEN i <= :ended THEN ' over ' WHEN i % 5 < 3 THEN ' review ' ELSE ' drafting ' END,
       CASE WHEN i <= :ended THEN '' WHEN i % 7 = 0 THEN ' chair ' WHEN i % 7 < 4 THEN ' author ' ELSE ' reviewer ' END,
       CASE WHEN i <= :ended OR i % 100 = 7 THEN NULL ELSE :now + (i * 7919 % :items - :items / 20) * :minute END,
       CASE WHEN i <= :ended OR i % 100 = 7 THEN NULL ELSE :now + (i * 7919 % :items - :items / 200) * :minute END,
       3, :head, :state, :now - (:items - i) * :minute, CASE WHEN i <= :ended THEN :now - (:ended - i) * :minute END,
       CASE WHEN i % 3 = 0 THEN 'key-' || (1 + i / 9 * 3) END
FROM n
"""
_REST = (
    (  # numbered below every transaction of a server
        "INSERT INTO event (item_id, seq, at, body, hash, written_in) "
        "SELECT id, seq, opened_at, :body, :head, id - :items FROM item, "
        "(SELECT 1 AS seq UNION ALL SELECT 2) AS two"
    ),
    (
        "INSERT INTO searchable (item_id, workflow, subject, reference, about, is_undisclosed) "
        "SELECT id, workflow, subject, reference, 'falls on the wards of ' || subject, id % 50 = 0 FROM item"
    ),
    (
        "INSERT INTO step (item_id, visit, stage, owner, due_at, first_at) "
        "SELECT id, 2, stage, owner, due_at, due_at FROM item WHERE due_at IS NOT NULL AND id % 20 = 0"
    ),
    (
        "INSERT INTO timer (item_id, visit, name, fire_at) SELECT id, 1, 'overdue', next_at FROM item "
        "WHERE next_at IS NOT NULL"
    ),
)


def crowded(url: str) -> None:
    """A house full of them, of which the database has made its statistics: for `prepared_database`."""
    store = create(url)
    values = {
        "items": ITEMS,
        "ended": ENDED,
        "now": to_micros(NOW),
        "minute": timedelta(minutes=1) // timedelta(microseconds=1),
        "head": b"0" * 32,
        "body": b"{}".ljust(600),
        "state": item_to_json(Item("key", "R", "report", 1, "d", None, None, stamp(NOW))).ljust(900),
    }
    with store.connected() as connection:
        for statement in map(text, (_ITEMS, *_REST)):
            connection.execute(statement, {name: values[name] for name in statement._bindparams})
        connection.exec_driver_sql("ANALYZE")
    store.dispose()

"""Connections lent for one transaction."""

from __future__ import annotations

import gc
from weakref import ref

from tests.store.office import Office


def test_a_transaction_leaves_nothing_for_the_search_for_circles(office: Office) -> None:
    """A cursor that lived on would keep its statement, and SQLite would have to read the next one's text anew."""
    office.open(1)
    gc.collect()
    gc.disable()
    try:
        with office.store.writing() as unit:
            unit.take("P/1")
            gone = ref(unit._hot._cursor)
        del unit
        assert gone() is None
    finally:
        gc.enable()

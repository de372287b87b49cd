"""Connections lent for one transaction, and statements that travel together."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress
from weakref import ref

import pytest
from psycopg import DataError, OperationalError
from psycopg.errors import UndefinedTable

from qa_workflow.store.lent import Lent
from tests.store.office import Office, Opened

KEEP = "INSERT INTO request (key, answer, at) VALUES ($1::VARCHAR, $2::VARCHAR, $3::BIGINT)"
COUNT = "SELECT count(*) FROM request"


@pytest.fixture
def server(postgresql_url: str, opened: Opened) -> Office:
    """An office on PostgreSQL, where statements travel."""
    return opened(postgresql_url)


@pytest.fixture
def lent(server: Office) -> Iterator[Lent]:
    """A connection of a server, on which a transaction has begun."""
    found = Lent(server.store.engine)
    found.begin()
    yield found
    found.undo()
    found.give_back()


def send(lent: Lent, sql: str, *row: object) -> None:
    assert lent.pipe is not None
    lent.pipe.send(sql, row)


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


def test_what_was_sent_is_done_before_what_is_asked(lent: Lent) -> None:
    send(lent, KEEP, "first", "it's {done}\n", 2**40)
    send(lent, KEEP, "second", "", 0)
    asked = lent.ask("SELECT key, answer, at FROM request ORDER BY key", ())
    assert asked.rows == [("first", "it's {done}\n", 2**40), ("second", "", 0)]
    assert lent.ask("UPDATE request SET at = $1::BIGINT", (7,)).changed == 2


def test_a_statement_that_fails_takes_what_follows_with_it(lent: Lent) -> None:
    """The commit among it; and the same text runs again on the same connection, prepared or not."""
    send(lent, "INSERT INTO nothing_of_that_name VALUES (1)")
    send(lent, KEEP, "after", "", 0)
    with pytest.raises(UndefinedTable):
        lent.commit()
    lent.undo()
    lent.begin()
    assert lent.ask(COUNT, ()).rows == [(0,)]
    send(lent, KEEP, "after", "", 0)
    assert lent.ask(COUNT, ()).rows == [(1,)]


def test_a_text_that_holds_a_zero_is_refused_and_not_cut_off(lent: Lent) -> None:
    send(lent, KEEP, "cut\0off", "", 0)
    with pytest.raises(DataError):
        lent.ask(COUNT, ())


def test_more_than_the_network_holds_travels_both_ways_at_once(lent: Lent) -> None:
    """Neither side may wait for the other to read."""
    long = "x" * 200_000
    for _ in range(200):
        send(lent, "SELECT $1::VARCHAR", long)
    assert lent.ask("SELECT $1::VARCHAR", (long,)).rows == [(long,)]


def test_a_connection_that_is_cut_is_an_error_and_not_a_wait_for_ever(lent: Lent, server: Office) -> None:
    (pid,) = lent.ask("SELECT pg_backend_pid()", ()).rows[0]
    with server.store.connected() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
    send(lent, KEEP, "lost", "", 0)
    with pytest.raises(OperationalError):
        lent.commit()


def take(office: Office, *, undone: bool = False) -> None:
    """A transaction whose statements travel."""
    with suppress(ZeroDivisionError), office.store.writing() as unit:
        unit.take("P/1")
        if undone:
            raise ZeroDivisionError


def look(office: Office, *, undone: bool = False) -> None:
    """A look in which psycopg prepares a statement."""
    with suppress(ZeroDivisionError), office.store.looking() as connection:
        for _ in range(10):
            connection.exec_driver_sql("SELECT 1")
        if undone:
            raise ZeroDivisionError


def test_statements_are_prepared_again_after_a_reader_has_rolled_back(server: Office) -> None:
    """psycopg, if it has prepared some of its own, then drops every one."""
    server.open(1)
    take(server)
    look(server, undone=True)
    take(server)


def test_statements_are_prepared_again_after_a_writer_has_rolled_back(server: Office) -> None:
    server.open(1)
    look(server)
    take(server, undone=True)
    take(server)

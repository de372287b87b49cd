"""Connections lent for one transaction, and statements that travel together."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from contextlib import suppress
from itertools import count
from typing import Any
from weakref import ref

import pytest
from psycopg import DataError, OperationalError
from psycopg.errors import UndefinedTable
from psycopg.waiting import Ready, Wait, wait
from sqlalchemy import QueuePool

from qa_workflow.store import pipe
from qa_workflow.store.database import sqlite_driver
from qa_workflow.store.lent import Lent
from qa_workflow.store.pipe import _exchanged as exchanged
from tests.store.office import Office, Opened

Exchange = Generator[Wait, Ready | int, Any]
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


@pytest.fixture
def file(sqlite_url: str, opened: Opened) -> Office:
    """An office in a file, where a connection stays at hand."""
    return opened(sqlite_url)


def driver_of(office: Office) -> object:
    """The connection that a transaction is lent."""
    with office.store.writing() as unit:
        return unit._lent.driver


def in_use(office: Office) -> int:
    """Connections that the pool has given out and not got back."""
    pool = office.store.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


def test_the_connection_that_came_back_is_lent_again(file: Office) -> None:
    """The pool is not asked, and gives out no second one; a look has one of its own."""
    first = driver_of(file)
    look(file)
    assert driver_of(file) is first
    assert in_use(file) == 1


def test_two_transactions_never_share_a_connection(file: Office) -> None:
    """Also where one came back while the other was under way."""
    first = file.store._lender.lend()
    second = file.store._lender.lend()
    assert first.driver is not second.driver
    for lent in (first, second):
        file.store._lender.take_back(lent)
    assert in_use(file) == 1


def test_a_connection_on_which_something_is_begun_is_not_kept(file: Office) -> None:
    """As where a transaction was cut off the moment it had begun: the pool undoes it, and the next one can begin."""
    lent = file.store._lender.lend()
    lent.begin()
    file.store._lender.take_back(lent)
    file.open(1)
    take(file)


def test_a_connection_that_sqlalchemy_has_worked_on_goes_back_to_the_pool(file: Office) -> None:
    """What it remembers of the transaction ends with it."""
    with file.store.writing() as unit:
        assert unit._connection is not None
    assert in_use(file) == 0


def test_a_connection_that_cannot_even_be_undone_is_not_kept(file: Office) -> None:
    lent = file.store._lender.lend()
    broken = lent.driver
    broken.close()
    lent.undo()
    file.store._lender.take_back(lent)
    assert driver_of(file) is not broken


def test_nothing_stays_open_once_a_store_is_disposed_of(file: Office) -> None:
    driver = driver_of(file)
    file.store.dispose()
    with pytest.raises(sqlite_driver().module.ProgrammingError):
        driver.execute("SELECT 1")  # type: ignore[attr-defined]


def test_what_was_sent_is_done_before_what_is_asked(lent: Lent) -> None:
    send(lent, KEEP, "first", "it's {done}\n", 2**40)
    send(lent, KEEP, "second", "", 0)
    asked = lent.ask("SELECT key, answer, at FROM request ORDER BY key", ())
    assert asked.rows == [("first", "it's {done}\n", 2**40), ("second", "", 0)]
    assert lent.ask("UPDATE request SET at = $1::BIGINT", (7,)).changed == 2


def test_a_move_travels_to_the_server_twice(server: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin and look, write and commit; a third time would cost it a tenth of all its time."""
    server.open(1)
    ways = count()
    monkeypatch.setattr(pipe, "_exchanged", lambda pg: exchanged(pg) if next(ways) < 2 else pytest.fail("a third"))
    server.fire("P/1", "submit")
    assert next(ways) == 2


def test_statements_kept_together_travel_as_one_also_where_the_pipe_was_left(lent: Lent) -> None:
    """As where a look by SQLAlchemy came before them; and it can look again afterwards."""
    lent.answer()
    assert lent.pipe is None
    with lent.together():
        send(lent, KEEP, "first", "", 0)
        send(lent, KEEP, "second", "", 0)
    assert lent.pipe is None
    assert lent.driver.execute(COUNT).fetchone() == (2,)


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


def test_more_than_the_network_holds_travels_both_ways_at_once(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server cannot send all of its long answer until we read, and does not read on before it has."""
    fileno = lent.driver.pgconn.socket

    def patient(exchange: Exchange) -> Any:
        return wait(never_idle(exchange), fileno, interval=20)

    monkeypatch.setattr(lent.driver, "wait", patient)
    long = "x" * 10_000_000
    send(lent, "SELECT repeat('y', 10000000)")
    assert lent.ask("SELECT $1::VARCHAR", (long,)).rows == [(long,)]


def never_idle(exchange: Exchange) -> Exchange:
    """The same exchange, which fails once it has waited for nothing; the driver would wake it up, and hide that."""
    wanted = next(exchange)
    while True:
        ready = yield wanted
        assert ready, "each side waits for the other to read"
        try:
            wanted = exchange.send(ready)
        except StopIteration as end:
            return end.value


def test_a_connection_that_is_cut_is_an_error_and_not_a_wait_for_ever(lent: Lent, server: Office) -> None:
    (pid,) = lent.ask("SELECT pg_backend_pid()", ()).rows[0]
    with server.store.connected() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
    send(lent, KEEP, "lost", "", 0)
    with pytest.raises(OperationalError):
        lent.commit()


def take(office: Office, *, undone: bool = False) -> str:
    """A transaction whose statements travel; the item that it took."""
    with suppress(ZeroDivisionError), office.store.writing() as unit:
        taken = unit.take("P/1")
        if undone:
            raise ZeroDivisionError
    return taken.item.reference


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
    assert take(server) == "P/1"


def test_statements_are_prepared_again_after_a_writer_has_rolled_back(server: Office) -> None:
    server.open(1)
    look(server)
    take(server, undone=True)
    assert take(server) == "P/1"

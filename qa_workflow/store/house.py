"""Making a database, opening one, bringing an older one up to date; each one transaction: all of it, or nothing."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, inspect, text, update
from sqlalchemy.engine import URL

from qa_workflow.clock import Clock, SystemClock, to_micros
from qa_workflow.engine.item import stamp
from qa_workflow.service.ports import streams
from qa_workflow.store import migrations
from qa_workflow.store.database import connect, read_url
from qa_workflow.store.explain import explained, path_of, place
from qa_workflow.store.faults import AlreadyThere, NewerThanProgram, NotADatabase, NotInitialised, OlderThanProgram
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import HOUSE
from qa_workflow.store.upkeep import Upkeep

REAL, REHEARSAL = "real", "rehearsal"


def create(
    url: str, rehearsal_at: datetime | None = None, *, clock: Clock | None = None, synchronous: str = "FULL"
) -> SqlStore:
    """Make a new database and open it.

    Args:
        url: its address, or the path of a SQLite file.
        rehearsal_at: the aware instant at which the clock of a rehearsal begins; None makes a real database.

    Raises:
        AlreadyThere: there is one; it was not touched.
        NotADatabase: something else is there.
    """
    address = read_url(url)
    engine = connect(address, synchronous=synchronous)
    now = rehearsal_at or (clock or SystemClock()).now()
    kind = REAL if rehearsal_at is None else REHEARSAL
    try:
        with SqlStore(engine).connected() as connection:
            _require_empty(connection, address)
            migrations.bring_to(connection)
            identity = secrets.token_hex(16)
            rows = {"id": identity, "kind": kind, "schema": migrations.HEAD}
            if rehearsal_at is not None:
                rows["clock"] = str(to_micros(rehearsal_at))
            connection.execute(insert(HOUSE), [{"name": name, "value": value} for name, value in rows.items()])
            facts = {"id": identity, "kind": kind, "schema": migrations.HEAD, "at": stamp(now)}
            Upkeep(connection).record(streams.HOUSE, now, "made", facts)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)


def open_store(url: str, *, synchronous: str = "FULL") -> SqlStore:
    """Open a database that is there, is ours, and has the tables that this program knows.

    Raises:
        NotInitialised: nothing is there yet.
        NotADatabase: what is there is not ours.
        OlderThanProgram, NewerThanProgram: its tables are of another version.
    """
    engine = _existing(url, synchronous)
    try:
        revision = revision_of(engine)
        if revision != migrations.HEAD:
            raise OlderThanProgram(place(engine.url), revision, migrations.HEAD)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)


def upgrade(url: str, *, clock: Clock | None = None) -> tuple[str, str]:
    """Bring an older database up to date; the revisions before and after, the same where there was nothing to do.

    The epoch changes with it: a process of the older program that still runs reads what is published anew, and finds
    that the tables are not its own any more.
    """
    engine = _existing(url, "FULL")
    try:
        before = revision_of(engine)
        if before != migrations.HEAD:
            store = SqlStore(engine)
            with store.connected() as connection:
                migrations.bring_to(connection)
                connection.execute(update(HOUSE).where(HOUSE.c.name == "schema").values(value=migrations.HEAD))
                facts, now = {"from": before, "to": migrations.HEAD}, (clock or SystemClock()).now()
                upkeep = Upkeep(connection)
                upkeep.record(streams.HOUSE, now, "brought up to date", facts)
                upkeep.adopt(now)
                upkeep.set_house("epoch", secrets.token_hex(8))
        return before, migrations.HEAD
    finally:
        engine.dispose()


def revision_of(engine: Engine) -> str:
    """The revision of a database's tables, one that this program knows."""
    where = place(engine.url)
    with SqlStore(engine).looking() as connection:
        names = set(inspect(connection).get_table_names())
        if not {"alembic_version", "house"} <= names:
            raise NotADatabase(where, "it holds tables of another program") if names else NotInitialised(where)
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is None:
        raise NotInitialised(where)
    if revision not in migrations.REVISIONS:
        raise NewerThanProgram(where, str(revision), migrations.HEAD)
    return str(revision)


def _existing(url: str, synchronous: str) -> Engine:
    """An engine for a database that must be there; SQLite would make an empty file where there is none."""
    address = read_url(url)
    path = path_of(address)
    if path is not None and not path.exists():
        raise NotInitialised(place(address))
    with explained(address):
        return connect(address, synchronous=synchronous)


def _require_empty(connection: Connection, address: URL) -> None:
    names = set(inspect(connection).get_table_names())
    if {"house", "alembic_version"} <= names:
        raise AlreadyThere(place(address))
    if names:
        raise NotADatabase(place(address), f"it holds tables of another program ({', '.join(sorted(names)[:3])})")

"""Connecting to SQLite or PostgreSQL so that nothing acknowledged is lost: drivers, pragmas, locks and time limits.

SQLite writers begin with BEGIN IMMEDIATE (the default BEGIN lets two processes read before either writes, and silently
loses one's work), commits wait for the disk (`synchronous=FULL`), and the write-ahead log is used only where the SQLite
in use is free of the bug that can lose it (all versions from 3.7.0 to 3.51.2 without a back-port). PostgreSQL
connections carry limits, so that a machine that vanishes does not keep its locks.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError

from qa_workflow.errors import UsageFault
from qa_workflow.store.explain import path_of
from qa_workflow.store.faults import BUSY_SECONDS
from qa_workflow.store.held import PROGRAM
from qa_workflow.store.lent import PREPARED

_SECRET = re.compile(":[^:/]*@")
"""The password of an address that may not even be one."""
IDLE_SECONDS = 5
"""A connection that was used within this time is taken to be alive; if it is not, the transaction is tried again."""
_SOUND = ((3, 44, 6, 3, 45, 0), (3, 50, 7, 3, 51, 0))
_POSTGRESQL_OPTIONS = (
    "-c idle_in_transaction_session_timeout=60s -c statement_timeout=60s -c lock_timeout=10s "
    "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
)
_HEARD = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""How soon a server that has vanished is given up by our side; the system's own answer is two hours of silence."""


@dataclass(frozen=True, slots=True)
class Driver:
    """The SQLite in use, and whether its write-ahead log can be trusted."""

    module: ModuleType
    version: tuple[int, ...]

    @property
    def wal_is_sound(self) -> bool:
        """Fixed in 3.51.3, and back-ported to 3.50.7 and 3.44.6."""
        return self.version >= (3, 51, 3) or any(low[:3] <= self.version < low[3:] for low in _SOUND)


def sqlite_driver() -> Driver:
    """The newest SQLite at hand: the one in the `pysqlite3` package where it is installed, else Python's own."""
    module: ModuleType = sqlite3
    try:
        import pysqlite3

        if pysqlite3.sqlite_version_info > sqlite3.sqlite_version_info:
            module = pysqlite3
    except ImportError:
        pass
    return Driver(module, tuple(module.sqlite_version_info))


def read_url(text: str) -> URL:
    """A database address: a URL, or the plain path of a SQLite file."""
    if "://" not in text:
        text = f"sqlite:///{text}"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as fault:  # its port is no number
        shown = _SECRET.sub(":…@", text)
        raise UsageFault(
            f"{shown!r} is not a database address; use sqlite:///file.db or postgresql://user@host/name"
        ) from fault
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername="sqlite")
        case "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case other:
            raise UsageFault(
                f"databases of kind {other!r} are not known; use sqlite:///file.db or postgresql://user@host/name"
            )


def without_password(address: str) -> str:
    """The address, to be shown."""
    password = password_in(address)
    return address.replace(f":{password}@", ":…@") if password else address


def password_in(address: str) -> str | None:
    """The password in a database's address, if there is one; it may also come from a password file."""
    password = read_url(address).password
    return str(password) if password else None


def connect(url: URL, *, synchronous: str = "FULL") -> Engine:
    """A pool of connections. `synchronous` is SQLite's; NORMAL may lose the last commits when the power fails.

    Raises:
        UsageFault: PostgreSQL is asked for without its driver being installed.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, synchronous)
    try:
        engine = create_engine(
            url,
            pool_size=8,
            connect_args={
                "options": _POSTGRESQL_OPTIONS,
                "application_name": PROGRAM,
                **{name: value for name, value in _HEARD.items() if name not in url.query},
            },
        )
    except ModuleNotFoundError as fault:
        raise UsageFault("PostgreSQL needs its driver: pip install 'qa-workflow[postgresql]'") from fault
    _look_before_use(engine)

    @event.listens_for(engine, "rollback")
    def forget(connection: Any) -> None:
        if not connection.invalidated:  # a lost one has taken its statements along
            connection.connection.info.pop(PREPARED, None)

    return engine


def _look_before_use(engine: Engine) -> None:
    """A connection that lay unused is asked whether the server is still there; one used a moment ago is not."""

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) > IDLE_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except Exception as fault:
                raise DisconnectionError("the server has closed an idle connection") from fault


def _sqlite(url: URL, synchronous: str) -> Engine:
    driver = sqlite_driver()
    in_memory = url.database in (None, "", ":memory:")
    journal = "WAL" if driver.wal_is_sound and not in_memory else "DELETE"
    arguments: Mapping[str, Any] = {"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": 256}
    engine = create_engine(url, module=driver.module, connect_args=dict(arguments))
    path = path_of(url) if "mode" not in url.query else None

    @event.listens_for(engine, "do_connect")
    def keep_to_ourselves(*_: object) -> None:
        """Hashes of passwords and secrets of one-time codes will be in it. SQLite's files beside it get its mode."""
        if path is not None and not path.exists():
            with suppress(OSError):  # another process made it meanwhile, or SQLite says why nobody can
                path.touch(mode=0o600, exist_ok=False)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
            if not in_memory and cursor.execute("PRAGMA journal_mode").fetchone()[0].upper() != journal:
                with suppress(driver.module.OperationalError):  # in use by others, or read-only: it works as it is
                    cursor.execute(f"PRAGMA journal_mode={journal}")
            cursor.execute(f"PRAGMA synchronous={synchronous}")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA trusted_schema=OFF")
            cursor.execute("PRAGMA secure_delete=ON")  # what is removed is overwritten, and not only let go of
        finally:
            cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        driver_connection = connection.connection.driver_connection
        if not driver_connection.in_transaction:  # a writing transaction was begun on the driver itself
            reading = connection.get_execution_options().get("reading", False)
            driver_connection.execute("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")

    return engine

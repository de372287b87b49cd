"""What a disk or a database cannot do is said in a sentence; nothing is lost or half written, and work goes on."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from qa_workflow.engine import EVERYTHING
from qa_workflow.engine.commands import Comment
from qa_workflow.errors import StorageFault
from qa_workflow.store import faults, open_store
from qa_workflow.store.database import connect, read_url
from qa_workflow.store.explain import explain, place
from qa_workflow.store.proof.verifying import verify
from tests.store.office import Office, Opened


@pytest.fixture
def sqlite_office(sqlite_url: str, opened: Opened) -> Office:
    return opened(sqlite_url)


@pytest.fixture
def postgresql_office(postgresql_url: str, opened: Opened) -> Office:
    return opened(postgresql_url)


@pytest.mark.usefixtures("impatient")
def test_a_locked_database_says_so_once_it_was_waited_for(office_url: str, opened: Opened) -> None:
    first, second = opened(office_url), opened(office_url)
    first.open(1)
    with first.store.writing() as unit:
        unit.take("P/1")
        with pytest.raises(faults.Locked, match=r"more than 10 seconds[.] Nothing was saved; try again") as said:
            second.do("P/1", Comment("at the same time"))
    assert not second.store.is_passing(said.value), "it would be waited for as long again, and say the same"
    second.do("P/1", Comment("afterwards"))
    assert verify(second.store).sound


def test_transactions_that_lock_each_other_out_are_undone_one_at_a_time(postgresql_url: str, opened: Opened) -> None:
    """Only a server can be in two transactions at once; one of them is told to try again."""
    offices = [opened(postgresql_url), opened(postgresql_url)]
    offices[0].open(1)
    offices[0].open(2)
    both = threading.Barrier(2)
    fates: list[BaseException | None] = []

    def cross(office: Office, first: str, second: str) -> None:
        try:
            with office.store.writing() as unit:
                unit.take(first)
                both.wait()
                unit.take(second)
            fates.append(None)
        except StorageFault as fault:
            fates.append(fault)

    threads = [threading.Thread(target=cross, args=(offices[n], f"P/{n + 1}", f"P/{2 - n}")) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(f).__name__ for f in fates) == ["NoneType", "Overtaken"]


def test_a_full_disk_saves_nothing_and_damages_nothing(sqlite_office: Office) -> None:
    """Afterwards the same database takes work again."""
    office = sqlite_office
    office.open(1)
    with office.store.looking() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(to: int) -> None:
        office.store.dispose()  # the limit belongs to a connection: each that writes from now on has it
        event.listen(office.store.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={to}"))

    limit(pages)
    with pytest.raises(faults.Full, match=r"the disk is full[.] Nothing was saved and nothing is damaged"):
        office.do("P/1", Comment("x" * 200_000))
    assert verify(office.store).sound
    limit(1 << 30)
    office.do("P/1", Comment("room again"))
    assert verify(office.store).sound


@pytest.mark.parametrize(("free", "said"), [(0, "disk is full"), (10**9, "could not read or write")])
def test_a_disk_too_full_for_what_lies_beside_the_file_is_called_full(
    free: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In write-ahead mode SQLite calls that a disk that cannot read or write."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    fault = sqlite3.OperationalError("disk I/O error")
    fault.sqlite_errorname = "SQLITE_IOERR"
    assert said in str(explain(fault, make_url(f"sqlite:///{tmp_path}/x.db")))


def test_a_read_only_file_can_be_read(sqlite_url: str, sqlite_office: Office) -> None:
    sqlite_office.open(1)
    path = sqlite_url.removeprefix("sqlite:///")
    store = open_store(f"sqlite:///file:{path}?mode=ro&uri=true")
    with store.reading() as look:
        assert look.item("P/1").item.revision == 1
    with pytest.raises(faults.ReadOnly, match=r"is read-only: .*Nothing was saved; give this user the right"):
        Office(store).do("P/1", Comment("never"))
    assert place(store.engine.url) == path
    store.dispose()


@pytest.mark.parametrize(("closed", "said"), [(True, "its folder cannot be .* a copy"), (False, "can be read but not")])
def test_who_may_not_even_read_without_writing_beside_it_is_told_so(
    closed: bool, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said to be readable to somebody who had only wanted to read it."""
    monkeypatch.setattr("os.access", lambda _path, _mode: not closed)
    for name in ("SQLITE_READONLY", "SQLITE_READONLY_DIRECTORY"):
        fault = sqlite3.OperationalError("attempt to write a readonly database")
        fault.sqlite_errorname = name
        assert re.search(said, str(explain(fault, make_url(f"sqlite:///{tmp_path}/x.db"))))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(sqlite_url: str, sqlite_office: Office, opened: Opened) -> None:
    sqlite_office.store.dispose()
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    folder.chmod(0o500)
    try:
        with pytest.raises(StorageFault, match="right"):
            opened(sqlite_url).open(1)
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("content", [b"PK\x03\x04 not at all a database, but long enough" * 100, b"just a line\n"])
def test_a_file_of_another_kind_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(content)
    with pytest.raises(faults.NotADatabase, match=r"it is not a database file[.] It was not touched"):
        open_store(str(path))
    assert path.read_bytes() == content


def test_a_damaged_file_says_so(sqlite_url: str, sqlite_office: Office) -> None:
    sqlite_office.through(1)
    sqlite_office.store.dispose()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StorageFault, match=r"damaged|not a database"):
        open_store(sqlite_url).reading().__enter__()


def test_a_connection_that_broke_while_idle_is_replaced(
    postgresql_url: str, postgresql_office: Office, opened: Opened
) -> None:
    """The server was restarted overnight; the first one to come in the morning does not notice."""
    office = postgresql_office
    office.open(1)
    other = opened(postgresql_url)
    _cut_all_but(other)
    for record in office.store.engine.pool._pool.queue:  # type: ignore[attr-defined]
        record.info["used"] = -1e9
    office.do("P/1", Comment("good morning"))
    with office.store.reading() as look:
        assert look.events("P/1", EVERYTHING)[-1].reason == "good morning"


def test_a_connection_that_breaks_before_the_commit_may_be_tried_again(
    postgresql_url: str, postgresql_office: Office, opened: Opened
) -> None:
    office = postgresql_office
    office.open(1)
    other = opened(postgresql_url)

    def work() -> None:
        with office.store.writing() as unit:
            unit.take("P/1")
            _cut_all_but(other)
            unit.take("P/1")

    with pytest.raises(faults.ConnectionLost, match="Nothing was saved") as said:
        work()
    assert office.store.is_passing(said.value)
    office.do("P/1", Comment("again"))
    assert verify(office.store).sound


def test_a_connection_that_breaks_during_the_commit_leaves_it_open_what_was_saved(
    postgresql_url: str, postgresql_office: Office, opened: Opened
) -> None:
    """It is not tried again by itself: somebody looks first."""
    office = postgresql_office
    office.open(1)
    other = opened(postgresql_url)

    def work() -> None:
        with office.store.writing() as unit:
            unit.set_house("epoch", "1")
            _cut_all_but(other)

    with pytest.raises(faults.Uncertain, match="cannot be said yet") as said:
        work()
    assert not office.store.is_passing(said.value)


@pytest.mark.parametrize(("committing", "told"), [(True, faults.Uncertain), (False, faults.ConnectionLost)])
def test_a_network_that_falls_silent_is_no_server_that_is_not_there(committing: bool, told: type[StorageFault]) -> None:
    """The words that the driver has for it are like those for an address where nobody answers."""
    silent = psycopg.OperationalError(
        "consuming input failed: could not receive data from server: Connection timed out"
    )
    found = explain(silent, make_url("postgresql://ann@db.example.org/qa"), committing=committing)
    assert type(found) is told


@pytest.mark.parametrize(("asked", "idle"), [("", "30"), ("&keepalives_idle=7", "7")])
def test_a_server_that_vanishes_is_given_up_by_our_side_too(postgresql_url: str, asked: str, idle: str) -> None:
    """It tells nobody that it has gone, and whoever waits for its answer would wait two hours; the clock does."""
    engine = connect(read_url(f"{postgresql_url}{asked}"))
    with engine.connect() as connection:
        found = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    engine.dispose()
    assert (found["keepalives_idle"], found["tcp_user_timeout"]) == (idle, "60000")


def test_a_server_without_room_is_no_server_that_is_not_there() -> None:
    """It says so at the door, before any statement: what it keeps for each connection finds no room."""
    at_the_door = "connection failed: FATAL:  could not write init file: No space left on device"
    assert type(explain(psycopg.OperationalError(at_the_door), make_url("postgresql://ann@db/qa"))) is faults.Full


def test_other_exceptions_pass_as_they_are() -> None:
    assert explain(ValueError("no"), make_url("sqlite:///x.db")) is None


def _cut_all_but(office: Office) -> None:
    cut = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with office.store.connected() as connection:
        connection.exec_driver_sql(cut)

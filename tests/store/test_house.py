"""Databases are made whole or not at all, opened only if they are ours and of our day, and never made over another."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, inspect, text

from qa_workflow.clock import FixedClock
from qa_workflow.errors import UsageFault
from qa_workflow.store import create, migrations, open_store
from qa_workflow.store.database import connect, read_url
from qa_workflow.store.faults import (
    AlreadyThere,
    NewerThanProgram,
    NoFolder,
    NotADatabase,
    NotInitialised,
    OlderThanProgram,
    Unreachable,
)
from qa_workflow.store.house import revision_of, upgrade
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.statements import SCHEDULE
from qa_workflow.store.tables import metadata
from qa_workflow.store.upkeep import Upkeep
from tests.store.office import START, Office, Opened
from tests.store.tampering import as_of_0006


def test_a_new_database_has_an_identity_of_its_own(database_url: str) -> None:
    store = create(database_url, clock=FixedClock(START))
    with store.reading() as look:
        house = look.house()
    assert house == {"id": store.id, "kind": "real", "schema": migrations.HEAD}
    assert re.fullmatch("[0-9a-f]{32}", store.id)
    assert verify(store).sound
    store.dispose()


def test_a_rehearsal_begins_at_its_instant(database_url: str) -> None:
    store = create(database_url, START)
    with store.reading() as look:
        assert (look.house()["kind"], look.house()["clock"]) == ("rehearsal", "1806570000000000")
    store.dispose()


def test_a_database_is_never_made_over_another(office_url: str, office: Office) -> None:
    office.open(1)
    with pytest.raises(AlreadyThere, match="not touched"):
        create(office_url, START)
    assert verify(office.store).items == 1


def test_what_was_made_can_be_opened(database_url: str) -> None:
    made = create(database_url, START)
    opened = open_store(database_url)
    assert opened.id == made.id
    made.dispose()
    opened.dispose()


def test_an_empty_database_says_how_to_begin(database_url: str) -> None:
    with pytest.raises(NotInitialised, match="qa-workflow init"):
        open_store(database_url)


def test_opening_does_not_make_a_file(tmp_path: Path) -> None:
    with pytest.raises(NotInitialised):
        open_store(str(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


def test_another_programs_tables_are_left_alone(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    engine.dispose()
    with pytest.raises(NotADatabase, match="another program"):
        create(database_url, START)
    with pytest.raises(NotADatabase, match="another program"):
        open_store(database_url)


def test_a_newer_database_is_not_touched(office_url: str, office: Office) -> None:
    _set_revision(office, "0999")
    with pytest.raises(NewerThanProgram, match=rf"revision 0999 .* up to {migrations.HEAD}"):
        open_store(office_url)
    with pytest.raises(NewerThanProgram):
        upgrade(office_url)


def test_a_database_from_before_revisions_were_numbered_anew_is_not_newer(office_url: str, office: Office) -> None:
    """0013 was the number of what is 0012 now; who began then was told to install a newer program than there is."""
    _set_revision(office, "0013")
    assert upgrade(office_url) == ("0013", migrations.HEAD)
    assert verify(office.store).sound


def test_an_older_database_says_how_to_bring_it_up_to_date(
    office_url: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = f"{int(migrations.HEAD) + 1:04}"
    monkeypatch.setattr(migrations, "REVISIONS", (*migrations.REVISIONS, later))
    monkeypatch.setattr(migrations, "HEAD", later)
    with pytest.raises(OlderThanProgram, match="init --upgrade"):
        open_store(office_url)
    assert office.store.id


def test_bringing_up_to_date_tells_processes_that_are_running(office_url: str, office: Office) -> None:
    """By the epoch, which they compare in every transaction."""
    with office.store.connected() as connection:
        as_of_0006(connection)
    _set_revision(office, "0006")
    upgrade(office_url)
    with office.store.reading() as look:
        assert len(look.house()["epoch"]) == 16


def test_bringing_up_to_date_is_all_or_nothing(
    office_url: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is stopped on the way leaves it at the revision that it had, with all that is done at the end still to do."""

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with office.store.connected() as connection:
        as_of_0006(connection)
    _set_revision(office, "0006")
    monkeypatch.setattr(Upkeep, "adopt", stopped)
    with pytest.raises(KeyboardInterrupt):
        upgrade(office_url)
    assert revision_of(office.store.engine) == "0006"
    monkeypatch.undo()
    assert upgrade(office_url) == ("0006", migrations.HEAD)
    assert verify(office.store).sound


def test_bringing_up_to_date_what_is_so_changes_nothing(office_url: str, office: Office) -> None:
    assert upgrade(office_url) == (migrations.HEAD, migrations.HEAD)
    assert verify(office.store).records == 3


def test_what_an_older_program_had_planned_is_on_record_once_it_is_up_to_date(office_url: str, office: Office) -> None:
    """It kept no history of plans, so that nobody would have made any of them. Once there is one, it decides."""
    plan = {"name": "opens:paper", "workflow": "paper", "payload": "{}", "next_at": 0}
    for found in (0, 1):
        with office.store.connected() as connection:
            connection.execute(insert(SCHEDULE).values(plan | {"name": f"opens:paper{found}"}))
        assert len(verify(office.store).findings) == 1
        with office.store.connected() as connection:
            as_of_0006(connection)
        _set_revision(office, "0005")
        assert upgrade(office_url) == ("0005", migrations.HEAD)
        assert len(verify(office.store).findings) == found


def test_what_an_older_program_had_kept_is_evidence_where_a_history_names_it(office_url: str, office: Office) -> None:
    names = ["a" * 64, "b" * 64]
    with office.store.writing() as unit:
        for name in names:
            unit.keep(name, 3, START)
    office.open(1, draft={"sha256": names[0], "name": "draft.txt", "size": 3})
    with office.store.connected() as connection:
        as_of_0006(connection)
    _set_revision(office, "0006")
    upgrade(office_url)
    assert not verify(office.store).findings
    with office.store.writing() as unit:
        assert unit.drop_unused(START + timedelta(days=2), 9) == names[1:]


def test_revisions_are_known_without_the_tool_that_makes_them() -> None:
    scripts = ScriptDirectory.from_config(migrations.config())
    assert tuple(r.revision for r in reversed(list(scripts.walk_revisions()))) == migrations.REVISIONS


def test_opening_a_database_does_not_load_the_tool_that_makes_tables() -> None:
    """It is slow to import, and needed only when tables change."""
    said = "import sys, qa_workflow.store; print('alembic' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_revisions_make_the_tables_that_the_program_knows(office: Office) -> None:
    with office.store.looking() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_revisions_make_small_indexes_and_eager_vacuums_on_a_server(postgresql_url: str, opened: Opened) -> None:
    """What the comparison above does not look at."""
    with opened(postgresql_url).store.looking() as connection:
        indexes = {i["name"]: i for t in metadata.tables for i in inspect(connection).get_indexes(t)}
        said = "SELECT relname FROM pg_class WHERE 'autovacuum_vacuum_scale_factor=0.01' = ANY(reloptions)"
        assert set(connection.exec_driver_sql(said).scalars()) == {"item", "outbox"}
    for name in ("ix_item_due", "ix_item_next", "ix_outbox_next"):
        assert "IS NOT NULL" in str(indexes[name]["dialect_options"]["postgresql_where"])


def test_revisions_make_the_tables_of_a_file_word_for_word(sqlite_url: str, opened: Opened, tmp_path: Path) -> None:
    """Conditions of indexes and the order in which rows are kept are in the stored statements."""
    plain = connect(read_url(str(tmp_path / "plain.db")))
    metadata.create_all(plain)
    with plain.connect() as there, opened(sqlite_url).store.looking() as here:
        said = "SELECT name, sql FROM sqlite_master WHERE sql > '' AND type <> 'trigger' AND name <> 'alembic_version'"
        wanted, found = ({r[0]: _words(r[1]) for r in c.exec_driver_sql(said)} for c in (there, here))
    plain.dispose()
    assert found == wanted


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoFolder, match=re.escape(str(tmp_path / "nowhere"))):
        create(str(tmp_path / "nowhere" / "qa.db"), START)


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(NotADatabase, match="folder"):
        open_store(str(tmp_path))


def test_an_address_of_another_kind_is_refused() -> None:
    for address in ("mysql://host/name", "http://example.org/", "://"):
        with pytest.raises(UsageFault, match=re.escape("sqlite:///file.db")):
            open_store(address)


def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    with pytest.raises(Unreachable) as said:
        open_store("postgresql://anna:secret@127.0.0.1:1/qa")
    assert "database 'qa' on 127.0.0.1:1 cannot be reached: no server answers there" in str(said.value)
    assert "secret" not in str(said.value)


def test_a_database_that_the_server_does_not_have_is_named(postgresql_server: str) -> None:
    with pytest.raises(Unreachable, match="the server has no database 'nowhere'; create it"):
        open_store(read_url(postgresql_server).set(database="nowhere").render_as_string(hide_password=False))


def test_a_user_whom_the_server_does_not_know_is_named(postgresql_server: str) -> None:
    address = read_url(postgresql_server).set(username="stranger", password="secret")  # noqa: S106  not one
    with pytest.raises(Unreachable, match="'stranger'") as said:
        open_store(address.render_as_string(hide_password=False))
    assert "secret" not in str(said.value)


_MAKE = """
import os, signal, sys
from datetime import UTC, datetime
from sqlalchemy import event
from sqlalchemy.engine import Engine
from qa_workflow.store import create
left = int(sys.argv[2])
@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
create(sys.argv[1], datetime(2027, 4, 1, 9, tzinfo=UTC))
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("left", [5, 25])
def test_a_making_that_was_killed_can_be_done_again(database_url: str, left: int) -> None:
    """Nothing of the first one is left that the second could stumble over."""
    died = subprocess.run([sys.executable, "-c", _MAKE, database_url, str(left)], check=False)
    assert died.returncode == -signal.SIGKILL
    with pytest.raises(NotInitialised):
        open_store(database_url)
    store = create(database_url, START)
    assert verify(store).sound
    store.dispose()


def test_a_file_that_another_sqlite_has_used_opens_too(sqlite_url: str, opened: Opened) -> None:
    """Whatever journal mode the file was left in, the mode that is sound with this SQLite is used."""
    path = sqlite_url.removeprefix("sqlite:///")
    plain = sqlite3.connect(path)
    before = plain.execute("PRAGMA journal_mode").fetchone()
    plain.execute(f"PRAGMA journal_mode={'DELETE' if before == ('wal',) else 'WAL'}")
    plain.close()
    office = opened(sqlite_url)
    office.open(1)
    office.now += timedelta(days=1)
    with office.store.looking() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").fetchone() == before


def _words(statement: str) -> list[str]:
    """The words of a statement, columns and constraints in any order."""
    return sorted(re.sub(r"\s+", " ", part).strip(" ()") for part in statement.split(","))


def _set_revision(office: Office, revision: str) -> None:
    with office.store.connected() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})

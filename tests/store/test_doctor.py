"""`doctor` says what may one day lose work or miss a deadline, and what to do; it never raises for what it finds."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa_workflow.clock import FixedClock
from qa_workflow.definition.governance import Person
from qa_workflow.store import HouseClock, create, doctor
from qa_workflow.store.doctor import Finding, Level, examine, file_system, people
from qa_workflow.store.proof.checkpoints import checkpoint
from tests.store.office import START, Office
from tests.store.tampering import behind

MESSAGE = ("message",)


def said(findings: list[Finding], *levels: Level) -> str:
    return "\n".join(f.what for f in findings if f.level in (levels or (Level.WARNING, Level.PROBLEM)))


@pytest.fixture(autouse=True)
def _plenty_of_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_ROOM", 1)
    monkeypatch.setattr(doctor, "_LITTLE_ROOM", 1)


def test_a_healthy_database_gives_no_warning(sqlite_url: str) -> None:
    findings = examine(sqlite_url, clock=FixedClock(START))
    assert said(findings) == ""
    for words in ("revision", "journal mode", "waits for the disk", "pages fit", "bank holidays", "histories refuse"):
        assert words in said(findings, Level.OK)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder's own list says who reads what is in it")
def test_a_database_that_everybody_on_the_machine_can_read_is_noticed(sqlite_url: str) -> None:
    """As one was made where the system's default gave it to all."""
    file, said = Path(sqlite_url.removeprefix("sqlite:///")), "everybody on this machine can read"
    file.parent.chmod(0o755)
    file.chmod(0o644)
    (found,) = (each for each in examine(sqlite_url) if said in each.what)
    assert (found.level, found.mend.startswith("chmod o= ")) == (Level.WARNING, True)
    file.chmod(0o600)
    assert not any(said in each.what for each in examine(sqlite_url))


def test_a_server_that_does_not_wait_for_its_disk_is_named(postgresql_url: str) -> None:
    """As the tests' own server is set, because it need not survive a power cut."""
    findings = examine(postgresql_url)
    assert "PostgreSQL" in said(findings, Level.OK)
    assert "clock and the server's agree" in said(findings, Level.OK)
    text = said(findings)
    assert all(word in text for word in ("fsync is off", "full_page_writes is off")) or "waits for the disk" in text


def test_every_warning_says_what_to_do(postgresql_url: str, sqlite_url: str) -> None:
    for url in (postgresql_url, sqlite_url):
        assert all(
            f.mend for f in examine(url, clock=FixedClock(datetime(2101, 1, 1, tzinfo=UTC))) if f.level != Level.OK
        )


def test_a_database_that_is_not_there_is_a_finding(database_url: str) -> None:
    assert "make one with `qa-workflow init`" in said(examine(database_url), Level.PROBLEM)


def test_a_file_that_is_no_database_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database at all" * 100)
    assert "not a database file" in said(examine(str(tmp_path / "x.db")), Level.PROBLEM)


def test_a_clock_that_nobody_watches_is_noticed(office: Office, office_url: str) -> None:
    office.open(1)
    clock = HouseClock(office.store)
    assert "nobody watches" not in said(examine(office_url))
    clock.advance(timedelta(days=30))
    assert "1 item should have been looked at more than an hour ago" in said(examine(office_url))


def test_letters_that_do_not_leave_and_incidents_are_noticed(office: Office, office_url: str) -> None:
    office.open(1)
    later = office.now + timedelta(hours=1)
    with office.store.writing() as unit:
        first, second = unit.claim_letters(MESSAGE, office.now, later, 10)
        unit.failed([first.id], later, "no answer", office.now)
        unit.failed([second.id], None, "no such mailbox", office.now)
        unit.incident("letter", "amy has no mailbox", None, office.now)
    text = said(examine(office_url))
    assert "1 letter could not be delivered so far" in text
    assert "1 letter could not be delivered and was given up" in text
    assert "the latest: amy has no mailbox" in text


def test_triggers_that_were_taken_off_are_noticed(office: Office, office_url: str) -> None:
    with behind(office):
        pass
    assert "triggers that refuse to change histories were taken off" in said(examine(office_url), Level.PROBLEM)


def test_a_clock_apart_from_the_servers_is_noticed(postgresql_databases: object) -> None:
    from tests.databases import PostgresqlDatabases

    assert isinstance(postgresql_databases, PostgresqlDatabases)
    url = postgresql_databases.fresh()
    create(url, START).dispose()
    assert "seconds apart" in said(examine(url, clock=FixedClock(START)), Level.WARNING)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/share/qa", "cifs"),
        ("/srv/share", "cifs"),
        ("/srv/shared", "ext4"),
        ("/home/anna/My documents/qa", "nfs4"),
        ("/", "ext4"),
    ],
)
def test_a_network_disk_is_known_by_the_longest_mount_point(tmp_path: Path, folder: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    lines = (
        "/dev/sda1 / ext4 rw 0 0",
        "//server/share /srv/share cifs rw 0 0",
        "server:/x /home/anna/My\\040documents nfs4 rw 0 0",
    )
    mounts.write_text("\n".join(lines))
    assert file_system(Path(folder), mounts) == kind


def test_a_network_disk_is_a_problem(sqlite_url: str, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"//server/share {tmp_path.parts[0]} smb3 rw 0 0\n")
    assert "on a network file system (smb3)" in said(examine(sqlite_url, mounts=mounts), Level.PROBLEM)
    assert file_system(tmp_path, tmp_path / "none") is None


def test_a_disk_that_is_nearly_full_is_noticed(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_ROOM", 1 << 60)
    assert "free on the disk" in said(examine(sqlite_url), Level.WARNING)


def test_an_sqlite_with_the_fault_is_named(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    from qa_workflow.store.database import Driver

    monkeypatch.setattr(doctor, "sqlite_driver", lambda: Driver(sqlite3, (3, 40, 1)))
    text = said(examine(sqlite_url))
    assert "3.40.1 has a fault" in text


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_versions_of_sqlite_with_the_fault_are_known(version: tuple[int, ...], sound: bool) -> None:
    import sqlite3

    from qa_workflow.store.database import Driver

    assert Driver(sqlite3, version).wal_is_sound == sound


def test_a_house_that_nobody_backs_up_is_told_so(tmp_path: Path) -> None:
    """A timer that fails every night is seen by nobody else."""
    url, unseen = str(tmp_path / "real.db"), "no checkpoint and no backup was made in the last 7 days"
    store = create(url, clock=FixedClock(START))
    clock = FixedClock(START + timedelta(days=8))
    assert unseen in said(examine(url, clock=clock), Level.WARNING)
    checkpoint(store, clock.now())
    assert unseen not in said(examine(url, clock=clock))
    store.dispose()


@pytest.mark.parametrize(
    ("holds", "found"),
    [
        ({}, ["nobody … `publish`", "nobody … `remove`", "nobody … `administer`"]),
        ({"ann": ("publish", "remove", "administer")}, ["only ann … `publish`", "only ann … `remove`"]),
        ({"ann": ("publish", "remove", "administer"), "bob": ("publish", "remove")}, []),
    ],
)
def test_a_right_that_too_few_people_hold_is_named(holds: dict[str, tuple[str, ...]], found: list[str]) -> None:
    """Nobody could take out a file that names a patient, and nobody knew until there was one."""
    held = {name: Person(name, name, roles) for name, roles in holds.items()}
    rights = {right: (right,) for right in ("publish", "remove", "administer")}
    told = list(people(replace(Office.governance, people=held, rights=rights), START.date()))
    assert [re.sub(r" may .*\((.*)\)", r" … \1", f.what) for f in told if f.level is Level.WARNING] == found
    assert all(f.mend for f in told) or not found

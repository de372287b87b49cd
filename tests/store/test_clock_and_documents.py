"""The clock of a rehearsal is pushed forward and never behind what has happened; documents are whole or not there."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from qa_workflow.clock import FixedClock
from qa_workflow.errors import IntegrityFault, NaiveInstant, UsageFault
from qa_workflow.service.refusals import NotARehearsal
from qa_workflow.store import FileDocuments, HouseClock, create
from qa_workflow.store import documents as documents_module
from qa_workflow.store.documents import DocumentChanged, DocumentGone
from qa_workflow.store.rehearsal import ClockHasRun
from tests.store.office import START, Office, Opened


def test_a_rehearsals_clock_stands_until_it_is_pushed(office: Office) -> None:
    clock = HouseClock(office.store)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(days=3)) == START + timedelta(days=3) == clock.now()
    assert clock.set(datetime(2027, 6, 1, tzinfo=UTC)) == clock.now()


def test_all_processes_on_a_rehearsal_have_one_clock(office: Office, office_url: str, opened: Opened) -> None:
    other = HouseClock(opened(office_url).store)
    HouseClock(office.store).advance(timedelta(hours=1))
    assert other.now() == START + timedelta(hours=1)


def test_a_clock_goes_back_only_while_nothing_has_happened_since(office: Office) -> None:
    clock = HouseClock(office.store)
    clock.set(START + timedelta(days=10))
    clock.set(START + timedelta(days=5))
    office.now = clock.now()
    office.open(1)
    clock.advance(timedelta(days=5))
    with pytest.raises(ClockHasRun, match="on record on Tuesday 6 April 2027"):
        clock.set(START + timedelta(days=4))
    assert clock.now() == START + timedelta(days=10)
    assert clock.set(START + timedelta(days=5)) == clock.now()


def test_an_instant_without_a_zone_is_not_taken(office: Office) -> None:
    with pytest.raises(NaiveInstant, match="time zone"):
        HouseClock(office.store).set(datetime(2027, 6, 1))  # noqa: DTZ001


def test_a_real_databases_clock_is_the_machines_and_cannot_be_set(database_url: str) -> None:
    store = create(database_url, clock=FixedClock(START))
    clock = HouseClock(store, FixedClock(START))
    assert clock.now() == START
    assert clock.monotonic() <= clock.monotonic()
    with pytest.raises(NotARehearsal):
        clock.set(START)
    with pytest.raises(NotARehearsal):
        clock.advance(timedelta(days=1))
    store.dispose()


def test_a_document_comes_back_byte_for_byte(tmp_path: Path) -> None:
    documents = FileDocuments(tmp_path / "documents")
    content = bytes(range(256)) * 100
    name = documents.put(content)
    assert name == sha256(content).hexdigest()
    assert documents.get(name) == content
    assert documents.put(content) == name
    assert list(documents.names()) == [name]
    assert (tmp_path / "documents" / name[:2] / name[2:]).read_bytes() == content


@pytest.mark.skipif(
    os.name != "posix", reason="elsewhere it is the folder's own list that says who reads what is in it"
)
def test_what_is_made_is_for_its_owner_alone_whatever_the_system_gives_others(tmp_path: Path) -> None:
    """Hashes of passwords and secrets of codes are in a database, and evidence in the folder beside it."""
    before = os.umask(0)
    try:
        store = create(f"sqlite:///{tmp_path / 'qa.db'}", START)
        FileDocuments(tmp_path / "documents").put(b"minutes")
    finally:
        os.umask(before)
    with store.reading():
        made = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    store.dispose()
    assert made.keys() >= {"qa.db", "documents"}
    assert set(made.values()) == {0}


def test_a_changed_document_is_not_given_out_and_is_put_right_by_keeping_it_again(tmp_path: Path) -> None:
    documents = FileDocuments(tmp_path)
    name = documents.put(b"as it was")
    documents.path(name).write_bytes(b"as it was not")
    with pytest.raises(DocumentChanged, match="restore it from a backup"):
        documents.get(name)
    assert documents.put(b"as it was") == name
    assert documents.get(name) == b"as it was"


def test_a_document_that_is_gone_is_a_fault_of_integrity(tmp_path: Path) -> None:
    with pytest.raises(DocumentGone) as said:
        FileDocuments(tmp_path).get("0" * 64)
    assert isinstance(said.value, IntegrityFault)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 63 + "/", "0" * 65])
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageFault, match="64 hexadecimal digits"):
        FileDocuments(tmp_path).get(name)


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents_module, "LARGEST", 10)
    with pytest.raises(UsageFault, match="at most 50 MB"):
        FileDocuments(tmp_path).put(b"12345678901")
    assert list(tmp_path.iterdir()) == []

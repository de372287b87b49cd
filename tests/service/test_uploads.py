"""A file that nothing was made of goes; one that a history names stays, whoever is at work at that moment, or dies."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from qa_workflow.service.front import Engine
from qa_workflow.service.items.attachments import attach
from qa_workflow.service.items.patient_data import LooksLikePatient
from qa_workflow.service.items.uploads import LASTS, SLACK, UploadLapsed, clear
from qa_workflow.store import FileDocuments
from qa_workflow.store.backups.backup import backup
from qa_workflow.store.faults import Locked
from qa_workflow.testing import FakeClock

NAMES_A_PATIENT = b"name;number\nMrs A;943 476 5919\n"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def north(office: Engine) -> str:
    """A report that waits for its figures."""
    return office.open("report", subject="north", period="2026-27 Q4", actor="ann").reference


def files(office: Engine) -> list[str]:
    """What is on the disk, whole or in part."""
    documents = office._house.documents
    assert isinstance(documents, FileDocuments)
    return sorted(path.name for path in documents.folder.glob("*/*"))


def test_a_file_that_was_taken_back_is_gone_after_a_day(
    office: Engine, north: str, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "falls.csv").write_bytes(NAMES_A_PATIENT)
    with pytest.raises(LooksLikePatient):
        office.advance(north, "send", actor="ann", fields={"figures": tmp_path / "falls.csv"})
    assert len(files(office)) == 1
    clock.set(clock.now() + LASTS + SLACK)
    office.tick()
    assert len(files(office)) == 1
    clock.set(clock.now() + MINUTE)
    office.tick()
    assert files(office) == []


def test_a_file_that_a_history_names_stays_also_where_it_was_replaced(
    office: Engine, north: str, clock: FakeClock
) -> None:
    for content in (b"first", b"second"):
        office.record(north, {"figures": attach(office._house, "figures.csv", content)}, actor="ann")
    clock.advance(days=400)
    office.tick()
    assert len(files(office)) == 2


def test_the_same_file_of_two_items_stays_for_both(office: Engine, north: str, clock: FakeClock) -> None:
    """One of them is refused or goes; what the other says rests on the same bytes."""
    house = office._house
    office.open("report", subject="south", period="2026-27 Q4", actor="ann")
    office.advance(north, "send", actor="ann", fields={"figures": attach(house, "a.csv", b"same")})
    clock.advance(days=3)
    again = attach(house, "b.csv", b"same")
    office.tick()
    clock.advance(days=3)
    office.tick()
    assert len(files(office)) == 1
    office.advance("R/2026-27-Q4/south", "send", actor="ann", fields={"figures": again})
    assert house.documents.get(again["sha256"]) == b"same"


def test_what_was_uploaded_too_long_ago_is_not_attached(office: Engine, north: str, clock: FakeClock) -> None:
    """Whether the sweep has come by or not: what may be gone at any moment is no evidence."""
    found = office.item(north)
    kept = attach(office._house, "a.csv", b"figures")
    clock.set(clock.now() + LASTS + MINUTE)
    with pytest.raises(UploadLapsed, match="choose the file again"):
        office.advance(north, "send", actor="ann", fields={"figures": kept})
    assert office.item(north) == found
    attach(office._house, "a.csv", b"figures")
    assert office.advance(north, "send", actor="ann", fields={"figures": kept}).revision > found.revision


def test_what_was_never_uploaded_is_not_attached(office: Engine, north: str) -> None:
    with pytest.raises(UploadLapsed):
        office.advance(north, "send", actor="ann", fields={"figures": {"sha256": "a" * 64, "name": "a.csv", "size": 1}})


def test_uploading_again_begins_the_day_anew(office: Engine, clock: FakeClock) -> None:
    for _ in range(3):
        attach(office._house, "a.csv", b"figures")
        clock.set(clock.now() + LASTS)
        assert clear(office._house, clock.now()) == 0
    clock.set(clock.now() + SLACK + MINUTE)
    assert clear(office._house, clock.now()) == 1


class Dies(Exception):
    """As by kill -9: nothing after this happens."""


@pytest.mark.parametrize("moment", ["before the bytes", "within the bytes", "before they go", "after they went"])
def test_whenever_a_process_dies_the_file_goes_in_the_end(
    office: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Of an upload, or of a sweep that removes one."""
    house, content = office._house, NAMES_A_PATIENT
    put, remove = FileDocuments.put, FileDocuments.remove

    def dies(self: FileDocuments, given: bytes) -> str:
        if moment == "within the bytes":
            name = put(self, given)
            path = self.path(name)
            path.rename(path.with_name(f"{path.name[:16]}.0123abcd.part"))
        raise Dies

    def goes(self: FileDocuments, name: str) -> None:
        if moment == "after they went":
            remove(self, name)
        raise Dies

    with monkeypatch.context() as patch:
        if moment.endswith("bytes"):
            patch.setattr(FileDocuments, "put", dies)
            with pytest.raises(Dies):
                attach(house, "falls.csv", content)
        else:
            attach(house, "falls.csv", content)
    clock.set(clock.now() + LASTS + SLACK + MINUTE)
    if moment.startswith(("before they", "after")):
        with monkeypatch.context() as patch:
            patch.setattr(FileDocuments, "remove", goes)
            with pytest.raises(Dies):
                office.tick()
    office.tick()
    assert files(office) == []
    assert clear(house, clock.now()) == 0


@pytest.mark.usefixtures("impatient")
def test_what_is_uploaded_again_while_it_goes_waits_and_is_there_afterwards(
    office: Engine, north: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep has dropped it and is not done: what relied on the bytes now would have none in a moment."""
    house = office._house
    attach(house, "a.csv", b"figures")
    clock.set(clock.now() + LASTS + SLACK + MINUTE)
    remove = FileDocuments.remove

    def meanwhile(self: FileDocuments, name: str) -> None:
        with pytest.raises(Locked):
            attach(house, "a.csv", b"figures")
        remove(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(FileDocuments, "remove", meanwhile)
        assert clear(house, clock.now()) == 1
    kept = attach(house, "a.csv", b"figures")
    office.advance(north, "send", actor="ann", fields={"figures": kept})
    assert house.documents.get(kept["sha256"]) == b"figures"


def test_a_backup_has_no_bytes_of_what_nothing_refers_to(office: Engine, north: str, tmp_path: Path) -> None:
    house = office._house
    office.advance(north, "send", actor="ann", fields={"figures": attach(house, "a.csv", b"figures")})
    attach(house, "falls.csv", NAMES_A_PATIENT)
    made = backup(house.store, tmp_path / "backup", office.now(), documents=house.documents)  # type: ignore[arg-type]
    assert [content.read_bytes() for content in (made.folder / "documents").glob("*/*")] == [b"figures"]
    assert not made.missing

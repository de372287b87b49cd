"""A file that names a patient is taken out of the evidence by two, and every history proves itself as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from qa_workflow.errors import UsageFault
from qa_workflow.service.front import Engine
from qa_workflow.service.items import removing
from qa_workflow.service.items.attachments import Removed, attach, give
from qa_workflow.service.items.patient_data import LooksLikePatient
from qa_workflow.service.items.removing import AlreadyAsked, NothingToDecide, NotTheSecond
from qa_workflow.service.refusals import NotYours, Unknown, UnknownItem
from qa_workflow.service.telling import views
from qa_workflow.store import FileDocuments, open_store, sql_store
from qa_workflow.store.backups.backup import backup
from qa_workflow.store.backups.restoring import restore
from qa_workflow.store.documents import DocumentRemoved
from qa_workflow.store.proof.checkpoints import checkpoint
from qa_workflow.store.proof.one import prove_item
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import REMOVAL
from qa_workflow.testing import FakeClock
from tests.databases import Databases

FALLS = b"name;fell\nMrs A of Gloucester;twice\n"
NORTH, SOUTH = "R/2026-27-Q4/north", "R/2026-27-Q4/south"
WHY = "The list names whom it is about"


@pytest.fixture
def file(office: Engine) -> str:
    """The SHA-256 of a list of names that two items have."""
    kept = attach(office._house, "falls.csv", FALLS)
    for subject in ("north", "south"):
        item = office.open("report", subject=subject, period="2026-27 Q4", actor="ann")
        office.advance(item, "send", actor="ann", fields={"figures": kept})
    return str(kept["sha256"])


@pytest.fixture
def gone(office: Engine, file: str) -> str:
    """The same, removed by an author and a reviewer."""
    office.ask_removal(NORTH, "falls.csv", actor="ann", reason=WHY)
    office.confirm_removal(file, actor="rob")
    return file


def given(office: Engine, person: str, file: str, reference: str = NORTH) -> bytes:
    house = office._house
    with house.looking() as (_, world):
        sight = world.sight(world.actor(person, world.day(house.now())))
    return give(house, person, sight, reference, file).content


def store_of(office: Engine) -> SqlStore:
    store = office._house.store
    assert isinstance(store, SqlStore)
    return store


def folder_of(office: Engine) -> FileDocuments:
    documents = office._house.documents
    assert isinstance(documents, FileDocuments)
    return documents


def test_from_the_moment_it_is_asked_for_only_who_decides_is_given_it(office: Engine, file: str) -> None:
    """Of every item that has the file: the second person has to see what they remove."""
    office.ask_removal(NORTH, file[:8], actor="ann", reason=WHY)
    for reference, contact in ((NORTH, "nora"), (SOUTH, "saul")):
        with pytest.raises(Removed, match="kept back since 2 April 2027, as An author asked for its removal"):
            given(office, contact, file, reference)
    assert given(office, "rob", file, SOUTH) == FALLS


def test_what_is_removed_is_given_to_nobody_and_stays_in_no_folder(office: Engine, gone: str) -> None:
    with pytest.raises(Removed, match=f"was removed on 2 April 2027 by An author and A reviewer: {WHY}"):
        given(office, "rob", gone)
    assert list(folder_of(office).names()) == []
    told = views.item(office._house, office.item(NORTH))
    assert told["gone"] == {gone: "removed on 2 April 2027"}, "whoever reads its JSON asks for it in vain"


def test_one_person_does_not_remove_evidence(office: Engine, file: str) -> None:
    """Nor whose absence they cover, nor somebody without the right; nobody had it from a look at another wish."""
    office.ask_removal(NORTH, file, actor="rob", reason=WHY)
    wish = office.removals()[0]
    for actor, refused in (("rob", NotTheSecond), ("cher", NotYours), ("nora", NotYours)):
        with pytest.raises(refused):
            office.confirm_removal(file, actor=actor)
    with pytest.raises(NothingToDecide):
        office.confirm_removal(file, actor="ann", key="0" * 12)
    assert folder_of(office).get(file) == FALLS
    assert office.confirm_removal(file, actor="ann", key=wish.key).is_done


def test_who_covers_the_one_who_asked_is_not_the_second(office: Engine, file: str, clock: FakeClock) -> None:
    clock.set("2027-04-06T09:00")
    office.ask_removal(NORTH, file, actor="rob", reason=WHY)
    with pytest.raises(NotTheSecond):
        office.confirm_removal(file, actor="ruth")


def test_what_is_declined_is_given_out_as_before(office: Engine, file: str) -> None:
    office.ask_removal(NORTH, file, actor="ann", reason=WHY)
    office.decline_removal(file, actor="rob", reason="They are names of wards")
    assert given(office, "nora", file) == FALLS
    assert office.removals() == []
    with pytest.raises(NothingToDecide):
        office.confirm_removal(file, actor="rob")
    office.ask_removal(NORTH, file, actor="rob", reason=WHY)
    office.decline_removal(file, actor="rob", reason="A mistake of mine")


def test_only_a_file_of_an_item_in_sight_is_asked_for(office: Engine, file: str) -> None:
    with pytest.raises(NotYours):
        office.ask_removal(NORTH, file, actor="nora", reason=WHY)
    with pytest.raises(UnknownItem):
        office.ask_removal("R/9", file, actor="ann", reason=WHY)
    with pytest.raises(Unknown):
        office.ask_removal(NORTH, "a" * 64, actor="ann", reason=WHY)
    office.ask_removal(NORTH, file, actor="ann", reason=WHY)
    with pytest.raises(AlreadyAsked, match="kept back since"):
        office.ask_removal(SOUTH, file, actor="rob", reason=WHY)


def test_the_reason_does_not_name_the_patient_again(office: Engine, file: str) -> None:
    for reason, refused in ((" ", UsageFault), ("It names 943 476 5919", LooksLikePatient)):
        with pytest.raises(refused):
            office.ask_removal(NORTH, file, actor="ann", reason=reason)
    office.ask_removal(NORTH, file, actor="ann", reason=WHY)
    with pytest.raises(LooksLikePatient):
        office.decline_removal(file, actor="rob", reason="943 476 5919 is an order")


def test_every_proof_says_so_and_finds_nothing_wrong(office: Engine, file: str) -> None:
    """Also against a checkpoint from before: no history was touched."""
    store, documents = store_of(office), folder_of(office)
    before = checkpoint(store, office.now())
    office.ask_removal(NORTH, file, actor="ann", reason=WHY)
    office.confirm_removal(file, actor="rob")
    proof, one = verify(store, before, documents=documents), prove_item(store, documents, NORTH, before)
    assert (proof.findings, one.findings) == ((), ())
    said = (f"document {file[:12]}… was removed on 2 April 2027 by ann and rob: {WHY}",)
    assert (proof.removed, one.removed) == (said, said)


@pytest.mark.usefixtures("gone")
def test_what_was_removed_does_not_come_back_with_an_upload(office: Engine) -> None:
    """Whoever uploads the same bytes is told when, and not by whom nor why."""
    with pytest.raises(Removed) as refused:
        attach(office._house, "falls (2).csv", FALLS)
    assert str(refused.value) == "this file was removed on 2 April 2027"
    assert list(folder_of(office).names()) == []


@pytest.mark.parametrize("is_asked", [False, True], ids=["from before", "while it was asked for"])
def test_what_was_removed_does_not_come_back_with_a_backup(
    office: Engine, file: str, sqlite_databases: Databases, tmp_path: Path, is_asked: bool
) -> None:
    """A database from before is told of what the folder knows: its removal is decided again."""
    store, documents = store_of(office), folder_of(office)
    if is_asked:
        office.ask_removal(NORTH, file, actor="ann", reason=WHY)
    made = backup(store, tmp_path / "backup", office.now(), documents=documents)
    if not is_asked:
        office.ask_removal(NORTH, file, actor="ann", reason=WHY)
    office.confirm_removal(file, actor="rob")
    elsewhere = sqlite_databases.fresh()
    restore(made.folder, elsewhere, office.now(), documents=documents)
    assert list(documents.names()) == []
    restored = open_store(elsewhere)
    found = verify(restored, documents=documents).findings
    restored.dispose()
    said = "let a second person remove it again" if is_asked else "let its removal be asked for again"
    assert said in " ".join(map(str, found))
    assert {each.place.split()[-1] for each in found} == {f"{file[:12]}…"}
    with pytest.raises(DocumentRemoved):
        documents.put(FALLS)
    again = backup(store, tmp_path / "again", office.now(), documents=documents)
    assert (again.missing, list((again.folder / "documents").glob("*/*"))) == ((), [])


class Dies(Exception):
    """As by kill -9: nothing after this happens."""


def test_who_dies_between_the_record_and_the_bytes_leaves_them_to_the_sweep(
    office: Engine, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is given them meanwhile, and `verify` says that they are there."""
    office.ask_removal(NORTH, file, actor="ann", reason=WHY)

    def dies(*_: object, **__: object) -> None:
        raise Dies

    with monkeypatch.context() as patch:
        patch.setattr(FileDocuments, "remove", dies)
        with pytest.raises(Dies):
            office.confirm_removal(file, actor="rob")
    with pytest.raises(Removed):
        given(office, "rob", file)
    left = verify(store_of(office), documents=folder_of(office)).findings
    assert ["its bytes are there all the same" in str(each) for each in left] == [True]
    office.tick()
    assert list(folder_of(office).names()) == []


def test_who_dies_before_the_record_has_removed_nothing(
    office: Engine, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.ask_removal(NORTH, file, actor="ann", reason=WHY)

    def dies(point: str) -> None:
        if point == "before_commit":
            raise Dies

    with monkeypatch.context() as patch:
        patch.setattr(sql_store, "passing", dies)
        with pytest.raises(Dies):
            office.confirm_removal(file, actor="rob")
    assert given(office, "rob", file) == FALLS
    assert not office.removals()[0].is_done


@pytest.mark.usefixtures("gone")
@pytest.mark.parametrize("change", [update(REMOVAL).values(facts="{}"), delete(REMOVAL)], ids=["changed", "hidden"])
def test_a_removal_that_no_history_knows_is_found_and_so_is_one_that_was_hidden(office: Engine, change: Any) -> None:
    """The row says who is given a file, so it is held against the history that nobody can change."""
    store = store_of(office)
    with store.connected() as connection:
        kept = connection.execute(REMOVAL.select()).one()
        connection.execute(change)
    assert [each.where for each in verify(store).findings] == ["removal.facts"]
    with store.connected() as connection:
        connection.execute(delete(REMOVAL))
        connection.execute(insert(REMOVAL).values(kept._asdict()))


def test_the_second_person_is_told_what_waits(office: Engine, file: str) -> None:
    office.ask_removal(NORTH, file, actor="ann", reason=WHY)
    own, others = (removing.waiting(office._house, name)[0] for name in ("ann", "rob"))
    assert (own.why_not, others.why_not) == ("ann asked for it, and two people are needed", None)
    assert (others.names, others.items) == (("falls.csv",), (NORTH, SOUTH))
    with pytest.raises(NotYours):
        removing.waiting(office._house, "nora")

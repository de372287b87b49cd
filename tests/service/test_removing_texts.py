"""A text that names a patient is taken out of a history by two, and every chain proves itself as before."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from qa_workflow.engine import EVERYTHING, Item
from qa_workflow.engine.commands import PutOnHold
from qa_workflow.engine.texts import written
from qa_workflow.service.front import Engine
from qa_workflow.service.items import removing
from qa_workflow.service.items.attachments import attach, give
from qa_workflow.service.items.changing import change
from qa_workflow.service.items.removing import AlreadyAsked, NothingToDecide, NotTheSecond
from qa_workflow.service.refusals import NotYours, Unknown
from qa_workflow.store import FileDocuments, SqlStore, open_store
from qa_workflow.store.backups.backup import backup, export
from qa_workflow.store.backups.restoring import restore
from qa_workflow.store.database import sqlite_driver
from qa_workflow.store.proof.checkpoints import checkpoint
from qa_workflow.store.proof.one import prove_item
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.statements import EVENT, ITEM, OUTBOX, REMOVAL
from qa_workflow.store.tables import metadata
from qa_workflow.testing import FakeClock
from tests.databases import Databases
from tests.service.conftest import DEFINITIONS

NORTH = "R/2026-27-Q4/north"
MRS_A = "Mrs A of Stroud fell twice"
WHY = "It names whom it is about"
GONE = f"removed on 2 April 2027 by An author and A reviewer: {WHY}"


@pytest.fixture
def note(office: Engine) -> Item:
    """A report with a note that names a patient; on hold because of her too."""
    item = office.open("report", subject="north", period="2026-27 Q4", actor="ann", fields={"note": MRS_A})
    return office.hold(item, reason=MRS_A, actor="rob")


def store_of(office: Engine) -> SqlStore:
    store = office._house.store
    assert isinstance(store, SqlStore)
    return store


def documents_of(office: Engine) -> FileDocuments:
    documents = office._house.documents
    assert isinstance(documents, FileDocuments)
    return documents


def everything(store: SqlStore) -> str:
    """All that a database holds, as one text."""
    with store.looking() as connection:
        return repr([list(connection.execute(select(table))) for table in metadata.sorted_tables])


def removed(office: Engine, item: str, wanted: str) -> str:
    """Remove a text; gives what stood for it."""
    asked = office.ask_removal(item, wanted, actor="ann", reason=WHY)
    return office.confirm_removal(asked.sha256, actor="rob", key=asked.key).sha256


def said(office: Engine, reference: str) -> list[str | None]:
    with store_of(office).reading() as look:
        return [event.reason for event in look.events(reference, EVERYTHING)]


def test_it_is_gone_from_the_whole_database_and_words_stand_in_its_place(office: Engine, note: Item) -> None:
    """Wherever the item says it again, too; what is given is still given, and the chain holds against a checkpoint."""
    store, before = store_of(office), checkpoint(store_of(office), office.now())
    assert MRS_A in everything(store)
    removed(office, NORTH, "1")
    item = office.item(NORTH)
    assert "Mrs A" not in everything(store)
    assert item.fields["note"] == GONE
    assert item.hold is not None
    assert item.hold.reason == GONE
    assert said(office, NORTH) == [None, GONE]
    assert [told.quoted for told in office.told(NORTH)] == ["", GONE], "nobody wrote the words that stand there"
    assert (item.revision, item.visits) == (note.revision, note.visits)
    proof = verify(store, before, documents=documents_of(office))
    assert proof.findings == ()
    assert [each.partition("… ")[2] for each in proof.removed] == [
        f"of event 1 of {NORTH} was removed on 2 April 2027 by ann and rob: {WHY}"
    ]
    one = prove_item(store, documents_of(office), NORTH, before)
    assert (one.findings, one.removed) == ((), proof.removed)
    office.resume(NORTH, actor="rob")
    assert office.advance(NORTH, "skip", actor="ann").fields["note"] == GONE


@pytest.mark.usefixtures("note")
def test_while_somebody_decides_it_is_read_by_nobody_else(office: Engine) -> None:
    """And the second person reads what they remove."""
    asked = office.ask_removal(NORTH, "1", actor="ann", reason=WHY)
    kept_back = f"kept back since 2 April 2027, as An author asked for its removal: {WHY}"
    assert office.item(NORTH).fields["note"] == kept_back
    assert MRS_A not in "".join(export(store_of(office)))
    (waits,) = removing.waiting(office._house, "rob")
    assert (waits.text, waits.items, waits.why_not) == (MRS_A, (NORTH,), None)
    assert verify(store_of(office), documents=documents_of(office)).findings == ()
    with pytest.raises(NotTheSecond):
        office.confirm_removal(asked.sha256, actor="ann")
    with pytest.raises(NotYours):
        office.confirm_removal(asked.sha256, actor="nora")
    with pytest.raises(AlreadyAsked, match="this text is kept back since"):
        office.ask_removal(NORTH, "2", actor="rob", reason=WHY)


def test_what_is_declined_stands_where_it_stood(office: Engine, note: Item) -> None:
    """Also after the item has gone on meanwhile."""
    asked = office.ask_removal(NORTH, "1", actor="ann", reason=WHY)
    office.resume(NORTH, actor="rob")
    office.decline_removal(asked.sha256, actor="rob", reason="A ward is called so")
    assert office.item(NORTH).fields == note.fields
    assert said(office, NORTH) == [None, MRS_A, None]
    assert office.removals() == []
    with pytest.raises(NothingToDecide):
        office.confirm_removal(asked.sha256, actor="rob")
    removed(office, NORTH, "1")


def test_it_goes_with_what_hands_it_on(office: Engine) -> None:
    """From a list to the sub-items that it is spread into, and with the reason for which they were withdrawn."""
    programme = office.open("visits", actor="ann")
    programme = office.advance(programme, "go", actor="ann", fields={"sites": f"{MRS_A}, Stroud"})
    office.cancel(programme, reason=MRS_A, actor="cher")
    office.tick()
    first, second = sorted(office.items(workflow="visit"), key=lambda item: item.reference)
    assert said(office, second.reference)[-1] == f"{programme.reference} was cancelled: {MRS_A}"
    removed(office, first.reference, "1")
    assert "Mrs A" not in everything(store_of(office))
    assert office.item(programme.reference).fields["sites"] == [GONE, "Stroud"]
    assert office.item(second.reference).fields["site"] == "Stroud"
    assert said(office, second.reference)[-1] == GONE


def test_a_text_within_one_that_is_kept_back_waits_until_that_is_decided(office: Engine) -> None:
    """Declining that one would put it back beside words that say it is gone."""
    programme = office.open("visits", actor="ann")
    programme = office.advance(programme, "go", actor="ann", fields={"sites": "Stroud"})
    office.cancel(programme, reason=MRS_A, actor="cher")
    office.tick()
    (visit,) = office.items(workflow="visit")
    asked = office.ask_removal(visit.reference, "2", actor="ann", reason=WHY)
    with pytest.raises(AlreadyAsked, match="within another that is kept back since 2 April 2027"):
        office.ask_removal(programme.reference, "3", actor="ann", reason=WHY)
    office.decline_removal(asked.sha256, actor="ann", reason="Not the whole of it")
    removed(office, programme.reference, "3")
    assert "Mrs A" not in everything(store_of(office))


@pytest.mark.usefixtures("note")
def test_what_was_typed_again_until_a_second_person_decided_goes_too(office: Engine) -> None:
    """By whoever had its form open when it was asked for, with the text in it."""
    asked = office.ask_removal(NORTH, "1", actor="ann", reason=WHY)
    office.resume(NORTH, actor="rob")
    office.hold(NORTH, reason=MRS_A, actor="rob")
    office.confirm_removal(asked.sha256, actor="rob", key=asked.key)
    assert said(office, NORTH) == [None, GONE, None, GONE]
    assert "Mrs A" not in everything(store_of(office))


@pytest.mark.usefixtures("note")
def test_who_dies_before_the_marks_leaves_them_to_the_sweep(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each text that went: an older backup may hold any of them."""
    with monkeypatch.context() as patch:
        patch.setattr(FileDocuments, "remove", lambda *_, **__: None)
        removed(office, NORTH, "1")
    office.tick()
    (done,) = office.removals()
    assert [documents_of(office).is_removed(name) for name in done.texts] == [True, True]


@pytest.mark.usefixtures("note")
def test_the_name_of_a_file_keeps_what_it_is_opened_by(office: Engine) -> None:
    house = office._house
    kept = attach(house, "Mrs A.csv", b"ward;falls\n3;2\n")
    office.resume(NORTH, actor="rob")
    office.advance(NORTH, "send", actor="ann", fields={"figures": kept})
    removed(office, NORTH, "4")
    given = give(house, "rob", EVERYTHING, NORTH, kept["sha256"])
    assert given.content == b"ward;falls\n3;2\n"
    assert given.name.startswith("removed on 2 April 2027")
    assert given.name.endswith(".csv")
    assert "Mrs A." not in everything(store_of(office))


@pytest.mark.usefixtures("note")
def test_the_basis_of_a_date_is_a_text_too(office: Engine) -> None:
    office.resume(NORTH, actor="rob")
    office.change_date(NORTH, date(2027, 5, 28), basis=MRS_A, reason="more time", actor="cher")
    found = removing_choices(office, NORTH)
    removed(office, NORTH, next(each.sha256 for each in found if each.seq == 4 and each.said == MRS_A))
    (visit,) = office.item(NORTH).visits
    assert visit.due is not None
    assert visit.due.why == GONE
    assert "Mrs A" not in everything(store_of(office))


def removing_choices(office: Engine, reference: str) -> list[removing.Removable]:
    with store_of(office).reading() as look:
        return removing.removables(look, EVERYTHING, reference)


@pytest.mark.usefixtures("note")
def test_what_was_asked_cannot_be_compared_with_a_guess(office: Engine) -> None:
    """The hash of a request has no salt; the same request is still answered, and nothing is done twice."""
    office.resume(NORTH, actor="rob")
    command = PutOnHold("Mr A rang")
    done = change(office._house, NORTH, command, actor="rob", request="one-key")
    removed(office, NORTH, next(e.sha256 for e in removing_choices(office, NORTH) if e.said == "Mr A rang"))
    with store_of(office).writing() as unit:
        assert "about" not in json.loads(unit.answer("one-key") or "")
    again = change(office._house, NORTH, command, actor="rob", request="one-key")
    assert (again.repeated, again.answered) == (True, done.answered)


@pytest.mark.usefixtures("note")
def test_only_a_text_of_an_item_in_sight_is_asked_for_and_by_one_name(office: Engine) -> None:
    with pytest.raises(Unknown, match="event 2"):
        office.ask_removal(NORTH, "7", actor="ann", reason=WHY)
    with pytest.raises(NotYours):
        office.ask_removal(NORTH, "1", actor="nora", reason=WHY)
    office.resume(NORTH, reason="one", actor="rob")
    office.change_date(NORTH, date(2027, 5, 28), basis="two", reason="three", actor="cher")
    with pytest.raises(Unknown, match="a text of event 4"):
        office.ask_removal(NORTH, "4", actor="ann", reason=WHY)


def beside(office: Engine) -> dict[str, Any]:
    with store_of(office).looking() as connection:
        found = connection.execute(select(EVENT.c.texts).where(EVENT.c.texts.is_not(None)).limit(1)).scalar_one()
    return dict(json.loads(found))


def lay(office: Engine, kept: str | None, seq: int = 1) -> None:
    with store_of(office).connected() as connection:
        row = select(ITEM.c.id).where(ITEM.c.reference == NORTH).scalar_subquery()
        connection.execute(update(EVENT).where(EVENT.c.item_id == row, EVENT.c.seq == seq).values(texts=kept))


@pytest.mark.parametrize(
    ("change_one", "what"),
    [
        (lambda _: None, "is missing, and no removal of it is on record"),
        (lambda each: {**each, "0" * 64: ["00", "x"]}, "is there, and nothing stands for it"),
        (lambda each: {name: [salt, "Mrs B"] for name, (salt, _) in each.items()}, "was changed"),
        (lambda each: {name: [None, GONE] for name in each}, "'removals' does not say this of it"),
        (lambda each: {name: ["no salt", said] for name, (_, said) in each.items()}, "was changed"),
        (lambda _: "no JSON", "what was typed cannot be read"),
    ],
    ids=["missing", "slipped in", "changed", "removed by nobody", "without its salt", "not to be read"],
)
@pytest.mark.usefixtures("note")
def test_a_text_that_was_tampered_with_is_named_with_its_place(office: Engine, change_one: Any, what: str) -> None:
    texts = beside(office)
    changed = change_one(texts)
    lay(office, written(changed) if isinstance(changed, dict) else changed)
    found = [each for each in verify(store_of(office)).findings if each.where == "event.texts"]
    assert [(each.place, each.number) for each in found] == [(f"item {NORTH}", 1)]
    assert what in found[0].what
    lay(office, written(texts))


@pytest.mark.usefixtures("note")
def test_a_removal_that_is_hidden_or_undone_is_found(office: Engine) -> None:
    """The words in its place are those that the history says, and none stands where the text is again."""
    texts = beside(office)
    name = removed(office, NORTH, "1")
    now = beside(office)
    others: dict[str, Any] = {name: [None, "other words"]}
    for kept, what in ((texts, "is there all the same"), (others, "does not say this")):
        lay(office, written(kept))
        found = [each.what for each in verify(store_of(office)).findings if each.where == "event.texts"]
        assert [what in each for each in found] == [True]
    lay(office, written(now))
    with store_of(office).connected() as connection:
        row = connection.execute(REMOVAL.select()).one()
        connection.execute(update(REMOVAL).values(kept=json.dumps([[1, 1, None, name, "00", MRS_A]])))
    assert "it is done, and the text is there" in str(verify(store_of(office)).findings)
    with store_of(office).connected() as connection:
        connection.execute(update(REMOVAL).values(kept=row.kept))


@pytest.mark.usefixtures("note")
def test_the_belt_refuses_to_change_what_is_hashed(office: Engine) -> None:
    """What lies beside may go; bytes, hashes and lines may not."""
    for statement in (update(EVENT).values(body=b"{}"), update(EVENT).values(hash=b"0"), delete(EVENT)):
        with pytest.raises(Exception, match="a history is added to"), store_of(office).connected() as connection:
            connection.execute(statement)


@pytest.mark.usefixtures("note")
def test_what_was_removed_does_not_come_back_with_a_backup_unseen(
    office: Engine, sqlite_databases: Databases, tmp_path: Path
) -> None:
    """The folder of documents keeps the mark: `verify` of the older database asks for the removal again."""
    store, documents = store_of(office), documents_of(office)
    old = backup(store, tmp_path / "before", office.now(), documents=documents)
    removed(office, NORTH, "1")
    new = backup(store, tmp_path / "after", office.now(), documents=documents)
    for made, asks in ((new, 0), (old, 2)):
        elsewhere = sqlite_databases.fresh()
        restore(made.folder, elsewhere, office.now(), documents=documents)
        restored = open_store(elsewhere)
        found = verify(restored, documents=documents).findings
        restored.dispose()
        assert ["let its removal be asked for again" in str(each) for each in found] == [True] * asks


def test_letters_between_items_hold_no_text_in_what_is_hashed(office: Engine) -> None:
    programme = office.open("visits", actor="ann")
    office.advance(programme, "go", actor="ann", fields={"sites": MRS_A})
    with store_of(office).looking() as connection:
        letters = connection.execute(select(OUTBOX.c.payload, OUTBOX.c.texts).where(OUTBOX.c.texts.is_not(None))).all()
    assert [(MRS_A in letter.payload, MRS_A in letter.texts) for letter in letters] == [(False, True)]
    with store_of(office).reading() as look:
        assert [each["payload"]["fields"] for each in look.outbox() if "fields" in each["payload"]] == [{"site": MRS_A}]


def test_a_text_changed_or_taken_away_beside_a_letter_between_items_is_found(office: Engine) -> None:
    """What a sub-item is opened with would be something else than what its parent asked for."""
    programme = office.open("visits", actor="ann")
    office.advance(programme, "go", actor="ann", fields={"sites": MRS_A})
    beside = OUTBOX.c.texts.is_not(None)
    with store_of(office).connected() as connection:
        kept = connection.execute(select(OUTBOX.c.texts).where(beside)).scalar_one()
    for texts in (kept.replace("Stroud", "Dursley"), "{}", "not JSON"):
        with store_of(office).connected() as connection:
            connection.execute(update(OUTBOX).where(beside).values(texts=texts))
        assert {each.where for each in verify(store_of(office)).findings} == {"outbox.texts"}
    with store_of(office).connected() as connection:
        connection.execute(update(OUTBOX).where(beside).values(texts=kept))


ROUND = """
workflow: round
title: A round
reference: D/{number}
fields: {what: text}
stages: {going: {owner: author, transitions: {end: {to: over}}}, over: {end: completed}}
repeat: {when: 1 calendar day after over was entered, copies: {what: what}}
"""


def test_what_follows_takes_over_what_the_item_says_by_then(office: Engine, clock: FakeClock, tmp_path: Path) -> None:
    """The plan is in a history of the house, from which nothing can be removed: no text stands in it."""
    folder = tmp_path / "more"
    folder.mkdir()
    for name, written_down in (("governance.yaml", DEFINITIONS["governance.yaml"]), ("round.yaml", ROUND)):
        (folder / name).write_text(written_down)
    office.publish([folder], actor=None)
    office.advance(office.open("round", actor="ann", fields={"what": MRS_A}), "end", actor="ann")
    removed(office, "D/1", "1")
    assert "Mrs A" not in everything(store_of(office))
    clock.set("2027-04-06T09:00")
    office.tick()
    assert office.item("D/2").fields == {"what": GONE}


def test_sqlite_keeps_no_copy_in_its_files(office: Engine) -> None:
    """Neither in pages that were let go of, by earlier steps too, nor in the log; what it was kept from, the next look
    does.
    """
    store = store_of(office)
    if store.engine.dialect.name != "sqlite":
        return  # PostgreSQL lets go of it with the next VACUUM, as the page on deployment says
    long = f"{MRS_A}. " * 400
    office.open("report", subject="north", period="2026-27 Q4", actor="ann", fields={"note": long})
    office.hold(NORTH, reason="waits", actor="rob")
    office.resume(NORTH, actor="rob")
    path = Path(str(store.engine.url.database))

    def kept() -> list[str]:
        files = (path, *path.parent.glob(f"{path.name}-*"))
        return [file.name for file in files if MRS_A.encode() in file.read_bytes()]

    with store.looking() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM item").scalar()
        removed(office, NORTH, "1")
        office.tick()
        assert kept() != [] or not sqlite_driver().wal_is_sound, "who reads needs the file as it was"
    office.tick()
    assert kept() == []

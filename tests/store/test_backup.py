"""A backup is whole or not there; it is proved before it is restored; it moves from a file to a server and back."""

from __future__ import annotations

import gzip
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, select, update

from qa_workflow.errors import UsageFault
from qa_workflow.service.ports.access import Account
from qa_workflow.service.ports.store import ItemQuery, Scheduled
from qa_workflow.store import FileDocuments, open_store
from qa_workflow.store.backups.backup import Backup, backup, check_files, export, read_manifest
from qa_workflow.store.backups.dumping import UnreadableBackup
from qa_workflow.store.backups.restoring import BackupNotSound, restore
from qa_workflow.store.faults import AlreadyThere, InUse, NewerThanProgram, NotADatabase
from qa_workflow.store.held import held, serving
from qa_workflow.store.proof import checkpoints
from qa_workflow.store.proof.checkpoints import checkpoint
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.statements import EVENT, ITEM, RECORD
from qa_workflow.store.tables import metadata
from tests.databases import Databases
from tests.store.office import START, Office, Opened, make
from tests.store.tampering import behind

LATER = START + timedelta(days=1)


@pytest.fixture
def documents(tmp_path: Path) -> FileDocuments:
    return FileDocuments(tmp_path / "documents")


@pytest.fixture
def made(office: Office, documents: FileDocuments, tmp_path: Path) -> Backup:
    """A backup of an office with a finished paper, one under way, and a document."""
    name = documents.put(b"a draft \xff\x00")
    with office.store.writing() as unit:
        unit.keep(name, 10, START)
    office.through(1)
    office.open(2, draft={"sha256": name, "name": "draft.pdf", "size": 10}, note="Grüße, “quoted”")
    office.fire("P/2", "submit")
    return backup(office.store, tmp_path / "backup", office.now, documents=documents)


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest) -> str:
    """URL of an empty database of each kind, whatever the backup was made of."""
    maker: Databases = request.getfixturevalue(f"{request.param}_databases")
    return maker.fresh()


def rows(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """Everything that means something in another database, but for what restoring adds."""
    with office.store.looking() as connection:
        return {
            name: [
                tuple(row)
                for row in connection.execute(select(*(c for c in table.c if not c.info)).order_by(*table.primary_key))
                if not (name == "record" and row.stream == "house" and row.seq > 1)
            ]
            for name, table in metadata.tables.items()
        }


def test_what_is_restored_is_what_was_backed_up(
    office: Office, made: Backup, elsewhere: str, opened: Opened, tmp_path: Path
) -> None:
    """Row for row, into either kind of database, with the documents; and its history says that it was restored."""
    copies = FileDocuments(tmp_path / "copies")
    restored = restore(made.folder, elsewhere, LATER, documents=copies)
    assert restored.proof.sound
    there = opened(elsewhere)
    assert rows(there) == rows(office)
    proof = verify(there.store, made.checkpoint, documents=copies)
    assert proof.sound
    assert proof.documents == 1
    with there.store.looking() as connection:
        newest = select(RECORD.c.body).where(RECORD.c.stream == "house").order_by(RECORD.c.seq.desc()).limit(1)
        said = json.loads(connection.execute(newest).scalar_one())
    assert (said["kind"], said["data"]["made_at"]) == ("restored", made.made_at)


def test_work_goes_on_where_the_backup_ended(made: Backup, elsewhere: str, opened: Opened) -> None:
    """New rows get new numbers on a server too."""
    restore(made.folder, elsewhere, LATER)
    there = opened(elsewhere)
    there.fire("P/2", "check", "rob")
    there.open(3)
    assert verify(there.store, made.checkpoint).sound
    with there.store.reading() as look:
        assert look.count(ItemQuery()) == 3


def test_a_backup_of_a_restored_database_is_restored_back(  # noqa: PLR0917  fixtures
    office: Office, made: Backup, elsewhere: str, opened: Opened, databases: Databases, tmp_path: Path
) -> None:
    """From a file to a server and back to a file, or the other way round: the same rows."""
    restore(made.folder, elsewhere, LATER)
    again = backup(opened(elsewhere).store, tmp_path / "again", LATER)
    url = databases.fresh()
    restore(again.folder, url, LATER)
    back, before = rows(opened(url)), rows(office)
    del back["record"], before["record"]
    assert back == before


def test_a_database_is_replaced_only_when_told(
    office: Office, office_url: str, made: Backup, opened: Opened, documents: FileDocuments
) -> None:
    office.open(3)
    with pytest.raises(AlreadyThere):
        restore(made.folder, office_url, LATER, documents=documents)
    assert verify(office.store).items == 3
    office.store.dispose()
    restore(made.folder, office_url, LATER, replace=True, documents=documents)
    proof = verify(opened(office_url).store, documents=documents)
    assert proof.sound
    assert proof.items == 2


def test_a_database_that_is_served_is_not_replaced(
    office: Office, office_url: str, made: Backup, opened: Opened
) -> None:
    """What people do there until the server ends would be lost, though they saw it confirmed."""
    office.open(3)
    with serving(office.store.engine.url), serving(office.store.engine.url):  # and by two
        with pytest.raises(InUse, match=r"stop `qa-workflow run`, then restore[.] Nothing was changed"):
            restore(made.folder, office_url, LATER, replace=True)
        assert verify(office.store).items == 3
        office.store.dispose()
    restore(made.folder, office_url, LATER, replace=True)
    assert verify(opened(office_url).store).items == 2


def test_whoever_lives_on_while_another_database_is_put_in_its_place_writes_its_histories(
    sqlite_databases: Databases, made: Backup, opened: Opened
) -> None:
    """A script of one's own holds no server's place; each history begins with the identity of its database."""
    url = sqlite_databases.fresh()
    make(url)
    living = opened(url)
    living.open(1)
    assert living.store.id != made.database
    restore(made.folder, url, LATER, replace=True)
    living.open(3)
    assert verify(living.store, made.checkpoint).sound


def test_a_restored_older_state_is_explained_to_who_holds_a_later_checkpoint(
    office: Office, office_url: str, made: Backup, opened: Opened
) -> None:
    """The proof fails, as it must; the finding says why."""
    office.fire("P/2", "check", "rob")
    later = checkpoint(office.store, office.now)
    office.store.dispose()
    restore(made.folder, office_url, LATER, replace=True)
    (finding,) = verify(opened(office_url).store, later).findings
    assert "a backup was restored here on 1 April 2027, 10:00" in finding.what


def test_another_programs_database_is_never_replaced(made: Backup, elsewhere: str) -> None:
    engine = create_engine(elsewhere)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    engine.dispose()
    with pytest.raises(NotADatabase):
        restore(made.folder, elsewhere, LATER, replace=True)


def test_a_damaged_file_is_put_aside_and_replaced(sqlite_databases: Databases, made: Backup, opened: Opened) -> None:
    """It may be the only trace of what happened since the backup."""
    url = sqlite_databases.fresh()
    path = Path(url.removeprefix("sqlite:///"))
    path.write_bytes(b"rubbish " * 1000)
    restore(made.folder, url, LATER, replace=True)
    assert verify(opened(url).store).sound
    (aside,) = path.parent.glob(f"{path.name}.before-restore-*")
    assert aside.read_bytes() == b"rubbish " * 1000


def _change(folder: Path, name: str) -> None:
    path = folder / name
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def _drop(folder: Path, name: str) -> None:
    (folder / name).unlink()


def _add(folder: Path, name: str) -> None:
    (folder / name).with_suffix(".more").write_text("more")


@pytest.mark.parametrize("harm", [_change, _drop, _add])
@pytest.mark.parametrize("name", ["tables/event.jsonl.gz", "checkpoint.txt"])
def test_a_backup_with_a_changed_file_is_not_restored(made: Backup, elsewhere: str, harm: object, name: str) -> None:
    assert callable(harm)
    harm(made.folder, name)
    with pytest.raises(UnreadableBackup, match="Nothing was written"):
        restore(made.folder, elsewhere, LATER)
    engine = create_engine(elsewhere)
    with engine.connect() as connection:
        assert engine.dialect.get_table_names(connection) == []
    engine.dispose()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 2}'])
def test_a_backup_whose_list_cannot_be_read_is_refused(made: Backup, elsewhere: str, text: str) -> None:
    (made.folder / "manifest.json").write_text(text)
    with pytest.raises(UnreadableBackup):
        restore(made.folder, elsewhere, LATER)


def test_a_folder_without_a_backup_says_so(tmp_path: Path, elsewhere: str) -> None:
    with pytest.raises(UsageFault, match="holds no backup"):
        restore(tmp_path, elsewhere, LATER)


def test_a_backup_of_a_newer_program_is_refused(made: Backup, elsewhere: str) -> None:
    path = made.folder / "manifest.json"
    path.write_text(path.read_text().replace(f'"revision": "{made.revision}"', '"revision": "0999"'))
    with pytest.raises(NewerThanProgram, match="0999"):
        restore(made.folder, elsewhere, LATER)


def test_a_backup_of_an_older_program_has_on_record_what_was_on_none_yet(
    office: Office, sqlite_url: str, tmp_path: Path
) -> None:
    """What was planned, what had happened, and who came in how; or it would not prove itself, and not be restored."""
    with office.store.writing() as unit:
        unit.schedule(Scheduled("opens:paper", "paper", {}, START), START)
        unit.incident("errand", "it was refused", None, START)
        unit.access.put_account(Account("ann", "active", START, START, "hashed"))
    with behind(office) as connection:
        connection.execute(delete(RECORD).where(RECORD.c.stream.in_(["plans", "incidents", "accounts"])))
    made = backup(office.store, tmp_path / "backup", office.now)
    path = made.folder / "manifest.json"
    path.write_text(path.read_text().replace(f'"revision": "{made.revision}"', '"revision": "0008"'))
    elsewhere = f"{sqlite_url}.restored"
    assert restore(made.folder, elsewhere, LATER).proof.sound
    store = open_store(elsewhere)
    assert verify(store).sound


def test_what_does_not_prove_itself_is_restored_only_all_the_same(
    office: Office, elsewhere: str, tmp_path: Path
) -> None:
    """Somebody had been at the database before the backup; what was found goes on record."""
    office.open(1)
    with behind(office) as connection:
        connection.execute(update(EVENT).values(body=b"\xff\xfe not text"))
        connection.execute(update(ITEM).values(owner=" me "))
    made = backup(office.store, tmp_path / "backup", office.now)
    with pytest.raises(BackupNotSound, match="item P/1"):
        restore(made.folder, elsewhere, LATER)
    restored = restore(made.folder, elsewhere, LATER, all_the_same=True)
    assert not restored.proof.sound
    store = open_store(elsewhere)
    assert {f.place for f in verify(store).findings} == {"item P/1"}
    store.dispose()


def test_a_backup_never_goes_into_a_folder_that_has_something_in_it(office: Office, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(UsageFault, match="exists already"):
        backup(office.store, tmp_path / "full", office.now)
    (tmp_path / "empty").mkdir()
    assert backup(office.store, tmp_path / "empty", office.now).folder.exists()


def test_an_interrupted_backup_has_no_name_and_the_next_one_works(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa_workflow.store.backups import backup as module

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "passing", stop)
        with pytest.raises(KeyboardInterrupt):
            backup(office.store, tmp_path / "backup", office.now)
    assert not list(tmp_path.glob("backup*"))
    backup(office.store, tmp_path / "backup", office.now)
    assert read_manifest(tmp_path / "backup").rows["definition"] == 2


def test_what_a_killed_backup_left_is_cleared_away_and_what_is_under_way_is_not(office: Office, tmp_path: Path) -> None:
    left, foreign, under_way = (tmp_path / f"2027-05-30.{end}" for end in ("0a1b2c3d.part", "part", "1a1b2c3d.part"))
    for part in (left, foreign, under_way):
        (part / "tables").mkdir(parents=True)
    (tmp_path / f"{left.name}.held").touch()
    with held(tmp_path / f"{under_way.name}.held", alone=True):
        made = backup(office.store, tmp_path / "2027-05-31", office.now)
    there = {path.name for path in tmp_path.glob("2027*")}
    assert there == {made.folder.name, foreign.name, under_way.name, f"{under_way.name}.held"}
    assert os.name != "posix" or made.folder.stat().st_mode & 0o077 == 0, "it has the hashes of passwords in it"


def test_a_document_that_is_missing_is_named_and_the_rest_is_saved(
    office: Office, documents: FileDocuments, tmp_path: Path
) -> None:
    names = [documents.put(text) for text in (b"one", b"two")]
    with office.store.writing() as unit:
        for name in names:
            unit.keep(name, 3, START)
    for number, name in enumerate(names, 1):
        office.open(number, draft={"sha256": name, "name": "draft.txt", "size": 3})
    documents.path(names[0]).unlink()
    made = backup(office.store, tmp_path / "backup", office.now, documents=documents)
    assert made.missing == (names[0],)
    assert FileDocuments(made.folder / "documents").get(names[1]) == b"two"


def test_of_two_backups_into_one_folder_one_is_made_and_the_other_says_so(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nightly one and somebody's own have the name of the same day."""
    from qa_workflow.store.backups import backup as module

    folder = tmp_path / "2027-05-31"

    def meanwhile(_: str) -> None:
        monkeypatch.undo()
        backup(office.store, folder, office.now)

    monkeypatch.setattr(module, "passing", meanwhile)
    with pytest.raises(UsageFault, match="exists already"):
        backup(office.store, folder, office.now)
    check_files(read_manifest(folder))
    assert list(tmp_path.glob("2027*")) == [folder]


def test_a_backup_can_be_read_with_any_tool(made: Backup) -> None:
    with gzip.open(made.folder / "tables" / "item.jsonl.gz", "rt", encoding="utf-8") as file:
        header, *lines = [json.loads(line) for line in file]
    assert header["table"] == "item"
    assert [dict(zip(header["columns"], line, strict=True))["reference"] for line in lines] == ["P/1", "P/2"]
    assert checkpoints.parse((made.folder / "checkpoint.txt").read_text()).number == 1


def test_progress_is_told_up_to_the_end(office: Office, elsewhere: str, tmp_path: Path) -> None:
    office.through(1)
    told: list[tuple[int, int]] = []
    made = backup(office.store, tmp_path / "backup", office.now, progress=lambda *step: told.append(step))
    restore(made.folder, elsewhere, LATER, progress=lambda *step: told.append(step))
    assert told == [(made.total, made.total)] * 2


def test_an_export_has_every_item_with_its_whole_history(office: Office) -> None:
    end = office.through(1)
    office.open(2)
    header, *items = [json.loads(line) for line in export(office.store)]
    assert header == {"format": 1, "database": office.store.id, "items": 2}
    assert [item["reference"] for item in items] == ["P/1", "P/2"]
    assert [line["seq"] for line in items[0]["history"]] == list(range(1, end.revision + 1))
    assert len(items[0]["history"][-1]["hash"]) == 64

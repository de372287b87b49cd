"""One item proved by itself: what was changed behind the program's back is found, and a checkpoint holds the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from qa_workflow.engine.events import first_link, link
from qa_workflow.errors import UsageFault
from qa_workflow.service.ports.proof import Anchored, ItemProof
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.store import FileDocuments, create, open_store
from qa_workflow.store.proof import merkle
from qa_workflow.store.proof.checkpoints import checkpoint, item_stream, parse
from qa_workflow.store.proof.one import prove_item
from qa_workflow.store.statements import DOCUMENT, EVENT, ITEM, RECORD
from tests.databases import Prepare
from tests.store.office import START, Office, Opened, make
from tests.store.tampering import behind, one_byte, rewrite, row_of


def at_work(url: str) -> None:
    """Three items, a checkpoint that saw them, and events since."""
    make(url)
    office = Office(open_store(url))
    office.through(1)
    office.open(2)
    office.open(3, note="third")
    checkpoint(office.store, office.now)
    office.fire("P/3", "submit")
    office.store.dispose()


@pytest.fixture
def busy(prepared_database: Callable[[Prepare], str], opened: Opened) -> Office:
    return opened(prepared_database(at_work))


def proved(office: Office, name: str = "P/3", kept: str | None = None) -> ItemProof:
    return prove_item(office.store, None, name, kept)


def anchored(proof: ItemProof) -> Anchored:
    assert proof.findings == ()
    assert proof.anchor is not None
    return proof.anchor


def root_by_the_path(proof: ItemProof) -> str:
    """The root, from the item's bytes and the path alone."""
    anchor, head = anchored(proof), first_link(proof.house, proof.item)
    for line in proof.lines[: anchor.events]:
        head = link(head, line.body)
    found = merkle.leaf(item_stream(proof.item), anchor.events, head)
    return up(found, anchor.path).hex()


def up(leaf: bytes, path: Iterable[tuple[str, bytes]]) -> bytes:
    """Joined with what stands beside it, level by level."""
    for side, beside in path:
        leaf = merkle.root((beside, leaf) if side == "left" else (leaf, beside))
    return leaf


def by_amy(_: int, body: bytes) -> bytes:
    """The event as if somebody else had caused it."""
    return body.replace(b'"ann"', b'"amy"')


def test_an_item_proves_itself_and_the_newest_checkpoint_holds_it(busy: Office) -> None:
    first, newest = proved(busy), parse(checkpoint(busy.store, busy.now))
    second = proved(busy)
    assert (anchored(first).number, anchored(second).number) == (1, 2)
    assert anchored(first).events < anchored(second).events == len(second.lines)
    assert root_by_the_path(second) == newest.root
    assert proved(busy, second.item) == second, "by identifier as by reference"


def test_the_path_of_every_item_leads_to_the_root(busy: Office) -> None:
    kept = parse(checkpoint(busy.store, busy.now))
    for name in ("P/1", "P/2", "P/3"):
        assert root_by_the_path(proved(busy, name)) == kept.root


@pytest.mark.parametrize("count", range(1, 18))
def test_every_leaf_has_a_path_to_the_root(count: int) -> None:
    """Whatever the number of leaves; an odd one at the end of a level goes up alone."""
    leaves = [bytes([number]) * 32 for number in range(count)]
    for index, leaf in enumerate(leaves):
        assert up(leaf, merkle.path(leaves, index)) == merkle.root(leaves)


@pytest.mark.parametrize("column", ["at", "body", "hash", "seq"])
@pytest.mark.parametrize("seq", [1, 2])
def test_a_byte_changed_in_its_history_is_found(busy: Office, column: str, seq: int) -> None:
    with behind(busy) as connection:
        one = (EVENT.c.item_id == row_of(connection, "P/3"), EVENT.c.seq == seq)
        value = connection.execute(select(EVENT.c[column]).where(*one)).scalar_one()
        connection.execute(update(EVENT).where(*one).values({column: 99 if column == "seq" else one_byte(value)}))
    assert any(f"item P/3, event {seq}" in each for each in proved(busy).findings)
    assert proved(busy, "P/1").is_sound or proved(busy, "P/1").anchor is None


@pytest.mark.parametrize("column", ["status", "stage", "owner", "state", "head", "revision"])
def test_a_row_that_its_history_did_not_make_is_found(busy: Office, column: str) -> None:
    with behind(busy) as connection:
        value = connection.execute(select(ITEM.c[column]).where(ITEM.c.reference == "P/2")).scalar_one()
        connection.execute(update(ITEM).where(ITEM.c.reference == "P/2").values({column: one_byte(value)}))
    assert any(f"item.{column}" in each for each in proved(busy, "P/2").findings)


def test_a_history_written_anew_is_found_by_the_checkpoint_alone(busy: Office) -> None:
    kept = checkpoint(busy.store, busy.now)
    rewrite(busy, "P/2", by_amy)
    findings = proved(busy, "P/2", kept).findings
    assert any("it saw 1 events of this item, and those that are here now are others" in each for each in findings)


def test_another_history_written_anew_is_said_to_be_another(busy: Office) -> None:
    """The item itself is as it was; only the checkpoint no longer holds anything."""
    rewrite(busy, "P/1", by_amy)
    proof = proved(busy, "P/2")
    assert proof.anchor is None
    assert any("all histories together are not what it saw" in each for each in proof.findings)


def test_an_end_that_was_cut_off_is_found(busy: Office) -> None:
    with behind(busy) as connection:
        row = row_of(connection, "P/3")
        connection.execute(delete(EVENT).where(EVENT.c.item_id == row, EVENT.c.seq > 1))
    assert any("the end is missing" in each for each in proved(busy).findings)


def test_no_checkpoint_is_no_fault(office: Office) -> None:
    office.open(1)
    proof = proved(office, "P/1")
    assert (proof.findings, proof.anchor, proof.checkpoint_at) == ((), None, None)


def test_an_item_that_is_younger_than_the_newest_checkpoint_is_held_by_none(busy: Office) -> None:
    kept = checkpoint(busy.store, busy.now)
    busy.open(4)
    assert (proved(busy, "P/4").findings, proved(busy, "P/4").anchor) == ((), None)
    assert "it was made before this item was opened" in proved(busy, "P/4", kept).findings[0]


def test_a_checkpoint_of_another_database_holds_nothing(busy: Office, tmp_path: Path) -> None:
    other = create(f"sqlite:///{tmp_path / 'other.db'}", START)
    kept = checkpoint(other, START)
    other.dispose()
    assert "this database does not know it" in proved(busy, kept=kept).findings[0]
    with pytest.raises(UsageFault, match="not a checkpoint"):
        proved(busy, kept="nothing")


def test_a_damaged_record_of_checkpoints_is_told_and_the_item_proved_all_the_same(busy: Office) -> None:
    with behind(busy) as connection:
        connection.execute(update(RECORD).where(RECORD.c.stream == "checkpoints").values(body=b"?"))
    proof = proved(busy)
    assert proof.anchor is None
    assert proof.lines
    assert any("history 'checkpoints'" in each for each in proof.findings)


def test_an_item_that_is_not_there_is_not_known(office: Office) -> None:
    with pytest.raises(UnknownItem):
        proved(office, "P/99")


@pytest.mark.parametrize("loss", ["bytes", "row"])
def test_a_document_that_is_lost_is_found(office: Office, tmp_path: Path, loss: str) -> None:
    documents = FileDocuments(tmp_path / "documents")
    digest = documents.put(b"a draft")
    with office.store.writing() as unit:
        unit.keep(digest, 7, office.now)
    office.open(1)
    office.fire("P/1", "submit", draft={"sha256": digest, "name": "draft.txt", "size": 7})
    assert prove_item(office.store, documents, "P/1").is_sound
    if loss == "bytes":
        documents = FileDocuments(tmp_path / "elsewhere")
    else:
        with behind(office) as connection:
            connection.execute(delete(DOCUMENT))
    assert any(f"document {digest[:12]}" in each for each in prove_item(office.store, documents, "P/1").findings)

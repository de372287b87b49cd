"""A checkpoint kept elsewhere shows what no database can show of itself: that it is still the one that it was."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from qa_workflow.engine import EVERYTHING
from qa_workflow.engine.commands import Comment
from qa_workflow.engine.item import Item
from qa_workflow.errors import UsageFault
from qa_workflow.store import create
from qa_workflow.store.proof import merkle
from qa_workflow.store.proof.checkpoints import checkpoint, lengths_at, parse
from qa_workflow.store.proof.findings import Finding
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.statements import EVENT, ITEM, OUTBOX, RECORD, SEARCHABLE, STEP, TIMER, WAITING
from tests.store.office import START, Office, Opened
from tests.store.tampering import behind, rewrite, rewrite_record, row_of


@pytest.fixture
def kept(office: Office) -> str:
    """A checkpoint of an office with work going on, as it was mailed to somebody."""
    office.through(1)
    office.open(2, note="second")
    office.fire("P/2", "submit")
    return checkpoint(office.store, office.now)


def against(office: Office, text: str) -> tuple[Finding, ...]:
    proof = verify(office.store, text)
    assert proof.sound == ("still there" in proof.anchor)
    return proof.findings


def test_what_a_checkpoint_saw_is_proved_however_much_came_after(office: Office, kept: str) -> None:
    assert against(office, kept) == ()
    office.fire("P/2", "check", "rob")
    office.open(3)
    later = checkpoint(office.store, office.now)
    office.open(4)
    assert against(office, kept) == against(office, later) == ()
    assert "everything that checkpoint 1 of 1 April 2027, 10:00 saw is still there" in verify(office.store, kept).anchor


def test_a_checkpoint_is_a_few_lines_that_survive_a_mail(office: Office, kept: str) -> None:
    mailed = "Dear all,\r\n\r\n  " + kept.replace("\n", "\r\n  ") + "\r\nKind regards"
    assert parse(mailed) == parse(kept)
    assert parse(kept).text() == kept
    assert against(office, mailed) == ()
    assert len(kept.splitlines()) == 8


@pytest.mark.parametrize("text", ["", "hello", "qa-workflow checkpoint 1\nnumber: 1\n"])
def test_what_is_no_checkpoint_is_refused(office: Office, text: str) -> None:
    with pytest.raises(UsageFault, match="not a checkpoint"):
        verify(office.store, text)


@pytest.mark.parametrize("name", ["number", "streams", "lines"])
def test_a_checkpoint_with_a_number_that_is_none_is_refused(kept: str, name: str) -> None:
    """Mangled on its way, it is told so; it does not end the proof with an error."""
    with pytest.raises(UsageFault, match="not a checkpoint"):
        parse(re.sub(rf"(?<={name}: )\d+", "one", kept))


def test_each_checkpoint_names_the_one_before(office: Office, kept: str) -> None:
    second = parse(checkpoint(office.store, office.now))
    assert (parse(kept).previous, second.previous) == ("none", sha256(kept.encode()).hexdigest())


def test_a_tail_cut_cleanly_is_found(office: Office, kept: str) -> None:
    """Events, row and timers as they were before the last step: alone, the database agrees with itself."""
    cut_last_step(office, "P/2")
    assert [(f.place, f.number) for f in against(office, kept)] == [("item P/2", 2)]
    with behind(office) as connection:
        connection.execute(delete(RECORD).where(RECORD.c.stream == "checkpoints"))
    assert verify(office.store).sound
    (finding,) = against(office, kept)
    assert "knows checkpoints up to 0 only" in finding.what


def test_the_newest_checkpoint_on_record_counts_where_none_is_given(office: Office) -> None:
    """Who read what is told by its history alone: without its last lines it would agree with itself."""
    with office.store.writing() as unit:
        for number in range(3):
            unit.record("access", START, "read", {"person": "ann", "document": number})
    checkpoint(office.store, office.now)
    assert verify(office.store).sound
    with behind(office) as connection:
        connection.execute(delete(RECORD).where(RECORD.c.stream == "access", RECORD.c.seq > 1))
    (finding,) = verify(office.store).findings
    assert (finding.place, finding.number) == ("history 'access'", 2)
    assert "had 3 lines at checkpoint 1 and now has 1" in finding.what
    assert "not anchored" in verify(office.store).anchor


def test_an_item_taken_away_with_its_opening_is_found(office: Office, kept: str) -> None:
    """Even when the history of openings was shortened with it."""
    with behind(office) as connection:
        row = row_of(connection, "P/2")
        for table in (EVENT, TIMER, WAITING, OUTBOX, STEP, SEARCHABLE):
            connection.execute(delete(table).where(table.c.item_id == row))
        connection.execute(delete(ITEM).where(ITEM.c.id == row))
        connection.execute(delete(RECORD).where(RECORD.c.stream == "openings:paper", RECORD.c.seq == 2))
    findings = against(office, kept)
    assert verify(office.store).findings == findings
    assert any("was there at checkpoint 1" in f.what for f in findings)
    assert "history 'openings:paper'" in {f.place for f in findings}


def forge(office: Office) -> None:
    """What the second paper is about, wherever it stands: in its event, in the text beside that, and in its rows."""
    texts = re.compile(rb'(?<="note":)\{"text-sha256":"[0-9a-f]+"\}')
    rewrite(office, "P/2", lambda _, body: texts.sub(b'"forged"', body))
    with behind(office) as connection:
        row, state = connection.execute(select(ITEM.c.id, ITEM.c.state).where(ITEM.c.reference == "P/2")).one()
        connection.execute(update(ITEM).where(ITEM.c.id == row).values(state=state.replace("second", "forged")))
        connection.execute(update(EVENT).where(EVENT.c.item_id == row).values(texts=None))
        connection.execute(update(SEARCHABLE).where(SEARCHABLE.c.reference == "p/2").values(about="forged"))


def test_an_event_written_anew_with_all_its_hashes_is_found(office: Office, kept: str) -> None:
    """And the item is named, although its row was forged to match."""
    forge(office)
    (finding,) = against(office, kept)
    assert verify(office.store).findings == (finding,)
    assert finding.place == "item P/2"
    assert "written anew" in finding.what


def test_forging_what_the_database_knows_of_the_checkpoint_does_not_help(office: Office, kept: str) -> None:
    """The root in the text is over all heads; no other list of lengths or hints fits it."""
    forge(office)
    with behind(office) as connection:
        connection.execute(delete(RECORD).where(RECORD.c.stream == "checkpoints"))
    checkpoint(office.store, office.now)
    assert verify(office.store).sound
    (finding,) = against(office, kept)
    assert finding.where == "checkpoint.root"


def test_an_older_copy_put_in_place_is_found_by_a_later_checkpoint(
    sqlite_url: str, opened: Opened, tmp_path: Path
) -> None:
    """To unmake a decision, somebody restores yesterday's file."""
    office = opened(sqlite_url)
    office.open(1)
    checkpoint(office.store, office.now)
    yesterday = tmp_path / "yesterday.db"
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as live, sqlite3.connect(yesterday) as copy:
        live.backup(copy)
    live.close()
    copy.close()
    office.fire("P/1", "submit")
    today = checkpoint(office.store, office.now)
    older = opened(f"sqlite:///{yesterday}")
    assert verify(older.store).sound
    (finding,) = against(older, today)
    assert "knows checkpoints up to 1 only: it is an older copy" in finding.what


def test_a_checkpoint_of_another_database_proves_nothing_here(office: Office, kept: str, tmp_path: Path) -> None:
    other = create(str(tmp_path / "other.db"), START)
    (finding,) = verify(other, kept).findings
    assert "another database" in finding.what
    other.dispose()
    assert office.store.id in kept


def test_a_damaged_record_of_a_checkpoint_is_a_finding_not_a_crash(office: Office, kept: str) -> None:
    with behind(office) as connection:
        connection.execute(update(RECORD).where(RECORD.c.stream == "checkpoints").values(body=b"{}"))
    assert any("cannot be read any more" in f.what for f in against(office, kept))


def test_checkpoints_write_down_only_what_has_changed(office: Office) -> None:
    """A full list now and then, so that neither making one nor looking one up grows with their number."""
    for number in range(20):
        office.open(number)
    texts = []
    for round_ in range(30):
        office.do(f"P/{round_ % 20}", Comment("one more"))
        office.now += timedelta(minutes=15)
        texts.append(checkpoint(office.store, office.now))
    with office.store.looking() as connection:
        bodies = connection.execute(
            select(RECORD.c.body).where(RECORD.c.stream == "checkpoints").order_by(RECORD.c.seq)
        )
        sizes = [(json.loads(b)["data"]["full"], len(b)) for b in bodies.scalars()]
        assert len(lengths_at(connection, 30)) == parse(texts[-1]).streams
    full = [n for n, (is_full, _) in enumerate(sizes) if is_full]
    assert len(full) < 8
    assert sum(size for is_full, size in sizes if not is_full) / 24 < sizes[full[0]][1] * 0.6
    for text in texts[::5]:
        assert against(office, text) == ()


@pytest.mark.parametrize("forged", ["number", "streams", "previous"])
def test_a_checkpoint_on_record_that_was_forged_with_all_hashes_after_it_does_not_lead_to_the_next(
    office: Office, forged: str
) -> None:
    """Each names the one before by its hash, so that one cannot be made to fit what was done to the histories."""
    office.open(1)
    for _ in range(3):
        checkpoint(office.store, office.now)
    changed = re.compile(rf"(?<={forged}: )\w+")

    def change(line: dict[str, Any]) -> dict[str, Any]:
        text = changed.sub("7", line["data"]["text"]) if line["seq"] == 2 else line["data"]["text"]
        return {**line, "data": {**line["data"], "text": text}}

    rewrite_record(office, "checkpoints", change)
    numbers = {f.number for f in verify(office.store).findings if "does not follow" in f.what}
    assert numbers == ({3} if forged == "streams" else {2, 3})


def test_a_checkpoint_taken_out_with_all_hashes_after_it_made_anew_is_missed(office: Office) -> None:
    office.open(1)
    for _ in range(2):
        checkpoint(office.store, office.now)
    with behind(office) as connection:
        connection.execute(delete(RECORD).where(RECORD.c.stream == "checkpoints", RECORD.c.seq == 1))
    rewrite_record(office, "checkpoints", lambda line: {**line, "seq": 1})
    assert any("does not follow" in f.what for f in verify(office.store).findings)


def test_a_checkpoint_made_at_the_same_time_by_another_is_not_overtaken(
    office: Office, office_url: str, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looks again, and names the first."""
    from qa_workflow.store.proof import checkpoints

    office.open(1)
    other = opened(office_url)
    pending = [lambda: checkpoint(other.store, office.now)]
    monkeypatch.setattr(checkpoints, "passing", lambda _: pending.pop()() if pending else None)
    assert parse(checkpoint(office.store, office.now)).number == 2
    assert verify(office.store).sound


def recursive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + recursive_root(leaves[:k]) + recursive_root(leaves[k:])).digest()


@pytest.mark.parametrize("count", [*range(18), 31, 32, 33, 100])
def test_the_root_is_that_of_the_standard(count: int) -> None:
    leaves = [merkle.leaf(f"item:{n}", n, sha256(bytes([n])).digest()) for n in range(count)]
    assert merkle.root(leaves) == recursive_root(leaves)


def test_a_history_stands_under_the_root_by_its_name_its_length_and_its_end() -> None:
    """So it does in every checkpoint that somebody keeps; made otherwise, each would say that all was changed."""
    head = sha256(b"the last line").digest()
    written = b"\0" + "item:é".encode() + b"\0" + bytes([0, 0, 0, 0, 0, 0, 1, 2]) + head
    assert merkle.leaf("item:é", 258, head) == sha256(written).digest()


def cut_last_step(office: Office, reference: str) -> None:
    """Everything about an item as it was one step before, as far as one who has read this program can."""
    with office.store.reading() as look:
        events = look.events(reference, EVERYTHING)
    with behind(office) as connection:
        row = row_of(connection, reference)
        for table in (TIMER, WAITING, STEP):
            connection.execute(delete(table).where(table.c.item_id == row))
        connection.execute(delete(OUTBOX).where(OUTBOX.c.item_id == row, OUTBOX.c.seq == events[-1].seq))
        connection.execute(delete(EVENT).where(EVENT.c.item_id == row, EVENT.c.seq == events[-1].seq))
        last = connection.execute(select(EVENT).where(EVENT.c.item_id == row).order_by(EVENT.c.seq.desc())).first()
        assert last is not None
        said = json.loads(last.body)
        from qa_workflow.engine import replay
        from qa_workflow.store.chain import state_columns

        item: Item = replay(events[:-1])
        timers = [
            {"item_id": row, "visit": int(visit), "name": name, "fire_at": at}
            for visit, named in said["timers"].items()
            for name, at in named.items()
        ]
        connection.execute(TIMER.insert(), timers)
        columns = {
            **state_columns(item),
            "head": last.hash,
            "owner": said["owner"],
            "next_at": min(t["fire_at"] for t in timers),
        }
        connection.execute(update(ITEM).where(ITEM.c.id == row).values(columns))
